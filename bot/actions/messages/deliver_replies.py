"""Send what is queued: one reply at a time for each conversation, and no channel waits for another."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.contract import HandedOver, Media, Outbound, Refused, ShowsReading, TryLater, Unknown
from bot.domain.channels.channel import why_no_pictures
from bot.domain.delivering.delivery import judge, not_heard, tidy
from bot.domain.delivering.picture_addresses import addresses
from bot.errors import StorageDown
from bot.storage import conversations, outbox
from bot.storage.answering import pictures
from bot.storage.answering.places import Place
from bot.storage.channels import picture_keys
from bot.storage.outbox import NEEDS_NO_PERSON, Settlement
from bot.storage.people.hand_over import NeedsPerson, hand_over
from bot.storage.people.take_over import take_over

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import timedelta

    from adapters.contract import SendOutcome, Wire
    from bot.clock import Clock
    from bot.domain.channels.channel import Calls, Channel
    from bot.live import Bell, Live
    from bot.metrics import Metrics
    from bot.standing import Standing
    from bot.storage.engine.database import Connection, Database
    from bot.storage.outbox import ToSend

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
GRACE_SECONDS = 5.0
"""A send that is not over this long after its own time-out is given up: its adapter has forgotten it."""
LONGEST_SHOW_SECONDS = 5.0
GONE = Refused("the picture is not kept here any more", fault="picture_gone")
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
        wires: Calls,
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
        self._wires = wires
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

    def show_reading(self, channel: str, *, conversation_id: str, message_id: str) -> None:
        """Show a buyer whose answer takes a moment that they are read. Nothing waits for it, whatever becomes of it."""
        known = self._channels.get(channel)
        if known is None or not isinstance(known.adapter, ShowsReading):
            return
        if self._stopping or self._standings[channel].circuit.is_open:
            return
        showing = self._show(channel, known.adapter, conversation_id, message_id)
        task = self._tasks.create_task(showing, name=f"show reading on {channel}")
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _show(self, channel: str, adapter: ShowsReading, conversation_id: str, message_id: str) -> None:
        def show(wire: Wire) -> Awaitable[None]:
            now = self._clock.now()
            return adapter.show_reading(wire=wire, conversation_id=conversation_id, message_id=message_id, now=now)

        try:
            async with asyncio.timeout(LONGEST_SHOW_SECONDS):
                await self._wires.call(channel, show)
        except TimeoutError:
            log.debug("reading was not shown in time", extra={"channel": channel})
        except Exception:  # the supervisor of what is only shown: it must not end the program
            log.exception("reading cannot be shown", extra={"channel": channel})

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
        back = {row.channel for row, _ in settled}
        everywhere = self._is_time_to_look_everywhere() or not back
        slots = self._slots(self._channels.keys() if everywhere else back)
        try:
            taken = await self._database.write(self._settle_and_take, settled, slots, again=everywhere)
        except BaseException:  # even being cancelled: an outcome is a fact, and is written when the database is back
            self._unsettled = settled + self._unsettled
            raise
        for row, settlement in settled:
            self._tell(row, settlement)
        self.start(taken)

    def _is_time_to_look_everywhere(self) -> bool:
        """Every so often all channels are looked at, and what is to be sent once more; else where something came back.

        Whoever asks is expected to look.
        """
        now = self._clock.monotonic()
        is_time = now - self._looked_everywhere_at >= POLL_SECONDS
        if is_time:
            self._looked_everywhere_at = now
        return is_time

    def _slots(self, channels: Collection[str]) -> dict[str, int]:
        """How many sends each of these channels has room for."""
        if self._stopping:
            return {}
        return {name: self._standings[name].room() for name in channels if name in self._channels}

    def _settle_and_take(
        self,
        connection: Connection,
        settled: Sequence[tuple[ToSend, Settlement]],
        slots: Mapping[str, int],
        *,
        again: bool,
    ) -> list[ToSend]:
        unheard = [
            (row, settlement)
            for row, settlement in settled
            if settlement.becomes in UNHEARD and row.kind not in NEEDS_NO_PERSON
        ]
        theirs = [
            (row, settlement) for row, settlement in settled if settlement.becomes == "sent" and self._hands_over(row)
        ]
        conversations.lock(connection, [row.conversation_id for row, _ in (*unheard, *theirs)])
        outbox.settle(connection, sorted((settlement for _, settlement in settled), key=lambda each: each.row))
        for row, settlement in unheard:
            self._tell_staff(connection, row, settlement)
        for row, settlement in theirs:
            take_over(connection, [row.conversation_id], at=settlement.at)
        outbox.changed(connection, [row for row, _ in settled])
        return outbox.take(
            connection,
            node=self._node,
            now=self._clock.now(),
            slots=slots,
            again=again,
            resting=self._still_resting(),
        )

    def _hands_over(self, row: ToSend) -> bool:
        """Whether the platform has given the buyer to a person of its own by taking this."""
        content = row.outbound.content
        wants_person = isinstance(content, HandedOver) and content.queue_position > 0
        channel = self._channels.get(row.channel)
        return wants_person and channel is not None and channel.adapter.capabilities.hands_over

    def _still_resting(self) -> list[int]:
        """The rows that still rest, by a clock that nobody can set."""
        now = self._clock.monotonic()
        self._rests_until = {row: until for row, until in self._rests_until.items() if until > now}
        return list(self._rests_until)

    def _start(self, row: ToSend) -> None:
        channel = self._channels.get(row.channel)
        if channel is None:  # removed since it was taken: `clear_away` sees to what is queued there
            now = self._clock.now()
            self._came_back(row, Settlement(row=row.id, becomes="queued", at=now, again_at=now))
            return
        standing = self._standings[row.channel]
        standing.send_begins(row.id)
        send = self._tasks.create_task(self._send(row, channel, standing), name=f"send {row.outbound.reply_id}")
        self._sends.add(send)
        send.add_done_callback(self._sends.discard)

    async def _send(self, row: ToSend, channel: Channel, standing: Standing) -> None:
        outcome = await self._attempt(row, channel, standing)
        standing.send_ends(row.id, outcome)
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
            fault=verdict.fault or "",
            perhaps_heard=isinstance(outcome, Unknown),
        )
        self._came_back(row, settlement)

    def _came_back(self, row: ToSend, settlement: Settlement) -> None:
        if settlement.becomes == "queued":
            pause_seconds = (settlement.again_at - settlement.at).total_seconds()
            self._rests_until[row.id] = self._clock.monotonic() + pause_seconds
        self._unsettled.append((row, settlement))
        self._to_send.ring()

    async def _attempt(self, row: ToSend, channel: Channel, standing: Standing) -> SendOutcome:
        """Send once. If the adapter raises or never ends, the outcome is unknown: the reply may have arrived."""
        longest_seconds = channel.adapter.capabilities.send_timeout_seconds + GRACE_SECONDS
        try:
            async with asyncio.timeout(longest_seconds):
                outbound = await self._with_picture(row, channel)
                if not isinstance(outbound, Outbound):
                    return outbound
                sent = self._wires.call(
                    row.channel,
                    lambda wire: channel.adapter.send(wire=wire, outbound=outbound, now=self._clock.now()),
                )
                return tidy(await sent)
        except TimeoutError:
            return Unknown(f"no word within {longest_seconds:g} seconds", fault="no_answer")
        except Exception as problem:  # the supervisor of a channel: its trouble is its own
            if not standing.circuit.is_open:
                log.exception("sending failed", extra={"channel": row.channel, "reply": row.outbound.reply_id})
            self._metrics.failures.labels(part=f"channel {row.channel}").inc()
            return Unknown(f"the adapter failed ({type(problem).__name__})", fault="program_trouble")

    async def _with_picture(self, row: ToSend, channel: Channel) -> Outbound | Refused | TryLater:
        """What is to be sent, with the picture where it names one, or the addresses to fetch it from."""
        outbound, name = row.outbound, getattr(row.outbound.content, "picture", "")
        if name == "":
            return outbound
        if why_no_pictures(channel) == "pictures_need_address":
            return Refused("no https address of ours is set from which the picture is fetched", "no_public_address")
        within = channel.adapter.capabilities.fetches_pictures_within
        place = Place(channel=row.channel, external_id=outbound.conversation_id)
        try:
            if within is None:
                return await self._database.read(_handed_in, outbound, name, place)
            return await self._database.write(_fetched, outbound, name, place, base=channel.public_url, within=within)
        except StorageDown:
            return TryLater("the database does not answer", fault="program_trouble")

    def _tell(self, row: ToSend, settlement: Settlement) -> None:
        self._live.changed(row.channel, row.outbound.conversation_id)
        self._metrics.sends.labels(channel=row.channel, outcome=settlement.becomes).inc()
        if settlement.becomes == "sent" and row.asked_at is not None:
            self._metrics.first_answer_seconds.observe((settlement.at - row.asked_at).total_seconds())

    def _tell_staff(self, connection: Connection, row: ToSend, settlement: Settlement) -> None:
        """The buyer may not have heard this; a person is told the reason."""
        channel = self._channels.get(row.channel)
        need = NeedsPerson(
            conversation_id=row.conversation_id,
            reason=not_heard(settlement.becomes, error=settlement.error, fault=settlement.fault),
            key=f"{row.outbound.reply_id}-unheard",
            alert="unknown_send" if settlement.becomes == "unknown" else "hand_over",
            words=getattr(row.outbound.content, "text", "") if settlement.becomes == "unknown" else "",
            announces=channel is not None and channel.adapter.capabilities.announces,
        )
        hand_over(connection, need, at=settlement.at)


def _handed_in(connection: Connection, outbound: Outbound, name: str, place: Place) -> Outbound | Refused:
    """With the picture itself."""
    kept = pictures.read(connection, name, channel=place.channel, external_id=place.external_id)
    return GONE if kept is None else replace(outbound, picture=Media(body=kept.body, content_type=kept.mime))


def _fetched(
    connection: Connection, outbound: Outbound, name: str, place: Place, *, base: str, within: timedelta
) -> Outbound | Refused:
    """With the addresses from which the platform fetches the picture."""
    if pictures.place_of(connection, name) != place:
        return GONE
    key = picture_keys.make(connection, place.channel)
    shown = addresses(base, name, key=key, since=outbound.created_at, within=within)
    return replace(outbound, picture_addresses=shown)
