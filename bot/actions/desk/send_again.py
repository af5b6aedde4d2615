"""Send once more what did not arrive, or of which nobody knows whether it did: as a bubble of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import NotPossible
from bot.storage.desk import replies
from bot.storage.desk.clicks import Did
from bot.storage.people import receptions
from bot.storage.people.receptions import Holder
from bot.storage.people.take_over import take_over

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.channel import Channel
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def send_again(
    *, clicks: Clicks, who: Staff, click: Click, bubble: str, channels: Mapping[str, Channel]
) -> Answered:
    """A person says again what this bubble (by its id) said. Each bubble once: what fails again is another bubble."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        number = bubble.removeprefix("o")
        said = replies.not_heard(connection, found, int(number)) if number.isdecimal() else None
        channel = channels.get(found.channel)
        if channel is None:
            return NotPossible(reason="channel_gone")
        if said is None or replies.was_sent_again(connection, found, int(number)):
            return NotPossible(reason="not_failed")
        if found.window_until is not None and found.window_until <= at:
            return NotPossible(reason="window_closed")
        receptions.give(connection, found, Holder(staff_id=who.id, staff_name=who.name), at=at, how="taken_over")
        receptions.answered(connection, found, at=at)
        take_over(connection, [found.id], at=at)
        cause = replies.again(found, int(number))
        rows = replies.queue(connection, found, said, channel=channel, who=who, cause=cause, at=at, not_before=at)
        return Did(said={"bubble": bubble}, bubbles=tuple(f"o{row}" for row in rows))

    return await clicks.carry_out(who, click, "send_again", work)
