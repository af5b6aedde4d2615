"""How each channel stands: whether our replies arrive, and whether its platform's deliveries are let in.

Each change is told once: in the log when it happens, in `/readyz` and `/metrics` for as long as it lasts.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from adapters.contract import Sent
from bot.domain.circuit import Circuit

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import SendOutcome
    from bot.clock import Clock
    from bot.metrics import Metrics

log = logging.getLogger(__name__)

CALM_AFTER_SECONDS = 60
"""Deliveries count as let in again when none was refused for so long: a stranger's cannot fill the log."""


class Standing:
    """One channel. A reason's words after a colon are a platform's own, and stay out of the log."""

    def __init__(self, channel: str, *, clock: Clock, metrics: Metrics) -> None:
        self.circuit = Circuit()
        self._channel = channel
        self._clock = clock
        self._metrics = metrics
        self._cannot_deliver: tuple[datetime, str] | None = None
        self._refuses: tuple[datetime, str] | None = None
        self._refused_at = self._failed_at = float("-inf")
        metrics.channel_delivers.labels(channel=channel).set(1)
        metrics.refused_deliveries.labels(channel=channel)

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
            self._stands_still(outcome.reason)

    def delivery_refused(self, problem: str) -> None:
        """A request that claims to be the platform's was turned away."""
        self._metrics.refused_deliveries.labels(channel=self._channel).inc()
        self._refused_at = self._clock.monotonic()
        if self._refuses is None:
            self._refuses = (self._clock.now(), problem)
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

    def says(self) -> str:
        """What is wrong with it, and since when; empty when nothing is."""
        troubles = {"cannot deliver": self._cannot_deliver, "refuses deliveries": self._refuses}
        return "; ".join(
            f"{trouble} since {of[0].isoformat(timespec='seconds')}: {of[1]}" for trouble, of in troubles.items() if of
        )

    def _stands_still(self, reason: str) -> None:
        if self._cannot_deliver is None:
            self._cannot_deliver = (self._clock.now(), reason.partition(": ")[0])
            self._metrics.channel_delivers.labels(channel=self._channel).set(0)
            log.warning("channel cannot deliver", extra={"channel": self._channel, "problem": self._cannot_deliver[1]})

    def _works_again(self) -> None:
        if self._cannot_deliver is not None:
            since, self._cannot_deliver = self._cannot_deliver[0], None
            self._metrics.channel_delivers.labels(channel=self._channel).set(1)
            log.warning("channel delivers again", extra={"channel": self._channel, "since": since.isoformat()})
