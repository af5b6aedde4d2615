"""What PostgreSQL may do to two nodes under traffic, again and again: `python -m tests.attack.postgres_faults`.

No node may end, no delivery may be answered 500, and each message that was accepted is answered, once.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import asyncpg
import click
from aiohttp import ClientError

from tests.postgres import Postgres
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.served import Served

A_SECOND = 10
PAUSE_SECONDS = 0.4
TRIES_AGAIN_AFTER_SECONDS = 0.3
ANSWERED_WITHIN_SECONDS = 120
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
FULL = """
CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER disk_full BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION disk_full()
"""
SETTINGS = """
[conversation]
patience_seconds = 0
"""


@dataclass
class Faults:
    """What may befall a database, by name; each returns once it is over."""

    server: Postgres

    async def cancel(self) -> None:
        """Statements end with 57014."""
        async with self._session() as session:
            for _ in range(20):
                await session.execute(f"SELECT pg_cancel_backend(pid) {OTHERS} AND state = 'active'")
                await asyncio.sleep(0.01)

    async def timeout(self) -> None:
        """Locks are not given in time: 55P03."""
        async with self._session() as session, session.transaction():
            await session.execute("LOCK TABLE conversation IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(0.5)

    async def deadlock(self) -> None:
        """Locks that are taken the other way round: 40P01 for us or for them."""
        async with self._session() as session:
            with suppress(asyncpg.DeadlockDetectedError):
                async with session.transaction():
                    await session.execute("LOCK TABLE outbox, decision IN EXCLUSIVE MODE")
                    await asyncio.sleep(0.1)
                    await session.execute("LOCK TABLE conversation, inbox IN EXCLUSIVE MODE")

    async def terminate(self) -> None:
        """All connections are cut: 57P01."""
        async with self._session() as session:
            await session.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")

    async def restart(self) -> None:
        """The server goes away for a moment."""
        await asyncio.to_thread(self.server.stop)
        await asyncio.to_thread(self.server.start)

    async def disk(self) -> None:
        """Nothing more can be written: 53100."""
        async with self._session() as session:
            for table in ("inbox", "outbox"):
                await session.execute(FULL.format(table=table))
            await asyncio.sleep(0.5)
            for table in ("inbox", "outbox"):
                await session.execute(f"DROP TRIGGER disk_full ON {table}")

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[asyncpg.Connection]:
        session = await asyncpg.connect(self.server.url())
        try:
            await session.execute("SET lock_timeout = 0")
            yield session
        finally:
            await session.close()


@dataclass
class Traffic:
    """Ever new buyers, by turns at one node and the other; what is not accepted is delivered again."""

    nodes: Sequence[Served]
    goes_on: bool = True
    accepted: set[str] = field(default_factory=set)
    statuses: Counter[int | str] = field(default_factory=Counter)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for number, node in zip(itertools.count(), itertools.cycle(self.nodes)):
                if not self.goes_on:
                    return
                tasks.create_task(self._deliver(f"c-{number}", node))
                await asyncio.sleep(1 / A_SECOND)

    async def _deliver(self, conversation: str, node: Served) -> None:
        platform = self.nodes[0].platform
        while conversation not in self.accepted:
            platform.webhook_url = f"{node.url}/webhooks/tea"
            try:
                answered = await platform.buyer_says(
                    "发什么快递", conversation=conversation, buyer=conversation, message_id=f"m-{conversation}"
                )
            except ClientError as problem:
                self.statuses[type(problem).__name__] += 1
            else:
                self.statuses[answered.status] += 1
                if answered.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
                    self.accepted.add(conversation)
                    return
            await asyncio.sleep(TRIES_AGAIN_AFTER_SECONDS)

    def answered(self) -> Counter[str]:
        """How many answers each buyer has seen; the first bubble of each counts."""
        ledger = self.nodes[0].platform.ledger
        taken = (each for each in ledger if each.taken and each.kind == "answer" and each.data["part"] == 1)
        return Counter(each.conversation_id for each in taken)


@click.command()
@click.option("--times", default=50, show_default=True, help="How often each fault is done.")
def main(times: int) -> None:
    """Fails when a node ends, a delivery is answered 500, or a message is lost or answered twice."""
    with Postgres() as server:
        asyncio.run(_prepare(server))
        asyncio.run(_attack(server, times))


async def _prepare(server: Postgres) -> None:
    await server.run("ALTER DATABASE postgres SET lock_timeout = '200ms'")
    await server.run("ALTER DATABASE postgres SET deadlock_timeout = '50ms'")


async def _attack(server: Postgres, times: int) -> None:
    faults = Faults(server)
    async with (
        served(SETTINGS, database_url=server.url()) as first,
        served(SETTINGS, database_url=server.url(), beside=first) as second,
        asyncio.TaskGroup() as tasks,
    ):
        traffic = Traffic((first, second))
        running = tasks.create_task(traffic.run())
        for fault in (faults.cancel, faults.timeout, faults.deadlock, faults.terminate, faults.restart, faults.disk):
            for _ in range(times):
                await fault()
                await asyncio.sleep(PAUSE_SECONDS)
            ended = [node.process.returncode for node in traffic.nodes if node.process.returncode is not None]
            click.echo(f"{fault.__name__} {times} times: {len(ended)} ended, answers {dict(traffic.statuses)}")
            assert not ended, first.log[-3000:] + second.log[-3000:]
            assert not traffic.statuses[HTTPStatus.INTERNAL_SERVER_ERROR]
            traffic.statuses.clear()
        traffic.goes_on = False
        await running
        await _all_answered(traffic)


async def _all_answered(traffic: Traffic) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
            while traffic.accepted - traffic.answered().keys():  # noqa: ASYNC110 - other processes answer
                await asyncio.sleep(0.5)
    answered = traffic.answered()
    lost, twice = traffic.accepted - answered.keys(), [each for each, count in answered.items() if count > 1]
    click.echo(f"{len(traffic.accepted)} accepted, {len(lost)} lost, {len(twice)} answered twice")
    assert not lost
    assert not twice


if __name__ == "__main__":
    main()
