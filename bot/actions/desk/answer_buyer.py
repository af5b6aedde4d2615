"""Answer a buyer: the person leads from now on, and what they wrote leaves when it can no longer be taken back."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.domain.channels.channel import why_no_pictures
from bot.domain.desk.conversations import LONGEST_TEXT, MOST_BUBBLES, NotPossible
from bot.storage.answering import beside, pictures
from bot.storage.desk import replies
from bot.storage.desk.clicks import Did, key_of
from bot.storage.people import receptions
from bot.storage.people.receptions import Holder
from bot.storage.people.take_over import take_over

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.channel import Channel
    from bot.domain.desk.conversations import Answered, Click, Unable
    from bot.storage.desk.clicks import Clicks
    from bot.storage.desk.replies import Said
    from bot.storage.engine.database import Connection


async def answer_buyer(
    *, clicks: Clicks, who: Staff, click: Click, said: Said, channels: Mapping[str, Channel], undo_seconds: float
) -> Answered:
    """Queue what this person says, silence the bot and stop the buyer's clock, in one transaction.

    It may be taken back for `undo_seconds` (0: never), and leaves then.
    """
    cleaned = dataclasses.replace(said, texts=tuple(map(clean_text, said.texts)))
    wrong = _what_is_wrong(cleaned)
    if wrong is not None:
        return NotPossible(reason=wrong)

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        channel = channels.get(found.channel)
        if channel is None:
            return NotPossible(reason="channel_gone")
        if found.window_until is not None and found.window_until <= at:
            return NotPossible(reason="window_closed")
        no_pictures = why_no_pictures(channel) if cleaned.pictures else None
        if no_pictures is not None:
            return NotPossible(reason=no_pictures)
        if not pictures.are_here(connection, found, cleaned.pictures):
            return NotPossible(reason="no_such_picture")
        leaves_at = at + timedelta(seconds=undo_seconds)
        receptions.give(connection, found, Holder(staff_id=who.id, staff_name=who.name), at=at, how="taken_over")
        receptions.answered(connection, found, at=at)
        take_over(connection, [found.id], at=at)
        cause = key_of(who, click)
        rows = replies.queue(
            connection, found, cleaned, channel=channel, who=who, cause=cause, at=at, not_before=leaves_at
        )
        beside.save_draft(connection, found.id, who.id, "", at=at)
        return Did(undo_until=leaves_at if undo_seconds else None, bubbles=tuple(f"o{row}" for row in rows))

    return await clicks.carry_out(who, click, "answer", work)


def _what_is_wrong(said: Said) -> Unable | None:
    if not (said.texts or said.pictures or said.cards) or not all(text.strip() for text in said.texts):
        return "nothing_to_send"
    if any(len(text) > LONGEST_TEXT for text in said.texts):
        return "too_long"
    return "too_many_bubbles" if len(said.texts) + len(said.pictures) + len(said.cards) > MOST_BUBBLES else None
