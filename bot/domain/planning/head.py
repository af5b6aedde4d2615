"""How much of what is new in a conversation is read at once."""

from __future__ import annotations

from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from adapters.contract import Message, Text
from bot.dialogue.utterance import MATCHED_CHARACTERS

if TYPE_CHECKING:
    from bot.domain.planning.plan import Claimed, Unread

QUICK_CHARACTERS = 100
"""A conversation with more characters to read than this takes long, and is decided about in the slow lane."""
CHARACTERS_AT_ONCE = 1_500
"""What is decided about together is no longer than this, unless it is one message; the rest has its turn after it."""


def head_of(unread: tuple[Unread, ...]) -> tuple[Unread, ...]:
    """The rows at the head that belong together: the messages up to another event, or that event alone."""
    messages = tuple(takewhile(lambda row: row.is_message, unread))
    return _portion(messages) if messages else unread[:1]


def is_quick(claimed: Claimed) -> bool:
    """Whether there is little to read in a conversation."""
    return sum(map(_characters, claimed.unread)) <= QUICK_CHARACTERS


def _portion(rows: tuple[Unread, ...]) -> tuple[Unread, ...]:
    """As many from the head as are read at once, at least one."""
    read = accumulate(map(_characters, rows))
    return rows[: max(1, sum(characters <= CHARACTERS_AT_ONCE for characters in read))]


def _characters(row: Unread) -> int:
    """How much of a message is read."""
    match row.event:
        case Message(content=Text(text=text)):
            return min(len(text), MATCHED_CHARACTERS)
        case _:
            return 0
