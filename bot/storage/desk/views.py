"""Which conversations stand in each view of the queue, in which order, and which stands for all of the same buyer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, case, func, literal, select, type_coerce

from bot.config import TRY_OUT_CHANNEL
from bot.domain.ratings import BAD_SCORE
from bot.storage.tables.base import EPOCH, Moment
from bot.storage.tables.desk import desk, mention, note, same_buyer
from bot.storage.tables.messages import conversation, rating

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause, Select

    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import View

BY_LAST_WORD: tuple[View, ...] = ("closed", "unsatisfied", "snoozed")
ROUGHLY_US = 2_000_000
"""Platforms tell the time of a message in whole seconds: whoever wrote so shortly before counts as after it."""
PEOPLES = ("waiting", "human")
_OPEN = ("bot", *PEOPLES)
_NEVER = literal(EPOCH, Moment)
LATEST_US = 2**59


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who looks at the queue: with the numbers of their groups."""

    who: Staff
    groups: Collection[int] = ()


class Talks:
    """Conversations, each with what its desk says of it."""

    def __init__(self, talk: FromClause, at_desk: FromClause) -> None:
        self.talk, self.desk = talk.c, at_desk.c
        present = and_(at_desk.c.conversation_id == talk.c.id, at_desk.c.episode == talk.c.episode)
        self.rows = talk.outerjoin(at_desk, present)
        """What a person or a group has, they have of the present episode."""
        self.last_word = func.coalesce(talk.c.last_buyer_at, talk.c.created_at, type_=Moment())

    # Views

    def visible(self, asking: Asking) -> tuple[ColumnElement[bool], ...]:
        channels = asking.who.channels
        real = self.talk.channel != TRY_OUT_CHANNEL
        return (real,) if channels is None else (real, self.talk.channel.in_(sorted(channels)))

    def of(self, view: View, asking: Asking, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """What holds of the conversations in this view."""
        views: Mapping[View, Callable[[], tuple[ColumnElement[bool], ...]]] = {
            "mine": lambda: (*self._peoples(now), self.held_by(asking.who.id)),
            "group": lambda: (*self._peoples(now), self.waits_for(asking.groups)),
            "all": lambda: self._peoples(now),
            "bot": lambda: (self.talk.mode == "bot",),
            "closed": lambda: (self.talk.mode == "closed",),
            "unsatisfied": lambda: (self.talk.id.in_(badly_rated()),),
            "snoozed": lambda: (self.is_open, self.asleep(now)),
            "called": lambda: (self.talk.id.in_(calls(asking.who.id)),),
        }
        return views[view]()

    def _peoples(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        return (self.is_peoples, ~self.asleep(now))

    @property
    def is_open(self) -> ColumnElement[bool]:
        return self.talk.mode.in_(_OPEN)

    @property
    def is_peoples(self) -> ColumnElement[bool]:
        return self.talk.mode.in_(PEOPLES)

    def waits_for(self, groups: Collection[int]) -> ColumnElement[bool]:
        """One of these groups has it, and none of its people yet."""
        return and_(self.desk.group_id.in_(list(groups)), self.desk.assignee_id.is_(None))

    def held_by(self, staff_id: int) -> ColumnElement[bool]:
        return self.desk.assignee_id == staff_id

    def asleep(self, now: datetime) -> ColumnElement[bool]:
        """Put off, and the buyer has not written since."""
        put_off = func.coalesce(self.desk.snoozed_until, _NEVER, type_=Moment()) > literal(now, Moment)
        since = type_coerce(self.desk.snoozed_at, BigInteger) - ROUGHLY_US
        quiet = self.talk.unanswered_since.is_(None) | (type_coerce(self.talk.last_buyer_at, BigInteger) < since)
        return and_(put_off, quiet)

    # Order

    def place(self, view: View) -> ColumnElement[int]:
        """The number by which it stands in the order of this view."""
        return self._by_last_word() if view in BY_LAST_WORD else self._by_wait()

    def _by_last_word(self) -> ColumnElement[int]:
        return literal(LATEST_US) - type_coerce(self.last_word, BigInteger)

    def _by_wait(self) -> ColumnElement[int]:
        """Who is owed an answer by how long already; after them the others by their last word."""
        owed = type_coerce(self.talk.unanswered_since, BigInteger)
        later = literal(LATEST_US) + self._by_last_word()
        return case((self.talk.unanswered_since.is_not(None), owed), else_=later)


TALKS = Talks(conversation, desk)
BESIDE = Talks(conversation.alias("beside"), desk.alias("desk_beside"))


def same_buyers() -> FromClause:
    """Conversations beside those that the same buyer has: each of the one with each of the other."""
    own, same = same_buyer.alias("own"), same_buyer.alias("same")
    is_own = and_(own.c.channel == TALKS.talk.channel, own.c.buyer == TALKS.talk.buyer)
    is_same = and_(BESIDE.talk.channel == same.c.channel, BESIDE.talk.buyer == same.c.buyer)
    joined = conversation.join(own, is_own).join(same, same.c.person == own.c.person)
    return joined.join(BESIDE.rows, and_(is_same, BESIDE.talk.id != TALKS.talk.id))


def badly_rated() -> Select[Any]:
    return select(rating.c.conversation_id).where(rating.c.score <= BAD_SCORE)


def calls(staff_id: int) -> Select[Any]:
    """Where a note calls this person that they have not seen."""
    unseen = (mention.c.staff_id == staff_id, mention.c.seen_at.is_(None))
    return select(note.c.conversation_id).join(mention, mention.c.note_id == note.c.id).where(*unseen)
