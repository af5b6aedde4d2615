"""Fifty thousand buyers wait for a person: how long the longest step of storage holds up everything else."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import text

from bot.actions.reception.close_conversations import close_conversations
from bot.actions.reception.guard_windows import guard_windows
from bot.actions.reception.keep_lines import keep_lines
from bot.storage import conversations
from bot.storage.engine.database import open_database
from bot.storage.tables.base import EPOCH
from knowledge.base import KnowledgeBase
from tests.fakes import FakeClock
from tests.reliability.interleaving import CALENDAR, DESK
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database

LONGEST_MS = 50.0
WAIT = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)
    INSERT INTO conversation (channel, external_id, buyer, memory, created_at, mode, waiting_since, last_buyer_at,
    unanswered_since) SELECT 'tea', 'w-' || i, 'b-' || i, x'', :at, 'waiting', :at + i, :at, :at FROM n"""
WRITE = """INSERT INTO inbox (channel, external_id, conversation_id, author, kind, body, raw, sent_at, received_at)
    SELECT 'tea', 'm-' || id, id, 'buyer', 'message', :body, x'', :at, :at FROM conversation WHERE id > :many - 16"""
BODY = b'{"author": {"kind": "buyer", "id": "b"}, "content": ["text", {"text": "x"}], "surroundings": {}}'
HOLD = "UPDATE conversation SET rung_due_at = :at WHERE id > :many - 200"
QUEUE = """INSERT INTO outbox (conversation_id, channel, key, epoch, episode, kind, body, created_at, not_before,
    deadline) SELECT id, 'tea', 'k-' || id, 0, 1, 'answer', x'', :at, :at, :at FROM conversation WHERE id <= 3000"""
LEAVE = "UPDATE conversation SET mode = 'bot', waiting_since = NULL WHERE id <= 200"


class Timed:
    """A database that keeps how long each step took of the processor: another program's load is none of ours."""

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self.took_ms: dict[str, list[float]] = defaultdict(list)
        self._database = database

    async def write(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def timed(connection: Connection) -> Any:
            began = time.thread_time()
            try:
                return work(connection, *args, **kwargs)
            finally:
                self.took_ms[work.__name__].append((time.thread_time() - began) * 1000)

        return await self._database.write(timed)

    write_lightly = write

    async def read(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self._database.read(work, *args, **kwargs)

    def listening(self, heard: Callable[[str], None]) -> Any:
        return self._database.listening(heard)


@click.command()
@click.option("--many", default=50_000, show_default=True)
def main(many: int) -> None:
    """Claims, holding lines, replies whose window closes, and chats that end, beside so many who wait."""
    with tempfile.TemporaryDirectory(prefix="xiaoer-waiting-") as folder:
        took_ms = asyncio.run(_attack(f"sqlite:///{Path(folder) / 'shop.db'}", many))
    for name, each in took_ms.items():
        click.echo(f"{name}: {len(each)} steps, the longest {max(each):.1f} ms")
    longest = max(max(each) for each in took_ms.values())
    if longest > LONGEST_MS:
        raise click.ClickException(f"a step held up the loop for {longest:.0f} ms, {LONGEST_MS:.0f} at most")


async def _attack(url: str, many: int) -> dict[str, list[float]]:
    await stock(url, small_manual())
    clock, knowledge = FakeClock(), KnowledgeBase.build(revision=1, manual=small_manual())
    async with open_database(url) as database:
        timed = Timed(database)
        await database.write(_do, [WAIT, WRITE, HOLD], many, clock.now())
        await timed.write_lightly(conversations.claim_unread, node="here", now=clock.now(), limit=16)
        await database.write(_do, ["UPDATE inbox SET state = 'done'"], many, clock.now())
        for statements in ([], [QUEUE]):
            await database.write(_do, statements, many, clock.now())
            clock.advance(seconds=1)
            await guard_windows(database=timed, knowledge=knowledge, desk=DESK, clock=clock)
            await keep_lines(database=timed, knowledge=knowledge, desk=DESK, calendar=CALENDAR, clock=clock)
        await database.write(_do, [LEAVE, "DELETE FROM outbox"], many, clock.now())
        clock.advance(minutes=40)
        half_an_hour = timedelta(minutes=30)
        await close_conversations(
            database=timed,
            desk=DESK,
            quiet_close=half_an_hour,
            hand_back_after=half_an_hour,
            invite_delay=timedelta(),
            clock=clock,
        )
    return timed.took_ms


def _do(connection: Connection, statements: Sequence[str], many: int, now: datetime) -> None:
    given = {"many": many, "at": (now - EPOCH) // timedelta(microseconds=1), "body": BODY}
    for statement in statements:
        named = {name: value for name, value in given.items() if f":{name}" in statement}
        connection.execute(text(statement), named)


if __name__ == "__main__":
    main()
