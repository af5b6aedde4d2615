"""Asking a buyer how it went: whether he may be asked, when, and what he answered.

That each conversation is asked once is not decided here: the database's key on the invite refuses the second one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.calendar import next_within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.config import Span


class Reason(StrEnum):
    """Why a conversation is never asked about, in words for the log and the staff."""

    SWITCHED_OFF = "invites are switched off"
    ALREADY_INVITED = "already invited"
    BLOCKED = "the buyer is blocked"
    ADVERTISEMENT = "it was an advertisement"
    UNANSWERED = "the buyer's last message was not answered"
    NOBODY_ANSWERED = "nobody answered, so there is nothing to rate"
    WINDOW_CLOSED = "the platform's reply window closes before an invite may be sent"


@dataclass(frozen=True, slots=True)
class Yes:
    """Ask now."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Ask again whether to ask, at `until` (UTC)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class No:
    """Never ask about this conversation."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What matters about a conversation that has ended. `window_until` is None where the platform sets no limit.

    `answered`: the bot or a person said something to this buyer in this episode.
    `unanswered`: his last message has had no answer.
    """

    closed_at: datetime
    window_until: datetime | None = None
    blocked: bool = False
    advertisement: bool = False
    unanswered: bool = False
    answered: bool = True
    invited: bool = False


def may_invite(
    ended: Ended, *, now: datetime, enabled: bool, delay_minutes: float, hours: Span, zone: ZoneInfo
) -> Yes | NotYet | No:
    """Say whether to ask this buyer now, later, or not at all and why.

    An invite is due `delay_minutes` after the end, inside the allowed hours of the shop's zone, and only while the
    platform's reply window is open; when the window closes before the hours come, nobody is asked.
    """
    reason = _never(ended, enabled=enabled)
    if reason is not None:
        return No(reason)
    due = max(now, ended.closed_at.astimezone(UTC) + timedelta(minutes=delay_minutes))
    allowed = next_allowed(due, hours=hours, zone=zone)
    if ended.window_until is not None and allowed >= ended.window_until:
        return No(Reason.WINDOW_CLOSED)
    return Yes() if allowed <= now else NotYet(allowed)


def next_allowed(moment: datetime, *, hours: Span, zone: ZoneInfo) -> datetime:
    """Return the first moment (UTC), at or after this one, inside the allowed hours of the day."""
    return next_within(moment, hours, zone)


def _never(ended: Ended, *, enabled: bool) -> Reason | None:
    """Return the first reason that rules an invite out for good."""
    reasons = (
        (not enabled, Reason.SWITCHED_OFF),
        (ended.invited, Reason.ALREADY_INVITED),
        (ended.blocked, Reason.BLOCKED),
        (ended.advertisement, Reason.ADVERTISEMENT),
        (ended.unanswered, Reason.UNANSWERED),
        (not ended.answered, Reason.NOBODY_ANSWERED),
    )
    return next((reason for holds, reason in reasons if holds), None)


# What the buyer said

_MARKS: Mapping[str, int] = MappingProxyType(
    {digit: score for score, digits in enumerate(("1一", "2二两", "3三", "4四", "5五"), 1) for digit in digits}
)
_MARK = re.compile(r"(?:我?[给打评]个?)?([1-5一二两三四五])(?:颗星|分|星)?")
_SAID: Mapping[int, str] = MappingProxyType(
    {
        5: "非常满意 很满意 十分满意 特别满意 超满意 太满意了 好评 给个好评 五星好评 5星好评 非常好 很好 挺好的",
        4: "满意 满意的 比较满意 挺满意 还满意",
        3: "一般 一般般 一般吧 还行 还可以 马马虎虎",
        2: "不满意 不太满意 不怎么满意 不是很满意 差 较差 比较差",
        1: "非常不满意 很不满意 十分不满意 特别不满意 极不满意 很差 非常差 太差 太差了 特别差 极差 差评 非常糟糕",
    }
)
_WORDS: Mapping[str, int] = MappingProxyType({word: score for score, words in _SAID.items() for word in words.split()})
_AROUND = " \t\r\n，,。.！!~～…、"
_SPACE = re.compile(r"\s+")


def read_rating(text: str) -> int | None:
    """Read a whole folded message as a mark from 1 (very bad) to 5 (very good); None when it is anything more.

    Meant only for a buyer who has been asked: elsewhere "2" is a choice and "5" a number of pieces.
    """
    said = _SPACE.sub("", text.strip(_AROUND))
    mark = _MARK.fullmatch(said)
    return _WORDS.get(said) if mark is None else _MARKS[mark[1]]
