"""The days that a message names, in words: which dates they are, a clock says."""

from __future__ import annotations

import re
from typing import NamedTuple

from knowledge.phrases.phrase import Phrase

TODAY = frozenset({"今天", "今晚", "今日"})
"""The words of `Named.day` that mean today, which the clock speaks of."""

_DAY = Phrase("date", "day")
_ORDERING = Phrase("date", "ordering")
_SENDING = Phrase("date", "sending")
_WAITING = Phrase("date", "waiting")
_ARRIVING = Phrase("date", "arriving")
_IN_THE_NORTH = tuple((f"{day}儿", f"{day}天") for day in "今明昨后前")
_KEPT_AS = (
    ("儿个", "儿"),
    *_IN_THE_NORTH,
    ("双休日", "周末"),
    ("双休", "周末"),
    ("星期", "周"),
    ("礼拜", "周"),
    ("周天", "周日"),
    ("11", "十一"),
    ("12", "十二"),
)
_BOUNDS = (("之前", "前"), ("以前", "前"), ("之后", "后"), ("以后", "后"))


class _Found(NamedTuple):
    """Where a text speaks of the day that it asks about, and of the one of payment or dispatch."""

    asked: re.Match[str] | None
    paid: re.Match[str] | None


class Days(NamedTuple):
    """The day that a text asks about, and the one of payment or dispatch, each in one wording."""

    asked: str | None
    paid: str | None


def days_in(said: str) -> Days:
    """The days that a folded text names: "周六下单周三前能到吗" asks about 周三前, and 周六 is the day of paying."""
    found = _found(said)
    return Days(_in_one_wording(found.asked), _in_one_wording(found.paid))


def without_day(said: str) -> str:
    """The text without the day that it asks about."""
    asked = _found(said).asked
    return said[: asked.start()] + said[asked.end() :] if asked else said


def _in_one_wording(found: re.Match[str] | None) -> str | None:
    """One way of saying it for each day: 礼拜五之前 becomes 周五前, 双11 becomes 双十一."""
    if found is None:
        return None
    day = found[0]
    for written, kept in (*(_KEPT_AS if day[0] not in "0123456789" else ()), *_BOUNDS):
        day = day.replace(written, kept)
    return day


def _found(said: str) -> _Found:
    """The first day named that is no day of ordering; of "明天发周五能到吗" the one on which it is to arrive.

    "周六拍要等到周一吗" asks about Saturday.
    """
    days = list(_DAY.pattern.finditer(said))
    paid = next((found for found in days if _ORDERING.pattern.match(said, found.end())), None)
    others = [found for found in days if found is not paid and not (paid and _WAITING.says(said[: found.start()]))]
    if (
        len(others) > 1
        and _SENDING.pattern.match(said, others[0].end())
        and _ARRIVING.pattern.match(said, others[1].end())
    ):
        return _Found(others[1], paid or others[0])
    return _Found(others[0] if others else None, paid)


def on_usual_days(said: str, *, asked: str, paid: str) -> str:
    """A folded text with these days in place of those that it names: "周四能发吗" is as good as "明天能发吗".

    `asked` stands for the day that is asked about, or for the only one; `paid` for the one of ordering beside it.
    """
    days = _found(said)
    instead = {days.asked: asked, days.paid: paid} if days.asked else {days.paid: asked}
    for found in sorted(filter(None, instead), key=re.Match.start, reverse=True):
        said = f"{said[: found.start()]}{instead[found]}{said[found.end() :]}"
    return said
