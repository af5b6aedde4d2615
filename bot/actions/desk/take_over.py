"""Take a conversation over without a word yet: the bot is silent, and the buyer still waits for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.desk.clicks import Did
from bot.storage.people import receptions
from bot.storage.people.receptions import Holder
from bot.storage.people.take_over import step_in

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def take_over(*, clicks: Clicks, who: Staff, click: Click) -> Answered:
    """This person has it from now on, whoever had it before."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did:
        before = receptions.holder_of(connection, found)
        owed = step_in(connection, found, at=at)
        receptions.give(connection, owed, Holder(staff_id=who.id, staff_name=who.name), at=at, how="taken_over")
        return Did(said={"from": before.staff_name})

    return await clicks.carry_out(who, click, "take_over", work)
