"""What is known of a buyer, for whoever is about to answer them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from adapters.contract import OrderCard, Surroundings
from bot.domain.desk.conversations import BuyerCard, Earlier
from bot.domain.desk.masking import masked, masked_id
from bot.storage.answering import contacts
from bot.storage.conversations import read_several
from bot.storage.desk import same_buyer
from bot.storage.packing import message_in
from bot.storage.tables.desk import buyer_tag
from bot.storage.tables.messages import conversation, inbox, invite, rating

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.engine import Connection

    from adapters.contract import Message
    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.contacts import Contact

LOOKED_AT = 30
"""So many of the buyer's last messages are looked through for what the platform tells around them."""
NEW_AT_LEVEL = 2
"""Up to this level a buyer is new to shopping there."""
EARLIER_AT_MOST = 20


def read_card(
    connection: Connection, conversation_id: int, who: Staff, *, channels: Collection[str]
) -> BuyerCard | None:
    """The card of this conversation's buyer; None where this person may not see it. `channels` are the shop's."""
    found = next(iter(read_several(connection, [conversation_id], with_places=False)), None)
    if found is None or not who.may_in("see", found.channel):
        return None
    beside = read_several(connection, same_buyer.talks_beside(connection, found, who), with_places=False)
    merged = tuple(_card(connection, each, who) for each in beside)
    shown = {found.id, *(each.id for each in beside)}
    elsewhere = _elsewhere(connection, found, [name for name in channels if who.may_in("see", name)])
    return dataclasses.replace(
        _card(connection, found, who), merged=merged, elsewhere=tuple(each for each in elsewhere if each not in shown)
    )


def _card(connection: Connection, found: Conversation, who: Staff) -> BuyerCard:
    messages = _last_messages(connection, found.id)
    around = [message.surroundings for message in messages]
    orders = next((message.content.order_id for message in messages if isinstance(message.content, OrderCard)), "")
    private = who.may_in("see_private", found.channel)
    name = _name(connection, found.id)
    level, bought = _newest(around, "credit_level"), _newest(around, "orders")
    return BuyerCard(
        conversation_id=found.id,
        channel=found.channel,
        buyer=found.buyer if private else masked_id(found.buyer),
        name=name if private else masked(name),
        level=level,
        orders=bought,
        region=found.memory.region or _newest(around, "region") or "",
        order_id=orders if private else masked(orders),
        tags=_tags(connection, found),
        platform_tags=_newest(around, "tags") or (),
        is_new=bought == 0 or (level is not None and level <= NEW_AT_LEVEL),
        contacts=_contacts(connection, found, sees_private=private),
        blocked_since=found.blocked_at,
        earlier=_earlier(connection, found, sees_private=private),
        elsewhere=(),
    )


def _last_messages(connection: Connection, conversation_id: int) -> list[Message]:
    """The buyer's last messages that can be read, the newest first."""
    rows = connection.execute(
        select(inbox.c.kind, inbox.c.body)
        .where(inbox.c.conversation_id == conversation_id, inbox.c.author == "buyer", inbox.c.kind == "message")
        .order_by(inbox.c.id.desc())
        .limit(LOOKED_AT)
    )
    return [message for row in rows if (message := message_in(row.kind, row.body)) is not None]


def _newest(around: Sequence[Surroundings], name: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """The newest value that the platform told."""
    empty = getattr(Surroundings(), name)
    return next((value for each in around if (value := getattr(each, name)) != empty), None)


def _name(connection: Connection, conversation_id: int) -> str:
    name = select(conversation.c.buyer_name).where(conversation.c.id == conversation_id)
    return str(connection.execute(name).scalar_one())


def _tags(connection: Connection, found: Conversation) -> tuple[str, ...]:
    theirs = (buyer_tag.c.channel == found.channel, buyer_tag.c.buyer == found.buyer)
    return tuple(connection.execute(select(buyer_tag.c.tag).where(*theirs).order_by(buyer_tag.c.tag)).scalars())


def _contacts(connection: Connection, found: Conversation, *, sees_private: bool) -> tuple[Contact, ...]:
    left = contacts.of_buyer(connection, channel=found.channel, buyer=found.buyer)
    return left if sees_private else tuple(dataclasses.replace(each, value=masked(each.value)) for each in left)


def _earlier(connection: Connection, found: Conversation, *, sees_private: bool) -> tuple[Earlier, ...]:
    """The buyer's episodes on this channel that are over, the newest first."""
    rated = (rating.c.conversation_id == invite.c.conversation_id) & (rating.c.episode == invite.c.episode)
    this = (invite.c.conversation_id == found.id) & (invite.c.episode == found.episode)
    rows = connection.execute(
        select(invite.c.conversation_id, invite.c.episode, invite.c.closed_at, rating.c.score, rating.c.comment)
        .join(conversation, conversation.c.id == invite.c.conversation_id)
        .outerjoin(rating, rated)
        .where(conversation.c.channel == found.channel, conversation.c.buyer == found.buyer, ~this)
        .order_by(invite.c.closed_at.desc())
        .limit(EARLIER_AT_MOST)
    )
    return tuple(
        Earlier(
            conversation_id=row.conversation_id,
            episode=row.episode,
            channel=found.channel,
            ended_at=row.closed_at,
            score=row.score,
            comment=(row.comment or "") if sees_private else masked(row.comment or ""),
        )
        for row in rows
    )


def _elsewhere(connection: Connection, found: Conversation, channels: Sequence[str]) -> tuple[int, ...]:
    """Other conversations of whoever has the same id, here or on another of these channels."""
    rows = connection.execute(
        select(conversation.c.id)
        .where(conversation.c.channel.in_(channels), conversation.c.buyer == found.buyer)
        .where(conversation.c.id != found.id)
        .order_by(conversation.c.id.desc())
        .limit(EARLIER_AT_MOST)
    )
    return tuple(rows.scalars())
