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

    def take(self, key: str) -> float:
        """Count that this key comes and return `ALLOWED`; or count nothing and say how many seconds it has to wait."""
        left = self._left_now(key)
        if left < 1:
            return (1 - left) * SECONDS_PER_MINUTE / self.per_minute
        self._left[key] = (left - 1, self.clock.monotonic())
        self._left.move_to_end(key)
        if len(self._left) > self.keys_at_most:
            self._left.popitem(last=False)
        return ALLOWED

    def _left_now(self, key: str) -> float:
        left, at_seconds = self._left.get(key, (float(self.per_minute), 0.0))
        gained = (self.clock.monotonic() - at_seconds) * self.per_minute / SECONDS_PER_MINUTE
        return min(float(self.per_minute), left + gained)
