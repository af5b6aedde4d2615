"""Take what a platform delivered: on disk first, then "accepted". A second delivery is never a second message."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

from bot.dialogue.cues.machine_texts import as_meant
from bot.storage import inbox
from bot.storage.engine.group_commit import GroupCommit
from bot.storage.inbox import Arrival

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Inbound
    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.live import Bell, Live
    from bot.metrics import Metrics
    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)

MOST_ROWS = 2_000
MOST_BYTES = 32 * 1024 * 1024


class Receiver:
    """The door behind the signatures. `write_next` is run by one background owner; `receive` by every request."""

    def __init__(
        self,
        *,
        database: Database,
        channels: Mapping[str, Channel],
        clock: Clock,
        to_decide: Bell,
        live: Live,
        metrics: Metrics,
    ) -> None:
        self._channels = channels
        self._noted: set[tuple[str, str]] = set()
        self.received = 0
        """How many events have come so far, accepted or not."""
        self._clock = clock
        self._to_decide = to_decide
        self._live = live
        self._metrics = metrics
        self._writer: GroupCommit[Arrival, bool] = GroupCommit(
            database=database,
            write=inbox.store,
            most=MOST_ROWS,
            most_bytes=MOST_BYTES,
            weigh=lambda arrival: len(arrival.inbound.raw),
        )

    async def receive(self, channel: str, inbound: Inbound) -> Literal["accepted", "duplicate"]:
        """Return when the event is durable. Raises `TooBusy` or `StorageDown`; then nothing was written."""
        self.received += 1
        self._note(channel, inbound)
        known = self._channels.get(channel)
        arrival = Arrival(
            channel=channel,
            inbound=as_meant(inbound),
            received_at=self._clock.now(),
            echoes="auto" if known is None else known.echoes,
            announces=known is not None and known.adapter.capabilities.announces,
        )
        if not await self._writer.submit(arrival):
            self._metrics.duplicates_refused.inc()
            return "duplicate"
        self._metrics.accepted.inc()
        if inbox.waits_for_decision(arrival):
            self._to_decide.ring()
        self._live.changed(channel, inbound.conversation_id)
        return "accepted"

    def _note(self, channel: str, inbound: Inbound) -> None:
        """Count what was left out of it, and tell of each field of a channel once."""
        for each in inbound.left_out:
            self._metrics.left_out.labels(channel=channel).inc()
            if (channel, each.field) not in self._noted:
                self._noted.add((channel, each.field))
                facts = {"channel": channel, "field": each.field, "problem": each.problem}
                log.warning("a field that cannot be read is left out, here and from now on", extra=facts)

    async def write_next(self) -> None:
        """Write one batch of what has arrived."""
        await self._writer.write_next()

    async def flushed(self) -> None:
        """Return when all that arrived is written."""
        await self._writer.flushed()
