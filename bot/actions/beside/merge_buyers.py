"""Say that two conversations are with the same buyer, or with two after all: they are looked at together, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import NotPossible
from bot.storage.conversations import read_several
from bot.storage.desk import same_buyer
from bot.storage.desk.clicks import Did, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.desk.same_buyer import Buyer
    from bot.storage.engine.database import Connection


async def merge_buyers(*, clicks: Clicks, who: Staff, click: Click, other_id: int) -> Answered:
    """The buyer of the conversation and that of the other one are the same. Who says so must see all that it joins."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        other = _find(connection, who, other_id)
        if other is None:
            return NotPossible(reason="no_such_conversation")
        one, two = (found.channel, found.buyer), (other.channel, other.buyer)
        if two in [one, *same_buyer.others(connection, one)]:
            return NotPossible(reason="merged_already")
        joined = same_buyer.joining(connection, one, two, person=key_of(who, click), who=who, at=at)
        refused = _refused(joined, who)
        if refused is not None:
            same_buyer.leave_apart(connection, one, two)
            return refused
        same_buyer.merge(connection, one, two)
        return Did(said={"channel": other.channel}, logged={"with": other.id})

    return await clicks.carry_out(who, click, "merge", work)


async def split_buyers(*, clicks: Clicks, who: Staff, click: Click, other_id: int) -> Answered:
    """The other one is somebody else after all."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        del at
        other = _find(connection, who, other_id)
        if other is None:
            return NotPossible(reason="no_such_conversation")
        one, two = (found.channel, found.buyer), (other.channel, other.buyer)
        if two not in same_buyer.others(connection, one):
            return NotPossible(reason="not_merged")
        same_buyer.split(connection, two)
        return Did(said={"channel": other.channel}, logged={"with": other.id})

    return await clicks.carry_out(who, click, "split", work)


def _refused(joined: Sequence[Buyer], who: Staff) -> NotPossible | None:
    if not all(who.may_in("see", channel) for channel, _ in joined):
        return NotPossible(reason="not_allowed")
    return NotPossible(reason="too_many_merged") if len(joined) > same_buyer.MOST else None


def _find(connection: Connection, who: Staff, other_id: int) -> Conversation | None:
    found = next(iter(read_several(connection, [other_id], with_places=False)), None)
    return found if found is not None and who.may_in("see", found.channel) else None
