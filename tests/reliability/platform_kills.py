"""Kills the program between a send and its outcome, on all platforms at once: one death for each of them.

Each platform has a bubble and has not answered yet when SIGKILL comes. After the next start every buyer has seen each
bubble once: it is sent again only where the platform drops what comes under the same key.
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from adapters import load_platform
from bot.clock import SystemClock
from bot.live import Bell
from bot.storage.accounts import people
from bot.storage.engine.database import open_database
from tests.adapters.contract.test_stories import DISPATCH, QUESTION
from tests.recorder import Reaction
from tests.reliability.lives import UNHARMED, Node, free_port
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.app import Running
    from bot.storage.engine.database import Database
    from tests.fakes import FakeClock, FakePlatform
    from tests.platform_shop import PlatformShop

SETTLED_WITHIN_SECONDS = 60
CONFIG = """
[server]
port = {port}
[database]
url = "{url}"
[hours]
country = ""
every_day = ["00:00-24:00"]
[conversation]
patience_seconds = 0
"""
CHANNEL = """
[[channels]]
name = "{name}"
platform = "{platform}"
"""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`resend` is the platform's policy; `sends` is what left, `seen` what the buyer saw of it."""

    resend: str
    sends: tuple[str, ...]
    seen: tuple[str, ...]
    states: tuple[str, ...]
    mode: str
    troubles: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether the buyer saw each bubble once, and where nobody knows that, a person is called."""
        welcome, *_ = self.sends
        again = self.resend == "same_key"
        sends = (welcome, *([welcome] if again else []), DISPATCH)
        states = ("sent" if again else "unknown", "sent")
        modes = {"bot"} if again else {"waiting", "human"}
        was = (self.sends, self.seen, self.states, self.troubles)
        return was == (sends, (welcome, DISPATCH), states, ()) and self.mode in modes


@dataclass(frozen=True, kw_only=True)
class FromOutside:
    """All that a story of this kind sees of the bot: its address, and its database."""

    url: str
    database: Database


async def kill_between_send_and_settle(kinds: Sequence[type[PlatformShop]], folder: Path) -> dict[str, Outcome]:
    """A question on each platform, a death while their first bubbles are on the wire, a life until all is settled."""
    url, clock = f"sqlite:///{folder}/shop.db", cast("FakeClock", SystemClock())
    await stock(url, small_manual())
    shops = [kind(url=url, clock=clock, unused=cast("FakePlatform", None)) for kind in kinds]
    with ExitStack() as stack:
        for shop in shops:
            shop.channel = shop.platform_name
            stack.enter_context(shop.recorder)
        node = _node(shops, folder)
        async with open_database(url) as database, node:
            await database.write(people.add, name="小李", role="agent", at=clock.now())
            for shop in shops:
                shop.bot = cast("Running", FromOutside(url=node.url, database=database))
            await _die_while_they_are_on_the_wire(shops, node)
            async with node.alive(UNHARMED) as life:
                for shop in shops:
                    await _until_settled(shop)
                await node.stop(life)
            return {shop.platform_name: await _outcome(shop, node) for shop in shops}


async def _die_while_they_are_on_the_wire(shops: Sequence[PlatformShop], node: Node) -> None:
    gate = threading.Event()
    for shop in shops:
        usual = shop.recorder.usual(shop.send_path)
        shop.recorder.answers(shop.send_path, Reaction(resets=True, waits_for=gate), usual)
    async with node.alive(UNHARMED) as life:
        for shop in shops:
            await shop.says(QUESTION, _buyer(shop))
        for shop in shops:
            await shop.until_called(shop.send_path)
        life.send(signal.SIGKILL)
        await asyncio.wait([life.ended])
    gate.set()


async def _until_settled(shop: PlatformShop) -> None:
    """Both bubbles have come to their end."""
    bell = Bell()
    async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
        while len(states := await _states(shop)) < 2 or not set(states) <= {"sent", "unknown"}:
            await bell.wait(at_most_seconds=0.05)


async def _states(shop: PlatformShop) -> tuple[str, ...]:
    query = "SELECT state FROM outbox WHERE channel = :channel AND kind != 'handed_over' ORDER BY id"
    return tuple(row.state for row in await shop.rows(query, channel=shop.channel))


async def _outcome(shop: PlatformShop, node: Node) -> Outcome:
    [channel] = shop.config.channels
    adapter = load_platform(shop.platform_name).configure(channel=channel.name, settings=channel.settings)
    return Outcome(
        resend=adapter.capabilities.resend,
        sends=tuple(shop.text_of(call) for call in shop.recorder.to(shop.send_path)),
        seen=tuple(shop.words(_buyer(shop))),
        states=await _states(shop),
        mode=await shop.mode_of(_buyer(shop)),
        troubles=tuple(node.troubles),
    )


def _buyer(shop: PlatformShop) -> str:
    return f"o-{shop.platform_name}"


def _node(shops: Sequence[PlatformShop], folder: Path) -> Node:
    """One shop with all these channels, as a file. Texts, numbers and truths stand in TOML as they do in JSON."""
    port = free_port()
    text = CONFIG.format(port=port, url=shops[0].url)
    for shop in shops:
        [channel] = shop.config.channels
        text += CHANNEL.format(name=channel.name, platform=channel.platform)
        text += "".join(f"{name} = {json.dumps(value)}\n" for name, value in channel.settings.items())
    config = folder / "config.toml"
    config.write_text(text, "utf-8")
    return Node(config=config, url=f"http://127.0.0.1:{port}", log=folder / "log")
