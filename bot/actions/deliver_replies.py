"""Send what is queued: one reply at a time for each conversation, and no channel waits for another."""

from __future__ import annotations

import functools
import random
from collections import Counter
from typing import TYPE_CHECKING

from bot.background import insist
from bot.domain.delivery import judge
from bot.storage import outbox
from bot.storage.call_person import call_person
from bot.storage.group_commit import GroupCommit
from bot.storage.outbox import NOTICES, Settlement

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence

    from aiohttp import ClientSession
    from sqlalchemy.engine import Connection

    from bot.clock import Clock
    from bot.domain.channel import Channel
    from bot.live import Bell, Live
    from bot.metrics import Metrics
    from bot.storage.database import Database
    from bot.storage.outbox import ToSend

SENDS_PER_CHANNEL = 32
MOST_UNSETTLED = 10_000
UNHEARD = ("failed", "expired", "unknown")


class Deliverer:
    """The sending side. `send_next` and `settle_next` are each run by one background owner, again and again.

    A reply is marked `sending` and committed before its request leaves, and settled by what came back.
    """

    def __init__(
        self,
        *,
        database: Database,
        node: str,
        channels: Mapping[str, Channel],
        session: ClientSession,
        tasks: asyncio.TaskGroup,
        clock: Clock,
        to_send: Bell,
        live: Live,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._node = node
        self._channels = channels
        self._session = session
        self._tasks = tasks
        self._clock = clock
        self._to_send = to_send
        self._live = live
        self._metrics = metrics
        self._on_the_wire: Counter[str] = Counter()
        self._stopping = False
        self._settler: GroupCommit[tuple[ToSend, Settlement], None] = GroupCommit(
            database=database, write=self._settle, most=MOST_UNSETTLED
        )

    async def send_next(self) -> int:
        """Start sending whatever may go out now; return how many were started. Raises `StorageDown`."""
        slots = {name: SENDS_PER_CHANNEL - self._on_the_wire[name] for name in self._channels}
        if self._stopping or not any(slots.values()):
            return 0
        rows = await self._database.write(outbox.take, node=self._node, now=self._clock.now(), slots=slots)
        for row in rows:
            self._on_the_wire[row.channel] += 1
            self._tasks.create_task(self._send(row), name=f"send {row.outbound.reply_id}")
        return len(rows)

    async def settle_next(self) -> None:
        """Write down one batch of outcomes."""
        await self._settler.write_next()

    async def finish(self) -> None:
        """Start no further sends, and return when those on the wire are settled."""
        self._stopping = True
        while self._on_the_wire.total():
            await self._to_send.wait(at_most_seconds=0.1)

    async def _send(self, row: ToSend) -> None:
        channel = self._channels[row.channel]
        outcome = await channel.adapter.send(session=self._session, outbound=row.outbound, now=self._clock.now())
        now = self._clock.now()
        verdict = judge(
            outcome,
            capabilities=channel.adapter.capabilities,
            tries=row.tries,
            created_at=row.outbound.created_at,
            now=now,
            jitter=random.random(),  # noqa: S311 - spreads retries, protects nothing
        )
        settlement = Settlement(
            id=row.id,
            state=verdict.state,
            settled_at=now,
            not_before=verdict.not_before,
            platform_message_id=verdict.platform_message_id,
            error=verdict.error,
        )
        await self._settled(row, settlement)

    async def _settled(self, row: ToSend, settlement: Settlement) -> None:
        """Keep at it until the outcome is written: it is a fact, and the database may be away for a while."""
        await insist(functools.partial(self._settler.submit, (row, settlement)))
        self._on_the_wire[row.channel] -= 1
        self._to_send.ring()
        self._live.changed(row.channel, row.outbound.conversation_id)
        self._metrics.sends.labels(channel=row.channel, outcome=settlement.state).inc()
        if settlement.state == "sent" and row.asked_at is not None:
            self._metrics.first_answer_seconds.observe((settlement.settled_at - row.asked_at).total_seconds())

    def _settle(self, connection: Connection, batch: Sequence[tuple[ToSend, Settlement]]) -> list[None]:
        outbox.settle(connection, [settlement for _, settlement in batch])
        for row, settlement in batch:
            if settlement.state in UNHEARD and row.kind not in NOTICES:
                self._tell_staff(connection, row, settlement)
        outbox.changed(connection, [row for row, _ in batch])
        return [None] * len(batch)

    def _tell_staff(self, connection: Connection, row: ToSend, settlement: Settlement) -> None:
        """The buyer may not have heard this; a person is told the reason."""
        call_person(
            connection,
            row.conversation_id,
            reason=f"a reply is {settlement.state}: {settlement.error}",
            key=f"{row.outbound.reply_id}-unheard",
            at=settlement.settled_at,
            announces=self._channels[row.channel].adapter.capabilities.announces,
        )
