"""How often one key may come: a token bucket for each, in memory, with the longest unused forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

    def wait_seconds(self, key: str) -> float:
        """Say how long this key has to wait; `ALLOWED` when it may come now. Counts nothing."""
        left = self._left_now(key)
        return ALLOWED if left >= 1 else (1 - left) * SECONDS_PER_MINUTE / self.per_minute

    def count(self, key: str) -> None:
        """Note that this key came."""
        self._left[key] = (self._left_now(key) - 1, self.clock.monotonic())
        self._left.move_to_end(key)
        if len(self._left) > self.keys_at_most:
            self._left.popitem(last=False)

    def _left_now(self, key: str) -> float:
        left, at_seconds = self._left.get(key, (float(self.per_minute), 0.0))
        gained = (self.clock.monotonic() - at_seconds) * self.per_minute / SECONDS_PER_MINUTE
        return min(float(self.per_minute), left + gained)
