"""People look through ratings on a page, say what was wrong, and owners take them away as a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from bot.storage.accounts import audit
from bot.web.shared.signed_in import COOKIE
from tests.console import Visitor
from tests.desk import colleague
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from bot.domain.accounts.staff import Role
    from tests.shop import Shop

RATED = (("甲", 5, "很快"), ("乙", 1, "=1+1"), ("丙", 2, "电话13800138000没人接"))


async def _comes(shop: Shop, role: Role, channels: Collection[str] | None = None) -> Visitor:
    person = await joins(shop.bot.database, role, clock=shop.clock, channels=channels)
    visitor = Visitor(shop.bot.url)
    visitor.has_cookie(COOKIE, person.token)
    return visitor


@pytest.fixture
async def rated(shop: Shop) -> Shop:
    """Three buyers rated: the bot had the first, Li the second, Zhang the third."""
    people = {"乙": await colleague(shop, "小李"), "丙": await colleague(shop, "小张")}
    for buyer, score, comment in RATED:
        await shop.buyer_says("什么时候发货", buyer)
        if buyer in people:
            await people[buyer].answers("您好", buyer=buyer)
        await shop.closes(buyer)
        await shop.time_passes(minutes=30)  # they are asked how it went
        await shop.buyer_rates(score, buyer, comment)
    return shop


@pytest.fixture
async def owner(rated: Shop) -> AsyncIterator[Visitor]:
    async with await _comes(rated, "owner") as visitor:
        yield visitor


async def _who(visitor: Visitor, asked: str) -> set[str]:
    page = await visitor.goes_to(f"/console/ratings?{asked}")
    assert page.status == 200
    return {buyer for buyer, _, _ in RATED if f">{buyer}</a>" in page.text}


async def test_the_rate_of_few_is_greyed_and_says_how_sure_it_is(owner: Visitor) -> None:
    page = await owner.goes_to("/console/ratings")
    assert "33.3%" in page.text
    assert "3 个评价，1 个满意。" in page.text
    assert "6.1% 到 79.2% 之间" in page.text, "Wilson's, as statsmodels has it"
    assert "ratings-few" in page.text
    assert "评价不够 20 个" in page.text
    assert "Not enough ratings" in (await owner.goes_to("/console/ratings?lang=en")).text


async def test_enough_ratings_are_not_greyed(rated: Shop, owner: Visitor) -> None:
    for episode in range(100, 117):
        await rated.change(
            "INSERT INTO rating (conversation_id, episode, score, comment, source, rated_at)"
            " SELECT conversation_id, :episode, 5, '', source, rated_at FROM rating WHERE score = 5 AND episode < 100",
            episode=episode,
        )
    page = await owner.goes_to("/console/ratings")
    assert "90.0%" in page.text
    assert "20 个评价，18 个满意。" in page.text
    assert "ratings-few" not in page.text


async def test_ratings_are_looked_through_by_everything(rated: Shop, owner: Visitor) -> None:
    zhang = (await rated.rows("SELECT id FROM staff WHERE name = '小张'"))[0][0]
    today, tomorrow = rated.clock.now().date(), rated.clock.now().date().replace(year=rated.clock.now().year + 1)
    for asked, buyers in (
        ("", {"甲", "乙", "丙"}),
        ("unsatisfied=on", {"乙", "丙"}),
        (f"staff={zhang}", {"丙"}),
        ("by=bot", {"甲"}),
        ("by=person", {"乙", "丙"}),
        ("entry=dispatch", {"甲", "乙", "丙"}),
        ("entry=nothing", set()),
        ("channel=another", set()),
        ("group=7", set()),
        ("product=p-9", set()),
        ("cause=no", set()),
        (f"since={today}", {"甲", "乙", "丙"}),
        (f"since={tomorrow}", set()),
        ("since=&until=2001-01-01", set()),
        ("since=0001-01-01&until=9999-12-31", {"甲", "乙", "丙"}),
        ("page=2", set()),
        ("staff=x&group=-1&page=0", {"甲", "乙", "丙"}),
    ):
        assert await _who(owner, asked) == buyers, asked


async def test_what_was_wrong_is_said_and_found_again(rated: Shop, owner: Visitor) -> None:
    page = await owner.goes_to("/console/ratings?unsatisfied=on")
    (number, episode) = (await rated.rows("SELECT conversation_id, episode FROM rating WHERE score = 1"))[0]
    assert f"console/inbox/{number}" in page.text
    path = f"/console/ratings/{number}/causes"
    fields = {"proof": page.hidden(path)["proof"], "episode": str(episode)}
    done = await owner.sends(f"{path}?unsatisfied=on", None, **fields, tag=["回复慢"], more="包装破、回复慢")
    assert "原因已保存" in done.text
    assert "unsatisfied=on" in done.address
    assert await _who(owner, "cause=包装破") == {"乙"}
    too_long = await owner.sends(path, None, **fields, more="慢" * 31)
    assert (too_long.status, "最多 30 字" in too_long.text) == (422, True)
    nothing_there = await owner.sends(path, None, proof=fields["proof"], episode="99", more="慢")
    assert (nothing_there.status, "没有这次评价" in nothing_there.text) == (422, True)
    assert "乙" in await _who(owner, "cause=回复慢")


async def test_those_who_see_less_see_less(rated: Shop) -> None:
    async with await _comes(rated, "viewer") as viewer, await _comes(rated, "agent", ["another"]) as stranger:
        page = await viewer.goes_to("/console/ratings")
        assert "没人接" in page.text
        assert "13800138000" not in page.text
        assert "/causes" not in page.text
        assert "/export" not in page.text
        proof = page.hidden("sign-out")["proof"]
        assert (await viewer.sends("/console/ratings/export", None, proof=proof)).status == 403
        assert await _who(stranger, "since=") == set()


async def test_owners_take_them_away_after_a_fresh_proof_and_it_is_logged(rated: Shop, owner: Visitor) -> None:
    page = await owner.goes_to("/console/ratings?unsatisfied=on")
    taken = await owner.sends("/console/ratings/export?unsatisfied=on", None, **page.hidden("/export"), form="csv")
    assert taken.text.startswith("\ufeff评价时间,评分,评语,渠道")
    assert ",'=1+1," in taken.text, "nothing is computed"
    assert "13800138000" in taken.text
    assert "很快" not in taken.text
    logged = (await rated.bot.database.read(audit.newest, most=1))[0].entry
    assert (logged.action, logged.about, logged.detail["form"]) == ("export.made", "ratings", "csv")
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": rated.bot.url}
    async with owner.session.post(
        f"{rated.bot.url}/console/ratings/export", data=page.hidden("/export") | {"form": "xlsx"}, headers=headers
    ) as answer:
        sheet = load_workbook(io.BytesIO(await answer.read())).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:3] == ["评价时间", "评分", "评语"]
    assert sheet.max_row == 4
    rated.clock.advance(minutes=16)
    late = await owner.sends("/console/ratings/export", None, **page.hidden("/export"), form="csv")
    assert "console/prove" in late.address
