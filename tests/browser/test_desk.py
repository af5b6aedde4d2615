"""Two people and a buyer, each in a browser of their own, before one bot."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.async_api import expect
from sqlalchemy import insert, select

from bot.actions.index_messages import index_messages
from bot.clock import SystemClock
from bot.domain.desk.phrases import Phrase
from bot.storage.answering import phrases
from bot.storage.tables.messages import inbox, outbox
from tests.browser.routes import stand_between
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from playwright.async_api import FilePayload, Page, Route
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOO_LARGE = 11 * 1024 * 1024
VAIN_MS = 3_000
HEARS_NO_TAB = "addEventListener('storage', (event) => window.deaf && event.stopImmediatePropagation(), true);"
COUNTS_NOTES = """
window.notes = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.notes += 1; return start.apply(this, when); };
"""


async def buyer_says(page: Page, text: str) -> None:
    await page.locator("#chat-text").fill(text)
    await page.locator("#chat-text").press("Enter")
    await expect(page.locator(".row[data-author=buyer] .bubble").last).to_have_text(text)


async def comes_in(open_page: Open, bot: RealBot, text: str) -> Page:
    """A buyer asks in the shop's window, and the bot answers."""
    buyer = await open_page(f"{bot.url}/chat/site")
    await buyer_says(buyer, text)
    await expect(buyer.locator(".row[data-author=bot]").first).to_be_visible()
    return buyer


async def opens(desk: Page, buyer: Page) -> None:
    """Open this buyer's conversation, which the bot leads."""
    visitor = str(await buyer.evaluate("localStorage.getItem('xiaoer.visitor.site')"))
    await desk.locator("[data-view=bot]").click()
    await desk.locator(".queue-row", has_text=visitor[-4:]).click()
    await expect(desk.locator(".talk-log .row[data-author=buyer]").first).to_be_visible()


async def answers(desk: Page, text: str) -> None:
    await desk.locator("#desk-text").fill(text)
    await desk.keyboard.press("Enter")


async def test_two_people_see_a_buyer_at_once_and_one_takes_over(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li, zhou = await sit_down(own_bot, "小李"), await sit_down(own_bot, "小周", "agent")
    buyer = await comes_in(open_page, own_bot, "新疆包邮吗")
    for desk in (li, zhou):
        await opens(desk, buyer)
    icon = await li.evaluate("document.querySelector('link[rel=icon]').href")
    assert (await li.request.get(icon)).ok  # although the page's own address has changed

    await buyer_says(buyer, "包邮吗")
    for desk in (li, zhou):
        await expect(desk.locator(".talk-log .row[data-author=buyer] .bubble").last).to_have_text("包邮吗")
        await expect(desk.locator(".talk-log .row[data-author=bot]", has_text="包邮").first).to_be_visible()

    await li.keyboard.press("Alt+t")
    await expect(zhou.locator(".line", has_text="小李 接待")).to_be_visible()
    await expect(zhou.locator("[data-state]").first).to_contain_text("小李接待")
    bot_said = await buyer.locator(".row[data-author=bot]").count()
    await buyer_says(buyer, "发什么快递")
    await answers(li, "您好，我是小李")

    await expect(buyer.locator(".row[data-author=staff] .bubble")).to_have_text("您好，我是小李")
    assert await buyer.locator(".row[data-author=bot]").count() == bot_said
    await expect(zhou.locator(".talk-log .row[data-author=staff] .who")).to_have_text("小李")


async def test_the_slower_of_two_is_told_who_was_faster(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    li, zhou = await sit_down(own_bot, "小李"), await sit_down(own_bot, "小周", "agent")
    buyer = await comes_in(open_page, own_bot, "发什么快递")
    for desk in (li, zhou):
        await opens(desk, buyer)
    li_was_faster = asyncio.Event()

    async def arrive_late(route: Route) -> None:
        await li_was_faster.wait()
        await route.continue_()

    await stand_between(zhou, "**/answer", arrive_late)
    await answers(zhou, "我来回答")
    await li.keyboard.press("Alt+t")
    await expect(li.locator(".line", has_text="小李 接待")).to_be_visible()
    li_was_faster.set()

    failed = zhou.locator(".row[data-state=failed]")
    await expect(failed).to_contain_text("小李刚才已接待，比您快一步")
    await failed.get_by_role("button", name="放回输入框").click()
    await expect(zhou.locator("#desk-text")).to_have_value("我来回答")


async def test_a_double_click_and_two_tabs_send_once(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "什么时候发货")
    await opens(li, buyer)
    await li.locator("#desk-text").fill("只发一次")
    other = await li.context.new_page()
    await other.goto(li.url)
    await expect(other.locator("#desk-text")).to_have_value("只发一次")

    await asyncio.gather(
        li.locator("[data-send]").dblclick(timeout=VAIN_MS),  # which waits in vain where the other was first
        other.locator("#desk-text").press("Enter"),
        return_exceptions=True,
    )

    sent = buyer.locator(".row[data-author=staff] .bubble")
    await expect(sent).to_have_text("只发一次")
    await answers(li, "第二句")
    await expect(sent).to_have_text(["只发一次", "第二句"])


async def test_what_one_tab_has_sent_the_other_sends_no_more(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "发什么快递")
    await opens(li, buyer)
    other = await li.context.new_page()
    await other.goto(li.url)
    await answers(li, "打个招呼")
    await expect(buyer.locator(".row[data-author=staff] .bubble")).to_have_text("打个招呼")
    await other.locator("#desk-text").press_sequentially("这边打的")
    await expect(li.locator("#desk-text")).to_have_value("这边打的")

    await li.keyboard.press("Enter")

    await expect(other.locator("#desk-text")).to_have_value("")  # although the cursor stands in it
    await other.keyboard.type("另一句")
    await other.keyboard.press("Enter")
    sent = buyer.locator(".row[data-author=staff] .bubble")
    await expect(sent).to_have_text(["打个招呼", "这边打的", "另一句"])


async def test_a_tab_that_has_not_heard_of_it_yet_sends_nothing_twice(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "能开发票吗")
    await opens(li, buyer)
    deaf = await li.context.new_page()
    await deaf.add_init_script(HEARS_NO_TAB)
    await deaf.goto(li.url)
    await expect(deaf.locator("#desk-text")).to_be_focused()
    await deaf.locator("#desk-text").press("/")  # what loads all that one does here
    await deaf.keyboard.press("Escape")
    await li.locator("#desk-text").fill("只说一次")
    await expect(deaf.locator("#desk-text")).to_have_value("只说一次")
    await deaf.evaluate("window.deaf = true")

    await li.keyboard.press("Enter")
    await expect(li.locator("#desk-text")).to_have_value("")
    await deaf.locator("#desk-text").press("Enter")
    await expect(deaf.locator("#desk-text")).to_have_value("")

    await answers(li, "第二句")
    sent = buyer.locator(".row[data-author=staff] .bubble")
    await expect(sent).to_have_text(["只说一次", "第二句"])


async def test_what_was_said_can_be_taken_back_for_a_moment(
    open_page: Open, sit_down: SitDown, unhurried_bot: RealBot
) -> None:
    li = await sit_down(unhurried_bot, "小李")
    buyer = await comes_in(open_page, unhurried_bot, "能开发票吗")
    await opens(li, buyer)
    await answers(li, "说错了")

    await li.get_by_role("button", name="撤回").click()

    await expect(li.locator("#desk-text")).to_have_value("说错了")
    await expect(li.locator(".talk-log .row[data-author=staff]")).to_have_count(0)
    await answers(li, "说对了")
    await expect(buyer.locator(".row[data-author=staff] .bubble")).to_have_text("说对了")


async def test_the_desk_goes_on_after_the_server_was_gone(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "包邮吗")
    await opens(li, buyer)
    await li.locator("#desk-text").fill("打了一半")
    await asyncio.to_thread(own_bot.stop)
    await expect(li.locator("[data-connection]")).to_contain_text("输入的内容都还在")

    await li.locator("#desk-text").press("End")
    await li.keyboard.type("，又打了一半")
    await li.keyboard.press("Enter")
    await expect(li.locator(".row[data-author=staff]", has_text="打了一半，又打了一半")).to_contain_text("自动重试")
    await li.locator("#desk-text").fill("下一句还没发")
    await asyncio.to_thread(own_bot.start)

    heard = buyer.locator(".row[data-author=staff] .bubble")
    await expect(heard).to_have_text("打了一半，又打了一半", timeout=40_000)
    await expect(li.locator("[data-connection]")).to_be_hidden()
    await expect(li.locator("#desk-text")).to_have_value("下一句还没发")
    await li.reload()
    await expect(li.locator("#desk-text")).to_have_value("下一句还没发")
    await expect(li.locator(".row[data-author=staff]")).to_have_count(1)


async def test_seconds_count_by_the_shops_clock_whatever_the_browsers_says(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    await li.add_init_script("const now = Date.now; Date.now = () => now() + 3_600_000;")
    await li.reload()
    buyer = await comes_in(open_page, own_bot, "发什么快递")
    await opens(li, buyer)
    await li.keyboard.press("Alt+t")
    await buyer_says(buyer, "人呢")

    waits = li.locator(".talk-state .timer")
    await expect(waits).to_have_text("2 秒")
    await expect(waits).to_have_text("3 秒")


async def test_buyer_and_person_see_each_other_write_and_read(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "包邮吗")
    await opens(li, buyer)
    await li.keyboard.press("Alt+t")
    await expect(buyer.locator("[data-state]").first).to_have_text("小李 接待中")

    await li.locator("#desk-text").press_sequentially("您好")
    await expect(buyer.locator("[data-typing]")).to_be_visible()
    await li.keyboard.press("Enter")

    said = buyer.locator(".row[data-author=staff]")
    await expect(said.locator(".bubble")).to_have_text("您好")
    await expect(said.locator(".who")).to_have_text("小李")
    await expect(li.locator(".talk-log .row[data-author=staff] .fate")).to_have_text("已读")
    await buyer.locator("#chat-text").press_sequentially("还有")
    await expect(li.locator("[data-looking]")).to_contain_text("买家正在输入")
    await buyer.locator("#chat-text").press("Enter")
    await expect(buyer.locator(".row[data-author=buyer] .fate").last).to_have_text("已读")


async def test_each_buyer_sees_at_once_that_somebody_writes_to_them(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    for words in ("能开专票吗", "能开普票吗"):
        buyer = await comes_in(open_page, own_bot, words)
        await opens(li, buyer)
        await li.keyboard.press("Alt+t")
        await expect(buyer.locator("[data-state]").first).to_have_text("小李 接待中")
        await li.evaluate("performance.now = () => 1_000")  # no time has passed since the page opened, or the other one
        await li.locator("#desk-text").press_sequentially("您")
        await expect(buyer.locator("[data-typing]")).to_be_visible()


async def test_the_usual_answers_take_three_keys_at_most(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    async def stock(running: Running) -> None:
        shop = [
            Phrase(id=0, scope="shop", owner_id=0, title=f"常用{at:02}", bubbles=(f"第 {at} 句",)) for at in range(20)
        ]
        await running.database.write(phrases.add, shop, at=SystemClock().now())

    await own_bot.inside(stock)
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "发什么快递")
    await opens(li, buyer)
    heard = buyer.locator(".row[data-author=staff] .bubble")

    for number, keys in (("3", "/"), ("7", "//")):
        for key in keys:
            await li.keyboard.press(key)
            await expect(li.locator(".picker-list li").first).to_be_visible()
        words = await li.locator(".picker-list li").nth(int(number) - 1).locator(".picker-words").text_content()
        await li.keyboard.press(number)
        await expect(heard.last).to_have_text(words or "")


async def test_what_is_older_than_all_that_is_shown_does_not_come_in_below_it(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "发什么快递")
    await opens(li, buyer)

    async def talk_on(running: Running) -> None:
        await running.database.write(_more, inbox, "external_id", "received_at", range(20))
        await running.database.write(_more, outbox, "key", "created_at", range(20, 80))

    await own_bot.inside(talk_on)
    await li.reload()
    await expect(li.locator(".talk-log .row[data-author=bot]")).to_have_count(50)
    await buyer_says(buyer, "人呢")

    await expect(li.locator(".talk-log .row[data-author=buyer]")).to_have_text([re.compile("人呢")])


def _more(connection: Connection, table: Table, name: str, at: str, milliseconds: range) -> None:
    """The newest row of this table again and again, a little later each time."""
    newest = connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().one()
    row = {column: value for column, value in newest.items() if column != "id"}
    again = [{**row, name: f"{row[name]}-{n}", at: row[at] + timedelta(milliseconds=n)} for n in milliseconds]
    connection.execute(insert(table), again)


async def test_another_view_is_no_new_buyer(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    li = await sit_down(own_bot, "小李")
    await li.add_init_script(COUNTS_NOTES)
    await li.reload()
    buyer = await comes_in(open_page, own_bot, "发什么快递")
    await opens(li, buyer)
    await li.keyboard.press("Alt+t")
    await expect(li.locator(".line", has_text="小李 接待")).to_be_visible()
    for view in ("closed", "mine"):
        await li.locator(f"[data-view={view}]").click()
        await expect(li.locator(f"[data-view={view}]")).to_have_attribute("aria-pressed", "true")
    await buyer_says(buyer, "尺码偏大吗")
    waits = li.locator(".queue-row[data-waits=true]", has_text="尺码偏大吗")
    await expect(waits).to_be_visible()
    rung = await li.evaluate("window.notes")

    await li.locator("[data-view=closed]").click()
    await expect(waits).to_have_count(0)
    await li.locator("[data-view=mine]").click()
    await expect(waits).to_be_visible()
    assert rung > 0
    assert await li.evaluate("window.notes") == rung


async def test_somebody_is_found_by_their_words(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    await comes_in(open_page, own_bot, "能开发票吗，抬头写蓝鲸工作室")
    li = await sit_down(own_bot, "小李")

    async def index(running: Running) -> None:
        later = FakeClock(SystemClock().now() + timedelta(minutes=1))  # what is seconds old is left for the next round
        await index_messages(database=running.database, clock=later)

    await own_bot.inside(index)
    await li.locator("main").press("f")
    await li.keyboard.type("蓝鲸工作室")

    await li.locator(".queue-row", has_text="蓝鲸工作室").click()
    await expect(li.locator(".talk-log")).to_contain_text("蓝鲸工作室")
    await li.locator("#desk-search").press("Escape")
    await expect(li.locator("#desk-search")).to_have_value("")


async def test_whoever_supervises_gives_a_buyer_to_somebody_with_one_click(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li, zhou = await sit_down(own_bot, "小李"), await sit_down(own_bot, "小周", "agent")
    waits = await comes_in(open_page, own_bot, "什么时候发货")
    await opens(li, waits)
    await li.keyboard.press("Alt+t")
    await expect(li.locator(".line", has_text="小李 接待")).to_be_visible()
    await buyer_says(waits, "颜色差得多吗")
    await expect(li.locator(".talk-state .timer")).to_be_visible()

    await li.goto(f"{own_bot.url}/console/supervisor")
    row = li.locator("tr", has_text="颜色差得多吗")
    await expect(row.locator(".timer")).to_contain_text("秒")
    await row.get_by_role("button", name="给 小周").click()

    await expect(li.get_by_role("status")).to_have_text("已改派。")
    await zhou.locator("[data-view=mine]").click()
    await expect(zhou.locator(".queue-row", has_text="颜色差得多吗")).to_be_visible()


async def test_pictures_go_both_ways_and_come_back_when_taken_back(
    open_page: Open, sit_down: SitDown, unhurried_bot: RealBot
) -> None:
    li = await sit_down(unhurried_bot, "小李")
    buyer = await comes_in(open_page, unhurried_bot, "这个颜色有货吗")
    await opens(li, buyer)
    await buyer.locator("[data-picture]").set_input_files([a_file("mug.png", drawn_picture())])
    await expect(buyer.locator(".row[data-author=buyer] img[src]")).to_be_visible()
    theirs = li.locator(".talk-log .row[data-author=buyer] img")
    await expect(theirs).to_be_visible()
    await expect(theirs).to_have_js_property("naturalWidth", 40)

    await li.keyboard.press("Alt+p")
    refused = [a_file("空.png", b""), a_file("假的.png", b"none at all"), a_file("大.png", b"0" * TOO_LARGE)]
    await li.locator("[data-picture-file]").set_input_files([a_file("cup.png", drawn_picture()), *refused])
    await expect(li.locator("[data-pictures-said]")).to_contain_text("“空.png”是空的")
    await expect(li.locator("[data-pictures-said]")).to_contain_text("“假的.png”不是能显示的图片")
    await expect(li.locator("[data-pictures-said]")).to_contain_text("“大.png”太大")
    attached = li.locator("[data-pictures] li")
    await expect(attached).to_have_count(1)
    await expect(attached.locator("progress")).to_have_count(0)  # or it would have to be attached again
    await li.reload()
    await expect(attached).to_have_count(1)

    await answers(li, "您看这个")
    await expect(attached).to_have_count(0)
    await li.get_by_role("button", name="撤回").last.click()
    await expect(attached).to_have_count(1)
    await expect(li.locator("#desk-text")).to_have_value("您看这个")
    await li.locator("#desk-text").press("Enter")
    await expect(buyer.locator(".row[data-author=staff] .bubble").first).to_have_text("您看这个")
    shown = buyer.locator(".row[data-author=staff] img")
    await expect(shown).to_have_count(1)
    await expect(shown).to_have_js_property("naturalWidth", 40)


async def test_a_phrase_with_a_picture_is_written_once_and_sent_by_keys(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李", path="/console/phrases/0?of=own")
    await li.locator("#title").fill("怎么量尺寸")
    await li.locator("#bubbles").fill("照着图量")
    await li.get_by_role("button", name="保存并加图片").click()
    await li.locator("[data-phrase]").set_input_files([a_file("图.png", drawn_picture()), a_file("坏.png", b"none")])
    await expect(li.locator(".phrases-pictures img")).to_have_count(1)
    await expect(li.locator("[data-said]")).to_have_text("坏.png 不是能显示的图片，没有添加。")

    buyer = await comes_in(open_page, own_bot, "发什么快递")
    await li.goto(f"{own_bot.url}/console/inbox")
    await opens(li, buyer)
    await li.keyboard.press("Alt+/")
    await li.keyboard.type("zmlcc")
    await expect(li.locator(".picker-list .picker-picture")).to_have_count(1)
    await li.keyboard.press("Enter")
    await expect(li.locator("#desk-text")).to_have_value("照着图量")
    await expect(li.locator("[data-pictures] li img")).to_have_count(1)
    await li.keyboard.press("Enter")
    shown = buyer.locator(".row[data-author=staff] img")
    await expect(shown).to_have_count(1)
    await expect(shown).to_have_js_property("naturalWidth", 40)


def a_file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": data}


def drawn_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return file.getvalue()
