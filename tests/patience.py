"""How long an attack waits for what may never end."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ALARM_SECONDS = 2.0


class TakesTooLong(BaseException):
    """Past what anything else catches. The engine of regular expressions looks for signals, so it ends there too."""


@contextmanager
def alarm(seconds: float = ALARM_SECONDS) -> Iterator[None]:
    """Give up what takes longer than this of CPU."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TakesTooLong

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
