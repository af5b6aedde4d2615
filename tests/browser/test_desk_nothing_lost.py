"""What people write at the desk goes to whom they wrote it for, and stays theirs until it is there, in a browser."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.domain.desk.phrases import Phrase
from bot.storage.answering import phrases
from tests.browser.routes import ASKS, WITHIN_SECONDS, Late, stand_between
from tests.browser.test_desk import answers, comes_in, opens

if TYPE_CHECKING:
    from playwright.async_api import Route

    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_half_written_note_never_becomes_an_answer_by_itself(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    first, second = await comes_in(open_page, own_bot, "能开专票吗"), await comes_in(open_page, own_bot, "包邮吗")
    field, mode = li.locator("#desk-text"), li.locator("[data-note-mode]")
    await opens(li, first)
    await li.keyboard.press("Alt+n")
    await li.keyboard.type("这位很难缠")
    await opens(li, second)
    await expect(field).to_have_value("")
    await expect(mode).to_be_hidden()
    await opens(li, first)
    await expect(field).to_have_value("这位很难缠")
    await expect(mode).to_be_visible()
    await field.press("End")
    await li.keyboard.type("，小心")
    await li.reload()
    other = await li.context.new_page()
    await other.goto(li.url)
    for desk in (li, other):
        await expect(desk.locator("#desk-text")).to_have_value("这位很难缠，小心")
        await expect(desk.locator("[data-note-mode]")).to_be_visible()

    await field.press("Alt+e")
    await expect(li.locator("#desk-dialog").get_by_label("答复")).to_have_value("")
    await li.locator("#desk-dialog").get_by_label("答复").fill("可以开专票")
    await li.locator("#desk-dialog").get_by_role("button", name="加入手册").click()

    heard = first.locator(".row[data-author=staff] .bubble")
    await expect(heard).to_have_text("可以开专票")
    await expect(field).to_have_value("这位很难缠，小心")
    await expect(mode).to_be_visible()
    await field.press("Enter")
    await expect(li.locator(".talk-log")).to_contain_text("这位很难缠，小心")
    await expect(field).to_have_value("")
    await answers(li, "还有别的吗")
    await expect(heard.last).to_have_text("还有别的吗")
    await expect(first.locator(".row", has_text="难缠")).to_have_count(0)


async def test_what_is_typed_while_another_conversation_opens_goes_to_nobody(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    first, second = await comes_in(open_page, own_bot, "能开专票吗"), await comes_in(open_page, own_bot, "包邮吗")
    field, late = li.locator("#desk-text"), Late()
    await opens(li, second)
    await opens(li, first)
    await answers(li, "第一位的回复")
    await field.press_sequentially("写了一半")
    await stand_between(li, "**/events?*", late)
    await li.evaluate("history.back()")
    await expect(field).to_have_value("")
    await li.keyboard.type("来早了")
    await li.keyboard.press("Enter")
    late.let_through()

    await expect(field).to_be_editable()
    await expect(field).to_have_value("")
    await expect(li.locator(".talk-log .row[data-author=staff]")).to_have_count(0)
    await answers(li, "第二位的回复")
    for buyer, words in ((first, "第一位的回复"), (second, "第二位的回复")):
        heard = buyer.locator(".row[data-author=staff] .bubble")
        await expect(heard).to_have_text(words)
    await li.evaluate("history.forward()")
    await expect(field).to_have_value("写了一半")


async def test_an_answer_that_waits_for_a_click_before_it_outlives_a_reload(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "能开专票吗")
    await opens(li, buyer)
    asked = asyncio.Event()
    await stand_between(li, "**/take_over", lambda _: asked.set())  # and no answer comes
    await li.keyboard.press("Alt+t")
    async with asyncio.timeout(WITHIN_SECONDS):
        await asked.wait()
    await answers(li, "马上给您开")
    await expect(li.locator(".talk-log .row[data-author=staff]")).to_contain_text("马上给您开")
    await li.reload()

    heard = buyer.locator(".row[data-author=staff] .bubble")
    await expect(heard).to_have_text("马上给您开")


async def test_what_is_clicked_after_an_answer_never_overtakes_it(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "包邮吗")
    heard, late = buyer.locator(".row[data-author=staff] .bubble"), Late()
    await opens(li, buyer)
    await stand_between(li, "**/answer", late, times=1)
    await answers(li, "还有什么可以帮您")
    await li.keyboard.press("Alt+i")
    await li.evaluate(ASKS)  # an invite that does not wait is there before this comes back
    late.let_through()
    await expect(heard).to_have_text(["还有什么可以帮您", re.compile("满意")])

    refused = Late(refused=413)
    await stand_between(li, "**/answer", refused)
    await answers(li, "很长的回复")
    await li.keyboard.press("Escape")
    refused.let_through()
    await expect(li.locator("[data-notice]")).to_contain_text("还没发出去")
    await expect(li.locator(".row[data-state=failed]")).to_contain_text("很长的回复")


async def test_an_answer_that_is_refused_is_a_draft_again(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    li = await sit_down(own_bot, "小李")
    first, second = await comes_in(open_page, own_bot, "能开专票吗"), await comes_in(open_page, own_bot, "包邮吗")
    field, refused = li.locator("#desk-text"), Late(refused=413)
    await stand_between(li, "**/answer", refused)
    await opens(li, first)
    await answers(li, "很长的回复")
    await field.fill("下一句")
    await opens(li, second)
    refused.let_through()
    await li.locator("[data-toasts]").get_by_role("button", name="去看看").click()
    await expect(field).to_have_value("很长的回复\n下一句")

    await field.press("Enter")
    await expect(li.locator(".row[data-state=failed]")).to_contain_text("很长的回复")
    await expect(field).to_have_value("")
    await li.reload()
    await expect(field).to_have_value("很长的回复\n下一句")


async def test_a_note_that_seems_to_fail_is_written_once_and_replaces_nothing(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "能开专票吗")
    field, typed = li.locator("#desk-text"), asyncio.Event()

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await typed.wait()
        await route.abort()

    await opens(li, buyer)
    await stand_between(li, "**/note", lose_the_answer, times=1)
    await li.keyboard.press("Alt+n")
    await li.keyboard.type("已核实抬头")
    await li.keyboard.press("Enter")
    await expect(field).to_have_value("")
    await li.keyboard.type("您稍等")
    typed.set()
    await expect(li.locator("[data-notice]")).to_be_visible()
    await expect(field).to_have_value("您稍等")
    await expect(li.locator("[data-note-mode]")).to_be_hidden()

    await li.keyboard.press("Alt+n")
    await expect(field).to_have_value("已核实抬头")
    await li.keyboard.press("Enter")
    await expect(field).to_have_value("您稍等")
    await li.reload()
    await expect(li.locator(".talk-log .row", has_text="已核实抬头")).to_have_count(1)


async def test_a_phrase_goes_below_what_stands_in_the_field(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    async def stock(running: Running) -> None:
        shop = [Phrase(id=0, scope="shop", owner_id=0, title="合并两句", bubbles=("第一句", "第二句"))]
        await running.database.write(phrases.add, shop, at=SystemClock().now())

    await own_bot.inside(stock)
    li = await sit_down(own_bot, "小李")
    await opens(li, await comes_in(open_page, own_bot, "能开专票吗"))
    await li.keyboard.type("您好")
    await li.keyboard.press("Alt+/")
    await li.keyboard.type("合并两句")
    await expect(li.locator(".picker-list li")).to_have_count(1)
    await li.keyboard.press("Enter")

    await expect(li.locator("#desk-text")).to_have_value("您好\n\n第一句\n\n第二句")
