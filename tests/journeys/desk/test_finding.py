"""People find conversations by a buyer's name, by words that were said, and by an order number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.search_words import holds, words_asked, words_of_message
from bot.storage.search import finding
from tests.desk import Colleague, colleague

if TYPE_CHECKING:
    from tests.shop import Shop

ORDER = "6920051234567890"


async def test_what_was_said_is_found_by_its_words(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    viewer = await colleague(shop, "老周", role="viewer")
    elsewhere = await colleague(shop, "小赵", channels=("another",))
    await shop.buyer_says("请问發什麼快遞", "王小明")
    await shop.buyer_says(f"人工 订单号是 {ORDER}", "赵六")
    await li.answers("您的iPhone 15 手机壳今天寄出", buyer="赵六")
    await shop.time_passes(seconds=10)
    assert await messages(li, "什么快递") == ["请问發什麼快遞"]
    assert await messages(li, "手机壳") == ["您的iPhone 15 手机壳今天寄出"]
    assert await messages(li, "iphone 寄出") == ["您的iPhone 15 手机壳今天寄出"]
    assert await messages(li, "机今") == []  # both pairs stand there, but not beside each other
    assert await messages(li, "7890") == await messages(li, ORDER) == [f"人工 订单号是 {ORDER}"]
    assert await messages(viewer, ORDER) == ["人工 订单号是 ••••7890"]
    assert await messages(elsewhere, ORDER) == []
    assert (await find(li, "快")).too_short
    assert [found.text for found in (await find(li, "小明")).buyers] == ["王小明"]


async def test_what_was_erased_is_not_found(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("手机壳在吗")
    await shop.time_passes(seconds=10)
    assert await messages(li, "手机壳") != []
    await shop.time_passes(days=400)
    await shop.time_passes(seconds=1)
    assert await shop.rows("SELECT id FROM inbox") == []
    assert await messages(li, "手机壳") == []
    assert (await find(li, "小王")).buyers == ()


async def test_no_number_is_cut_where_a_result_begins_so_that_nothing_hides_it(shop: Shop) -> None:
    viewer = await colleague(shop, "老周", role="viewer")
    await shop.buyer_says(f"电话13812345678{'啊' * 34}请尽快寄出")
    await shop.time_passes(seconds=10)
    assert await messages(viewer, "尽快寄出") == [f"…•5678{'啊' * 34}请尽快寄出"]


def test_words_are_pairs_of_characters_and_whole_words() -> None:
    assert words_of_message("發快遞 A-12!") == ("发快", "快递", "a", "12")
    assert words_of_message("20251111222233") == ("20251111222233", "2233", "222233")
    assert words_asked("快") == ()
    assert holds("今天发快递", "快递 今天")


async def messages(who: Colleague, query: str) -> list[str]:
    return [found.text for found in (await find(who, query)).messages]


async def find(who: Colleague, query: str) -> finding.Results:
    return await who.shop.bot.database.read(finding.find, query, who=who.staff)
