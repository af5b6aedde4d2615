"""How many buyers stand where in the whole shop, asked once for everybody who looks at the same moment.

Each conversation counts, but those of a buyer who is the same on several channels count once in a view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, case, distinct, func, select

from bot.config import TRY_OUT_CHANNEL
from bot.domain.desk.conversations import QueueCounts
from bot.storage.desk.views import PEOPLES, TALKS, badly_rated
from bot.storage.tables.desk import mention, note, same_buyer
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.storage.desk.views import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """So many conversations that are not over stand like this. `owed` = their buyers wait for an answer.

    `person` is what all the conversations of a buyer have in common who is the same on several channels.
    """

    person: str | None
    channel: str
    mode: str
    asleep: bool
    owed: bool
    assignee_id: int | None
    group_id: int | None
    how_many: int

    @property
    def is_for_people(self) -> bool:
        return self.mode in PEOPLES and not self.asleep


class Counted(NamedTuple):
    """So many conversations of this channel, of one person or of those who are the same as nobody else."""

    channel: str
    person: str | None
    how_many: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """All that are not over by how they stand, the badly rated, those that call by whom they call."""

    standing: tuple[Standing, ...]
    unsatisfied: tuple[Counted, ...]
    called: Mapping[int, Sequence[Counted]]

    def counts(self, asking: Asking) -> QueueCounts:
        """How many each view of this person holds."""
        me, groups, channels = asking.who.id, set(asking.groups), asking.who.channels

        def sees(channel: str) -> bool:
            return channels is None or channel in channels

        def tally(which: Callable[[Standing], bool]) -> int:
            return _buyers(each for each in self.standing if sees(each.channel) and which(each))

        return QueueCounts(
            by_view={
                "mine": tally(lambda each: each.is_for_people and each.assignee_id == me),
                "group": tally(
                    lambda each: each.is_for_people and each.assignee_id is None and each.group_id in groups
                ),
                "all": tally(lambda each: each.is_for_people),
                "bot": tally(lambda each: each.mode == "bot"),
                "unsatisfied": _buyers(each for each in self.unsatisfied if sees(each.channel)),
                "snoozed": tally(lambda each: each.asleep),
                "called": _buyers(each for each in self.called.get(me, ()) if sees(each.channel)),
            },
            unanswered_mine=tally(lambda each: each.is_for_people and each.owed and each.assignee_id == me),
            unanswered_all=tally(lambda each: each.is_for_people and each.owed),
        )


def _buyers(counted: Iterable[Standing | Counted]) -> int:
    """How many buyers these are."""
    each = list(counted)
    return sum(one.how_many for one in each if one.person is None) + len({one.person for one in each} - {None})


def read(connection: Connection, *, now: datetime) -> Tally:
    """Count them, the try-out page's left out."""
    return Tally(
        standing=_standing(connection, now),
        unsatisfied=_unsatisfied(connection),
        called=_called(connection),
    )


_TALK = TALKS.talk
_REAL = _TALK.channel != TRY_OUT_CHANNEL
_PERSON = same_buyer.c.person
_IS_THEIRS = and_(same_buyer.c.channel == _TALK.channel, same_buyer.c.buyer == _TALK.buyer)


def _standing(connection: Connection, now: datetime) -> tuple[Standing, ...]:
    each = (
        select(
            _PERSON,
            _TALK.channel,
            _TALK.mode,
            case((TALKS.asleep(now), 1), else_=0).label("asleep"),
            case((_TALK.unanswered_since.is_not(None), 1), else_=0).label("owed"),
            TALKS.desk.assignee_id,
            TALKS.desk.group_id,
        )
        .select_from(TALKS.rows.outerjoin(same_buyer, _IS_THEIRS))
        .where(_REAL, TALKS.is_open)
        .subquery()
    )
    rows = connection.execute(select(each, func.count().label("how_many")).group_by(*each.c))
    return tuple(
        Standing(
            person=row.person,
            channel=row.channel,
            mode=row.mode,
            asleep=bool(row.asleep),
            owed=bool(row.owed),
            assignee_id=row.assignee_id,
            group_id=row.group_id,
            how_many=row.how_many,
        )
        for row in rows
    )


def _unsatisfied(connection: Connection) -> tuple[Counted, ...]:
    by = (_TALK.channel, _PERSON)
    rows = conversation.outerjoin(same_buyer, _IS_THEIRS)
    counted = select(*by, func.count()).select_from(rows).where(_REAL, _TALK.id.in_(badly_rated())).group_by(*by)
    return tuple(Counted(*row) for row in connection.execute(counted))


def _called(connection: Connection) -> dict[int, list[Counted]]:
    by = (mention.c.staff_id, _TALK.channel, _PERSON)
    counted = (
        select(*by, func.count(distinct(_TALK.id)))
        .join(note, note.c.id == mention.c.note_id)
        .join(conversation, _TALK.id == note.c.conversation_id)
        .outerjoin(same_buyer, _IS_THEIRS)
        .where(_REAL, mention.c.seen_at.is_(None))
        .group_by(*by)
    )
    calls: dict[int, list[Counted]] = {}
    for staff_id, *row in connection.execute(counted):
        calls.setdefault(staff_id, []).append(Counted(*row))
    return calls
