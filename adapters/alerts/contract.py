"""What whoever carries alerts must be able to do. What becomes of a message is told in the words of all sends.

None of these peers drops a second copy of what it has had, so a message of unknown outcome is never sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from adapters.contract import Refused, Sent, TryLater, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

NoteOutcome = Sent | TryLater | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that a note tells of: what it is, who says what, why and since when, where in the desk it is."""

    headline: str
    said: str = ""
    facts: str = ""
    link: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The words below the headline."""
        return tuple(line for line in (self.said, self.facts) if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One message to people of the shop, in plain words. `key` is its own; `open_words` are those of a link."""

    key: str
    title: str
    told: tuple[Told, ...]
    open_words: str = ""

    def headline(self, number: int) -> str:
        """What stands above the thing of this number, from 1 on; nothing where the title says it all."""
        return f"{number}. {self.told[number - 1].headline}" if len(self.told) > 1 else ""

    @property
    def text(self) -> str:
        """Everything below the title, for those that take plain text."""
        parts = [
            "\n".join(line for line in (self.headline(number), *each.lines, each.link) if line)
            for number, each in enumerate(self.told, 1)
        ]
        return "\n\n".join(parts)

    @property
    def whole(self) -> str:
        """Title and text in one."""
        return f"{self.title}\n{self.text}".rstrip()


class Messenger(Protocol):
    """One place where people of the shop read. Built once at start by `configure`; holds settings, no state."""

    @property
    def seconds_between(self) -> float:
        """How long to rest after each message, so as never to be too fast; what comes meanwhile is merged."""
        ...

    def fits(self, note: Note) -> bool:
        """Whether one message holds it."""
        ...

    @classmethod
    def configure(cls, settings: Mapping[str, object]) -> Self:
        """Build it from its own keys of an `[[alerts]]` table, or raise `BadSettings` with every problem."""
        ...

    async def send(self, *, session: ClientSession, note: Note, now: datetime) -> NoteOutcome:
        """Hand one message over, once. Never raises for a fault of the network or the peer."""
        ...
