"""Nobody is there: a buyer leaves a message and how they can be reached, and whoever answers in the morning sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.messages.leave_contact import leave_contact
from bot.storage.answering.places import Place
from bot.storage.desk.buyer_card import read_card
from tests.databases import on_sqlite
from tests.desk import colleague
from tests.shop import BUYER, CHANNEL, conversation_of

if TYPE_CHECKING:
    from bot.actions.messages.leave_contact import NotLeft
    from bot.domain.desk.contacts import Contact
    from tests.desk import Colleague
    from tests.shop import Shop


async def leaves(shop: Shop, text: str) -> Contact | NotLeft:
    bot, place = shop.bot, Place(channel=CHANNEL, external_id=conversation_of(BUYER))
    return await leave_contact(database=bot.database, live=bot.live, clock=shop.clock, place=place, text=text)


async def card(shop: Shop, who: Colleague) -> list[str]:
    number = await who.number()
    seen = await shop.bot.database.read(read_card, number, who.staff, channels=[CHANNEL])
    assert seen is not None
    return [each.value for each in seen.contacts]


@on_sqlite
async def test_what_a_buyer_left_is_on_their_card_and_goes_with_them(shop: Shop) -> None:
    assert await leaves(shop, "13800000001") == "no_conversation"
    await shop.buyer_says("转人工")
    li, viewer = await colleague(shop, "小李"), await colleague(shop, "小周", "viewer")
    assert await leaves(shop, "微信找我") == "no_contact"
    assert await card(shop, li) == []

    await leaves(shop, "138 0000 0001")
    shop.clock.advance(seconds=1)
    await leaves(shop, "wang@mail.example")
    shop.clock.advance(seconds=1)
    await leaves(shop, "13800000002")  # the first number was wrong

    assert await card(shop, li) == ["13800000002", "wang@mail.example"]
    assert await card(shop, viewer) == ["••••0002", "w••••@mail.example"]
    await shop.time_passes(days=366)
    assert await shop.rows("SELECT * FROM contact") == []
