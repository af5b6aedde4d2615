"""How much script a page loads before anybody does anything; and that nothing is lost while more of it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.domain.desk.phrases import Phrase
from bot.storage.answering import phrases
from tests.browser.routes import Late, stand_between
from tests.browser.test_desk import a_file, comes_in, drawn_picture, opens

if TYPE_CHECKING:
    from playwright.async_api import Page

    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIMIT_BYTES = 60_000
PAGES = (
    "/console/phrases",
    "/console/ratings",
    "/console/supervisor",
    "/console/try",
    "/console/staff",
    "/console/settings/channels",
    "/console/settings/routing",
)
UNTOUCHED = "Object.defineProperty(navigator, 'userActivation', { value: { hasBeenActive: false } })"
COUNTS_DRAFTS = """
window.kept = 0;
const keep = Storage.prototype.setItem;
Storage.prototype.setItem = function (name, value) {
  window.kept += name.startsWith("xiaoer.draft.");
  keep.call(this, name, value);
};
"""
SCRIPTS = """
performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js"))
  .map(({ name, decodedBodySize }) => [name, decodedBodySize])
"""


async def scripts_of(page: Page) -> dict[str, int]:
    await page.wait_for_load_state("load")
    return {name.partition("/static/")[2]: size for name, size in await page.evaluate(SCRIPTS)}


async def test_pages_of_the_console_load_little_script(sit_down: SitDown, own_bot: RealBot) -> None:
    page = await sit_down(own_bot, path=PAGES[0])
    for path in PAGES:
        await page.goto(own_bot.url + path)
        sizes = await scripts_of(page)
        assert 0 < sum(sizes.values()) <= LIMIT_BYTES, (path, sizes)


async def test_the_window_and_the_desk_load_little_script(open_page: Open, sit_down: SitDown, own_bot: RealBot) -> None:
    buyer = await comes_in(open_page, own_bot, "能开专票吗")
    li = await sit_down(own_bot, "小李")
    await opens(li, buyer)
    await li.keyboard.press("Alt+t")
    await expect(li.locator(".line", has_text="小李 接待")).to_be_visible()
    await buyer.locator("#chat-text").fill("新疆包邮吗")
    await buyer.locator("#chat-text").press("Enter")
    await expect(li.locator(".draft").first).to_be_visible()

    window = await open_page(f"{own_bot.url}/chat/site")
    queue = await _untouched(sit_down, own_bot, "/console/inbox")
    await expect(queue.locator(".queue-row").first).to_be_visible()
    talk = await _untouched(sit_down, own_bot, li.url.removeprefix(own_bot.url))
    await expect(talk.locator(".draft").first).to_be_visible()

    for page in (window, queue, talk):
        sizes = await scripts_of(page)
        assert 0 < sum(sizes.values()) <= LIMIT_BYTES, sizes
    assert "inbox/room.js" in {name.partition("/")[2] for name in await scripts_of(talk)}


async def _untouched(sit_down: SitDown, bot: RealBot, path: str) -> Page:
    """A page that nobody has touched: to the browser, each look of a test at it is a touch."""
    page = await sit_down(bot, "小周", "agent", path=PAGES[0])
    await page.add_init_script(
        "Object.defineProperty(navigator, 'userActivation', { value: { hasBeenActive: false } })"
    )
    await page.goto(bot.url + path)
    return page


async def test_keys_that_are_pressed_while_a_part_loads_act_once_it_is_there(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    async def stock(running: Running) -> None:
        shop = [
            Phrase(id=0, scope="shop", owner_id=0, title="报关资料", bubbles=("报关要身份证号",)),
            Phrase(id=0, scope="shop", owner_id=0, title="报关进度", bubbles=("已经在清关",)),
        ]
        await running.database.write(phrases.add, shop, at=SystemClock().now())

    await own_bot.inside(stock)
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "能寄到国外吗")
    await opens(li, buyer)
    heard = buyer.locator(".row[data-author=staff] .bubble")

    for script, keys, then in (
        ("doing", ("/", "b", "g", "j", "d", "1"), "已经在清关"),
        ("picker", ("/", "b", "g", "z", "l", "1"), "报关要身份证号"),
        ("doing", ("o", "k", "Enter"), "ok"),
    ):
        late = Late()
        await li.route(f"**/{script}.js", late)
        await li.reload()
        await expect(li.locator(".talk-log .row").first).to_be_visible()
        await expect(li.locator("#desk-text")).to_be_focused()
        for key in keys:
            await li.keyboard.press(key)
        await late.is_asked_for()
        late.let_through()
        await expect(heard.last).to_have_text(then)

    late = Late()
    await li.route("**/questions.js", late)
    await li.reload()
    await expect(li.locator("#desk-text")).to_be_focused()
    for key in ("Alt+z", "Enter"):
        await li.keyboard.press(key)
    await late.is_asked_for()
    late.let_through()
    await expect(li.locator("[data-state]").first).to_contain_text("再看")


async def test_a_part_that_could_not_be_had_is_asked_for_again(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "能寄到国外吗")
    await opens(li, buyer)
    await li.add_init_script(UNTOUCHED)
    await li.route("**/doing.js", lambda route: route.abort())
    await li.reload()
    await expect(li.locator("#desk-text")).to_be_focused()
    await li.keyboard.type("ok")
    await expect(li.locator(".toast")).to_have_count(1)
    await li.unroute("**/doing.js")

    await li.keyboard.press("Enter")

    await expect(buyer.locator(".row[data-author=staff] .bubble")).to_have_text("ok")


async def _writes_a_phrase(sit_down: SitDown, bot: RealBot) -> Page:
    """On whose page pictures are added."""
    li = await sit_down(bot, path="/console/phrases/0?of=own")
    await li.locator("#title").fill("怎么量尺寸")
    await li.locator("#bubbles").fill("照着图量")
    await li.get_by_role("button", name="保存并加图片").click()
    await expect(li.locator("[data-phrase]")).to_be_attached()
    return li


async def test_pictures_that_are_chosen_while_a_page_loads_are_taken_once_it_is_there(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await _writes_a_phrase(sit_down, own_bot)
    buyer = await comes_in(open_page, own_bot, "能寄到国外吗")

    for page, script, field in ((li, "phrases/pictures", "[data-phrase]"), (buyer, "chat/page", "[data-picture]")):
        late = Late()
        await page.route(f"**/{script}.js", late)
        await page.reload(wait_until="commit")
        await page.locator(field).set_input_files([a_file("图.png", drawn_picture())])
        await late.is_asked_for()
        late.let_through()

    await expect(li.locator(".phrases-pictures img")).to_have_count(1)
    await expect(buyer.locator(".row[data-author=buyer] img[src]")).to_be_visible()


async def test_while_pictures_of_a_phrase_are_sent_no_others_are_chosen_and_no_words_are_lost(
    sit_down: SitDown, own_bot: RealBot
) -> None:
    """The page is loaded again once they are there: what was chosen meanwhile would be cut off."""
    li = await _writes_a_phrase(sit_down, own_bot)
    late = Late()
    await stand_between(li, "**/pictures", late)
    await li.locator("#bubbles").fill("照着图量，量两遍")
    await li.locator("[data-phrase]").set_input_files([a_file("图.png", drawn_picture())])
    await late.is_asked_for()
    await expect(li.locator("[data-phrase]")).to_be_disabled()
    late.let_through()

    await expect(li.locator(".phrases-pictures img")).to_have_count(1)
    await expect(li.locator("[data-phrase]")).to_be_enabled()
    await expect(li.locator("[data-done]")).to_have_text("")
    await expect(li.locator("#bubbles")).to_have_value("照着图量，量两遍")
    await li.locator(".phrases-pictures form button").click()
    await expect(li.locator(".phrases-pictures img")).to_have_count(0)
    await expect(li.locator("#bubbles")).to_have_value("照着图量，量两遍")


async def test_what_one_begins_to_type_while_a_part_loads_is_kept_once(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    """Kept again, it would come back where another tab has sent it meanwhile."""
    li = await sit_down(own_bot)
    await opens(li, await comes_in(open_page, own_bot, "能寄到国外吗"))
    late = Late()
    await li.add_init_script(COUNTS_DRAFTS)
    await li.route("**/doing.js", late)
    await li.reload()
    await expect(li.locator("#desk-text")).to_be_focused()
    await li.keyboard.type("okay")

    async with li.expect_request("**/typing"):  # which tells that the part is there and has begun
        late.let_through()
    async with li.expect_request("**/draft"):
        pass

    assert await li.evaluate("window.kept") == len("okay")
