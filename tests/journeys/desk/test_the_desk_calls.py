"""A note calls a colleague: they find it in a view of its own until they have opened it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.beside.look_on import look_on
from bot.actions.beside.write_note import write_note
from bot.domain.desk.conversations import Done
from bot.storage.answering import beside
from bot.storage.desk import tally
from bot.storage.desk.views import Asking
from tests.databases import on_sqlite
from tests.desk import colleague

if TYPE_CHECKING:
    from bot.storage.answering.beside import Mentioned
    from tests.desk import Colleague
    from tests.shop import Shop


async def _notes(li: Colleague, text: str) -> Done:
    done = await write_note(clicks=li.clicks, who=li.staff, click=await li.click(), text=text)
    assert isinstance(done, Done)
    return done


async def _called(who: Colleague) -> list[Mentioned]:
    return await who.shop.bot.database.read(beside.mentions_of, who.staff, most=9)


async def _count(who: Colleague) -> int:
    asking = Asking(who=who.staff)
    counted = await who.shop.bot.database.read(tally.read, now=who.shop.clock.now())
    return counted.counts(asking).by_view["called"]


async def _opens(who: Colleague) -> None:
    bot = who.shop.bot
    number = await who.number()
    await look_on(
        database=bot.database, live=bot.live, clock=who.shop.clock, who=who.staff, conversation_id=number, how="looks"
    )


async def test_whoever_is_called_finds_it_until_they_have_opened_it(shop: Shop) -> None:
    li, ming = await colleague(shop, "小李"), await colleague(shop, "王 小明")
    await shop.buyer_says("什么时候发货")
    assert (await _notes(li, "@王小明 这单加急，@小李 我自己记着")).not_called == ()
    (call,) = await _called(ming)
    assert (call.by, call.text) == ("小李", "@王小明 这单加急，@小李 我自己记着")
    assert (await ming.buyers("called"), await _count(ming)) == (["小王"], 1)
    assert (await _called(li), await _count(li)) == ([], 0)
    await _opens(li)
    assert await _count(ming) == 1
    await _opens(ming)
    assert (await _called(ming), await ming.buyers("called"), await _count(ming)) == ([], [], 0)
    assert (await ming.looks()).page.bubbles[-1].mentions == (ming.staff.id,)


@on_sqlite
async def test_whoever_may_not_see_the_conversation_is_not_called_and_the_writer_is_told(shop: Shop) -> None:
    li, far = await colleague(shop, "小李"), await colleague(shop, "老周", channels=("another",))
    await shop.buyer_says("什么时候发货")
    done = await _notes(li, "@老周 看一下")
    assert done.not_called == ("老周",)
    assert (await _called(far), await _count(far)) == ([], 0)


@on_sqlite
async def test_whoever_may_only_look_is_called_without_long_numbers(shop: Shop) -> None:
    li, viewer = await colleague(shop, "小李"), await colleague(shop, "老周", role="viewer")
    await shop.buyer_says("什么时候发货")
    await _notes(li, "@老周 单号 6920051234567890")
    (call,) = await _called(viewer)
    assert call.text == "@老周 单号 ••••7890"
