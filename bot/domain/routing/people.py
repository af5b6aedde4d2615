"""The shop's groups, and which person of a group is next: by weight, in turn, and only who is there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bot.config import WEEKDAYS, Section, Weekday, Whole
from bot.domain.calendar import moment_at
from bot.domain.reply_windows.window import Hours

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from bot.domain.calendar import ShopCalendar

AWAY_AFTER = timedelta(seconds=40)
"""Whose page has not been heard of for this long is away; pages are heard of every ten seconds."""


class Member(Section):
    """One person in a group: their part of its buyers, how many chats at a time, and when they work.

    Without `hours` that is when the group works, or whenever the shop is open; with them it is then, on days on which
    the shop opens at all.
    """

    staff_id: Whole
    weight: Annotated[Whole, Field(ge=0, le=100)] = 10
    chats_at_most: Annotated[Whole, Field(ge=0, le=1_000)] = 20
    hours: Hours | None = None
    days: tuple[Weekday, ...] = ()


class Group(Section):
    """People who look after the same buyers: pre-sale, after-sale. It may have hours and days of its own."""

    id: Annotated[Whole, Field(ge=1)]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    members: tuple[Member, ...] = ()
    hours: Hours | None = None
    days: tuple[Weekday, ...] = ()

    def shifts(self) -> tuple[Member, ...]:
        """Its members, each with the group's hours and days where they have none of their own."""
        return tuple(
            each.model_copy(update={"hours": each.hours or self.hours, "days": each.days or self.days})
            for each in self.members
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whom a buyer goes to, and how the members stand in turn after that."""

    staff_id: int
    standing: Mapping[int, int]
    sticky: bool = False


def on_shift(member: Member, moment: datetime, calendar: ShopCalendar) -> bool:
    """Whether they work just now. A shift over midnight belongs to the day on which it begins."""
    if member.hours is None and not member.days:
        return calendar.is_open(moment)
    today = moment.astimezone(calendar.zone).date()
    return any(_works(member, today - timedelta(days=ago), moment, calendar) for ago in (0, 1))


def _works(member: Member, day: date, moment: datetime, calendar: ShopCalendar) -> bool:
    """Whether this moment lies in their shift of that day."""
    if (member.days and WEEKDAYS[day.weekday()] not in member.days) or not calendar.spans_on(day):
        return False
    spans = calendar.spans_on(day) if member.hours is None else (member.hours,)
    bounds = (
        (moment_at(day, span.start_minute, calendar.zone), moment_at(day, span.end_minute, calendar.zone))
        for span in spans
    )
    return any(start <= moment < end for start, end in bounds)


def choose(
    members: Sequence[Member],
    *,
    there: Collection[int],
    held: Mapping[int, int],
    standing: Mapping[int, int],
    last: int | None = None,
) -> Choice | None:
    """Who is next. `there` are those present and on shift, `held` how many chats each has, `last` whom the buyer knows.

    Smooth weighted round robin: each gains their weight, the one who stands highest is next and pays what all gained.
    None when nobody of the group has room.
    """
    able = [each for each in members if each.staff_id in there and has_room(each, held)]
    if not able:
        return None
    if last is not None and any(each.staff_id == last for each in able):
        return Choice(staff_id=last, standing=standing, sticky=True)
    risen = {**standing, **{each.staff_id: standing.get(each.staff_id, 0) + each.weight for each in able}}
    chosen = max(able, key=lambda each: (risen[each.staff_id], -each.staff_id)).staff_id
    risen[chosen] -= sum(each.weight for each in able)
    return Choice(staff_id=chosen, standing=risen)


def has_room(member: Member, held: Mapping[int, int]) -> bool:
    """Whether they may be given one more: nobody whose part is nothing."""
    return member.weight > 0 and held.get(member.staff_id, 0) < member.chats_at_most
