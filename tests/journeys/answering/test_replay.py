"""Every decision can be made again from what was stored with it, and comes out the same to the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from bot.actions.knowledge.replay_decision import replay_decision
from bot.storage.packing import explain
from tests.small_manual import MORE_NONSENSE, NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

STORY = (
    "你好",
    "在吗",
    "什么时候发货",
    "几时能寄出去",
    "新疆包邮吗？？",
    "那浙江呢",
    "怎么洗",
    "2",
    "有什么尺码",
    "云朵枕",
    "那星河灯呢",
    "sm shihou fahuo",
    "发什么快递？怎么退货？天王盖地虎",
    "天王盖地虎",
    f"什么时候发货？{NONSENSE}多少？",
    "人工",
    "什么时候发货",
    MORE_NONSENSE,
    "专业代运营，加微信 abc12345",
)
PICTURE = {"kind": "image", "url": "https://shop.example/a.jpg"}
CARD = {"kind": "product", "product_id": "pillow-1", "title": "枕头"}
ORDER = {"kind": "order", "order_id": "o-1", "status": "shipped", "title": "枕头一个"}


async def _replays_alike(shop: Shop, *, at_least: int) -> None:
    numbers = [row.id for row in await shop.rows("SELECT id FROM decision ORDER BY id")]
    assert len(numbers) >= at_least
    for number in numbers:
        stored, again, knowledge = await replay_decision(number, database=shop.bot.database)
        assert orjson.loads(orjson.dumps(explain(again, knowledge.title))) == orjson.loads(stored)


async def _tells(shop: Shop, buyer: str) -> None:
    for words in STORY:
        await shop.buyer_says(words, buyer=buyer)


async def test_a_long_talk_is_decided_the_same_again(shop: Shop) -> None:
    await _tells(shop, "小王")
    for content in (CARD, ORDER, PICTURE):
        await shop.buyer_says("", buyer="小李", content=content)
    await _replays_alike(shop, at_least=len(STORY) + 3)


async def test_so_it_is_with_the_refined_matcher(shop: Shop) -> None:
    await shop.bot.in_use.refine()
    assert shop.bot.in_use.base.is_refined
    for words in STORY[:4]:
        await shop.buyer_says(words)
    await _replays_alike(shop, at_least=4)


async def test_so_it_is_after_a_closing_a_rating_and_by_night(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=30)
    await shop.buyer_says("5")
    await shop.time_passes(hours=12)  # it is night now
    for words in (NONSENSE, "人工", "你们是骗子", "发什么快递"):
        await shop.buyer_says(words)
        await shop.buyer_says(words, buyer="小李")
    await _replays_alike(shop, at_least=10)


async def test_so_it_is_for_fragments_and_for_the_queue(open_shop: OpenShop) -> None:
    shop = await open_shop(conversation={"patience_seconds": 4})
    for buyer in ("小王", "小李", "小张"):
        await shop.buyer_says("我想问下", buyer=buyer)
        await shop.buyer_says("新疆", buyer=buyer)
        await shop.buyer_says("转人工", buyer=buyer)
    await shop.staff_says("来了", buyer="小王")
    await shop.buyer_says("谢谢", buyer="小王")
    await shop.buyer_says("转人工", buyer="小李")
    await _replays_alike(shop, at_least=5)


async def test_a_later_manual_changes_nothing_about_it(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.publishes(shop.bot.in_use.base.manual)
    assert shop.bot.in_use.base.revision == 2
    await shop.buyer_says("发什么快递")
    await _replays_alike(shop, at_least=2)


async def test_what_several_send_word_for_word_is_decided_the_same_again(shop: Shop) -> None:
    for buyer in ("小王", "小李", "小张"):
        await shop.buyer_says("老板您好，欢迎了解我们公司最新推出的各种服务", buyer=buyer)
    assert (await shop.outcomes("小王"), await shop.outcomes("小张")) == (["hand_over"], ["stay_quiet"])
    await _replays_alike(shop, at_least=3)
