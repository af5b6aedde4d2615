"""The message path under load: what is accepted, what is answered, and how fast, on the machine's own cores."""

from __future__ import annotations

import asyncio
import csv
import itertools
import random
import tempfile
import time
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import uvloop

from adapters.contract import Surroundings
from bench.load import (
    ROOT,
    FakePlatform,
    config,
    connect,
    free_port,
    memory_mb,
    message,
    percentile,
    process,
    report,
    signed_request,
)
from bot.actions.knowledge.ask_bot import ask_bot
from bot.config import Hours
from bot.dialogue.acts import Answer
from bot.domain.calendar import ShopCalendar, shop_at
from knowledge.base import KnowledgeBase
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.load import Line

CONNECTIONS = 64
ACCEPT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
PACED_SECONDS = 15.0
PACE_A_SECOND = 100
REFINED_WITHIN_SECONDS = 25.0
"""Right after a start a child process fits the matcher and takes a core; what is measured here is the time after."""
CONVERSATIONS = 2_000


WORDINGS = sorted((ROOT / "tests" / "knowledge" / "data").glob("buyers-wording*.csv"))
SAID = ("{}", "亲，{}", "{}呀", "你好，{}", "{}？", "{}谢谢", "在吗，{}", "请问{}", "{}哈", "老板，{}")
QUESTIONS_EACH = 1_999


@cache
def questions() -> list[str]:
    """What the starter manual answers at once: half in its own words, half in buyers' that it was never taught.

    All are different, with what people put around a question, and more than the bot remembers, so each costs what a
    new question costs. The order is the same every time.
    """
    manual = starter_manual()
    knowledge = KnowledgeBase.build(revision=1, manual=manual).refined()
    topics = {e.id for e in manual.entries if not e.hands_over and not e.needs_product and e.group != "talk"}
    taught = [question for entry in manual.entries for question in entry.questions]
    untaught = [row["question"] for file in WORDINGS for row in csv.DictReader(file.read_text("utf-8").splitlines())]
    chance = random.Random(7)
    asked = []
    for texts in (taught, untaught):
        said = list(dict.fromkeys(words.format(text) for text in texts for words in SAID))
        chance.shuffle(said)
        asked += list(islice((each for each in said if _is_answered(each, knowledge, topics)), QUESTIONS_EACH))
    chance.shuffle(asked)
    return asked


def _is_answered(text: str, knowledge: KnowledgeBase, topics: set[str]) -> bool:
    noon = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    shop = shop_at(ShopCalendar(hours=Hours(), zone=ZoneInfo("Asia/Shanghai")), noon)
    decision = ask_bot(text, knowledge=knowledge, shop=shop, channel="bench", surroundings=Surroundings())
    return isinstance(decision.act, Answer) and decision.act.entry in topics and not decision.act.also


def messages(*, author: str = "buyer") -> Iterator[tuple[str, bytes]]:
    """Endless messages over many conversations, hardly any with the same text twice running in one.

    What they ask is made ready before this returns, not at the first one.
    """
    asked = questions()
    return (
        message(number, f"c-{number % CONVERSATIONS}", asked[(number * 7) % len(asked)], author=author)
        for number in itertools.count()
    )


async def flood(lines: list[Line], path: str, seconds: float, source: Iterator[tuple[str, bytes]]) -> dict[str, float]:
    """Every connection posts as fast as it is answered; returns message id → when it was accepted."""
    accepted: dict[str, float] = {}
    end = time.monotonic() + seconds

    async def one(line: Line) -> None:
        while time.monotonic() < end:
            message_id, body = next(source)
            status = await line.post(signed_request(path, message_id, body))
            if status == 202:
                accepted[message_id] = time.monotonic()
            elif status in (429, 503):
                await asyncio.sleep(0.05)

    await asyncio.gather(*map(one, lines))
    return accepted


async def paced(lines: list[Line], path: str, source: Iterator[tuple[str, bytes]]) -> dict[str, float]:
    """A steady stream; returns message id → when it was posted."""
    posted: dict[str, float] = {}
    free = list(lines)
    start = time.monotonic()

    async def one(line: Line, message_id: str, body: bytes) -> None:
        posted[message_id] = time.monotonic()
        assert await line.post(signed_request(path, message_id, body)) == 202
        free.append(line)

    async with asyncio.TaskGroup() as tasks:
        for number in range(int(PACED_SECONDS * PACE_A_SECOND)):
            await asyncio.sleep(max(0.0, start + number / PACE_A_SECOND - time.monotonic()))
            message_id, body = next(source)
            tasks.create_task(one(free.pop(), message_id, body))
    return posted


async def drained(platform: FakePlatform, wanted: set[str], at_most_seconds: float) -> None:
    """Wait until every one of these is answered."""
    end = time.monotonic() + at_most_seconds
    while wanted - platform.answered.keys() and time.monotonic() < end:
        await asyncio.sleep(0.05)


async def bare_per_second() -> float:
    """The ceiling: what a handler accepts that checks the signature and keeps nothing."""
    port = free_port()
    async with process("-m", "bench.bare_handler", str(port), ready_url=f"http://127.0.0.1:{port}/readyz"):
        lines = await connect(port, CONNECTIONS)
        return len(await flood(lines, "/webhooks/bench", ACCEPT_SECONDS, messages())) / ACCEPT_SECONDS


async def ours_per_second(source: Iterator[tuple[str, bytes]]) -> float:
    """What the whole program accepts of these, each on disk before its 202."""
    async with FakePlatform().serving() as platform:
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            file = config(Path(folder), port=port, reply_port=platform.port)
            async with process(
                "-m", "bot", "serve", "--config", str(file), ready_url=f"http://127.0.0.1:{port}/readyz"
            ):
                await asyncio.sleep(REFINED_WITHIN_SECONDS)
                lines = await connect(port, CONNECTIONS)
                return len(await flood(lines, "/webhooks/bench", ACCEPT_SECONDS, source)) / ACCEPT_SECONDS


async def accepted_per_second() -> None:
    """The door alone (notices, which are kept and need no answer), and the door while everything is answered.

    Each in turn with the bare handler, twice, for a machine is not equally fast all the time.
    """
    bare, door, busy = 0.0, 0.0, 0.0
    for _ in range(2):
        bare += await bare_per_second() / 2
        door += await ours_per_second(messages(author="system")) / 2
        busy += await ours_per_second(messages()) / 2
    for name, ours in (("accepted and durable", door), ("the same, while answering", busy)):
        print(f"{name:<26}{ours:6.0f}/s   bare handler {bare:6.0f}/s   ratio {ours / bare:.2f} (at least .50)")
    report(
        "accepted",
        per_second=round(door),
        while_answering_per_second=round(busy),
        bare_per_second=round(bare),
        ratio=round(door / bare, 3),
        while_answering_ratio=round(busy / bare, 3),
    )


async def echoed_per_second() -> float:
    """What a peer answers end to end that keeps nothing and decides nothing."""
    port = free_port()
    async with FakePlatform().serving() as platform:
        peer = ("-m", "bench.echo_handler", str(port), str(platform.port))
        async with process(*peer, ready_url=f"http://127.0.0.1:{port}/readyz"):
            return await _answered(platform, port)


async def _answered(platform: FakePlatform, port: int) -> float:
    """Answers a second, from the first message to the last answer; nothing may be lost."""
    start = time.monotonic()
    accepted = await flood(await connect(port, CONNECTIONS), "/webhooks/bench", ANSWER_SECONDS, messages())
    await drained(platform, set(accepted), 120)
    lost = accepted.keys() - platform.answered.keys()
    assert not lost, f"{len(lost)} lost"
    assert platform.wrong == 0, f"{platform.wrong} badly signed"
    return len(platform.answered) / (max(platform.answered.values()) - start)


async def answered_per_second() -> None:
    """Answers of the whole program beside a peer that keeps nothing, in turn."""
    echoed = await echoed_per_second() / 2
    async with FakePlatform().serving() as platform:
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            file = config(Path(folder), port=port, reply_port=platform.port)
            async with process(
                "-m", "bot", "serve", "--config", str(file), ready_url=f"http://127.0.0.1:{port}/readyz"
            ) as (bot, _):
                await asyncio.sleep(REFINED_WITHIN_SECONDS)
                before = memory_mb(bot)
                rate = await _answered(platform, port)
                after = memory_mb(bot)
    echoed += await echoed_per_second() / 2
    print(
        f"answered end to end     {rate:8.0f}/s   {platform.received} replies (at least 500/s, 0 lost)   "
        f"a peer that keeps nothing {echoed:.0f}/s   ratio {rate / echoed:.2f} (at least .20)   "
        f"{before:.0f} -> {after:.0f} MB"
    )
    report("answered", per_second=round(rate), echo_per_second=round(echoed), ratio=round(rate / echoed, 3))


async def first_answer() -> None:
    async with FakePlatform().serving() as platform:
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            file = config(Path(folder), port=port, reply_port=platform.port)
            async with process(
                "-m", "bot", "serve", "--config", str(file), ready_url=f"http://127.0.0.1:{port}/readyz"
            ):
                await asyncio.sleep(REFINED_WITHIN_SECONDS)
                posted = await paced(await connect(port, 256), "/webhooks/bench", messages())
                await drained(platform, set(posted), 30)
    waits = sorted(1000 * (platform.answered[each] - at) for each, at in posted.items())
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    print(f"first answer at {PACE_A_SECOND}/s    p50 {p50:6.1f} ms   p99 {p99:6.1f} ms (at most 50 and 500)")
    report("first_answer", p50_ms=round(p50, 1), p99_ms=round(p99, 1), messages=len(waits))


async def main() -> None:
    await accepted_per_second()
    await answered_per_second()
    await first_answer()


if __name__ == "__main__":
    uvloop.run(main())
