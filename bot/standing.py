"""How each channel stands: whether our replies arrive, and whether its platform's deliveries are let in.

Each change is told once: in the log when it happens, in `/readyz` and `/metrics` for as long as it lasts.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adapters.contract import Sent
from bot.domain.channels.circuit import Circuit

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import CallFault, Fault, SendOutcome
    from bot.clock import Clock
    from bot.metrics import Metrics

log = logging.getLogger(__name__)

TroubleKind = Literal["cannot_deliver", "refuses_deliveries", "cannot_fetch"]

CALM_AFTER_SECONDS = 60
"""Deliveries count as let in again when none was refused for so long: a stranger's cannot fill the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with a channel, since when, and why; `fault` says the same by a code."""

    kind: TroubleKind
    since: datetime
    reason: str
    fault: Fault | None = None

    def __str__(self) -> str:
        return f"{_said(self.kind)} since {self.since.isoformat(timespec='seconds')}: {self.reason}"


class Standing:
    """One channel. A reason's words after a colon are a platform's own, and stay out of the log."""

    def __init__(self, channel: str, *, clock: Clock, metrics: Metrics) -> None:
        self.circuit = Circuit()
        self._channel = channel
        self._clock = clock
        self._metrics = metrics
        self._cannot_deliver: Trouble | None = None
        self._refuses: Trouble | None = None
        self._cannot_fetch: Trouble | None = None
        self._refused_at = self._failed_at = float("-inf")
        self._delivers = metrics.channel_delivers.labels(channel=channel)
        self._refused = metrics.refused_deliveries.labels(channel=channel)
        self._delivers.set(1)

    def closed(self) -> None:
        """The channel is not there any more: nothing is told of it, whatever is still on the wire."""
        self._metrics.channel_delivers.remove(self._channel)
        self._metrics.refused_deliveries.remove(self._channel)

    def room(self) -> int:
        """How many sends may begin now."""
        return self.circuit.room(at=self._clock.monotonic())

    def send_begins(self, row: int) -> None:
        """The reply of this row goes out."""
        self.circuit.begin(row, at=self._clock.monotonic())

    def send_ends(self, row: int, outcome: SendOutcome) -> None:
        """It has come back."""
        self.circuit.end(row, at=self._clock.monotonic(), arrived=isinstance(outcome, Sent))
        if isinstance(outcome, Sent):
            self._works_again()
        elif self.circuit.is_open:
            self._stands_still(outcome)

    def delivery_refused(self, problem: str) -> None:
        """A request that claims to be the platform's was turned away."""
        self._refused.inc()
        self._refused_at = self._clock.monotonic()
        if self._refuses is None:
            self._refuses = Trouble(kind="refuses_deliveries", since=self._clock.now(), reason=problem)
            log.warning("deliveries are refused", extra={"channel": self._channel, "problem": problem})

    def delivery_not_understood(self, fault: str) -> None:
        """One at which the adapter failed, which is a mistake in the program. Told at most once a minute."""
        self._metrics.failures.labels(part=f"deliveries of channel {self._channel}").inc()
        now = self._clock.monotonic()
        if now - self._failed_at >= CALM_AFTER_SECONDS:
            self._failed_at = now
            log.error("the adapter failed at a delivery", extra={"channel": self._channel, "problem": fault})
        self.delivery_refused(f"the adapter failed: {fault}")

    def delivery_taken(self) -> None:
        """One was let in."""
        if self._refuses is not None and self._clock.monotonic() - self._refused_at >= CALM_AFTER_SECONDS:
            self._refuses = None
            log.warning("deliveries are taken again", extra={"channel": self._channel})

    def fetch_failed(self, fault: CallFault) -> None:
        """The platform does not say what is new."""
        if self._cannot_fetch is None:
            self._cannot_fetch = self._trouble("cannot_fetch", fault)

    def fetched(self) -> None:
        """It does."""
        if self._cannot_fetch is not None:
            since, self._cannot_fetch = self._cannot_fetch.since, None
            log.warning("channel fetches again", extra={"channel": self._channel, "since": since.isoformat()})

    @property
    def stands_still(self) -> Trouble | None:
        """Replies do not arrive, or the platform does not say what is new; None: all is well."""
        return self._cannot_deliver or self._cannot_fetch

    def says(self) -> str:
        """What is wrong with it, and since when; empty when nothing is."""
        return "; ".join(map(str, self.troubles))

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """All that is wrong with it."""
        return tuple(each for each in (self._cannot_deliver, self._refuses, self._cannot_fetch) if each is not None)

    def _stands_still(self, fault: CallFault) -> None:
        if self._cannot_deliver is None:
            self._cannot_deliver = self._trouble("cannot_deliver", fault)
            self._delivers.set(0)

    def _trouble(self, kind: TroubleKind, fault: CallFault) -> Trouble:
        reason = fault.reason.partition(": ")[0]
        facts = {"channel": self._channel, "problem": reason, "fault": fault.fault}
        log.warning("channel %s", _said(kind), extra=facts)
        return Trouble(kind=kind, since=self._clock.now(), reason=reason, fault=fault.fault)

    def _works_again(self) -> None:
        if self._cannot_deliver is not None:
            since, self._cannot_deliver = self._cannot_deliver.since, None
            self._delivers.set(1)
            log.warning("channel delivers again", extra={"channel": self._channel, "since": since.isoformat()})


def _said(kind: TroubleKind) -> str:
    return kind.replace("_", " ")
