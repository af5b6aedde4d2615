"""Pass a conversation on to a colleague or a group, with the reason, and keep by whom an answer was owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.domain.desk.conversations import NotPossible
from bot.storage.desk import colleagues
from bot.storage.desk.clicks import Did
from bot.storage.people import receptions
from bot.storage.people.passing_on import moves_along, pass_on
from bot.storage.people.receptions import Holder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection

LONGEST_REASON = 200


async def transfer(
    *,
    clicks: Clicks,
    who: Staff,
    click: Click,
    groups: Mapping[int, str],
    reason: str,
    to_person: int | None = None,
    to_group: int | None = None,
) -> Answered:
    """Pass it on to this colleague or to one of the shop's `groups` (number → name).

    Who has it passes it on with a reason; who supervises may take it from others. What the same buyer has open beside
    it, as the click saw it, moves along by `moves_along`, where the colleague may answer.
    """
    said = clean_text(reason).strip()[:LONGEST_REASON]

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        before = receptions.holder_of(connection, found)
        theirs = before.staff_id in (None, who.id) or who.may("supervise")
        colleague = None if to_person is None else colleagues.find(connection, to_person)
        if not theirs:
            return NotPossible(reason="not_allowed")
        if found.mode == "closed":
            return NotPossible(reason="closed_already")
        if said == "":
            return NotPossible(reason="reason_missing")
        if to_group is not None and to_group not in groups:
            return NotPossible(reason="no_such_group")
        if to_group is None and (colleague is None or not colleague.may_in("answer", found.channel)):
            return NotPossible(reason="no_such_person")
        to = Holder(
            staff_id=colleague.id if colleague else None,
            staff_name=colleague.name if colleague else "",
            group_id=to_group,
        )
        pass_on(connection, found, to, at=at, how="transferred")
        return Did(
            said={
                "from": before.staff_name,
                "to": colleague.name if colleague else groups[to_group or 0],
                "reason": said,
                "owed": "yes" if found.unanswered_since is not None else "",
            }
        )

    def goes_along(connection: Connection, found: Conversation, other: Conversation) -> bool:
        before, beside = receptions.holder_of(connection, found), receptions.holder_of(connection, other)
        colleague = None if to_person is None else colleagues.find(connection, to_person)
        may = colleague is None or colleague.may_in("answer", other.channel)
        is_there = (beside.staff_id, beside.group_id) == (to_person, to_group)
        return may and not is_there and moves_along(other.mode, beside.staff_id, before.staff_id)

    return await clicks.carry_out(who, click, "transfer", work, goes_along)
