"""Satisfaction invites and ratings: one invite and one rating for each episode of a conversation, by their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.storage.conversations import change
from bot.storage.engine.dialects import insert_new
from bot.storage.tables import conversation, invite, invited_day, is_due, rating

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An episode that has just ended, and when its buyer may be asked how it went."""

    conversation_id: int
    episode: int
    closed_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A buyer's verdict on one episode: 1 (very bad) to 5 (very good)."""

    conversation_id: int
    episode: int
    score: int
    comment: str
    source: str
    rated_at: datetime


def open_for(connection: Connection, closing: Closing) -> None:
    """Put the episode down for an invite. It gets one at most, whoever closes it again."""
    row = {
        "conversation_id": closing.conversation_id,
        "episode": closing.episode,
        "closed_at": closing.closed_at,
        "due_at": closing.due_at,
    }
    connection.execute(insert_new(connection.dialect.name, invite), [row])


def due(connection: Connection, *, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Invites whose time has come, with their conversation's row; locked against other nodes until this ends."""
    return connection.execute(
        select(invite.c.episode.label("invite_episode"), invite.c.closed_at, conversation)
        .join(conversation, conversation.c.id == invite.c.conversation_id)
        .where(is_due(), invite.c.due_at <= now)
        .order_by(invite.c.due_at, invite.c.conversation_id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def claim_day(connection: Connection, *, channel: str, buyer: str, day: date) -> bool:
    """Whether this buyer may be asked on that day (the shop's): the first who claims it asks, for whatever reason."""
    row = {"channel": channel, "buyer": buyer, "day": day.isoformat()}
    return connection.execute(insert_new(connection.dialect.name, invited_day).values(**row)).rowcount == 1


def settle(connection: Connection, key: tuple[int, int], *, state: str, reason: str, at: datetime) -> None:
    """The invite (conversation, episode) was sent, or never will be, and why."""
    sent_at = at if state == "sent" else None
    connection.execute(update(invite).where(*_is(key)).values(state=state, reason=reason, sent_at=sent_at))
    if state == "sent":
        change(connection, conversation.c.id == key[0])  # the buyer's "5" means something from now on


def postpone(connection: Connection, key: tuple[int, int], *, until: datetime) -> None:
    """Look at it again then."""
    connection.execute(update(invite).where(*_is(key)).values(due_at=until))


def rate(connection: Connection, rated: Rated) -> None:
    """Keep the rating; the first of an episode wins."""
    row = {
        "conversation_id": rated.conversation_id,
        "episode": rated.episode,
        "score": rated.score,
        "comment": rated.comment,
        "source": rated.source,
        "rated_at": rated.rated_at,
    }
    connection.execute(insert_new(connection.dialect.name, rating), [row])


def _is(key: tuple[int, int]) -> tuple[Any, ...]:
    return (invite.c.conversation_id == key[0], invite.c.episode == key[1])
