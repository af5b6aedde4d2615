"""One channel's budget on the wire, and its circuit breaker. Pure: moments come in as monotonic seconds.

A send that has taken a second is slow, and no longer stands in the way of others: so a healthy conversation never
waits for those that hang. Where one send after the other fails, and nothing has arrived for a while, the circuit opens:
a probe a second, until one arrives.
"""

from __future__ import annotations

from itertools import takewhile

QUICK_AT_ONCE = 200
ON_THE_WIRE_AT_MOST = 1_000
SLOW_AFTER_SECONDS = 1.0
OPENS_AFTER_FAILURES = 5
OPENS_AFTER_SECONDS = 5.0
"""While something arrives now and then, the channel works, and it is a few conversations that do not."""
PROBE_EVERY_SECONDS = 1.0


class Circuit:
    """Closed: all may go out that there is room for. Open: one at a time, a second apart."""

    def __init__(self) -> None:
        self._began: dict[int, float] = {}
        self._failures = 0
        self._newest = self._arrived_at = float("-inf")
        self.is_open = False

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

    def end(self, row: int, *, at: float, arrived: bool) -> None:
        """It is over; all but a plain yes is a failure."""
        self._began.pop(row, None)
        if arrived:
            self._failures, self._arrived_at, self.is_open = 0, at, False
        else:
            self._failures += 1
            self.is_open |= self._failures >= OPENS_AFTER_FAILURES and at - self._arrived_at >= OPENS_AFTER_SECONDS
