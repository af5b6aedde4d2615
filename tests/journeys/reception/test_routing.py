"""Buyers who wait go to people: to whom, in which order, and what becomes of them when people are away or late."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.actions.reception.set_desk import set_desk
from bot.domain.accounts.staff import Staff
from bot.domain.desk.settings import DeskSettings
from bot.domain.routing.people import Group, Member
from bot.domain.routing.rules import Rule
from bot.storage.answering import beside
from bot.storage.desk.floor import read_floor
from bot.storage.guarding import presence
from bot.storage.people.waiting import AT_ONCE
from tests.databases import on_sqlite
from tests.desk import Colleague
from tests.people import joins
from tests.small_manual import MORE_NONSENSE, NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.people import Person
    from tests.shop import Shop

OWNER = Staff(id=99, name="老板", role="owner")
PRE_SALE, AFTER_SALE = 1, 2


@dataclass
class Team:
    """A shop with people in it: Ann and Bob before a sale, Cat after it."""

    shop: Shop
    ann: Person
    bob: Person
    cat: Person
    here: set[int] = field(default_factory=set)

    async def beats(self) -> None:
        """Pages of those who are here say so."""
        for staff_id in sorted(self.here):
            await self.shop.bot.database.write(presence.beat, staff_id=staff_id, at=self.shop.clock.now())

    async def waits(self, *, seconds: float) -> None:
        """Time passes as it does: step by step, with pages that say that people are there."""
        ends = self.shop.clock.now() + timedelta(seconds=seconds)
        while self.shop.clock.now() < ends:
            await self.beats()
            left = (ends - self.shop.clock.now()).total_seconds()
            await self.shop.time_passes(seconds=min(15, left))

    async def holder(self, buyer: str = "小王") -> str:
        rows = await self.shop.rows(
            "SELECT assignee_name FROM desk JOIN conversation ON conversation.id = conversation_id"
            " WHERE external_id = :id",
            id=f"c-{buyer}",
        )
        return str(rows[0].assignee_name) if rows else ""

    async def types(self, who: Person) -> None:
        found = await self.shop.rows("SELECT id FROM conversation ORDER BY id")
        staff = Staff(id=who.id, name=who.name, role="agent")
        await self.shop.bot.database.write(beside.look, found[0].id, who=staff, types=True, at=self.shop.clock.now())

    async def events(self, kind: str) -> list[dict[str, Any]]:
        rows = await self.shop.rows("SELECT detail FROM desk_event WHERE kind = :kind ORDER BY id", kind=kind)
        return [json.loads(row.detail) for row in rows]


async def _team(shop: Shop, *, chats_at_most: int = 20) -> Team:
    database, clock = shop.bot.database, shop.clock
    ann, bob, cat = [await joins(database, "agent", clock=clock, name=name) for name in ("Ann", "Bob", "Cat")]
    before = tuple(Member(staff_id=each.id, weight=10, chats_at_most=chats_at_most) for each in (ann, bob))
    settings = DeskSettings(
        groups=(
            Group(id=PRE_SALE, name="售前", members=before),
            Group(id=AFTER_SALE, name="售后", members=(Member(staff_id=cat.id),)),
        ),
        rules=(
            Rule(id=1, group=AFTER_SALE, order_states=("shipped", "signed", "refunding")),
            Rule(id=2, group=PRE_SALE),
        ),
    )
    assert await set_desk(database=database, wanted=settings, seen=0, by=OWNER, clock=clock)
    await shop.bot.jobs["desk"].work()
    return Team(shop=shop, ann=ann, bob=bob, cat=cat, here={ann.id, bob.id, cat.id})


@pytest.fixture
async def team(open_shop: OpenShop) -> Team:
    return await _team(await open_shop(mode="cover", reply_windows=["douyin"]))


async def test_a_rule_leads_to_a_group_and_its_people_take_turns(team: Team) -> None:
    for buyer in ("b1", "b2", "b3"):
        await team.shop.buyer_says(NONSENSE, buyer)
    order = {"kind": "order", "order_id": "o-1", "status": "signed", "title": "枕头一个"}
    await team.shop.buyer_says("", "b4", content=order)
    await team.waits(seconds=1)
    assert [await team.holder(buyer) for buyer in ("b1", "b2", "b3", "b4")] == ["Ann", "Bob", "Ann", "Cat"]
    assert [each["rule"] for each in await team.events("routed")] == [2, 2, 2, 1]


@on_sqlite
async def test_nobody_is_given_buyers_who_is_not_there_or_has_no_room(open_shop: OpenShop) -> None:
    team = await _team(await open_shop(mode="cover"), chats_at_most=1)
    team.here = {team.bob.id}
    for buyer in ("b1", "b2"):
        await team.shop.buyer_says(NONSENSE, buyer)
    await team.waits(seconds=1)
    assert [await team.holder(buyer) for buyer in ("b1", "b2")] == ["Bob", ""]
    team.here.add(team.ann.id)
    await team.waits(seconds=1)
    assert [await team.holder(buyer) for buyer in ("b1", "b2")] == ["Bob", "Ann"]
    could_take = [[*each["weights"]] for each in await team.events("routed")]
    assert could_take == [[str(team.bob.id)], [], [str(team.ann.id)]]


@on_sqlite
async def test_a_group_of_which_nobody_is_there_keeps_no_other_group_waiting(team: Team) -> None:
    team.here = {team.ann.id}
    order = {"kind": "order", "order_id": "o-1", "status": "signed", "title": "枕头一个"}
    for number in range(AT_ONCE):
        await team.shop.buyer_says("", f"after-{number}", content=order)
    await team.waits(seconds=1)
    await team.shop.buyer_says(NONSENSE, "before")
    await team.waits(seconds=1)
    assert await team.holder("before") == "Ann"


async def test_whoever_goes_away_loses_those_who_wait_within_a_minute(team: Team) -> None:
    await team.shop.buyer_says(NONSENSE)
    await team.waits(seconds=1)
    assert await team.holder() == "Ann"
    team.here.discard(team.ann.id)
    await team.waits(seconds=45)
    assert await team.holder() == "Bob"
    ended = await team.shop.rows("SELECT staff_name, ended_how, answers, owed_at_end FROM reception ORDER BY id")
    assert [(row.staff_name, row.ended_how, row.answers) for row in ended] == [("Ann", "reassigned", 0), ("Bob", "", 0)]
    assert ended[0].owed_at_end is not None


@on_sqlite
async def test_the_time_of_a_buyer_runs_on_when_whoever_talked_with_them_goes_away(team: Team) -> None:
    ann = Colleague(shop=team.shop, staff=Staff(id=team.ann.id, name="Ann", role="agent"))
    await team.shop.buyer_says(NONSENSE)
    await team.waits(seconds=1)
    await ann.answers("您好")
    await team.shop.buyer_says(MORE_NONSENSE)
    (asked,) = await team.shop.rows("SELECT mode, reply_by FROM conversation")
    assert asked.mode == "human"
    team.here = set()
    await team.waits(seconds=60)
    assert await team.shop.rows("SELECT mode, reply_by FROM conversation") == [("waiting", asked.reply_by)]
    assert team.shop.buyer_heard[-1] == "您好"
    await team.waits(seconds=60)
    assert team.shop.buyer_heard[-1] == team.shop.say("holding")


@on_sqlite
async def test_when_everybody_is_gone_the_group_has_them_and_nobody_else(team: Team) -> None:
    await team.shop.buyer_says(NONSENSE)
    await team.waits(seconds=1)
    team.here = {team.cat.id}
    await team.waits(seconds=60)
    assert await team.holder() == ""
    assert [row.group_id for row in await team.shop.rows("SELECT group_id FROM desk")] == [PRE_SALE]


async def test_a_late_person_is_reminded_then_the_group_then_somebody_else_has_it_then_the_bot_speaks(
    team: Team,
) -> None:
    await team.shop.buyer_says("什么时候发货")
    await team.waits(seconds=118)
    assert team.shop.buyer_heard == []
    await team.waits(seconds=1)
    kinds = await team.shop.rows("SELECT kind FROM desk_event ORDER BY id")
    assert [row.kind for row in kinds] == ["routed", "remind", "alert", "reassigned", "cover"]
    assert await team.holder() == "Bob"
    assert team.shop.buyer_heard == ["下单后48小时内发货。"]
    await team.waits(seconds=61)
    now = team.shop.clock.now()
    floor = await team.shop.bot.database.read(read_floor, now=now, today=now - timedelta(days=1))
    assert {each.staff.name: each.missed_today for each in floor} == {"Ann": 0, "Bob": 1, "Cat": 0}


@on_sqlite
async def test_a_person_who_begins_to_type_keeps_the_bot_silent(team: Team) -> None:
    await team.shop.buyer_says("什么时候发货")
    await team.waits(seconds=100)
    await team.types(team.ann)
    await team.waits(seconds=60)
    assert team.shop.buyer_heard == []
    assert [each["why"] for each in await team.events("withheld")] == ["person_types"]


async def test_a_word_that_has_not_left_is_taken_back_when_a_person_begins_to_type(team: Team) -> None:
    await team.shop.buyer_says("什么时候发货")
    team.shop.platform.from_now_on(429)
    await team.shop.time_passes(seconds=119)
    await team.types(team.ann)
    team.shop.platform.from_now_on(200)
    await team.shop.time_passes(minutes=10)
    assert team.shop.buyer_heard == []
    cancelled = await team.shop.rows("SELECT kind FROM outbox WHERE state = 'cancelled'")
    assert [row.kind for row in cancelled] == ["answer"]


@on_sqlite
async def test_in_a_shop_without_groups_everybody_sees_everybody(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover")
    await joins(shop.bot.database, "agent", clock=shop.clock)
    await shop.buyer_says(NONSENSE)
    await shop.time_passes(minutes=1)
    assert await shop.rows("SELECT conversation_id FROM desk WHERE assignee_id IS NOT NULL") == []
