"""Give buyers who wait to people: a rule says to which group, and within it the next one who is there has them.

Whoever goes away loses those who wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import Surroundings
from bot.domain.routing.facts import facts_of
from bot.domain.routing.rules import route
from bot.storage.guarding import events, seats, settings, unseated
from bot.storage.guarding.events import DeskEvent
from bot.storage.guarding.seating import NO_GROUP, Seating
from bot.storage.guarding.seats import NOBODYS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from bot.clock import Clock
    from bot.dialogue.state import Conversation
    from bot.domain.calendar import ShopCalendar
    from bot.domain.desk.now import DeskNow
    from bot.domain.routing.rules import Rule
    from bot.storage.engine.database import Connection, Database
    from bot.storage.guarding.seats import Seat


async def route_conversations(*, database: Database, desk: DeskNow, calendar: ShopCalendar, clock: Clock) -> int:
    """One round: a page of those whose person has gone, and one of those who have none. Returns how many moved.

    Nothing is shared out in a shop without groups: everybody sees everybody who waits. Raises `StorageDown`.
    """
    if not desk.settings.groups:
        return await database.write(_take_back, desk, calendar, clock.now())
    moved = await database.write(_take_back, desk, calendar, clock.now())
    return moved + await database.write(_share_out, desk, calendar, clock.now())


def _take_back(connection: Connection, desk: DeskNow, calendar: ShopCalendar, now: datetime) -> int:
    """Whoever has gone away has those who wait no longer."""
    gone = unseated.lost(connection, now=now)
    if not gone or settings.newest(connection) != desk.revision:
        return 0
    seating = Seating.read(connection, desk.settings, calendar=calendar, now=now)
    held = seats.read(connection, [each.id for each in gone])
    for each in gone:
        seat = held.get(each.id, NOBODYS)
        group_id = seat.group_id or NO_GROUP
        choice = seating.seat(connection, each, group_id, but=seat.staff_id) if desk.settings.groups else None
        if choice is None:
            seating.leave(connection, each, group_id)
        detail = {"from": seat.staff_id, "to": choice.staff_id if choice else None}
        _tell(connection, "lost", each, choice.staff_id if choice else None, group_id, now=now, detail=detail)
    return len(gone)


def _share_out(connection: Connection, desk: DeskNow, calendar: ShopCalendar, now: datetime) -> int:
    """Whoever waits and has nobody gets the next person, or at least a group."""
    if settings.newest(connection) != desk.revision:
        return 0
    seating = Seating.read(connection, desk.settings, calendar=calendar, now=now)
    found = unseated.nobodys(connection, groups=seating.groups_with_room())
    came_with = unseated.surroundings(connection, [each.id for each in found])
    held = seats.read(connection, [each.id for each in found])
    return sum(
        _give(
            connection,
            each,
            desk,
            seating,
            seat=held.get(each.id, NOBODYS),
            surroundings=came_with.get(each.id, Surroundings()),
        )
        for each in found
    )


def _give(
    connection: Connection,
    found: Conversation,
    desk: DeskNow,
    seating: Seating,
    *,
    seat: Seat,
    surroundings: Surroundings,
) -> int:
    rule = None if seat.group_id else _rule(connection, found, desk, surroundings)
    group_id = seat.group_id or (rule.group if rule is not None else NO_GROUP)
    able = seating.able(group_id, channel=found.channel)
    choice = seating.seat(connection, found, group_id)
    if choice is None and (seat.group_id or group_id == NO_GROUP):
        return 0
    if choice is None:
        seating.leave(connection, found, group_id)
    detail = {
        "rule": rule.id if rule is not None else None,
        "weights": {str(staff_id): weight for staff_id, weight in able.items()},
        "sticky": choice is not None and choice.sticky,
    }
    staff_id = choice.staff_id if choice is not None else None
    _tell(connection, "routed", found, staff_id, group_id, now=seating.now, detail=detail)
    return 1


def _rule(connection: Connection, found: Conversation, desk: DeskNow, surroundings: Surroundings) -> Rule | None:
    tags = unseated.tags(connection, found)
    return route(desk.settings.rules, facts_of(found, surroundings, tags=tags))


def _tell(
    connection: Connection,
    kind: events.Kind,
    found: Conversation,
    staff_id: int | None,
    group_id: int,
    *,
    now: datetime,
    detail: Mapping[str, Any],
) -> None:
    event = DeskEvent(
        kind=kind, conversation_id=found.id, at=now, staff_id=staff_id, group_id=group_id or None, detail=detail
    )
    events.add(connection, [event])
