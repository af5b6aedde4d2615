"""Whether the bot says a word for a person who is late, which one, and what that does for each line. Pure.

Once in a wait; never where it is to be silent, nor after a person has begun to type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.channels.modes import Voice
    from bot.domain.desk.conversations import SenderKind
    from bot.domain.reply_windows.window import Window

Why = Literal["covered_before", "bot_is_silent", "person_types", "told_when_open", "no_messages_left"]
Word = Literal["answer", "holding", "holding-led", "away"]
"""The bot's own sure answer · somebody will come · whoever has the chat is late · when the shop opens."""
MOST_BUBBLES = 20
"""A cover has no more bubbles than this."""
KINDS: dict[Word, SenderKind] = {
    "answer": "robot",
    "holding": "system_auto",
    "holding-led": "system_auto",
    "away": "system_auto",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the bot would have answered, where it was not to speak yet; surely so, or it is no draft for this."""

    texts: tuple[str, ...]
    entry: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A buyer whose time is nearly up. `led`: a person has the conversation; `messages_left` None = no limit."""

    asked_at: datetime
    voice: Voice
    led: bool
    is_open: bool
    covered: bool = False
    typed_at: datetime | None = None
    told_when_open: bool = False
    draft: Draft | None = None
    messages_left: int | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Say this; `draft` where it is the bot's answer."""

    word: Word
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Withhold:
    """Say nothing, and why."""

    why: Why


def cover(late: Late) -> Say | Withhold:
    """Decide. The bot's sure answer comes first; without one, the line that is true now."""
    why = _what_forbids(late)
    if why is not None:
        return Withhold(why)
    if late.draft is not None:
        return Say("answer", late.draft)
    if late.is_open:
        return Say("holding-led" if late.led else "holding")
    return Withhold("told_when_open") if late.told_when_open else Say("away")


def _what_forbids(late: Late) -> Why | None:
    reasons: tuple[tuple[bool, Why], ...] = (
        (late.covered, "covered_before"),
        (late.voice not in {"first", "cover"}, "bot_is_silent"),
        (late.typed_at is not None and late.typed_at >= late.asked_at, "person_types"),
        (late.messages_left == 0, "no_messages_left"),
    )
    return next((why for holds, why in reasons if holds), None)


def cover_cause(conversation_id: int, asked_at: datetime) -> str:
    """What the keys of a cover's bubbles are made from: the same whenever the same wait is covered for."""
    return f"cover:{conversation_id}:{asked_at.isoformat()}"


def counts_for(windows: Sequence[Window], word: Word) -> dict[str, bool | None]:
    """For each window by name, whether that word counts there; None where nobody knows."""
    return {window.name: window.counts(KINDS[word]) for window in windows}
