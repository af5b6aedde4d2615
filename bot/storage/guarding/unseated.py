"""Buyers who wait for a person and have none: nobody has taken them yet, or whoever had them has gone away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from adapters.contract import Message, Surroundings
from bot.config import TRY_OUT_CHANNEL
from bot.domain.routing.people import AWAY_AFTER
from bot.storage.conversations import read_several
from bot.storage.packing import UNREADABLE, unpack_event
from bot.storage.people.waiting import AT_ONCE
from bot.storage.tables.desk import buyer_tag, desk
from bot.storage.tables.messages import conversation, inbox, is_waiting
from bot.storage.tables.routing import presence

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation

_TALK = conversation.c
_HERE = and_(desk.c.conversation_id == _TALK.id, desk.c.episode == _TALK.episode)


def nobodys(connection: Connection, *, groups: Collection[int]) -> list[Conversation]:
    """A page of those whom nobody has, of no group or of these, who wait the longest first; locked."""
    free = or_(desk.c.conversation_id.is_(None), desk.c.group_id.is_(None), desk.c.group_id.in_(groups))
    return _page(connection, is_waiting(), desk.c.assignee_id.is_(None), free)


def lost(connection: Connection, *, now: datetime) -> list[Conversation]:
    """A page of those who wait for a person that has gone away since they were given to them; locked."""
    gone = select(presence.c.staff_id).where(presence.c.seen_at <= now - AWAY_AFTER)
    waits = or_(is_waiting(), and_(_TALK.mode == "human", _TALK.unanswered_since.is_not(None)))
    return _page(connection, waits, desk.c.assignee_id.in_(gone))


def surroundings(connection: Connection, conversation_ids: Sequence[int]) -> dict[int, Surroundings]:
    """What came with the newest message of each buyer."""
    newest = (
        select(func.max(inbox.c.id))
        .where(inbox.c.conversation_id.in_(conversation_ids), inbox.c.author == "buyer", inbox.c.kind == "message")
        .group_by(inbox.c.conversation_id)
    )
    rows = connection.execute(select(inbox.c.conversation_id, inbox.c.kind, inbox.c.body).where(inbox.c.id.in_(newest)))
    return {row.conversation_id: _surroundings(row.kind, row.body) for row in rows}


def tags(connection: Connection, found: Conversation) -> frozenset[str]:
    """The tags that people gave this buyer."""
    theirs = (buyer_tag.c.channel == found.channel, buyer_tag.c.buyer == found.buyer)
    return frozenset(connection.execute(select(buyer_tag.c.tag).where(*theirs)).scalars())


def _surroundings(kind: str, body: bytes) -> Surroundings:
    try:
        event = unpack_event(kind, body)
    except UNREADABLE:
        return Surroundings()
    return event.surroundings if isinstance(event, Message) else Surroundings()


def _page(connection: Connection, *wanted: ColumnElement[bool]) -> list[Conversation]:
    ids = connection.execute(
        select(_TALK.id)
        .outerjoin(desk, _HERE)
        .where(*wanted, _TALK.channel != TRY_OUT_CHANNEL, _TALK.blocked_at.is_(None))
        .order_by(_TALK.waiting_since, _TALK.id)
        .limit(AT_ONCE)
        .with_for_update(of=conversation, skip_locked=True, key_share=True)
    ).scalars()
    places = {each: place for place, each in enumerate(ids.all())}
    return sorted(read_several(connection, sorted(places), with_places=False), key=lambda each: places[each.id])
