"""Coming to the shop: the first owner, invites, and links that work once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.actions.accounts.invite_staff import invite_staff
from bot.actions.accounts.offer_first_account import offer_first_account
from tests.bot.web.people.conftest import actions, on_sqlite
from tests.console import PASSWORD

if TYPE_CHECKING:
    from bot.storage.engine.database import Database
    from tests.console import People
    from tests.fakes import FakeClock


@on_sqlite
async def test_without_any_account_the_door_says_what_to_do(shop: People) -> None:
    page = await (await shop.browser()).goes_to("/console/me")
    assert page.address.startswith("/console/sign-in?next=console/me")
    assert "xiaoer staff invite --role owner" in page.text


@on_sqlite
async def test_the_first_link_makes_the_owner_once(shop: People, database: Database, clock: FakeClock) -> None:
    token = await offer_first_account(database=database, clock=clock)
    visitor = await shop.browser()

    looked_at = await visitor.goes_to(f"/console/invite/{token}")
    assert "创建店主账号" in looked_at.text
    await shop.joins(token or "", "店主")

    assert (await visitor.goes_to(f"/console/invite/{token}")).status == 410
    again = await visitor.sends(f"/console/invite/{token}", name="another", password=PASSWORD, again=PASSWORD)
    assert again.status == 410
    assert await offer_first_account(database=database, clock=clock) is None
    assert await actions(database) == ["account.made", "sign_in.done"]


@on_sqlite
async def test_only_the_newest_first_link_counts_and_only_for_a_day(
    shop: People, database: Database, clock: FakeClock
) -> None:
    old = await offer_first_account(database=database, clock=clock)
    new = await offer_first_account(database=database, clock=clock)
    visitor = await shop.browser()

    assert (await visitor.goes_to(f"/console/invite/{old}")).status == 410
    clock.advance(hours=24)
    assert (await visitor.goes_to(f"/console/invite/{new}")).status == 410


async def test_two_who_open_the_same_link_at_once_make_one_account(shop: People, database: Database) -> None:
    made = await invite_staff(database=database, clock=shop.house.clock, by=None, role="agent")
    first, second = await shop.browser(), await shop.browser()
    for each in (first, second):
        assert (await each.goes_to(f"/console/invite/{made}")).status == 200

    sent = [
        each.sends(f"/console/invite/{made}", name=name, password=PASSWORD, again=PASSWORD)
        for each, name in ((first, "小李"), (second, "小王"))
    ]
    pages = await asyncio.gather(*sent)

    assert {page.address for page in pages} == {"/console/inbox", f"/console/invite/{made}"}
    assert {page.status for page in pages if page.address != "/console/inbox"} == {410}


@on_sqlite
async def test_an_owner_is_asked_for_a_code_and_may_do_it_later(shop: People) -> None:
    owner = await shop.owner()

    page = await owner.goes_to("/console/me/code?first=yes")

    assert "以后再说" in page.text
    assert (await owner.goes_to("/console/me")).status == 200


@on_sqlite
async def test_what_cannot_be_is_said_and_the_link_still_works(shop: People) -> None:
    await shop.owner()
    made = await invite_staff(database=shop.house.database, clock=shop.house.clock, by=None, role="agent")
    visitor = await shop.browser()

    for name, password, again, said in (
        ("小李", "short", "short", "太短了"),
        ("小李", "Password2026!", "Password2026!", "泄露的密码表"),
        ("Li Xiaohua tea", "li xiaohua tea 1", "li xiaohua tea 1", "不能是名字"),
        ("小李", PASSWORD, PASSWORD + "。", "不一样"),
        ("\u200b\u202e ", PASSWORD, PASSWORD, "请填名字"),
        ("李" * 41, PASSWORD, PASSWORD, "最多 40"),
        ("店 主", PASSWORD, PASSWORD, "已经有人"),
    ):
        page = await visitor.sends(f"/console/invite/{made}", name=name, password=password, again=again)
        assert page.status == 422
        assert said in page.text
        assert password not in page.text

    done = await visitor.sends(f"/console/invite/{made}", name="🐉", password=PASSWORD, again=PASSWORD)
    assert done.address == "/console/inbox"
