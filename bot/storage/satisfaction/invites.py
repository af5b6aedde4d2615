"""Satisfaction invites and ratings: one invite and one rating for each episode of a conversation, by their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, update

from bot.domain.planning.plan import Closing
from bot.storage.conversations import change
from bot.storage.engine.dialects import insert_new
from bot.storage.packing import pack_reference
from bot.storage.tables.messages import conversation, invite, invited_day, is_due, rating

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation
    from bot.domain.planning.plan import Rated


def open_for(connection: Connection, closing: Closing) -> None:
    """Put the episode down for an invite. It gets one at most, whoever closes it again."""
    row = {
        "conversation_id": closing.conversation_id,
        "episode": closing.episode,
        "closed_at": closing.closed_at,
        "due_at": closing.due_at,
        "reply_reference": pack_reference(closing.reply_reference),
    }
    connection.execute(insert_new(connection.dialect.name, invite), [row])


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An invite whose time has come: whose, for which episode, when that was closed, and what it answers there."""

    conversation_id: int
    episode: int
    closed_at: datetime
    reply_reference: bytes | None

    @property
    def key(self) -> tuple[int, int]:
        """What names it."""
        return (self.conversation_id, self.episode)


def due(connection: Connection, *, now: datetime, limit: int) -> list[Due]:
    """Invites whose time has come; they and their conversations are locked against other nodes until this ends."""
    rows = connection.execute(
        select(invite.c.conversation_id, invite.c.episode, invite.c.closed_at, invite.c.reply_reference)
        .join(conversation, conversation.c.id == invite.c.conversation_id)
        .where(is_due(), invite.c.due_at <= now)
        .order_by(invite.c.due_at, invite.c.conversation_id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return [Due(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to a row's columns by name


def claim_day(connection: Connection, *, channel: str, buyer: str, day: date) -> bool:
    """Whether this buyer may be asked on that day (the shop's): the first who claims it asks, for whatever reason."""
    row = {"channel": channel, "buyer": buyer, "day": day.isoformat()}
    return connection.execute(insert_new(connection.dialect.name, invited_day).values(**row)).rowcount == 1


def claim_by_hand(
    connection: Connection, found: Conversation, *, day: date, at: datetime
) -> Literal["already_invited", "asked_today"] | None:
    """Claim the invite of the present episode for a person who asks now; otherwise why nobody may.

    The caller holds the conversation's row, as whoever looks at invites that are due does.
    """
    key = (found.id, found.episode)
    if connection.execute(select(invite.c.state).where(*_is(key))).scalar() == "sent":
        return "already_invited"
    if not claim_day(connection, channel=found.channel, buyer=found.buyer, day=day):
        return "asked_today"
    open_for(connection, Closing(conversation_id=found.id, episode=found.episode, closed_at=at, due_at=at))
    settle(connection, key, state="sent", reason="", at=at)
    return None


def settle(connection: Connection, key: tuple[int, int], *, state: str, reason: str, at: datetime) -> None:
    """The invite (conversation, episode) was sent, or never will be, and why."""
    sent_at = at if state == "sent" else None
    connection.execute(update(invite).where(*_is(key)).values(state=state, reason=reason, sent_at=sent_at))
    if state == "sent":
        change(connection, conversation.c.id == key[0])  # the buyer's "5" means something from now on


def postpone(connection: Connection, key: tuple[int, int], *, until: datetime) -> None:
    """Look at it again then."""
    connection.execute(update(invite).where(*_is(key)).values(due_at=until))


def rate(connection: Connection, rated: Rated) -> bool:
    """Keep the rating; the first of an episode wins. Returns whether this is the one."""
    row = {
        "conversation_id": rated.conversation_id,
        "episode": rated.episode,
        "score": rated.score,
        "comment": rated.comment,
        "source": rated.source,
        "rated_at": rated.rated_at,
    }
    return connection.execute(insert_new(connection.dialect.name, rating), [row]).rowcount == 1


def _is(key: tuple[int, int]) -> tuple[Any, ...]:
    return (invite.c.conversation_id == key[0], invite.c.episode == key[1])
