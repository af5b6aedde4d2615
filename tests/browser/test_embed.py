from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

    from tests.browser.conftest import Open
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

STRICT = "default-src 'none'; script-src {bot}; frame-src {bot}"


async def _visit_shop(page: Page, bot: RealBot, *, origin: str = "https://shop.example", extra: str = "") -> None:
    """A page of the shop's own site, with one script tag and a strict policy of its own."""
    tag = f'<script src="{bot.url}/chat/site/embed.js" {extra} defer></script>'
    html = f'<!doctype html><meta name="viewport" content="width=device-width"><title>shop</title><h1>茶</h1>{tag}'
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": STRICT.format(bot=bot.url)}
    await page.route(f"{origin}/**", lambda route: route.fulfill(body=html, headers=headers))
    await page.goto(f"{origin}/product")


async def test_one_script_tag_gives_a_button_and_a_window(open_page: Open, web_bot: RealBot) -> None:
    page = await open_page("/livez")
    await _visit_shop(page, web_bot, extra='data-product="thermos-500"')
    launcher = page.get_by_role("button", name="联系客服")
    await expect(launcher).to_have_attribute("aria-expanded", "false")

    await launcher.focus()
    await page.keyboard.press("Enter")
    window = page.frame_locator("iframe")
    await expect(window.locator("#chat-text")).to_be_focused()
    await page.keyboard.type("是什么材质的")
    await page.keyboard.press("Enter")
    await expect(window.locator(".row[data-author=bot] .bubble", has_text="316")).to_be_visible()

    await page.keyboard.press("Escape")
    await expect(page.locator("iframe")).to_be_hidden()
    await expect(page.get_by_role("button", name="联系客服")).to_be_focused()


async def test_the_window_speaks_english_on_an_english_page(open_page: Open, web_bot: RealBot) -> None:
    page = await open_page("/livez")
    await _visit_shop(page, web_bot, extra='data-lang="en"')

    await page.get_by_role("button", name="Chat with us").click()

    await expect(page.frame_locator("iframe").get_by_role("button", name="Leave a message")).to_be_visible()


async def test_a_phone_gives_the_window_the_whole_screen(open_page: Open, web_bot: RealBot) -> None:
    page = await open_page("/livez", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    await _visit_shop(page, web_bot)
    await page.get_by_role("button", name="联系客服").tap()
    frame = page.locator("iframe")
    await expect(frame).to_be_visible()

    box = await frame.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["y"]), round(box["width"])) == (0, 0, await page.evaluate("innerWidth"))
    await page.frame_locator("iframe").get_by_role("button", name="收起聊天窗口").tap()
    await expect(frame).to_be_hidden()


async def test_no_other_site_may_show_the_window(open_page: Open, web_bot: RealBot) -> None:
    page = await open_page("/livez")
    await _visit_shop(page, web_bot, origin="https://evil.example")

    async with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        await page.get_by_role("button", name="联系客服").click()

    await expect(page.frame_locator("iframe").locator("#chat-text")).to_have_count(0)


FILTERED = "filter: grayscale(1)"
ODD_PAGES = {
    "empty boxes are hidden": "<style>div:empty, :empty { display: none }</style>{tag}<p>茶</p>",
    "everything beside the body is hidden": "<style>html > :not(head, body) { display: none }</style>{tag}<p>茶</p>",
    "script in the head": "<head>{tag}</head><body><p>茶</p></body>",
    "gray body": "<body style='" + FILTERED + "'>{tag}<div style='height: 3000px'>茶</div></body>",
    "gray page": "<style>html { " + FILTERED + " }</style>{tag}<div style='height: 3000px'>茶</div>",
    "moved page": "<style>html { transform: translateY(40px) }</style>{tag}<div style='height: 3000px'>茶</div>",
    "a rule for every element": "<style>* { position: static !important; opacity: 0 }</style>{tag}<p>茶</p>",
}
IN_SIGHT = """() => { const root = document.getElementById("xiaoer-chat").shadowRoot;
    const box = root.querySelector("button").getBoundingClientRect();
    return box.width === 56 && box.bottom <= innerHeight && box.right <= innerWidth; }"""


async def _visit(page: Page, bot: RealBot, html: str) -> None:
    tag = f'<script src="{bot.url}/chat/site/embed.js"></script>'
    body = "<!doctype html><title>shop</title>" + html.replace("{tag}", tag)
    await page.route(
        "https://shop.example/**", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")
    )
    await page.goto("https://shop.example/product")


@pytest.mark.parametrize("name", ODD_PAGES)
async def test_the_button_is_in_sight_on_odd_pages(open_page: Open, web_bot: RealBot, name: str) -> None:
    page = await open_page("/livez")
    await _visit(page, web_bot, ODD_PAGES[name])

    launcher = page.get_by_role("button", name="联系客服")
    await expect(launcher).to_be_visible()
    assert await page.evaluate(IN_SIGHT)
    await launcher.click()
    await expect(page.frame_locator("iframe").locator("#chat-text")).to_be_focused()


@pytest.mark.parametrize(
    "replacing",
    [
        "document.body.replaceWith(document.createElement('body'))",
        "document.body.innerHTML = '<p>next page</p>'",
        "document.documentElement.innerHTML = '<body>next page</body>'",
        "document.replaceChild(document.createElement('html'), document.documentElement)",
    ],
)
async def test_the_button_survives_pages_that_replace_themselves(
    open_page: Open, web_bot: RealBot, replacing: str
) -> None:
    page = await open_page("/livez")
    await _visit(page, web_bot, "{tag}<p>茶</p>")
    await page.get_by_role("button", name="联系客服").click()
    await expect(page.frame_locator("iframe").locator("#chat-text")).to_be_visible()

    await page.evaluate(replacing)

    await expect(page.frame_locator("iframe").locator("#chat-text")).to_be_visible()
    assert await page.evaluate("document.querySelectorAll('#xiaoer-chat').length") == 1


async def _send_when(closed: asyncio.Event, route: Route) -> None:
    await closed.wait()
    await route.continue_()


async def test_the_window_stays_open_on_the_next_page_and_a_closed_one_counts_what_comes(
    open_page: Open, web_bot: RealBot
) -> None:
    page = await open_page("/livez")
    await _visit_shop(page, web_bot)
    await page.get_by_role("button", name="联系客服").click()
    window = page.frame_locator("iframe")
    await expect(window.locator("#chat-text")).to_be_visible()

    await page.goto("https://shop.example/next")
    await expect(window.locator("#chat-text")).to_be_visible()
    closed = asyncio.Event()
    await page.route("**/chat/site/messages*", lambda route: _send_when(closed, route))
    await window.locator("#chat-text").fill("包邮吗")
    await window.locator("#chat-text").press("Enter")
    await window.locator("#chat-text").press("Escape")
    closed.set()
    unread = page.get_by_role("button", name="条新消息")
    await expect(unread).to_be_visible()

    await page.goto("https://shop.example/after")
    await expect(unread).to_be_visible()
    await unread.click()
    await expect(window.locator(".row[data-author=bot]").last).to_be_visible()
