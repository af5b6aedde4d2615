from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.routes import ASKS, WITHIN_SECONDS, Late, stand_between
from tests.browser.test_desk import a_file, drawn_picture

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

    from tests.browser.conftest import Open
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARKUP = '<img src=x onerror="window.ran=1"><script>window.ran=1</script><b>粗</b> javascript:alert(1) https://evil.example/?a=b'


async def say(page: Page, text: str) -> None:
    await page.locator("#chat-text").fill(text)
    await page.locator("#chat-text").press("Enter")


async def test_a_buyer_asks_in_the_shops_window_and_nothing_says_why(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await expect(page.locator("[data-state]").first).to_have_text("店铺助手，自动回复")

    await say(page, "新疆包邮吗")

    await expect(page.locator(".row[data-author=bot] .bubble", has_text="199")).to_be_visible()
    assert await page.locator("[data-why]").count() == 0
    left = await page.locator(".row[data-author=bot] .bubble").first.bounding_box()
    right = await page.locator(".row[data-author=buyer] .bubble").bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"]


async def test_where_nobody_has_a_desk_a_message_for_the_owner_is_one_click_away(open_page: Open) -> None:
    page = await open_page("/chat/site")

    await page.get_by_role("button", name="给店主留言").click()

    await expect(page.locator(".row[data-author=bot] .bubble").last).to_contain_text("留个手机号")
    await expect(page.locator("[data-state]").first).to_have_text("店铺助手，自动回复")


async def test_markup_is_shown_as_letters_and_links_are_not_live(open_page: Open) -> None:
    page = await open_page("/try")

    await say(page, MARKUP)

    await expect(page.locator(".row[data-author=buyer] .bubble")).to_have_text(MARKUP)
    await expect(page.locator("[data-why] h3")).to_be_visible()
    assert await page.evaluate("window.ran") is None
    assert await page.locator(".chat-log a, .chat-log img, .bubble *").count() == 0
    await page.reload()
    await expect(page.locator(".row[data-author=buyer] .bubble")).to_have_text(MARKUP)
    assert await page.evaluate("window.ran") is None


async def test_what_was_said_is_there_again_after_a_reload(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await say(page, "包邮吗")
    await expect(page.locator(".row[data-author=bot]").last).to_be_visible()

    await page.reload()

    await expect(page.locator(".row[data-author=buyer] .bubble")).to_have_text("包邮吗")
    await expect(page.locator(".row[data-author=bot]").last).to_be_visible()


async def test_half_a_word_in_an_input_method_is_not_sent(open_page: Open) -> None:
    page = await open_page("/chat/site")
    field = page.locator("#chat-text")
    await field.fill("bao you")

    await field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    await field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True, "cancelable": True})

    assert await field.input_value() == "bao you"
    await field.press("Enter")
    await expect(page.locator(".row[data-author=buyer] .bubble")).to_have_text("bao you")


async def test_a_message_whose_answer_was_lost_is_sent_again_and_still_only_one(open_page: Open) -> None:
    page = await open_page("/try")
    delivered, works_again = [], asyncio.Event()

    async def deliver_but_lose_the_answer(route: Route) -> None:
        if works_again.is_set():
            await route.continue_()
            return
        delivered.append((await route.fetch()).status)
        await route.abort("connectionreset")

    async def tell_nothing(route: Route) -> None:
        """Or the stream would tell that it arrived."""
        await (route.continue_() if works_again.is_set() else route.abort())

    await page.route("**/messages", deliver_but_lose_the_answer)
    await page.route("**/events*", tell_nothing)
    await page.reload()
    await say(page, "包邮吗")
    await expect(page.locator(".fate")).to_contain_text("没有发出：网络断开了，连上后自动重发。")
    await page.get_by_role("button", name="重发").click()
    assert delivered[0] == 202
    assert set(delivered[1:]) <= {200, 202}, "taken, and known already from the second time on"

    works_again.set()

    await expect(page.locator(".row[data-author=bot]").last).to_be_visible()
    await page.reload()
    await expect(page.locator(".row[data-author=bot]").last).to_be_visible()
    assert await page.locator(".row[data-author=buyer]").count() == 1


async def test_what_is_said_before_the_history_came_stands_below_it(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await say(page, "包邮吗")
    await expect(page.locator(".row[data-author=bot]").last).to_be_visible()
    may_come = asyncio.Event()

    async def hold_back(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/events*", hold_back)
    await page.reload()

    await say(page, "发什么快递")
    await expect(page.locator(".row[data-author=buyer][data-state=sent] .bubble")).to_have_text("发什么快递")
    may_come.set()

    await expect(page.locator(".row[data-author=buyer] .bubble")).to_have_text(["包邮吗", "发什么快递"])
    assert await page.locator(".row[data-author]").first.get_attribute("data-author") == "buyer"


async def test_what_could_not_be_sent_is_sent_after_a_reload(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await stand_between(page, "**/messages", lambda route: route.abort("internetdisconnected"))
    for text in ("包邮吗", "发什么快递"):
        await say(page, text)
    await expect(page.locator(".row[data-state=failed]")).to_have_count(1)

    await page.unroute("**/messages")
    await page.reload()

    await expect(page.locator(".row[data-author=buyer][data-state=sent] .bubble")).to_have_text(
        ["包邮吗", "发什么快递"]
    )


async def test_who_is_too_fast_reads_when_he_may_go_on(open_page: Open) -> None:
    page = await open_page("/chat/slow")
    await say(page, "在吗")
    await expect(page.locator(".row[data-state=sent]")).to_be_visible()

    await say(page, "包邮吗")

    await expect(page.locator(".fate").last).to_have_text(
        re.compile(r"没有发出：发得太快了，\d+ 秒后自动重发。 现在重发")
    )
    await expect(page.get_by_role("button", name="重发")).to_be_disabled()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (503, "没有发出：店铺现在收不到消息，稍后自动重发。 现在重发"),
        (400, "没有发出：400"),
        (403, "没有发出：页面过期了，请刷新。 现在重发"),
    ],
)
async def test_every_failure_says_why(open_page: Open, status: int, words: str) -> None:
    page = await open_page("/chat/site")
    await stand_between(page, "**/messages", lambda route: route.fulfill(status=status, body="nothing to read"))

    await say(page, "包邮吗")

    await expect(page.locator(".fate")).to_have_text(words)
    await expect(page.locator(".fate")).to_have_attribute("role", "alert")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (503, "店铺现在收不到图片，过一会儿再发。"),
        (429, "图片发得太多了，过一会儿再发。"),
        (422, "这不是能显示的图片，请换一张。"),
        (413, "图片太大，最大 10 MB。"),
    ],
)
async def test_a_picture_that_is_not_taken_is_told_why(open_page: Open, status: int, words: str) -> None:
    page = await open_page("/chat/site")
    await stand_between(page, "**/pictures", lambda route: route.fulfill(status=status, body="nothing to read"))

    await page.locator("[data-picture]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"any"})

    await expect(page.locator("[data-note]")).to_have_text(words)


async def test_a_refusal_is_told_in_the_servers_words(open_page: Open) -> None:
    page = await open_page("/chat/site")
    refusal = {"error": "invalid", "detail": [{"field": "text", "problem": "is empty"}]}
    await stand_between(page, "**/messages", lambda route: route.fulfill(status=400, json=refusal))

    await say(page, "包邮吗")

    await expect(page.locator(".fate")).to_have_text("没有发出：is empty")
    assert await page.get_by_role("button", name="重发").count() == 0


async def test_the_window_says_that_it_lost_the_connection_and_comes_back_by_itself(
    open_page: Open, own_bot: RealBot
) -> None:
    page = await open_page(f"{own_bot.url}/try")
    await say(page, "包邮吗")
    await expect(page.locator("[data-why] h3")).to_have_text("回答了「包不包邮」")

    await asyncio.to_thread(own_bot.stop)
    await expect(page.locator(".chat-connection[role=status]")).to_have_text("连接中断，正在重连…")
    await say(page, "发什么快递")
    await expect(page.locator("[data-state=failed] .fate")).to_contain_text("网络断开了")
    await asyncio.to_thread(own_bot.start)

    await expect(page.locator(".chat-connection[role=status]")).to_be_hidden()
    await expect(page.locator("[data-why] h3")).to_have_text("回答了「发什么快递」")
    assert await page.locator(".row[data-author=buyer]").count() == 2


async def test_the_window_says_that_the_network_is_gone(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await expect(page.locator(".chat-examples")).to_be_visible()

    await page.context.set_offline(offline=True)
    await expect(page.locator(".chat-connection[role=status]")).to_have_text("网络断开了，恢复后会自动重连")
    await page.context.set_offline(offline=False)

    await expect(page.locator(".chat-connection[role=status]")).to_be_hidden()


async def test_odd_texts_keep_the_window_in_shape(open_page: Open) -> None:
    page = await open_page("/chat/site", viewport={"width": 360, "height": 640})
    texts = ["😀👍", "مرحبا 123 abc", "长" * 19_990, "x" * 2_000, "一\n\n二\n三"]

    for text in texts:
        await say(page, text)
    await expect(page.locator(".row[data-author=buyer]")).to_have_count(len(texts))

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("(log => log.scrollWidth <= log.clientWidth)(document.querySelector('.chat-log'))")
    bubbles = page.locator(".row[data-author=buyer] .bubble")
    await expect(bubbles.nth(0)).to_have_class(re.compile("bubble-emoji"))
    assert await bubbles.nth(1).evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert await bubbles.nth(4).inner_text() == texts[4]
    box = await bubbles.nth(2).bounding_box()
    assert box is not None
    assert box["height"] < 400
    await page.get_by_role("button", name="展开全文").first.click()
    assert len(await bubbles.nth(2).inner_text()) == 19_990


async def test_too_long_a_text_is_said_to_be_so_and_kept(open_page: Open) -> None:
    page = await open_page("/chat/site")

    await say(page, "长" * 20_001)

    await expect(page.locator(".chat-note")).to_have_text("最多 20000 字，现在 20001 字，请分几条发。")
    assert len(await page.locator("#chat-text").input_value()) == 20_001
    assert await page.locator(".row").count() == 0


async def test_the_field_grows_with_the_text_and_shrinks_again(open_page: Open) -> None:
    page = await open_page("/chat/site")
    field = page.locator("#chat-text")
    low = await field.evaluate("each => each.offsetHeight")

    await field.fill("一\n二\n三\n四")
    high = await field.evaluate("each => each.offsetHeight")
    await field.press("Enter")

    assert high > low
    assert await field.evaluate("each => each.offsetHeight") == low


async def test_the_window_works_where_storage_is_blocked_and_ids_are_not_at_hand(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await page.add_init_script(
        """delete Crypto.prototype.randomUUID;
           const refuse = () => { throw new DOMException("blocked", "SecurityError"); };
           Object.defineProperty(window, "localStorage", { get: refuse });"""
    )
    await page.reload()

    await say(page, "包邮吗")

    await expect(page.locator(".row[data-author=bot]").last).to_be_visible()


async def test_a_shop_may_have_the_window_light_whatever_the_system_says(open_page: Open) -> None:
    page = await open_page("/chat/site?theme=light", color_scheme="dark")

    assert await page.locator(".chat").evaluate("each => getComputedStyle(each).colorScheme") == "light"


async def test_nothing_is_cut_off_on_the_narrowest_phone(open_page: Open) -> None:
    for path in ("/chat/site", "/chat/site?lang=en", "/try", "/try?lang=en"):
        page = await open_page(path, viewport={"width": 320, "height": 568})
        await expect(page.locator(".chat-examples")).to_be_visible()

        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        cut_off = """() => [...document.querySelectorAll("button, select, input, textarea, .chat-shop, .brand")]
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width > 0)
            .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
            .filter(([_, box]) => box.left < 0 || box.right > innerWidth + 0.5)"""
        assert await page.evaluate(cut_off) == []


async def test_the_try_out_page_itself_never_scrolls(open_page: Open) -> None:
    page = await open_page("/try")
    for text in ("包邮吗", "发什么快递", "什么时候发货", "能退货吗", "几天能到"):
        await say(page, text)
    await expect(page.locator(".row[data-author=bot]").nth(4)).to_be_visible()

    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


async def test_any_number_of_tabs_share_one_stream_and_the_next_one_leads(open_page: Open, web_bot: RealBot) -> None:
    first = await open_page("/chat/site")
    tabs = [first]
    for _ in range(5):
        tabs.append(await first.context.new_page())
        await tabs[-1].goto(f"{web_bot.url}/chat/site")
        await expect(tabs[-1].locator(".chat-examples")).to_be_visible()

    await say(first, "包邮吗")
    for tab in tabs:
        await expect(tab.locator(".row[data-author=bot]").last).to_be_visible()

    await first.close()
    await say(tabs[1], "发什么快递")
    for tab in tabs[1:]:
        await expect(tab.locator(".row[data-author=buyer] .bubble")).to_have_text(["包邮吗", "发什么快递"])
        await expect(tab.locator(".row:last-child")).to_have_attribute("data-author", "bot")

    late = await tabs[1].context.new_page()
    await late.goto(f"{web_bot.url}/chat/site")
    await expect(late.locator(".row[data-author=buyer] .bubble")).to_have_text(["包邮吗", "发什么快递"])


async def test_a_tab_that_others_led_for_while_it_stood_still_shows_what_they_heard(
    open_page: Open, web_bot: RealBot
) -> None:
    first = await open_page("/chat/site")
    hears_nothing = Late()
    await first.route("**/events?*", hears_nothing)
    await first.reload()
    await hears_nothing.is_asked_for()
    debugger = await first.context.new_cdp_session(first)
    await debugger.send("Debugger.enable")
    stands_still = asyncio.Event()
    debugger.on("Debugger.paused", lambda _: stands_still.set())
    await debugger.send("Debugger.pause")
    second = await first.context.new_page()
    await second.goto(f"{web_bot.url}/chat/site")
    async with asyncio.timeout(WITHIN_SECONDS):
        await stands_still.wait()
    await say(second, "包邮吗")
    await expect(second.locator(".row[data-author=bot]").last).to_be_visible()

    await debugger.send("Debugger.disable")

    await expect(first.locator(".row[data-author=bot]").last).to_be_visible()
    await say(first, "发什么快递")
    for tab in (first, second):
        await expect(tab.locator(".row[data-author=buyer] .bubble")).to_have_text(["包邮吗", "发什么快递"])


async def test_what_is_said_after_a_picture_comes_after_it(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await expect(page.locator(".chat-examples")).to_be_visible()
    late = Late()
    await stand_between(page, "**/pictures", late)
    await page.locator("[data-picture]").set_input_files([a_file("图.png", drawn_picture())])
    await say(page, "这个有吗")
    await expect(page.locator(".row[data-author=buyer]")).to_have_text(re.compile("这个有吗"))
    await page.evaluate(ASKS)  # what does not wait is there before this comes back
    late.let_through()

    theirs = page.locator(".row[data-author=buyer]")
    for _ in range(2):
        await expect(theirs.nth(0).locator("img[src]")).to_be_visible()
        await expect(theirs.nth(1).locator(".bubble")).to_have_text("这个有吗")
        for row in (theirs.nth(0), theirs.nth(1)):
            await expect(row).to_have_attribute("data-state", "sent")
        await page.reload()


async def test_a_picture_that_cannot_be_handed_in_holds_nothing_up(open_page: Open) -> None:
    page = await open_page("/chat/site")
    await page.locator("[data-picture]").set_input_files([a_file("坏.png", b"none")])
    await say(page, "包邮吗")

    await expect(page.locator(".row[data-author=bot]").last).to_be_visible()
    await expect(page.locator(".row[data-author=buyer]")).to_have_count(1)
