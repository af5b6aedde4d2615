"""How often one key may come: a token bucket for each, in memory, with the longest unused forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.clock import Clock

SECONDS_PER_MINUTE = 60
ALLOWED = 0.0


@dataclass(slots=True, kw_only=True)
class RateLimit:
    """Lets each key through `per_minute` times a minute, all at once or spread; remembers `keys_at_most` keys."""

    per_minute: int
    clock: Clock
    keys_at_most: int = 20_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """Key → how many are left, and the monotonic second at which that was true."""

    def take(self, key: str) -> float:
        """Count that this key comes and return `ALLOWED`; or count nothing and say how many seconds it has to wait."""
        return take_all([(self, key)])

    def wait_seconds(self, key: str) -> float:
        """How long this key would have to wait if it came now; `ALLOWED` when it need not. Counts nothing."""
        return max(ALLOWED, 1 - self._left_now(key)) * SECONDS_PER_MINUTE / self.per_minute

    def spend(self, key: str) -> None:
        """Count that this key has come."""
        self._left[key] = (self._left_now(key) - 1, self.clock.monotonic())
        self._left.move_to_end(key)
        if len(self._left) > self.keys_at_most:
            self._left.popitem(last=False)

    def _left_now(self, key: str) -> float:
        left, at_seconds = self._left.get(key, (float(self.per_minute), 0.0))
        gained = (self.clock.monotonic() - at_seconds) * self.per_minute / SECONDS_PER_MINUTE
        return min(float(self.per_minute), left + gained)


def take_all(comers: Collection[tuple[RateLimit, str]]) -> float:
    """Count each key that comes at its limit and return `ALLOWED`; or, where one is too early, count none of them.

    What is returned then is how many seconds the last one has to wait: nobody pays for what came beside another's.
    """
    wait_seconds = max((limit.wait_seconds(key) for limit, key in comers), default=ALLOWED)
    if wait_seconds == ALLOWED:
        for limit, key in comers:
            limit.spend(key)
    return wait_seconds
