"""Silencing the bot where it is not to speak any more: what it had queued there is not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, update

from bot.storage.conversations import change
from bot.storage.outbox import EVEN_AFTER_TAKEOVER, sent_no_more
from bot.storage.tables.desk import desk
from bot.storage.tables.messages import conversation, invite, is_due, is_unfinished, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from bot.domain.channels.modes import ChannelMode


def silence(
    connection: Connection, places: Sequence[ChannelMode], *, elsewhere: Sequence[ChannelMode], at: datetime
) -> None:
    """Nothing of the bot's is sent there after this commit, but for what is on the wire already.

    A decision that is being made just now is not written: the fences of all that are claimed move on. A job that looks
    after one just now has it locked: its word is written before this looks, or not at all. `elsewhere` are groups whose
    mode is another than their channel's.
    """
    if not places:
        return
    meant = or_(*(_is_there(place, elsewhere) for place in places))
    change(connection, meant, _is_looked_after())
    connection.execute(
        update(outbox)
        .where(is_unfinished(), outbox.c.state == "queued", outbox.c.kind.not_in(EVEN_AFTER_TAKEOVER))
        .where(outbox.c.conversation_id.in_(select(conversation.c.id).where(meant)))
        .values(settled_at=at, **sent_no_more("the bot was silenced"))
    )


def _is_there(place: ChannelMode, elsewhere: Sequence[ChannelMode]) -> ColumnElement[bool]:
    table = conversation.c
    if place.group:
        groups, wanted = [place.group], True
    else:
        groups, wanted = [each.group for each in elsewhere if each.channel == place.channel], False
    held = select(desk.c.conversation_id).where(
        desk.c.conversation_id == table.id, desk.c.episode == table.episode, desk.c.group_id.in_(groups)
    )
    return and_(table.channel == place.channel, held.exists() if wanted else ~held.exists())


def _is_looked_after() -> ColumnElement[bool]:
    """Somebody decides about it, keeps its lines or sends its invite, at this very moment or soon."""
    table = conversation.c
    invited = select(invite.c.conversation_id).where(invite.c.conversation_id == table.id, is_due())
    return or_(table.owner.is_not(None), table.rung_due_at.is_not(None), invited.exists())
