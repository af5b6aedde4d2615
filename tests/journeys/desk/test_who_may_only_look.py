"""Somebody may look and no more: they read what was said, and nothing by which a buyer can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.desk.answer_buyer import answer_buyer
from bot.domain.desk.cards import Card
from bot.storage.desk.buyer_card import read_card
from bot.storage.desk.replies import Said
from bot.storage.search import finding
from tests.databases import on_sqlite
from tests.desk import colleague
from tests.shop import CHANNEL

if TYPE_CHECKING:
    from tests.desk import Colleague
    from tests.shop import Shop

PHONE, ORDER = "8613800000001", "6920051234567890"
"""Some platforms call a buyer by their phone number, and the conversation too."""


async def _all_that_is_shown(who: Colleague) -> str:
    database = who.shop.bot.database
    number = await who.number(PHONE)
    card = await database.read(read_card, number, who.staff, channels=[CHANNEL])
    found = [await database.read(finding.find, words, who=who.staff) for words in (PHONE, "什么时候发货")]
    return repr([await who.queue(), await who.looks(PHONE), card, found])


async def _sends_the_card(who: Colleague) -> None:
    said = Said(cards=(Card(name=f"order:{ORDER}", title=f"订单 {ORDER}"),))
    click = await who.click(PHONE)
    await answer_buyer(clicks=who.clicks, who=who.staff, click=click, said=said, channels=who.channels, undo_seconds=0)
    await who.shop.settles()


@on_sqlite
async def test_whoever_may_only_look_reads_no_id_of_a_buyer_and_no_order(shop: Shop) -> None:
    li, viewer = await colleague(shop, "小李"), await colleague(shop, "老周", "viewer")
    for name in ("", PHONE):
        await shop.buyer_says("转人工 什么时候发货", PHONE, name=name, conversation=PHONE)
        await _sends_the_card(li)
        await shop.time_passes(seconds=10)
        for secret in (PHONE, ORDER):
            assert secret in await _all_that_is_shown(li)
            assert secret not in await _all_that_is_shown(viewer)
        (item,) = await viewer.queue()
        assert item.buyer == "••••0001"
        assert next(bubble.card for bubble in (await viewer.looks(PHONE)).page.bubbles if bubble.card) == "order"
