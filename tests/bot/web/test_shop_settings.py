"""Hours and how long things are kept, set in the console: at once, without a restart, and never against the file."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import running
from bot.config import Config
from bot.domain.accounts.sessions import PROOF_HOLDS
from bot.storage.accounts import audit, owner_settings
from bot.web.shared.signed_in import COOKIE
from tests.console import Visitor
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.app import Running
    from tests.console import Shown
    from tests.fakes import FakeClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Shop:
    """A bot and its owner's browser."""

    def __init__(self, bot: Running, owner: Visitor) -> None:
        self.bot = bot
        self.owner = owner

    async def page(self) -> Shown:
        return await self.owner.goes_to("/console/settings/shop")

    async def sets_hours(self, page: Shown, **changed: str) -> Shown:
        week = dict.fromkeys(WEEK, "09:00-21:00") | {"holidays": ""} | changed
        return await self.owner.sends("/console/settings/shop/hours", page, **week)


async def _opens(stack: AsyncExitStack, tmp_path: Path, clock: FakeClock, **file: Any) -> Shop:
    database = {"url": f"sqlite:///{tmp_path / 'bot.db'}"}
    config = Config.model_validate({"server": {"port": 0}, "database": database, **file})
    bot = await stack.enter_async_context(running(config, clock=clock, tick=False))
    person = await joins(bot.database, "owner", clock=clock)
    owner = await stack.enter_async_context(Visitor(bot.url))
    owner.has_cookie(COOKIE, person.token)
    return Shop(bot, owner)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def test_hours_hold_at_once_and_after_the_next_start(
    stack: AsyncExitStack, tmp_path: Path, clock: FakeClock
) -> None:
    async with AsyncExitStack() as first:
        shop = await _opens(first, tmp_path, clock)
        page = await shop.page()
        assert page.text.count("09:00-21:00") > 30, "the week, and eight weeks of the calendar"

        done = await shop.sets_hours(page, monday="8:00-12:00，14：00-18:00", sunday="")

        assert "已保存" in done.text
        assert 'value="08:00-12:00, 14:00-18:00"' in done.text
        assert (await shop.bot.database.read(audit.newest, most=1))[0].entry.about == "hours"
    shop = await _opens(stack, tmp_path, clock)
    assert 'value="08:00-12:00, 14:00-18:00"' in (await shop.page()).text


@pytest.mark.parametrize("typed", ["nine to five", "09:00-12:00, 11:00-14:00", "25:00-26:00", "<script>"])
async def test_hours_that_make_no_sense_are_said_and_nothing_is_set(
    stack: AsyncExitStack, tmp_path: Path, clock: FakeClock, typed: str
) -> None:
    shop = await _opens(stack, tmp_path, clock)

    answer = await shop.sets_hours(await shop.page(), tuesday=typed)

    assert answer.status == 422
    assert "一天几段用逗号隔开" in answer.text
    assert "<script>" not in answer.text.partition('id="hours"')[2].partition("</section>")[0]
    assert await shop.bot.database.read(owner_settings.read) == {}


async def test_a_special_day_comes_into_the_calendar_and_goes(
    stack: AsyncExitStack, tmp_path: Path, clock: FakeClock
) -> None:
    shop = await _opens(stack, tmp_path, clock)
    day = clock.now().astimezone(SHANGHAI) + timedelta(days=3)
    add, remove = "/console/settings/shop/hours/dates/add", "/console/settings/shop/hours/dates/remove"

    bad = await shop.owner.sends(add, await shop.page(), date="soon", last_date="", open="", name="")
    assert bad.status == 422
    added = await shop.owner.sends(add, bad, date=f"{day:%Y-%m-%d}", last_date="", open="10:00-23:00", name="店庆")
    assert added.text.partition('id="calendar"')[2].count("店庆") == 1
    gone = await shop.owner.sends(remove, added)
    assert "店庆" not in gone.text


async def test_of_two_owners_who_change_the_hours_the_later_one_is_told(
    stack: AsyncExitStack, tmp_path: Path, clock: FakeClock
) -> None:
    shop = await _opens(stack, tmp_path, clock)
    page = await shop.page()
    assert (await shop.sets_hours(page, monday="10:00-11:00")).status == 200

    late = await shop.sets_hours(page, monday="12:00-13:00")

    assert late.status == 409
    assert "别人刚改过" in late.text
    assert 'value="10:00-11:00"' in (await shop.page()).text


async def test_what_stands_in_the_file_is_fixed(stack: AsyncExitStack, tmp_path: Path, clock: FakeClock) -> None:
    shop = await _opens(stack, tmp_path, clock, hours={"every_day": ["07:00-08:00"]}, retention={"raw_days": 3})
    page = await shop.page()
    assert "写在配置文件的 [hours] 里" in page.text

    proof = page.hidden("/console/settings/shop/retention")["proof"]
    week = dict.fromkeys(WEEK, "10:00-11:00")
    refused = await shop.owner.sends("/console/settings/shop/hours", None, proof=proof, seen="0", holidays="", **week)
    assert refused.status == 409
    done = await shop.owner.sends(
        "/console/settings/shop/retention", page, messages_days="90", decisions_days="0", raw_days="9"
    )
    assert "已保存" in done.text
    assert await shop.bot.database.read(owner_settings.read) == {
        "retention": (1, {"messages_days": 90, "decisions_days": 0})
    }
    again = await shop.page()
    assert 'value="3"' in again.text
    assert 'value="90"' in again.text


async def test_what_is_kept_is_cut_short_only_with_a_fresh_proof(
    stack: AsyncExitStack, tmp_path: Path, clock: FakeClock
) -> None:
    shop = await _opens(stack, tmp_path, clock)
    page = await shop.page()
    clock.advance(seconds=PROOF_HOLDS.total_seconds())

    asked = await shop.owner.sends("/console/settings/shop/retention", page, messages_days="90", raw_days="9")

    assert asked.address == "/console/prove?next=console/settings/shop"
    assert await shop.bot.database.read(owner_settings.read) == {}


async def test_too_short_a_memory_is_refused(stack: AsyncExitStack, tmp_path: Path, clock: FakeClock) -> None:
    shop = await _opens(stack, tmp_path, clock)

    for typed in ("29", "-1", "many", ""):
        answer = await shop.owner.sends(
            "/console/settings/shop/retention",
            await shop.page(),
            raw_days="7",
            messages_days=typed,
            decisions_days="30",
        )
        assert answer.status == 422
