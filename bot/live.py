"""Tells that something happened: to the workers that act on it, and to the open chat windows that show it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Bell:
    """Rung when there is work. A ring while nobody listens is kept; several rings are one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Say that there is work."""
        self._event.set()

    async def wait(self, *, at_most_seconds: float) -> None:
        """Return at the next ring, or after a while anyway: the slow poll that makes a lost ring harmless."""
        try:
            async with asyncio.timeout(at_most_seconds):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()


class Live:
    """Tells open pages that a conversation has changed. They read what changed by themselves."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Bell]] = defaultdict(set)

    def changed(self, channel: str, conversation: str) -> None:
        """Ring everybody who watches this conversation (in the platform's ids)."""
        self.heard(f"{channel}/{conversation}")

    def heard(self, topic: str) -> None:
        """Ring everybody who watches this topic, `channel/conversation`, as other processes announce it."""
        for bell in self._watchers.get(topic, ()):
            bell.ring()

    @contextmanager
    def watch(self, channel: str, conversation: str) -> Iterator[Bell]:
        """Give a bell that rings when this conversation changes, until the block ends."""
        topic, bell = f"{channel}/{conversation}", Bell()
        self._watchers[topic].add(bell)
        try:
            yield bell
        finally:
            self._watchers[topic].discard(bell)
            if not self._watchers[topic]:
                del self._watchers[topic]
