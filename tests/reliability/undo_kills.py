"""Kills the program while people answer buyers, and take some of it back while it may still be taken back.

A person's answer leaves when its undo has run out. SIGKILL comes before that, meanwhile and after it, at every step;
what had no answer then is asked for again, as their browser does. In the end each answer was heard once, or never if it
was taken back, and the desk says so.
"""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from sqlalchemy import text

from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from tests.fakes import FakePlatform
from tests.people import joins
from tests.reliability.lives import UNHARMED, Doom, Node, free_port
from tests.reliability.victim import ANY_MOMENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database

UNDO_SECONDS = 2
APART_SECONDS = 0.3
BOT_SAYS = 2
LEASE_MS = 2_000
WITHIN_SECONDS = 60
QUIET_SECONDS = 1.5
LOOK_EVERY_SECONDS = 0.1
LONGEST_LIFE_SECONDS = 4.0
DOOMS = tuple(
    Doom(point=point, passage=passage, at_most_seconds=at_most_seconds)
    for point, passage, at_most_seconds in (
        ("_carry_out written", 3, LONGEST_LIFE_SECONDS),
        ("send asked", 2, LONGEST_LIFE_SECONDS),
        ("_carry_out committed", 2, LONGEST_LIFE_SECONDS),
        (ANY_MOMENT, 1, 0.5 * UNDO_SECONDS),
        ("send answered", 1, LONGEST_LIFE_SECONDS),
        (ANY_MOMENT, 1, 0.9 * UNDO_SECONDS),
        ("_settle_and_take committed", 2, LONGEST_LIFE_SECONDS),
    )
)
"""Before an answer is kept and right after, while its undo runs, and before, around and after its send."""
CONFIG = """
[server]
port = {port}
[database]
url = "{database}"
[desk]
undo_seconds = {undo_seconds}
[hours]
country = ""
every_day = ["00:00-24:00"]
[conversation]
patience_seconds = 0
[[channels]]
name = "tea"
platform = "webhook"
secret = "{secret}"
reply_url = "{reply_url}"
allow_private_reply_url = true
"""
UNFINISHED = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')"


@dataclass(kw_only=True)
class Said:
    """What a person said to one buyer, and what they were told of it. `takes_back_after` None = they let it go."""

    talk: int
    buyer: str
    takes_back_after: float | None
    answered: dict[str, Any] = field(default_factory=dict)
    undone: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return f"我是小李，{self.buyer}"

    @property
    def is_taken_back(self) -> bool:
        return self.undone.get("outcome") == "done"

    def undo_ran_at(self, moment: datetime) -> bool:
        until = datetime.fromisoformat(self.answered["undo_until"])
        return until - timedelta(seconds=UNDO_SECONDS) < moment < until


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One person's desk, in a browser that asks again until it is told what came of a click."""

    url: str
    session: ClientSession

    async def click(self, talk: int, verb: str, key: str, **more: object) -> dict[str, Any]:
        async with asyncio.timeout(WITHIN_SECONDS):
            while (told := await self._click(talk, verb, {"key": key, "seen_version": 0, **more})) is None:  # noqa: ASYNC110 - another process is born again
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        return told

    async def _click(self, talk: int, verb: str, body: dict[str, object]) -> dict[str, Any] | None:
        try:
            async with self.session.post(f"{self.url}/console/inbox/{talk}/{verb}", json=body) as told:
                assert told.status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}, await told.text()
                return dict(await told.json()) if told.status == HTTPStatus.OK else None
        except (ClientError, TimeoutError):  # it is dead
            return None

    async def looks(self, talk: int) -> dict[str, Any]:
        """The conversation as the desk shows it when it is opened."""
        async with self.session.get(f"{self.url}/console/inbox/events?open={talk}") as stream:
            async for line in stream.content:
                if line.startswith(b"data:") and b'"page":' in line:
                    return dict(json.loads(line.removeprefix(b"data:")))
        raise AssertionError("the stream ended before it showed the conversation")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is wrong in the end, in sentences; how many answers were taken back, and in whose undo a death came."""

    wrong: tuple[str, ...]
    taken_back: int
    undo_cut_short: int
    reached: frozenset[str]


async def kill_between_undo_and_send(
    database_url: str, folder: Path, *, answers: int = 18, dooms: Sequence[Doom] = DOOMS, plant: str = ""
) -> Outcome:
    """One person who answers so many buyers, while the program has a life for each doom and one more."""
    async with FakePlatform(clock=SystemClock()) as platform, open_database(database_url) as database:
        person = await joins(database, "agent", clock=SystemClock(), name="小李")
        node = _node(database_url, folder, platform, plant)
        session = ClientSession(headers=person.headers, timeout=ClientTimeout(total=10))
        async with node, session:
            async with node.alive(UNHARMED):
                said = await _buyers_come(platform, database, answers, f"{node.url}/webhooks/tea")
            desk, died = Desk(url=node.url, session=session), []
            async with asyncio.TaskGroup() as tasks:
                acting = tasks.create_task(_answers_all(desk, said))
                for doom in dooms:
                    await node.live_and_die(doom)
                    died.append(SystemClock().now())
                async with node.alive(UNHARMED) as life:
                    await acting
                    await _comes_to_rest(database)
                    wrong = [problem for each in said for problem in await _what_is_wrong(desk, platform, each)]
                    await node.stop(life)
        return Outcome(
            wrong=(*wrong, *node.troubles, *platform.rejected),
            taken_back=sum(each.is_taken_back for each in said),
            undo_cut_short=sum(any(map(each.undo_ran_at, died)) for each in said),
            reached=frozenset(node.deaths),
        )


def _node(database_url: str, folder: Path, platform: FakePlatform, plant: str) -> Node:
    port, config = free_port(), folder / "config.toml"
    config.write_text(
        CONFIG.format(
            port=port,
            database=database_url,
            undo_seconds=UNDO_SECONDS,
            secret=platform.secret,
            reply_url=platform.reply_url,
        ),
        "utf-8",
    )
    lease = ("--lease-ms", str(LEASE_MS)) if database_url.startswith("postgresql") else ()
    options = (*lease, *(("--plant", plant) if plant else ()))
    return Node(config=config, url=f"http://127.0.0.1:{port}", log=folder / "log", options=options)


async def _buyers_come(platform: FakePlatform, database: Database, count: int, webhook_url: str) -> list[Said]:
    """Each asks something, and the bot has answered."""
    platform.webhook_url = webhook_url
    draw = random.Random(count)  # noqa: S311 - the same each time
    buyers = [f"c-{number}" for number in range(count)]
    for buyer in buyers:
        await platform.buyer_says("什么时候发货", conversation=buyer, buyer=buyer)
    await platform.until(
        lambda: all(len(platform.heard(buyer)) >= BOT_SAYS for buyer in buyers), within_seconds=WITHIN_SECONDS
    )
    numbers = await database.read(_numbers)
    return [
        Said(
            talk=numbers[buyer],
            buyer=buyer,
            takes_back_after=draw.random() * UNDO_SECONDS if place % 2 else None,
        )
        for place, buyer in enumerate(buyers)
    ]


def _numbers(connection: Connection) -> dict[str, int]:
    return {row.external_id: row.id for row in connection.execute(text("SELECT id, external_id FROM conversation"))}


async def _answers_all(desk: Desk, said: Sequence[Said]) -> None:
    """One after the other, and of some they think better meanwhile."""
    async with asyncio.TaskGroup() as tasks:
        for each in said:
            each.answered = await desk.click(each.talk, "answer", "a", texts=[each.words])
            if each.takes_back_after is not None:
                tasks.create_task(_takes_back(desk, each, each.takes_back_after))
            await asyncio.sleep(APART_SECONDS)


async def _takes_back(desk: Desk, said: Said, after_seconds: float) -> None:
    await asyncio.sleep(after_seconds)
    said.undone = await desk.click(said.talk, "undo", "u", answer_key="a")


def _unfinished(connection: Connection) -> int:
    return int(connection.execute(text(UNFINISHED)).scalar_one())


async def _comes_to_rest(database: Database) -> None:
    """Nothing is on its way any more, and nothing comes that is too much."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while await database.read(_unfinished):  # noqa: ASYNC110 - another process sends it
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    await asyncio.sleep(QUIET_SECONDS)


async def _what_is_wrong(desk: Desk, platform: FakePlatform, said: Said) -> list[str]:
    """What the buyer heard and what the desk shows, beside what the person was told."""
    due = 0 if said.is_taken_back else 1
    heard = platform.heard(said.buyer).count(said.words)
    view = await desk.looks(said.talk)
    shown = [each["delivery"] for each in view["page"]["bubbles"] if each["text"] == said.words]
    draft = view["drafts"].get(str(said.talk), "")
    in_time = said.undone.get("reason", "already_left") == "already_left"
    told = f"{said.buyer}, answered {said.answered}, undone {said.undone}:"
    return [
        *([f"{told} never told that it is done"] if said.answered["outcome"] != "done" else []),
        *([] if in_time else [f"{told} taken back neither in time nor too late"]),
        *([f"{told} heard {heard} times"] if heard != due else []),
        *([f"{told} the desk shows {shown}"] if shown != ["sent"] * due else []),
        *([f"{told} the draft is {draft!r}"] if (draft == said.words) is not said.is_taken_back else []),
    ]
