"""One channel's budget on the wire, and its circuit breaker. Pure: moments come in as monotonic seconds.

A send that has taken a second is slow, and no longer stands in the way of others: so a healthy conversation never
waits for those that hang. Where one send after the other fails the circuit opens: a probe a second, until one arrives.
"""

from __future__ import annotations

from itertools import takewhile

QUICK_AT_ONCE = 200
ON_THE_WIRE_AT_MOST = 1_000
SLOW_AFTER_SECONDS = 1.0
OPENS_AFTER_FAILURES = 5
PROBE_EVERY_SECONDS = 1.0


class Circuit:
    """Closed: all may go out that there is room for. Open: one at a time, a second apart."""

    def __init__(self) -> None:
        self._began: dict[int, float] = {}
        self._failures = 0
        self._newest = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether the last few sends have all failed."""
        return self._failures >= OPENS_AFTER_FAILURES

    def room(self, *, at: float) -> int:
        """How many sends may begin at this moment."""
        left = ON_THE_WIRE_AT_MOST - len(self._began)
        if self.is_open:
            return min(left, int(at - self._newest >= PROBE_EVERY_SECONDS))
        quick = sum(1 for _ in takewhile(lambda began: at - began < SLOW_AFTER_SECONDS, reversed(self._began.values())))
        return max(0, min(left, QUICK_AT_ONCE - quick))

    def begin(self, row: int, *, at: float) -> None:
        """The send of this row begins."""
        self._began[row] = self._newest = at

    def end(self, row: int, *, arrived: bool) -> None:
        """It is over; all but a plain yes is a failure."""
        self._began.pop(row, None)
        self._failures = 0 if arrived else self._failures + 1
