"""Tag a buyer, for whoever talks to them next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.domain.desk.conversations import NotPossible
from bot.storage.answering import beside
from bot.storage.desk.clicks import Did

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection

LONGEST_TAG = 30


async def tag_buyer(
    *, clicks: Clicks, who: Staff, click: Click, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Answered:
    """Add these tags and take those away; what is there already, or is not, stays so."""
    added = [tag for tag in (clean_text(each).strip() for each in add) if tag]
    if any(len(tag) > LONGEST_TAG for tag in added):
        return NotPossible(reason="too_long")

    def work(connection: Connection, found: Conversation, at: datetime) -> Did:
        beside.tag(connection, channel=found.channel, buyer=found.buyer, add=added, remove=remove, who=who, at=at)
        return Did()

    return await clicks.carry_out(who, click, "tag", work)
