"""Quick phrases: found by a few letters, filled from the manual, kept by whose they are, from and to Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from bot.actions.phrases.export_phrases import export_phrases
from bot.actions.phrases.fill_phrase import fill_phrase
from bot.actions.phrases.find_phrases import PhraseShelf
from bot.actions.phrases.import_phrases import import_phrases
from bot.actions.phrases.save_phrase import delete_phrase, save_phrase
from bot.domain.calendar import ShopCalendar
from bot.domain.desk.phrases import Phrase, Scope, found
from bot.errors import Unpublishable
from bot.storage.answering import phrases
from knowledge.language.initials import initials
from tests.databases import on_sqlite
from tests.desk import Colleague, colleague
from tests.workbooks import saved

if TYPE_CHECKING:
    from tests.shop import Shop

QIANNIU = "快捷短语编码,快捷短语,快捷短语分组\nkd,亲，默认发中通快递,物流\ndz,地址可以改的,售后\n".encode("gb18030")


async def test_a_phrase_is_found_filled_and_forgotten(shop: Shop) -> None:
    li, editor = await colleague(shop, "小李"), await colleague(shop, "老张", role="editor")
    shelf = PhraseShelf(database=shop.bot.database)
    await shop.buyer_says("人工")
    own = await keeps(li, "own", "快递公司", "亲，满{free_postage_over}元包邮", "{name_of_nobody}哦")
    assert isinstance(own, int)
    assert await keeps(li, "shop", "包邮", "满99元包邮") == "not_allowed"
    assert isinstance(await keeps(editor, "shop", "发货时间", "48小时内发货"), int)
    assert isinstance(await keeps(editor, "group", "退换", "七天内可以退换", owner_id=7), int)
    assert [phrase.title for phrase in await shelf.find("kd", who=li.staff)] == ["快递公司"]
    assert {phrase.title for phrase in await shelf.find("", who=editor.staff, groups=[7])} == {"发货时间", "退换"}
    filled = await fills(li, own, {})
    assert (filled.texts[0], filled.missing) == ("亲，满59元包邮", ("name_of_nobody",))
    assert (await fills(li, own, {"name_of_nobody": "张三"})).texts == ("亲，满59元包邮", "张三哦")
    assert await fills(editor, own, {}) is None
    assert (await shelf.find("kd", who=li.staff))[0].used == 1
    assert await delete_phrase(database=shop.bot.database, who=editor.staff, groups=(), phrase_id=own) == "not_allowed"
    assert await delete_phrase(database=shop.bot.database, who=li.staff, groups=(), phrase_id=own) is None
    assert await shelf.find("kd", who=li.staff) == []


@on_sqlite
async def test_lists_of_others_and_our_own_come_in_and_go_out(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    assert await takes_in(li, QIANNIU, "千牛.csv") == (2, 0)
    assert await takes_in(li, QIANNIU, "千牛.csv") == (0, 2)
    kept = [("kd", ("亲，默认发中通快递",)), ("dz", ("地址可以改的",))]
    assert await all_of(li) == kept
    await keeps(li, "own", "=1+1", "=HYPERLINK(1)", "第二句")
    book = await export_phrases(database=shop.bot.database, who=li.staff, groups=(), scope="own", owner_id=li.staff.id)
    assert await takes_in(zhang, book, "phrases.xlsx") == (3, 0)
    assert await all_of(zhang) == [*kept, ("=1+1", ("=HYPERLINK(1)", "第二句"))]
    bare = Workbook()
    for row in (["hy", "欢迎光临"], ["zj", "再见"]):
        bare.active.append(row)
    assert await takes_in(li, saved(bare), "bare.xlsx") == (2, 0)
    with pytest.raises(Unpublishable):
        await takes_in(li, b"no table at all", "x.xlsx")


def test_of_many_that_fit_equally_well_the_first_by_title_are_shown() -> None:
    many = [Phrase(id=n, scope="shop", owner_id=0, title=f"快递{n}", bubbles=("发中通",)) for n in range(5_000)]
    assert [phrase.title for phrase in found(many, "kd", most=3)] == ["快递0", "快递1", "快递10"]


def test_initials() -> None:
    assert (initials("快递 A1，啊"), initials("")) == ("kda1a", "")


async def keeps(who: Colleague, scope: Scope, title: str, *bubbles: str, owner_id: int | None = None) -> object:
    owner = who.staff.id if scope == "own" else owner_id or 0
    return await save_phrase(
        database=who.shop.bot.database,
        clock=who.shop.clock,
        who=who.staff,
        groups=who.groups,
        phrase=Phrase(id=0, scope=scope, owner_id=owner, title=title, bubbles=bubbles),
    )


async def fills(who: Colleague, phrase_id: int, values: dict[str, str]) -> Any:
    bot = who.shop.bot
    return await fill_phrase(
        database=bot.database,
        manual=bot.in_use.base.manual,
        calendar=ShopCalendar(hours=who.shop.config.hours, zone=who.shop.config.shop.timezone),
        clock=who.shop.clock,
        channels=who.channels,
        who=who.staff,
        groups=who.groups,
        conversation_id=await who.number(),
        phrase_id=phrase_id,
        values=values,
    )


async def takes_in(who: Colleague, data: bytes, name: str) -> tuple[int, int]:
    imported = await import_phrases(
        database=who.shop.bot.database,
        clock=who.shop.clock,
        who=who.staff,
        groups=(),
        scope="own",
        owner_id=who.staff.id,
        data=data,
        name=name,
        language="zh",
    )
    assert imported is not None
    return imported.added, imported.known


async def all_of(who: Colleague) -> list[tuple[str, tuple[str, ...]]]:
    theirs = await who.shop.bot.database.read(phrases.read_of, ("own", who.staff.id))
    return [(phrase.title, phrase.bubbles) for phrase in theirs]
