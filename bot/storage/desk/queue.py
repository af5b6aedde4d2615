"""The queue of conversations as people see it: who has waited longest first, a page at a time, by view.

Whoever is owed an answer comes before whoever is not; among those, the newest word is first. What is over comes by its
last word. A page goes on after the last item of the one before it, whatever has come and gone since.
Of a buyer who is the same on several channels the conversation that comes first stands for all.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import BigInteger, and_, bindparam, false, func, literal, or_, select, type_coerce, union_all

from bot.domain.desk.conversations import QueueItem, QueuePage
from bot.domain.desk.masking import masked, masked_id
from bot.storage.desk.views import BESIDE, LATEST_US, TALKS, same_buyers
from bot.storage.engine.prepared import Prepared
from bot.storage.outbox import NOTICES
from bot.storage.tables.desk import buyer_tag, desk, same_buyer
from bot.storage.tables.messages import conversation, inbox, outbox, rating
from bot.storage.transcript import words_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, Row, Select, Table
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import View, Who
    from bot.storage.desk.views import Asking

AT_ONCE = 50
LONGEST_ID = 19
LONGEST_WORDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page ends: the number by which its last item stands in order, and which conversation that is."""

    order: int
    conversation_id: int

    def __str__(self) -> str:
        return f"{self.order}.{self.conversation_id}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read the text form; anything else means "from the beginning"."""
        order, _, conversation_id = text.partition(".")
        if not all(part.isascii() and part.isdigit() and len(part) <= LONGEST_ID for part in (order, conversation_id)):
            return None
        return cls(order=int(order), conversation_id=int(conversation_id))


def read_page(
    connection: Connection, asking: Asking, view: View, *, now: datetime, after: str = "", most: int = AT_ONCE
) -> QueuePage:
    """A page of this view, after the one that ended with `after`; shorter by those for whom another row stands."""
    order = TALKS.place(view)
    place = _Place.parse(after)
    which: tuple[ColumnElement[bool], ...]
    if view == "closed":
        which = (_TALK.id.in_(_last_closed(asking, place, most + 1)),)
    else:
        which = (*TALKS.visible(asking), *TALKS.of(view, asking, now))
    query = _rows().add_columns(order.label("place")).where(*which)
    if place is not None:
        level = and_(order == place.order, _TALK.id < place.conversation_id)
        query = query.where(or_(order > place.order, level))
    rows = connection.execute(query.order_by(order, _TALK.id.desc()).limit(most + 1)).all()
    end = _Place(order=rows[most - 1].place, conversation_id=rows[most - 1].id) if len(rows) > most else ""
    shown = rows[:most]
    beside = _beside(connection, shown, asking, lambda: (and_(*BESIDE.of(view, asking, now)), BESIDE.place(view)))
    first = [row for row in shown if not any(each.comes_before(row) for each in beside.get(row.id, ()))]
    return QueuePage(items=_items(connection, first, beside, asking.who, now=now), after=str(end))


def read_some(connection: Connection, asking: Asking, ids: Sequence[int], *, now: datetime) -> dict[int, QueueItem]:
    """These conversations as the queue shows them, those that this person may see."""
    rows = connection.execute(_rows().where(*TALKS.visible(asking), _TALK.id.in_(ids))).all()
    beside = _beside(connection, rows, asking, lambda: (false(), literal(0)))
    return {item.conversation_id: item for item in _items(connection, rows, beside, asking.who, now=now)}


def same_page(asking: Asking, view: View) -> tuple[object, ...]:
    """All that a page of this view depends on beside the moment: whoever has the same here is shown the same."""
    who = asking.who
    own = (who.id,) if view in {"mine", "called"} else tuple(sorted(asking.groups)) if view == "group" else ()
    return (view, who.role, who.channels, *own)


_TALK = TALKS.talk


def _rows() -> Select[Any]:
    return select(
        _TALK.id,
        _TALK.fence,
        _TALK.channel,
        _TALK.buyer,
        _TALK.buyer_name,
        _TALK.mode,
        _TALK.unanswered_since,
        _TALK.reply_by,
        _TALK.blocked_at,
        TALKS.last_word.label("last_word"),
        desk.c.assignee_id,
        desk.c.assignee_name,
        desk.c.group_id,
        desk.c.snoozed_until,
    ).select_from(TALKS.rows)


def _last_closed(asking: Asking, place: _Place | None, most: int) -> CompoundSelect[int]:
    """The last of those that are over, of which a shop has very many: an index finds them by both moments."""

    def newest(moment: ColumnElement[Any], *which: ColumnElement[bool]) -> Select[int]:
        query = select(_TALK.id).where(_TALK.mode == "closed", *TALKS.visible(asking), *which)
        if place is not None:
            at, upto = type_coerce(moment, BigInteger), LATEST_US - place.order
            query = query.where(at <= upto, or_(at < upto, _TALK.id < place.conversation_id))
        page = query.order_by(moment.desc(), _TALK.id.desc()).limit(most).subquery()
        return select(page.c.id)

    spoke = _TALK.last_buyer_at.is_not(None)
    return union_all(newest(_TALK.last_buyer_at, spoke), newest(_TALK.created_at, ~spoke))


def _items(
    connection: Connection,
    rows: Sequence[Row[Any]],
    beside: Mapping[int, Sequence[_Beside]],
    who: Staff,
    *,
    now: datetime,
) -> tuple[QueueItem, ...]:
    ids = [row.id for row in rows]
    last, tags, scores = _last_said(connection, ids), _tags(connection, rows), _scores(connection, ids)
    named = {row.id: next((each.name for each in beside.get(row.id, ()) if each.name), "") for row in rows}
    return tuple(
        dataclasses.replace(
            (item := _item(row, last.get(row.id), who, now)),
            buyer_name=item.buyer_name or named[row.id],
            tags=tags.get((row.channel, row.buyer), ()),
            score=scores.get(row.id),
            merged=tuple(each.id for each in beside.get(row.id, ())),
            behind=_behind(beside.get(row.id, ())),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """Another conversation of the same buyer, and where it stands in the view, if it does. `name` is theirs there."""

    id: int
    name: str
    place: int
    is_in_view: bool
    waiting_since: datetime | None

    def comes_before(self, row: Row[Any]) -> bool:
        return self.is_in_view and (self.place, -self.id) < (row.place, -row.id)


def _beside(
    connection: Connection,
    rows: Sequence[Row[Any]],
    asking: Asking,
    standing: Callable[[], tuple[ColumnElement[bool], ColumnElement[int]]],
) -> dict[int, list[_Beside]]:
    """The other conversations of the buyers of these, where this person may look.

    `standing` tells whether each is in the view, and at which place.
    """
    others: dict[int, list[_Beside]] = {}
    if not rows or not _are_any_merged(connection):
        return others
    talk, (is_in_view, place) = BESIDE.talk, standing()
    columns = (
        _TALK.id,
        talk.id.label("beside"),
        talk.channel,
        talk.buyer_name,
        talk.unanswered_since,
        place.label("place"),
    )
    found = (
        select(*columns, is_in_view.label("is_in_view"))
        .select_from(same_buyers())
        .where(_TALK.id.in_([row.id for row in rows]))
    )
    for row in connection.execute(found.where(*BESIDE.visible(asking)).order_by(BESIDE.talk.id)):
        name = row.buyer_name if asking.who.may_in("see_private", row.channel) else masked(row.buyer_name)
        each = _Beside(
            id=row.beside,
            name=name,
            place=row.place,
            is_in_view=bool(row.is_in_view),
            waiting_since=row.unanswered_since,
        )
        others.setdefault(row.id, []).append(each)
    return others


def _behind(beside: Sequence[_Beside]) -> tuple[tuple[int, datetime], ...]:
    in_view = (each for each in beside if each.is_in_view)
    return tuple((each.id, each.waiting_since) for each in in_view if each.waiting_since is not None)


def _are_any_merged(connection: Connection) -> bool:
    """A shop that merges nobody pays nothing for it."""
    return connection.execute(select(literal(1)).select_from(same_buyer).limit(1)).first() is not None


def _scores(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """The newest mark of each of these."""
    return {row.conversation_id: row.score for row in _SCORES.rows(connection, {"ids": ids})} if ids else {}


def _item(row: Row[Any], last: _Last | None, who: Staff, now: datetime) -> QueueItem:
    words = last.words if last else ""
    private = who.may_in("see_private", row.channel)
    return QueueItem(
        conversation_id=row.id,
        version=row.fence,
        channel=row.channel,
        buyer=row.buyer if private else masked_id(row.buyer),
        buyer_name=row.buyer_name if private else masked(row.buyer_name),
        mode=row.mode,
        waiting_since=row.unanswered_since,
        due_at=row.reply_by,
        last_at=last.at if last else row.last_word,
        last_who=last.who if last else "system",
        last_words=_short(words if private else masked(words)),
        assignee_id=row.assignee_id,
        assignee_name=row.assignee_name or "",
        group_id=row.group_id,
        snoozed_until=row.snoozed_until if row.snoozed_until and row.snoozed_until > now else None,
        blocked=row.blocked_at is not None,
        tags=(),
        score=None,
        merged=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    at: datetime
    who: Who
    words: str


def _last_said(connection: Connection, ids: Sequence[int]) -> dict[int, _Last]:
    """What was said last in each of these, by the buyer, the bot or a person."""
    heard, said = (each.rows(connection, {"ids": ids}) if ids else [] for each in (_HEARD, _SAID))
    last: dict[int, _Last] = {}
    for row in heard:
        who: Who = "buyer" if row.author == "buyer" else "person"
        last[row.conversation_id] = _Last(at=row.received_at, who=who, words=words_kept(row.kind, row.body))
    for row in said:
        before = last.get(row.conversation_id)
        if before is None or row.created_at >= before.at:
            by: Who = "person" if row.kind == "staff" else "bot"
            last[row.conversation_id] = _Last(at=row.created_at, who=by, words=row.text)
    return last


def _newest(table: Table) -> Prepared:
    """The newest message or reply of each of some conversations."""
    rows = table.c
    bubbles = rows.kind == "message" if table is inbox else rows.kind.not_in(NOTICES) & (rows.state != "cancelled")
    newest = (
        select(func.max(rows.id))
        .where(rows.conversation_id == _TALK.id, bubbles)
        .correlate(conversation)
        .scalar_subquery()
    )
    when, words = (rows.received_at, rows.author) if table is inbox else (rows.created_at, rows.text)
    shown = select(rows.conversation_id, rows.kind, rows.body, when, words)
    return Prepared(shown.join(conversation, rows.id == newest).where(_TALK.id.in_(_IDS)))


_IDS: BindParameter[Any] = bindparam("ids", expanding=True, type_=BigInteger)
_HEARD, _SAID = _newest(inbox), _newest(outbox)
_SCORES = Prepared(
    select(rating.c.conversation_id, rating.c.score)
    .where(rating.c.conversation_id.in_(_IDS))
    .order_by(rating.c.episode)
)


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…"


def _tags(connection: Connection, rows: Sequence[Row[Any]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The tags of the buyers of these conversations."""
    tags: dict[tuple[str, str], tuple[str, ...]] = {}
    for channel in {row.channel for row in rows}:
        buyers = sorted({row.buyer for row in rows if row.channel == channel})
        theirs = (buyer_tag.c.channel == channel, buyer_tag.c.buyer.in_(buyers))
        for row in connection.execute(
            select(buyer_tag.c.buyer, buyer_tag.c.tag).where(*theirs).order_by(buyer_tag.c.tag)
        ):
            tags[channel, row.buyer] = (*tags.get((channel, row.buyer), ()), row.tag)
    return tags
