"""Giving buyers to people: who is there, what each holds, whose turn it is; read once for a page of buyers."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from bot.domain.routing.people import Choice, Member, choose, has_room, on_shift
from bot.storage.engine.dialects import insert_new
from bot.storage.guarding import answering, presence
from bot.storage.people import waiting
from bot.storage.people.passing_on import pass_on
from bot.storage.people.receptions import Holder
from bot.storage.tables.desk import desk, reception
from bot.storage.tables.messages import conversation
from bot.storage.tables.routing import routing_standing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.calendar import ShopCalendar
    from bot.domain.desk.settings import DeskSettings

NO_GROUP = 0


@dataclass(kw_only=True)
class Seating:
    """Who may be given a buyer at this moment; what is given here counts at once."""

    settings: DeskSettings
    calendar: ShopCalendar
    now: datetime
    staff: Mapping[int, Staff]
    present: Collection[int]
    held: Counter[int]
    standing: dict[int, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: Connection, settings: DeskSettings, *, calendar: ShopCalendar, now: datetime) -> Seating:
        """As things stand."""
        return cls(
            settings=settings,
            calendar=calendar,
            now=now,
            staff={each.id: each for each in answering.who_may_answer(connection)},
            present=presence.present(connection, now=now),
            held=_held(connection),
            standing=_standing(connection),
        )

    def members(self, group_id: int) -> list[Member]:
        """Those of a group; of no group, everybody who is in one."""
        group = self.settings.group(group_id)
        if group is not None:
            return list(group.shifts())
        everybody = {member.staff_id: member for each in self.settings.groups for member in each.shifts()}
        return list(everybody.values())

    def able(self, group_id: int, *, channel: str, but: int | None = None) -> dict[int, int]:
        """Who of a group could take a buyer of a channel just now, and their weights."""
        return {
            member.staff_id: member.weight
            for member in self.members(group_id)
            if self._takes_one_more(member)
            and self.staff[member.staff_id].may_in("answer", channel)
            and member.staff_id != but
        }

    def groups_with_room(self) -> list[int]:
        """The groups in which anybody could take one more just now."""
        return [group.id for group in self.settings.groups if any(map(self._takes_one_more, group.members))]

    def seat(
        self, connection: Connection, found: Conversation, group_id: int, *, but: int | None = None
    ) -> Choice | None:
        """Give the buyer to the next person of the group, or to the one they know; None when nobody has room."""
        able = self.able(group_id, channel=found.channel, but=but)
        choice = choose(
            [member for member in self.members(group_id) if member.staff_id in able],
            there=able,
            held=self.held,
            standing=self.standing.get(group_id, {}),
            last=_last(connection, found),
        )
        if choice is not None:
            self._give(connection, found, group_id, choice)
        return choice

    def leave(self, connection: Connection, found: Conversation, group_id: int) -> None:
        """Nobody has the buyer, who waits for any person of the group."""
        _pass(connection, found, Holder(group_id=group_id or None), at=self.now)

    def _takes_one_more(self, member: Member) -> bool:
        is_there = member.staff_id in self.staff and member.staff_id in self.present
        return is_there and on_shift(member, self.now, self.calendar) and has_room(member, self.held)

    def _give(self, connection: Connection, found: Conversation, group_id: int, choice: Choice) -> None:
        person = self.staff[choice.staff_id]
        holder = Holder(staff_id=person.id, staff_name=person.name, group_id=group_id or None)
        _pass(connection, found, holder, at=self.now)
        self.held[choice.staff_id] += 1
        self.standing[group_id] = dict(choice.standing)
        for staff_id, standing in choice.standing.items():
            row = {"group_id": group_id, "staff_id": staff_id, "standing": standing}
            connection.execute(insert_new(connection.dialect.name, routing_standing).values(row))
            of_them = (routing_standing.c.group_id == group_id, routing_standing.c.staff_id == staff_id)
            connection.execute(update(routing_standing).where(*of_them).values(standing=standing))


def _pass(connection: Connection, found: Conversation, to: Holder, *, at: datetime) -> None:
    """Whoever led it until now does so no longer: the buyer waits for whom it is passed to."""
    if found.mode == "human":
        waiting.hand_back(connection, found)
        found = dataclasses.replace(found, mode="bot")
    pass_on(connection, found, to, at=at, how="reassigned")


def _held(connection: Connection) -> Counter[int]:
    """How many buyers each person has just now."""
    table = conversation.c
    rows = connection.execute(
        select(desk.c.assignee_id, func.count().label("many"))
        .join(conversation, table.id == desk.c.conversation_id)
        .where(desk.c.assignee_id.is_not(None), desk.c.episode == table.episode)
        .where(table.mode.in_(("waiting", "human")))
        .group_by(desk.c.assignee_id)
    )
    return Counter({row.assignee_id: row.many for row in rows})


def _standing(connection: Connection) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in connection.execute(select(routing_standing)):
        found[row.group_id][row.staff_id] = row.standing
    return found


def _last(connection: Connection, found: Conversation) -> int | None:
    """Who last answered this buyer on this channel."""
    known = (
        select(reception.c.staff_id)
        .join(conversation, conversation.c.id == reception.c.conversation_id)
        .where(conversation.c.channel == found.channel, conversation.c.buyer == found.buyer, reception.c.answers > 0)
        .order_by(reception.c.id.desc())
        .limit(1)
    )
    return connection.execute(known).scalar()
