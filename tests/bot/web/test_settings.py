"""What owners set for the desk, by the forms of its pages."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from bot.domain.channels.modes import ChannelMode
from bot.domain.reply_windows.window import HumanReply
from bot.domain.routing.rules import Rule
from bot.storage.accounts import audit
from bot.storage.engine.database import open_database
from bot.storage.guarding import settings
from bot.web.console.settings.forms import WRONGS
from bot.web.shared.pages import load_pages
from bot.web.shared.signed_in import COOKIE
from tests.console import console_of
from tests.databases import on_sqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.desk.settings import DeskSettings
    from bot.storage.engine.database import Database
    from tests.console import House, Shown, Visitor
    from tests.fakes import FakeClock

CHANNELS, WAITS, GROUPS, ROUTING, AGREEMENT = (
    f"/console/settings/{part}" for part in ("channels", "waits", "groups", "routing", "agreement")
)
TEA = f"{CHANNELS}/tea"
MODES, WINDOWS = f"{TEA}/modes", f"{TEA}/windows"
STANDS_ON = {MODES: TEA, WINDOWS: TEA}
"""Forms that have an address of their own, and their pages."""


@pytest.fixture
async def house(stocked_file: object, database_url: str, clock: FakeClock) -> AsyncIterator[House]:
    del stocked_file
    async with open_database(database_url) as database, console_of(database, clock, database_url) as opened:
        yield opened


@pytest.fixture
async def owner(house: House) -> AsyncIterator[Visitor]:
    person = await house.joins("owner", name="店主")
    async with house.visitor() as visitor:
        visitor.has_cookie(COOKIE, person.token)
        yield visitor


async def _sends(owner: Visitor, path: str, **fields: str | list[str]) -> Shown:
    hidden = (await owner.goes_to(STANDS_ON.get(path, path))).hidden(path)
    return await owner.sends(path, None, proof=hidden["proof"], seen=hidden["seen"], **fields)


async def _now(database: Database) -> DeskSettings:
    return (await database.read(settings.read))[1]


async def test_the_mode_of_a_channel_and_of_a_group_there(house: House, owner: Visitor) -> None:
    await _sends(owner, GROUPS, name="售前", group="0")
    page = await _sends(owner, MODES, mode_0="mixed", share_0="30", mode_1="assist", share_1="50")
    assert (page.status, page.address) == (200, f"{TEA}?done=changed")
    assert set((await _now(house.database)).modes) == {
        ChannelMode(channel="tea", mode="mixed", share_percent=30),
        ChannelMode(channel="tea", group=1, mode="assist"),
    }
    page = await _sends(owner, MODES, mode_0="cover", mode_1="")
    assert (await _now(house.database)).modes == (ChannelMode(channel="tea", mode="cover"),)
    entry = (await house.database.read(audit.newest, most=1))[0].entry
    assert (entry.action, entry.about) == ("settings.changed", "channels")


@on_sqlite
async def test_presets_and_a_line_of_its_own(house: House, owner: Visitor) -> None:
    await _sends(owner, WINDOWS, preset=["douyin", "wechat"], seconds="90", hours="09:00-22:00")
    *names, own = (await _now(house.database)).windows["tea"]
    assert names == ["douyin", "wechat"]
    assert isinstance(own, HumanReply)
    assert (own.within_seconds, str(own.hours)) == (90, "09:00-22:00")
    page = await owner.goes_to(TEA)
    assert "3分钟人工回复率" in page.text
    assert "90 秒之内 09:00-22:00" in page.text


@on_sqlite
async def test_the_steps_of_the_ladder(house: House, owner: Visitor) -> None:
    await _sends(owner, WAITS, remind="", alert="40", reassign="", cover="66.5")
    ladder = (await _now(house.database)).ladder
    assert [(rung.action, rung.percent) for rung in ladder] == [("alert", 40), ("cover", 66.5)]


async def test_groups_their_people_and_shifts(house: House, owner: Visitor) -> None:
    ann = await house.joins("agent", name="Ann")
    shift = {f"in_{ann.id}": "on", f"weight_{ann.id}": "7", f"chats_{ann.id}": "3", f"hours_{ann.id}": "18:00-02:00"}
    await _sends(owner, GROUPS, name="售后", group="0", **shift, **{f"days_{ann.id}": ["monday", "sunday"]})
    (group,) = (await _now(house.database)).groups
    (member,) = group.members
    assert (group.id, group.name, member.staff_id, member.weight, member.chats_at_most) == (1, "售后", ann.id, 7, 3)
    assert (str(member.hours), member.days) == ("18:00-02:00", ("monday", "sunday"))
    await _sends(owner, GROUPS, name="售后", group="1", hours="10:00-12:00", days="tuesday")
    (group,) = (await _now(house.database)).groups
    assert (str(group.hours), group.days) == ("10:00-12:00", ("tuesday",))
    await _sends(owner, GROUPS, name="售后二组", group="1")
    assert [(each.name, each.members) for each in (await _now(house.database)).groups] == [("售后二组", ())]
    await _sends(owner, GROUPS, name="售后二组", group="1", do="remove")
    assert (await _now(house.database)).groups == ()


@on_sqlite
async def test_rules_are_added_moved_and_removed(house: House, owner: Visitor) -> None:
    await _sends(owner, GROUPS, name="售前", group="0")
    await _sends(owner, ROUTING, group="1", tags="vip，老客", level_at_least="3")
    await _sends(owner, ROUTING, group="1", order_states="shipped, signed", place="1")
    rules = (await _now(house.database)).rules
    assert rules == (
        Rule(id=2, group=1, order_states=("shipped", "signed")),
        Rule(id=1, group=1, tags=("vip", "老客"), level_at_least=3),
    )
    await _sends(owner, ROUTING, rule="1", do="up")
    assert [rule.id for rule in (await _now(house.database)).rules] == [1, 2]
    await _sends(owner, ROUTING, rule="1", do="remove")
    assert [rule.id for rule in (await _now(house.database)).rules] == [2]


@on_sqlite
@pytest.mark.parametrize(
    ("path", "fields", "wrong"),
    [
        (MODES, {"mode_0": "loud"}, "not_understood"),
        (MODES, {"mode_0": "mixed", "share_0": "101"}, "number_cannot_be"),
        (WINDOWS, {"seconds": "0"}, "window_cannot_be"),
        (WINDOWS, {"seconds": "9", "hours": "soon"}, "window_cannot_be"),
        (WAITS, {"cover": "100"}, "percent_cannot_be"),
        (WAITS, {"cover": "nan"}, "percent_cannot_be"),
        (GROUPS, {"group": "0", "name": " "}, "group_name"),
        (GROUPS, {"group": "0", "name": "售前"}, "group_name"),
        (GROUPS, {"group": "7", "name": "没有"}, "no_such_group"),
        (GROUPS, {"group": "1", "name": "售前", "do": "remove"}, "group_is_used"),
        (ROUTING, {"group": "9"}, "no_such_group"),
        (ROUTING, {"group": "1", "order_states": "lost", "place": "1"}, "not_understood"),
        (ROUTING, {"group": "1", "tags": "vip"}, "rule_takes_nobody"),
    ],
)
async def test_what_cannot_be_is_said_in_place_and_changes_nothing(
    house: House, owner: Visitor, path: str, fields: dict[str, str], wrong: str
) -> None:
    await _sends(owner, GROUPS, name="售前", group="0")
    await _sends(owner, ROUTING, group="1")
    before = await _now(house.database)
    page = await _sends(owner, path, **fields)
    assert page.status == 422
    assert load_pages().say("zh", f"settings_wrong.{wrong}") in unescape(page.text)
    assert await _now(house.database) == before


@on_sqlite
@pytest.mark.parametrize("channel", ["nobody", "try"])
async def test_nothing_is_set_for_a_channel_that_has_no_page(house: House, owner: Visitor, channel: str) -> None:
    before, hidden = await _now(house.database), (await owner.goes_to(TEA)).hidden(MODES)
    assert (await owner.sends(f"{CHANNELS}/{channel}/modes", None, **hidden, mode_0="off")).status == 404
    assert await _now(house.database) == before


async def test_of_two_owners_the_later_one_is_told(house: House, owner: Visitor) -> None:
    page = await owner.goes_to(WAITS)
    await _sends(owner, WAITS, cover="50")
    late = await owner.sends(WAITS, page, cover="80")
    assert late.status == 422
    assert load_pages().say("zh", "settings_wrong.somebody_was_faster") in unescape(late.text)
    assert [rung.percent for rung in (await _now(house.database)).ladder] == [50]


@on_sqlite
@pytest.mark.parametrize("path", [CHANNELS, TEA, WAITS, GROUPS, ROUTING, AGREEMENT])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_page_is_there_in_both_languages(owner: Visitor, path: str, language: str) -> None:
    page = await owner.goes_to(f"{path}?lang={language}")
    assert page.status == 200


def test_every_refusal_has_its_words() -> None:
    for language in ("zh", "en"):
        for wrong in WRONGS:
            assert load_pages().say(language, f"settings_wrong.{wrong}")
