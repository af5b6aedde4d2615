from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Open
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ask(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name=re.compile("输入消息|Your message")).fill(text)
    await page.keyboard.press("Enter")


async def test_the_owner_asks_and_sees_the_answer_and_why(open_page: Open) -> None:
    page = await open_page()

    await ask(page, "新疆包邮吗")

    await expect(page.locator(".row[data-author=bot] .bubble", has_text="199")).to_be_visible()
    why = page.locator("[data-why]")
    await expect(why.locator("h3")).to_have_text("回答了「偏远地区的运费」")
    await expect(why.locator(".chip-named")).to_have_text("地区新疆")
    await expect(why.locator(".bar-chosen .bar-title")).to_have_text("偏远地区的运费")
    await expect(why.locator(".won").first).to_contain_text("有把握就回答")
    await expect(why.locator(".won").nth(1)).to_have_text("用了收货地是偏远地区")
    await expect(why.locator(".why-foot")).to_contain_text("条目 postage-remote")
    await expect(why.locator(".why-took")).to_have_text(re.compile(r"发出后 \d+ 毫秒见到回复"))
    assert await page.locator(".row[data-author=buyer]").count() == 1


async def test_an_example_is_asked_with_one_click(open_page: Open) -> None:
    page = await open_page()
    examples = page.locator(".chat-examples button")
    assert await examples.all_text_contents() == [
        "新疆包邮吗",
        "什么时候发货",
        "包邮吗",
        "发什么快递",
        "能便宜点吗",
        "转人工",
    ]

    await examples.nth(2).click()

    await expect(page.locator("[data-why] h3")).to_have_text("回答了「包不包邮」")
    await expect(examples.first).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
async def test_what_is_still_invented_is_named_at_any_width(open_page: Open, width: int) -> None:
    page = await open_page()
    await page.set_viewport_size({"width": width, "height": 900})
    named = page.locator("[data-examples]")

    await named.locator("summary").click()

    await expect(named.locator("p")).to_be_visible()
    await expect(named.locator("p")).to_contain_text("退货地址")


async def test_a_numbered_choice_is_picked_with_a_click(open_page: Open, bot_that_asks_back: RealBot) -> None:
    page = await open_page(f"{bot_that_asks_back.url}/try")
    await ask(page, "怎么洗")
    choices = page.locator(".choice")
    await expect(page.locator("[data-why] h3")).to_have_text("有几条相近，请买家选一个")
    title = await choices.nth(1).locator("span").text_content()

    await choices.nth(1).click()

    await expect(page.locator(".row[data-author=buyer] .bubble").last).to_have_text("2")
    await expect(page.locator("[data-why] h3")).to_have_text(f"回答了「{title}」")
    await expect(choices.first).to_be_disabled()


async def test_a_numbered_choice_is_picked_with_its_key(open_page: Open, bot_that_asks_back: RealBot) -> None:
    page = await open_page(f"{bot_that_asks_back.url}/try")
    await ask(page, "怎么洗")
    title = await page.locator(".choice span").first.text_content()

    await page.keyboard.type("1")
    await page.keyboard.press("Enter")

    await expect(page.locator("[data-why] h3")).to_have_text(f"回答了「{title}」")


async def test_the_shop_believes_what_the_controls_say(open_page: Open) -> None:
    page = await open_page()
    await page.get_by_label("收货地区").select_option("西藏")
    await page.get_by_label("订单状态").select_option("unpaid")
    await page.get_by_label("正在看的商品").select_option(label="500毫升保温杯")

    await ask(page, "包邮吗")
    await expect(page.locator(".row[data-author=bot] .bubble", has_text="西藏")).to_be_visible()
    await ask(page, "是什么材质的")

    await expect(page.locator(".row[data-author=bot] .bubble", has_text="316")).to_be_visible()


async def test_the_owner_sees_what_the_bot_says_at_another_time(open_page: Open) -> None:
    page = await open_page()
    time = page.get_by_label("时间", exact=True)
    before = await time.locator("option", has_text="截单前").get_attribute("value")
    await time.select_option(before)
    await ask(page, "什么时候发货")
    await expect(page.locator("[data-why] .won").nth(1)).to_contain_text("截单前")

    await time.select_option("chosen")
    await page.get_by_label("选一个时间").fill("2031-01-02T10:30")
    await ask(page, "转人工")

    await expect(page.locator("[data-why] h3")).to_have_text("把买家转给人工")
    await expect(page.locator("[data-why] .why-foot")).to_contain_text("2031-01-02 10:30")
    await expect(page.locator("[data-why] .why-foot")).to_contain_text("打烊")


async def test_the_owner_speaks_as_staff_and_the_bot_falls_silent_until_the_end(open_page: Open) -> None:
    page = await open_page()
    await page.get_by_role("button", name="以客服身份说一句").click()
    await page.get_by_label("客服要说的话").fill("您好，我来看看")
    await page.keyboard.press("Enter")
    await expect(page.locator(".row[data-author=staff] .bubble")).to_have_text("您好，我来看看")
    await expect(page.locator("[data-state]").first).to_have_text("客服接待中")

    await ask(page, "包邮吗")
    await expect(page.locator("[data-why] h3")).to_have_text("保持安静，不插话")
    await expect(page.locator("[data-why] .won")).to_contain_text("客服正在接待，机器人不插话")
    assert await page.locator(".row[data-author=bot]").count() == 0

    await page.get_by_role("button", name="结束会话").click()
    await expect(page.locator(".line", has_text="会话已结束")).to_be_visible()
    await ask(page, "包邮吗")
    await expect(page.locator("[data-why] h3")).to_have_text("回答了「包不包邮」")


async def test_starting_over_makes_a_new_buyer(open_page: Open) -> None:
    page = await open_page()
    await ask(page, "包邮吗")
    await expect(page.locator("[data-why] h3")).to_be_visible()

    await page.get_by_role("button", name="重新开始").click()

    await expect(page.locator(".chat-examples")).to_be_visible()
    await expect(page.locator("[data-why-empty]")).to_be_visible()
    assert await page.locator(".row").count() == 0
    await page.reload()
    await expect(page.locator(".chat-examples")).to_be_visible()


async def test_earlier_reasons_can_be_read_again(open_page: Open) -> None:
    page = await open_page()
    await ask(page, "包邮吗")
    await expect(page.locator("[data-why] h3")).to_have_text("回答了「包不包邮」")
    await ask(page, "发什么快递")
    await expect(page.locator("[data-why-position]")).to_have_text("第 2 次，共 2 次")

    await page.get_by_role("button", name="前一次").click()

    await expect(page.locator("[data-why] h3")).to_have_text("回答了「包不包邮」")
    await expect(page.get_by_role("button", name="前一次")).to_be_disabled()


async def test_everything_can_be_done_by_key(open_page: Open) -> None:
    page = await open_page()
    await page.keyboard.type("包邮吗")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("发什么快递")
    await page.keyboard.press("Enter")
    await expect(page.locator(".row[data-author=buyer] .bubble")).to_have_text("包邮吗\n发什么快递")

    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()

    await page.keyboard.press("s")
    await page.keyboard.type("我来了")
    await page.keyboard.press("Enter")
    await expect(page.locator(".row[data-author=staff] .bubble")).to_have_text("我来了")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator(".line", has_text="会话已结束")).to_be_visible()
    await page.keyboard.press("n")
    await expect(page.locator(".chat-examples")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(page.get_by_role("textbox", name="输入消息")).to_be_focused()


async def test_tab_walks_in_the_order_of_reading_and_focus_is_always_seen(open_page: Open) -> None:
    page = await open_page()
    await expect(page.locator(".chat-examples")).to_be_visible()
    where = """() => {
        const at = document.activeElement;
        const name = at.id || at.name || at.textContent.trim() || at.getAttribute("aria-label");
        return [at === document.body ? "" : name, getComputedStyle(at).outlineStyle !== "none"];
    }"""
    while (await page.evaluate(where))[0] != "":  # to the end of the page; the next Tab begins at its top
        await page.keyboard.press("Tab")

    walked = []
    while "" not in walked:
        await page.keyboard.press("Tab")
        name, seen = await page.evaluate(where)
        walked.append(name)
        assert seen or name == "", name

    controls = ["try-product", "try-order", "try-region", "try-time"]
    order = ["English", *controls, "新疆包邮吗", "chat-text", "以客服身份说一句", "重新开始"]
    assert [walked.index(name) for name in order] == sorted(walked.index(name) for name in order)


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1600])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_nothing_sticks_out_at_any_width(open_page: Open, width: int, lang: str) -> None:
    page = await open_page(f"/try?lang={lang}", viewport={"width": width, "height": 800})
    await ask(page, "新疆包邮吗" * 30 + "\n" + "x" * 300)
    await expect(page.locator("[data-why] h3")).to_be_attached()

    for tab in ("chat", "why"):
        if width < 900:
            await page.locator(f"#tab-{tab}").click()
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, tab
        inner = await page.evaluate(
            "[...document.querySelectorAll('.chat-log, .why')].map((each) => each.scrollWidth - each.clientWidth)"
        )
        assert max(inner) <= 0, tab


async def test_on_a_phone_one_side_is_seen_at_a_time_and_news_are_marked(open_page: Open) -> None:
    page = await open_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    why = page.get_by_role("tab", name="为什么")
    await expect(page.locator("[data-why-empty]")).to_be_hidden()
    await expect(page.get_by_label("收货地区")).to_be_hidden()

    await page.locator(".chat-examples button").first.tap()

    await expect(why).to_have_class(re.compile("tab-news"))
    await why.tap()
    await expect(page.locator("[data-why] h3")).to_have_text("回答了「偏远地区的运费」")
    await expect(page.locator(".chat")).to_be_hidden()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator(".chat")).to_be_visible()


async def test_each_of_several_questions_can_be_unfolded_and_what_is_remembered_is_shown(open_page: Open) -> None:
    page = await open_page()
    await ask(page, "新疆包邮吗？什么时候发货？")

    await expect(page.locator("[data-why] h3")).to_have_text("回答了「偏远地区的运费、什么时候发货」")
    parts = page.locator(".why-part")
    await expect(parts.locator("> summary")).to_have_text(
        ["新疆包邮 → 偏远地区的运费 100%", "什么时候发货 → 什么时候发货 100%"]
    )
    await parts.nth(1).locator("> summary").click()
    await expect(parts.nth(1).locator("dl")).to_contain_text("新疆")
    await expect(parts.nth(1).locator("dl")).to_contain_text("上一个回答")


async def test_the_page_is_whole_in_english(open_page: Open) -> None:
    page = await open_page("/try?lang=en")
    await ask(page, "新疆包邮吗")

    await expect(page.locator("[data-why] h3")).to_have_text("Answered “偏远地区的运费”")
    await expect(page.locator("[data-why] .won").nth(1)).to_have_text("Usedships to remote regions")
    assert await page.locator("html").get_attribute("lang") == "en"
    own_words = page.locator(
        "header, summary, .field > label, .chat-state, .staff, .why-bar, h4, dt, .legends, .why-foot, .lost-pairs"
    )
    said = "\n".join(await own_words.all_inner_texts()).replace("小满生活馆", "").replace("中文", "").replace("小", "")
    assert re.findall(r"[\u4e00-\u9fff]+", said) == []

    await page.get_by_role("link", name="中文").click()
    await expect(page.get_by_role("heading", name="小二")).to_be_visible()


async def test_the_theme_is_the_systems_until_one_is_chosen_and_then_remembered(open_page: Open) -> None:
    page = await open_page(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(background)

    await page.get_by_label("外观").select_option("light")
    light = await page.evaluate(background)
    await page.reload()

    assert dark != light
    assert await page.evaluate(background) == light
    await expect(page.get_by_label("外观")).to_have_value("light")
