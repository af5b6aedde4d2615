"""The process under test: the real program, with one fail point armed and one bug planted from outside.

Product code holds no hooks. Before the program starts, this wraps what every step goes through: the two verbs of the
database that write (before it is asked, inside the transaction, after the commit) and a channel's `send`.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import functools
import itertools
import os
import signal
import sys
import threading
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import MetaData, Table, UniqueConstraint, inspect, text

import bot.app
import bot.storage.conversations
import bot.storage.engine.postgresql
import bot.storage.outbox
import bot.wiring.parts
from adapters.webhook.adapter import WebhookAdapter
from bot.actions.messages.receive_messages import Receiver
from bot.cli import main
from bot.storage.engine.postgresql import PostgreSQL
from bot.storage.engine.schema import upgrade as bring_up_to_date
from bot.storage.engine.sqlite import SQLite
from bot.storage.tables.messages import conversation, inbox
from bot.wiring.jobs import ticking
from knowledge.language.segmentation import general_cutter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from adapters.contract import Inbound, Outbound, SendOutcome, Wire
    from bot.metrics import Metrics
    from bot.storage.outbox import ToSend
    from bot.wiring.jobs import Job

ANY_MOMENT = "any moment"
FAIL_POINTS: Mapping[str, int] = {
    "store written": 5,
    "store committed": 5,
    "send asked": 15,
    "send answered": 15,
    "_write_and_take written": 5,
    "_write_and_take committed": 5,
    "_settle_and_take written": 10,
    "_settle_and_take committed": 10,
    "_round written": 2,
    "_round committed": 2,
    "claim_unread committed": 5,
    "recover committed": 1,
    "recover written": 1,
    "claim_unread written": 5,
    "_write_and_take asked": 5,
    "store asked": 5,
    ANY_MOMENT: 1,
}
"""The function that a transaction runs and how far it has come, with the latest passage that most lives reach.

The most telling ones first, for those who kill only a few times.
"""
SLOWEST_TICK_SECONDS = 1.0


class Fuse:
    """Ends this process the hard way at the n-th passage of one point."""

    def __init__(self, point: str, passage: int) -> None:
        self._point = point
        self._left = itertools.count(passage - 1, -1)

    def passes(self, point: str) -> None:
        if point == self._point and next(self._left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(fuse: Fuse) -> None:
    """Let every transaction and every send pass the fuse."""
    for database in (SQLite, PostgreSQL):
        database.write = _fused_write(database.write, fuse)  # type: ignore[method-assign]  # a fail point
        database.write_lightly = _fused_write(database.write_lightly, fuse)  # type: ignore[method-assign]  # a fail point
    send = WebhookAdapter.send

    async def fused(self: WebhookAdapter, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        fuse.passes("send asked")
        outcome = await send(self, wire=wire, outbound=outbound, now=now)
        fuse.passes("send answered")
        return outcome

    WebhookAdapter.send = fused  # type: ignore[method-assign]  # a fail point


def _fused_write(write: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    async def fused(self: SQLite | PostgreSQL, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        @functools.wraps(work)
        def fused_work(connection: Connection, *args: Any, **kwargs: Any) -> Any:
            result = work(connection, *args, **kwargs)
            if _did_something(args, result):
                fuse.passes(f"{work.__name__} written")
            return result

        fuse.passes(f"{work.__name__} asked")
        result = await write(self, fused_work, *args, **kwargs)
        if _did_something(args, result):
            fuse.passes(f"{work.__name__} committed")
        return result

    return fused


def _did_something(given: Sequence[object], result: object) -> bool:
    """Idle rounds are no passages: they are given no list of work and find none."""
    found = any(result) if isinstance(result, tuple) else bool(result)
    return found or any(isinstance(each, list | tuple) and each for each in given)


def hurry(*, lease_ms: int | None, send_timeout_seconds: float) -> None:
    """Make a life short: jobs tick faster, the matcher stays quick, and waits end sooner.

    The waits are a platform's silence, a lease, and how long a frozen node may hold a transaction open.
    """
    configure = WebhookAdapter.configure

    def impatient(*, channel: str, settings: Mapping[str, object]) -> WebhookAdapter:
        adapter = configure(channel=channel, settings=settings)
        patience = dataclasses.replace(adapter.capabilities, send_timeout_seconds=send_timeout_seconds)
        return dataclasses.replace(adapter, capabilities=patience)

    @asynccontextmanager
    async def fast_ticking(jobs: Sequence[Job], *, metrics: Metrics) -> AsyncIterator[None]:
        faster = [
            dataclasses.replace(job, every_seconds=min(job.every_seconds, SLOWEST_TICK_SECONDS))
            for job in jobs
            if job.name != "matcher"
        ]
        async with ticking(faster, metrics=metrics):
            yield

    WebhookAdapter.configure = impatient  # type: ignore[method-assign]  # shorter waits
    vars(bot.app)["ticking"] = fast_ticking
    if lease_ms is not None:
        bot.storage.conversations.LEASE_MS = lease_ms
        vars(bot.storage.outbox)["LEASE_MS"] = lease_ms
        vars(bot.storage.engine.postgresql)["FROZEN_MS"] = lease_ms


# The bugs that the judge must see


def plant_ack_before_commit() -> None:
    """Say "accepted" first and write it down afterwards."""
    receive, unfinished = Receiver.receive, set[asyncio.Task[str]]()

    async def hasty(self: Receiver, channel: str, inbound: Inbound) -> Literal["accepted", "duplicate"]:
        writing = asyncio.get_running_loop().create_task(receive(self, channel, inbound), name="write it later")
        unfinished.add(writing)
        writing.add_done_callback(unfinished.discard)
        return "accepted"

    Receiver.receive = hasty  # type: ignore[method-assign]  # the planted bug


def plant_no_unique_key() -> None:
    """Take the inbox its key, so that the same message delivered again is a second message."""

    def upgrade(connection: Connection) -> None:
        bring_up_to_date(connection)
        if inspect(connection).get_unique_constraints("inbox"):
            connection.execute(text("DROP TABLE inbox"))
            _keyless_inbox().create(connection)

    vars(bot.wiring.parts)["upgrade"] = upgrade


def _keyless_inbox() -> Table:
    apart = MetaData(naming_convention=inbox.metadata.naming_convention)
    conversation.to_metadata(apart)
    keyless = inbox.to_metadata(apart)
    keyless.constraints -= {each for each in keyless.constraints if isinstance(each, UniqueConstraint)}
    return keyless


def plant_blind_resend() -> None:
    """Send what may have arrived already as if it were new."""
    take = bot.storage.outbox.take

    @functools.wraps(take)
    def forgetful(connection: Connection, **wanted: Any) -> list[ToSend]:
        return [_renamed(row) for row in take(connection, **wanted)]

    bot.storage.outbox.take = forgetful


def _renamed(row: ToSend) -> ToSend:
    if row.tries == 1:
        return row
    outbound = dataclasses.replace(row.outbound, reply_id=f"{row.outbound.reply_id}-{row.tries}")
    return dataclasses.replace(row, outbound=outbound)


PLANTS: Mapping[str, Callable[[], None]] = {
    "ack-before-commit": plant_ack_before_commit,
    "no-unique-key": plant_no_unique_key,
    "blind-resend": plant_blind_resend,
}


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--plant", choices=tuple(PLANTS))
    parser.add_argument("--lease-ms", type=int)
    parser.add_argument("--send-timeout-seconds", type=float, default=1.0)
    return parser.parse_args()


def _end_with_the_harness() -> None:
    os.read(sys.stdin.fileno(), 1)  # returns when the other side is gone: nothing is said to a life that has begun
    os.kill(os.getpid(), signal.SIGKILL)


def _live(config: str, fuse: Fuse) -> None:
    """One life: a process of its own, which opens everything anew and serves until it is ended."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what it prints is not what we say to the harness
    threading.Thread(target=_end_with_the_harness, name="watch the harness", daemon=True).start()
    arm(fuse)
    main(["serve", "--config", config])


def run() -> None:
    """Load the program; then, for each line "point:passage" on stdin, live once: say the process id, then how it ended.

    A life is forked from here before anything was opened, so a start does not cost the loading of the program.
    """
    asked = _read_arguments()
    hurry(lease_ms=asked.lease_ms, send_timeout_seconds=asked.send_timeout_seconds)
    if asked.plant is not None:
        PLANTS[asked.plant]()
    general_cutter()
    import_module("bot.cli.serve")
    while line := sys.stdin.readline().strip():
        point, _, passage = line.rpartition(":")
        pid = os.fork()
        if pid == 0:
            _live(asked.config, Fuse(point, int(passage)))
        _say(pid)
        _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run()
