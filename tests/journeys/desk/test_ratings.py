"""People look through ratings by all that is known of them, and take them away."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from bot.actions.ratings.export_ratings import export_ratings
from bot.actions.ratings.read_ratings import read_ratings
from bot.actions.ratings.tag_causes import tag_causes
from bot.domain.ratings import Filter, rate_of, wilson
from bot.storage.satisfaction import ratings
from tests.desk import colleague
from tests.shop import conversation_of

if TYPE_CHECKING:
    from tests.shop import Shop

HEADS = tuple(map(str, range(11)))


async def test_ratings_are_looked_through_and_taken_away(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    for buyer, score, comment in (("甲", 5, "好"), ("乙", 1, "=1+1"), ("丙", 2, "慢")):
        await shop.buyer_says("什么时候发货", buyer)
        if buyer != "甲":
            await (li if buyer == "乙" else zhang).answers("您好", buyer=buyer)
        await shop.closes(buyer)
        await shop.time_passes(minutes=30)
        await shop.buyer_rates(score, buyer, comment)
    read: dict[str, Any] = {"database": shop.bot.database, "who": li.staff}
    everything = await read_ratings(**read, which=Filter())
    assert (everything.rate.good, everything.rate.rated) == (1, 3)
    worst = next(each for each in everything.rated if each.score == 1)
    assert (
        await tag_causes(
            database=shop.bot.database,
            clock=shop.clock,
            who=li.staff,
            conversation_id=worst.conversation_id,
            episode=worst.episode,
            causes=("慢", " 慢 ", "态度"),
        )
        is None
    )
    for which, buyers in (
        (Filter(unsatisfied=True), {"乙", "丙"}),
        (Filter(staff_id=zhang.staff.id), {"丙"}),
        (Filter(by_person=False), {"甲"}),
        (Filter(entry="dispatch"), {"甲", "乙", "丙"}),
        (Filter(cause="态度"), {"乙"}),
        (Filter(channel="another"), set()),
        (Filter(until=everything.rated[0].rated_at), {"甲", "乙"}),
    ):
        assert {each.buyer_name for each in (await read_ratings(**read, which=which)).rated} == buyers, which
    taken: dict[str, Any] = {
        **read,
        "which": Filter(),
        "heads": HEADS,
        "title": "评价",
        "zone": ZoneInfo("Asia/Shanghai"),
    }
    rows = list(csv.reader(io.StringIO((await export_ratings(**taken, form="csv", title_of=str)).decode("utf-8-sig"))))
    assert rows[2][2] == "'=1+1"
    sheet = load_workbook(io.BytesIO(await export_ratings(**taken, form="xlsx", title_of=str))).active
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=1+1", "s")


async def test_ratings_of_other_channels_take_nobodys_place(shop: Shop) -> None:
    for buyer in ("甲", "乙"):
        await shop.buyer_says("什么时候发货", buyer)
        await shop.closes(buyer)
        await shop.time_passes(minutes=30)
        await shop.buyer_rates(2, buyer)
    ((here,), *_) = await shop.rows("SELECT channel FROM conversation")
    await shop.change("UPDATE conversation SET channel = 'another' WHERE external_id = :id", id=conversation_of("乙"))
    li = await colleague(shop, "小李", channels=(here,))
    (newest,) = await shop.bot.database.read(ratings.read, Filter(), who=li.staff, most=1)
    assert newest.buyer_name == "甲"


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (5, 7, 0.3589, 0.9178),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
        (1, 20, 0.0089, 0.2361),
        (19, 20, 0.7639, 0.9911),
        (1, 2, 0.0945, 0.9055),
        (80, 100, 0.7112, 0.8666),
        (3, 1000, 0.0010, 0.0088),
    ],
)
def test_the_interval_is_wilsons(good: int, of: int, low: float, high: float) -> None:
    assert wilson(good, of) == pytest.approx((low, high), abs=1e-4)


def test_a_rate_of_few_is_no_rate() -> None:
    rate = rate_of([5, 4, 3, 1, 5, 5, 5])
    assert rate.share is not None
    assert (round(rate.share, 3), rate.is_enough) == (0.714, False)
    assert rate_of([]).share is None
