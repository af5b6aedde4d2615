"""Ten visitors who post long unsure texts, and one who floods a webhook: `python -m tests.attack.unsure_texts`.

An honest buyer beside them must hardly notice: three times as slow as on a calm day at most, and never over a second.
"""

from __future__ import annotations

import asyncio
import csv
import random
import time
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING

import click
from aiohttp import ClientSession

from bot.clock import SystemClock
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.served import Served

VISITORS = 10
A_SECOND = 60
FLOOD_A_SECOND = 500
HONEST_EVERY_SECONDS = 0.25
TIMES_AS_SLOW = 3.0
AT_MOST_SECONDS = 1.0
LIVEZ_AT_MOST_SECONDS = 0.2
SETTINGS = """
[conversation]
patience_seconds = 0
"""


@dataclass
class Honest:
    """Asks the same easy question as ever new buyers, and notes how long each answer took."""

    server: Served
    name: str
    asked: dict[str, float] = field(default_factory=dict)
    livez: list[float] = field(default_factory=list)

    async def ask_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        async with ClientSession() as session:
            while time.monotonic() < until:
                conversation = f"{self.name}-{len(self.asked)}"
                self.asked[conversation] = SystemClock().now().timestamp()
                await self.server.platform.buyer_says("包邮吗", conversation=conversation, buyer=conversation)
                before = time.monotonic()
                async with session.get(f"{self.server.url}/livez") as response:
                    await response.read()
                self.livez.append(time.monotonic() - before)
                await asyncio.sleep(HONEST_EVERY_SECONDS)
        await asyncio.sleep(2)

    def waits(self) -> list[float]:
        answered: dict[str, float] = {}
        for each in self.server.platform.ledger:
            if each.data.get("kind") == "answer":
                answered.setdefault(str(each.data["conversation_id"]), each.at.timestamp())
        return sorted(answered.get(name, float("inf")) - at for name, at in self.asked.items())


def _unsure_texts(how_many: int) -> list[str]:
    lines = files("bench").joinpath("data/jd-dev.csv").read_text("utf-8").splitlines()
    questions = [row["question"] for row in csv.DictReader(lines)]
    dice = random.Random(1)  # noqa: S311 - seeded: the same attack every time
    texts = []
    for _ in range(how_many):
        text, length = "", dice.randint(260, 500)
        while len(text) < length:
            words = dice.choice(questions)
            start = dice.randrange(max(1, len(words) - 3))
            text += words[start : start + dice.randint(3, 12)] + dice.choice(["，", "？", " ", "", "。"])
        texts.append(text[:length])
    return texts


async def _visitors_post(server: Served, until: float) -> None:
    texts = _unsure_texts(200)
    async with ClientSession() as session:
        number = 0
        while time.monotonic() < until:
            visitor = f"hostile-visitor-{number % VISITORS:020d}"
            body = {"message_id": f"m-{number}", "visitor": visitor, "text": texts[number % len(texts)]}
            async with session.post(f"{server.url}/chat/site/messages", json=body) as response:
                await response.read()
            number += 1
            await asyncio.sleep(1 / A_SECOND)


async def _one_buyer_floods(server: Served, until: float) -> None:
    texts = _unsure_texts(200)
    number = 0
    while time.monotonic() < until:
        some = [texts[(number + each) % len(texts)] for each in range(FLOOD_A_SECOND // 20)]
        await asyncio.gather(*(server.platform.buyer_says(text, conversation="noisy", buyer="noisy") for text in some))
        number += len(some)
        await asyncio.sleep(1 / 20)


@click.command()
@click.option("--seconds", default=20.0, show_default=True)
def main(seconds: float) -> None:
    """Fails when the honest buyers wait more than three times as long as on a calm day, or over a second."""
    asyncio.run(_attack(seconds))


async def _attack(seconds: float) -> None:
    async with served(SETTINGS) as server:
        calm = Honest(server, "calm")
        await calm.ask_for(seconds / 2)
        usual = _p95(calm.waits())
        click.echo(f"calm: p95 {usual * 1000:.0f} ms; /livez {max(calm.livez) * 1000:.0f} ms")
        attacks = {"ten visitors": _visitors_post, "one buyer": _one_buyer_floods}
        hardly = {name: await _beside(server, name, attack, usual, seconds) for name, attack in attacks.items()}
    if noticed := [name for name, is_hardly in hardly.items() if not is_hardly]:
        raise click.ClickException(f"honest buyers notice {' and '.join(noticed)}")


async def _beside(
    server: Served, name: str, attack: Callable[[Served, float], Awaitable[None]], usual: float, seconds: float
) -> bool:
    """Whether an honest buyer hardly notices the attack."""
    honest = Honest(server, name.replace(" ", "-"))
    await asyncio.gather(attack(server, time.monotonic() + seconds), honest.ask_for(seconds))
    p95, livez = _p95(honest.waits()), max(honest.livez)
    click.echo(f"{name}: p95 {p95 * 1000:.0f} ms, {p95 / usual:.1f} times the calm one; /livez {livez * 1000:.0f} ms")
    return p95 <= min(AT_MOST_SECONDS, TIMES_AS_SLOW * usual) and livez <= LIVEZ_AT_MOST_SECONDS


def _p95(sorted_waits: list[float]) -> float:
    return sorted_waits[int(len(sorted_waits) * 0.95)]


if __name__ == "__main__":
    main()
