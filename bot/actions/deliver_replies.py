"""Send what is queued: one reply at a time for each conversation, and no channel waits for another."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from adapters.contract import Unknown
from bot.domain.delivery import judge, tidy
from bot.storage import conversations, outbox
from bot.storage.outbox import NEEDS_NO_PERSON, Settlement
from bot.storage.people.hand_over import NeedsPerson, hand_over
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from aiohttp import ClientSession

    from adapters.contract import SendOutcome
    from bot.clock import Clock
    from bot.domain.channel import Channel
    from bot.live import Bell, Live
    from bot.metrics import Metrics
    from bot.standing import Standing
    from bot.storage.engine.database import Connection, Database
    from bot.storage.outbox import ToSend

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
GRACE_SECONDS = 5.0
"""A send that is not over this long after its own time-out is given up: its adapter has forgotten it."""
UNHEARD = ("failed", "expired", "unknown")


class Deliverer:
    """The sending side. `deliver_next` is run by one background owner, again and again.

    A reply is marked `sending` and committed before its request leaves, and settled by what came back. Both happen in
    the same rounds: one transaction settles what came back since the last one and takes what may go out next.
    """

    def __init__(
        self,
        *,
        database: Database,
        node: str,
        channels: Mapping[str, Channel],
        sessions: Mapping[str, ClientSession],
        standings: Mapping[str, Standing],
        tasks: asyncio.TaskGroup,
        clock: Clock,
        to_send: Bell,
        live: Live,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._node = node
        self._channels = channels
        self._sessions = sessions
        self._standings = standings
        self._tasks = tasks
        self._clock = clock
        self._to_send = to_send
        self._live = live
        self._metrics = metrics
        self._sends: set[asyncio.Task[None]] = set()
        self._unsettled: list[tuple[ToSend, Settlement]] = []
        self._rests_until: dict[int, float] = {}
        self._stopping = False
        self._looked_everywhere_at = float("-inf")
        self._turn = asyncio.Lock()

    async def deliver_next(self) -> None:
        """One round, then wait until there is something to settle or to send. Raises `StorageDown`; nothing is lost."""
        await self._round()
        await self._to_send.wait(at_most_seconds=POLL_SECONDS)

    def take_along(self, channels: Collection[str]) -> Callable[[Connection], list[ToSend]]:
        """For a transaction that queues rows: what it calls last, to take them out at once; then `start` them."""
        slots = self._slots(channels)
        return lambda connection: outbox.take(
            connection, node=self._node, now=self._clock.now(), slots=slots, again=False
        )

    def start(self, rows: Sequence[ToSend]) -> None:
        """Send what was taken, now that it is committed."""
        for row in rows:
            self._start(row)

    async def finish(self, *, at_most_seconds: float) -> None:
        """Start no further sends, and give those on the wire a while to come back and be settled.

        What does not come back stays `sending` in the database; the next start, or another node, sees to it.
        """
        self._stopping = True
        async with self._turn:  # the round that is under way may still start some
            pass
        if self._sends:
            _, late = await asyncio.wait(self._sends, timeout=at_most_seconds)
            for send in late:
                send.cancel()
        await self._round()

    async def _round(self) -> None:
        """Settle and take in one transaction; start what was taken."""
        async with self._turn:
            await self._settle_then_start()

    async def _settle_then_start(self) -> None:
        settled, self._unsettled = self._unsettled, []
        slots = self._slots(self._worth_a_look({row.channel for row, _ in settled}))
        try:
            taken = await self._database.write(self._settle_and_take, settled, slots)
        except BaseException:  # even being cancelled: an outcome is a fact, and is written when the database is back
            self._unsettled = settled + self._unsettled
            raise
        for row, settlement in settled:
            self._tell(row, settlement)
        self.start(taken)

    def _worth_a_look(self, back: Collection[str]) -> Collection[str]:
        """Usually the channels from which something came `back`; every so often, and when nothing did, all."""
        now = self._clock.monotonic()
        if back and now - self._looked_everywhere_at < POLL_SECONDS:
            return back
        self._looked_everywhere_at = now
        return self._channels.keys()

    def _slots(self, channels: Collection[str]) -> dict[str, int]:
        """How many sends each of these channels has room for."""
        if self._stopping:
            return {}
        return {name: self._standings[name].room() for name in channels if name in self._channels}

    def _settle_and_take(
        self, connection: Connection, settled: Sequence[tuple[ToSend, Settlement]], slots: Mapping[str, int]
    ) -> list[ToSend]:
        unheard = [
            (row, settlement)
            for row, settlement in settled
            if settlement.becomes in UNHEARD and row.kind not in NEEDS_NO_PERSON
        ]
        conversations.lock(connection, [row.conversation_id for row, _ in unheard])
        outbox.settle(connection, sorted((settlement for _, settlement in settled), key=lambda each: each.row))
        for row, settlement in unheard:
            self._tell_staff(connection, row, settlement)
        outbox.changed(connection, [row for row, _ in settled])
        return outbox.take(
            connection, node=self._node, now=self._clock.now(), slots=slots, resting=self._still_resting()
        )

    def _still_resting(self) -> list[int]:
        """The rows that still rest, by a clock that nobody can set."""
        now = self._clock.monotonic()
        self._rests_until = {row: until for row, until in self._rests_until.items() if until > now}
        return list(self._rests_until)

    def _start(self, row: ToSend) -> None:
        self._standings[row.channel].send_begins(row.id)
        send = self._tasks.create_task(self._send(row), name=f"send {row.outbound.reply_id}")
        self._sends.add(send)
        send.add_done_callback(self._sends.discard)

    async def _send(self, row: ToSend) -> None:
        channel = self._channels[row.channel]
        outcome = await self._attempt(row, channel)
        self._standings[row.channel].send_ends(row.id, outcome)
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
            row=row.id,
            becomes=verdict.state,
            at=now,
            again_at=verdict.not_before,
            their_id=verdict.platform_message_id,
            error=verdict.error,
        )
        if settlement.becomes == "queued":
            pause_seconds = (settlement.again_at - settlement.at).total_seconds()
            self._rests_until[row.id] = self._clock.monotonic() + pause_seconds
        self._unsettled.append((row, settlement))
        self._to_send.ring()

    async def _attempt(self, row: ToSend, channel: Channel) -> SendOutcome:
        """Send once. If the adapter raises or never ends, the outcome is unknown: the reply may have arrived."""
        longest_seconds = channel.adapter.capabilities.send_timeout_seconds + GRACE_SECONDS
        try:
            async with asyncio.timeout(longest_seconds):
                sent = channel.adapter.send(
                    session=self._sessions[row.channel], outbound=row.outbound, now=self._clock.now()
                )
                return tidy(await sent)
        except TimeoutError:
            return Unknown(f"no word within {longest_seconds:g} seconds")
        except Exception as problem:  # the supervisor of a channel: its trouble is its own
            if not self._standings[row.channel].circuit.is_open:
                log.exception("sending failed", extra={"channel": row.channel, "reply": row.outbound.reply_id})
            self._metrics.failures.labels(part=f"channel {row.channel}").inc()
            return Unknown(f"the adapter failed ({type(problem).__name__})")

    def _tell(self, row: ToSend, settlement: Settlement) -> None:
        self._live.changed(row.channel, row.outbound.conversation_id)
        self._metrics.sends.labels(channel=row.channel, outcome=settlement.becomes).inc()
        if settlement.becomes == "sent" and row.asked_at is not None:
            self._metrics.first_answer_seconds.observe((settlement.at - row.asked_at).total_seconds())

    def _tell_staff(self, connection: Connection, row: ToSend, settlement: Settlement) -> None:
        """The buyer may not have heard this; a person is told the reason."""
        need = NeedsPerson(
            conversation_id=row.conversation_id,
            reason=because("reply_not_heard", state=settlement.becomes, problem=settlement.error),
            key=f"{row.outbound.reply_id}-unheard",
            announces=self._channels[row.channel].adapter.capabilities.announces,
        )
        hand_over(connection, need, at=settlement.at)
