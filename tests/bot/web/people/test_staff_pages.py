"""The shop's people as an owner sees to them, and the log of what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.actions.accounts.remove_staff import remove_staff
from bot.domain.accounts.signing_in import Problem
from bot.live import Live
from bot.storage.accounts import audit
from tests.bot.web.people.conftest import OTHER, actions, on_sqlite

if TYPE_CHECKING:
    from bot.storage.engine.database import Database
    from tests.console import People
    from tests.fakes import FakeClock


async def test_an_owner_invites_changes_resets_and_removes(shop: People, database: Database) -> None:
    owner = await shop.owner()
    page = await owner.goes_to("/console/staff")
    made = await owner.sends("/console/staff/invite", page, role="agent", where="some", channel=["tea"])
    agent = await shop.joins(made.token, "小李")
    assert "tea" in (await agent.goes_to("/console/me")).text

    one = await owner.goes_to("/console/staff/2")
    changed = await owner.sends("/console/staff/2/role", one, role="editor", where="all")
    assert "主管" in changed.text
    assert (await agent.goes_to("/console/me")).address.startswith("/console/sign-in"), "signed out by the change"

    reset = await owner.sends("/console/staff/2/reset", one)
    answer = await agent.sends(f"/console/invite/{reset.token}", password=OTHER, again=OTHER)
    assert answer.address == "/console/sign-in"
    assert (await agent.signs_in("小李", OTHER)).address == "/console/me"

    gone = await owner.sends("/console/staff/2/remove", one)
    assert "已移除" in gone.text
    assert (await agent.signs_in("小李", OTHER)).status == 422
    assert (await owner.goes_to("/console/staff/2")).status == 404
    assert (await database.read(audit.verify)).broken_at is None


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"role": "king"}, "请选一个角色"),
        ({}, "请选一个角色"),
        ({"role": "agent", "where": "some"}, "至少一个渠道"),
        ({"role": "agent", "where": "some", "channel": "nowhere"}, "至少一个渠道"),
    ],
)
async def test_an_invite_names_a_role_and_channels_that_there_are(
    shop: People, fields: dict[str, str], said: str
) -> None:
    owner = await shop.owner()
    page = await owner.goes_to("/console/staff")

    answer = await owner.sends("/console/staff/invite", page, **fields)

    assert answer.status == 422
    assert said in answer.text


async def test_the_last_owner_stays(shop: People, database: Database, clock: FakeClock) -> None:
    owner = await shop.owner()
    one = await owner.goes_to("/console/staff/1")

    for action, fields in (("remove", {}), ("role", {"role": "agent", "where": "all"})):
        answer = await owner.sends(f"/console/staff/1/{action}", one, **fields)
        assert answer.status == 422
        assert "最后一位店主" in answer.text

    await shop.agent("二店主", role="owner")
    assert await remove_staff(database=database, live=Live(), clock=clock, by=None, staff_id=1) is None
    assert await remove_staff(database=database, live=Live(), clock=clock, by=None, staff_id=2) == Problem(
        code="last_owner"
    )


@on_sqlite
async def test_a_removed_name_is_free_again(shop: People, database: Database, clock: FakeClock) -> None:
    await shop.owner()
    await shop.agent("小李")
    await remove_staff(database=database, live=Live(), clock=clock, by=None, staff_id=2)

    await shop.agent("小李")

    assert await remove_staff(database=database, live=Live(), clock=clock, by=None, staff_id=2) == Problem(
        code="no_such_person"
    )


@on_sqlite
async def test_owners_read_what_was_done(shop: People, database: Database) -> None:
    owner = await shop.owner("=店主")
    await (await shop.browser()).signs_in("=店主", OTHER)

    page = await owner.goes_to("/console/audit")
    assert "登录失败" in page.text
    filtered = await owner.goes_to("/console/audit?action=account.made")
    assert "127.0.0.1" not in filtered.text.partition("<tbody>")[2]
    assert "都没有改动过" in (await owner.goes_to("/console/audit?verify")).text
    exported = await owner.sends("/console/audit/export", page)
    assert exported.text.startswith("\ufeffnumber,at,")
    assert "'=店主" in exported.text
    assert (await actions(database))[-1] == "export.made"
