"""The lane of the conversations that take long to read."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.clock import Clock


@dataclasses.dataclass(slots=True, kw_only=True)
class SlowLane:
    """Where the bot decides about conversations that take long to read, a few at a time.

    It rests as long as it was at work: what arrived meanwhile is accepted, and answered where that is quickly done.
    Where nothing has arrived meanwhile, going by how many messages were `received` so far, it goes on at once.
    """

    clock: Clock
    received: Callable[[], int]
    _rests_until_seconds: float = 0.0

    def rests_for_seconds(self) -> float:
        return max(0.0, self._rests_until_seconds - self.clock.monotonic())

    @contextmanager
    def at_work(self) -> Iterator[None]:
        began, before = self.clock.monotonic(), self.received()
        yield
        ended = self.clock.monotonic()
        if self.received() != before:
            self._rests_until_seconds = ended + (ended - began)
