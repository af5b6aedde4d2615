"""What several open desks have to read in the same round, one of them reads for all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from bot.live import Rounds

T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    """What was read, and in which round that began."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    in_round: int = -1
    value: Any = None


@dataclass(frozen=True, slots=True)
class Together:
    """Keeps what was read until the next round. Nobody is told less than they would have read by themselves."""

    rounds: Rounds
    _kept: dict[Hashable, _Kept] = field(default_factory=lambda: defaultdict(_Kept))

    async def read(self, what: Hashable, reading: Callable[[], Awaitable[T]]) -> T:
        """Read this, or wait for whoever reads the same just now.

        Whoever waits while the next round begins is told of that one by itself.
        """
        kept, asked_in = self._kept[what], self.rounds.number
        async with kept.lock:
            if kept.in_round < asked_in:
                began_in = self.rounds.number
                kept.value = await reading()
                kept.in_round = began_in
            value: T = kept.value
            return value
