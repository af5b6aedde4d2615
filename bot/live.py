"""Tells that something happened: to the workers that act on it, and to the open chat windows that show it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ROUNDS_APART_SECONDS = 0.4
"""Far within the second in which a message should be there; a round with 20 desks costs some hundredths of it."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a desk was rung for: the conversations that changed, and whether a list of them shows anything of it."""

    topics: frozenset[str]
    in_lists: bool


class DeskBell(Bell):
    """The bell of an open desk, which keeps what it was rung for. `staff_id` is who looks at it."""

    def __init__(self, staff_id: int | None = None) -> None:
        super().__init__()
        self.staff_id = staff_id
        self._topics: set[str] = set()
        self._in_lists = False
        self._is_doubted = False

    def hear(self, topics: Collection[str], *, in_lists: bool) -> None:
        """Ring for these."""
        self._topics.update(topics)
        self._in_lists |= in_lists
        self.ring()

    def doubt(self) -> None:
        """Ring, so that it is asked at once whether they may still look."""
        self._is_doubted = True
        self.ring()

    def take_doubt(self) -> bool:
        """Whether that has to be asked."""
        doubted, self._is_doubted = self._is_doubted, False
        return doubted

    def take(self) -> Changes | None:
        """What it was rung for since this was asked last; None where nobody rang."""
        if not self._is_doubted:
            self._event.clear()
        if not self._topics:
            return None
        changes = Changes(topics=frozenset(self._topics), in_lists=self._in_lists)
        self._topics, self._in_lists = set(), False
        return changes


class Rounds:
    """Tells all open desks of what changed in the same moment, and not too often, however much happens.

    What several of them have to look at in a round, one of them can look at for all: `number` says which round it is.
    """

    def __init__(self) -> None:
        self.number = 0
        self.desks: set[DeskBell] = set()
        self._gathered = DeskBell()
        self._next: asyncio.TimerHandle | None = None
        self._last_at = float("-inf")

    def hear(self, topic: str, *, in_lists: bool) -> None:
        """Tell the desks: at once after a quiet moment, else with the next round."""
        if not self.desks:
            return
        self._gathered.hear([topic], in_lists=in_lists)
        if self._next is None:
            loop = asyncio.get_running_loop()
            self._next = loop.call_at(max(loop.time(), self._last_at + ROUNDS_APART_SECONDS), self._tell)

    def begin(self) -> None:
        """Whoever looks from now on sees nothing that was read before."""
        self.number += 1

    def _tell(self) -> None:
        self._next, self._last_at = None, asyncio.get_running_loop().time()
        self.begin()
        changes = self._gathered.take()
        if changes is not None:
            for desk in self.desks:
                desk.hear(changes.topics, in_lists=changes.in_lists)


class Live:
    """Tells open pages that a conversation has changed. They read what changed by themselves."""

    def __init__(self) -> None:
        self.rounds = Rounds()
        self._watchers: dict[str, set[Bell]] = defaultdict(set)

    def changed(self, channel: str, conversation: str) -> None:
        """Ring everybody who watches this conversation (in the platform's ids), and all desks."""
        self.heard(f"{channel}/{conversation}")

    def heard(self, topic: str) -> None:
        """Ring everybody who watches this topic, `channel/conversation`, as other processes announce it."""
        self._ring(topic, in_lists=True)

    def signed(self, channel: str, conversation: str) -> None:
        """Somebody looks at this conversation or writes in it: no list shows that, only the conversation itself."""
        self._ring(f"{channel}/{conversation}", in_lists=False)

    def _ring(self, topic: str, *, in_lists: bool) -> None:
        for bell in self._watchers.get(topic, ()):
            bell.ring()
        self.rounds.hear(topic, in_lists=in_lists)

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

    def signed_out(self, staff_id: int) -> None:
        """This person is signed out somewhere: each of their open desks asks whether it is meant."""
        for desk in self.rounds.desks:
            if desk.staff_id == staff_id:
                desk.doubt()

    @contextmanager
    def watch_all(self, staff_id: int) -> Iterator[DeskBell]:
        """Give this person a bell that rings when anything on the desk changes, until the block ends."""
        desk = DeskBell(staff_id)
        self.rounds.desks.add(desk)
        try:
            yield desk
        finally:
            self.rounds.desks.discard(desk)
