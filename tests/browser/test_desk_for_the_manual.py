"""What people find for the manual as they answer, from the desk to the editor's page, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.test_desk import comes_in, opens

if TYPE_CHECKING:
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_answer_goes_to_the_buyer_and_to_the_manuals_editor_at_once(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "仓库能让我参观一下吗")
    await opens(li, buyer)
    await li.locator("#desk-text").fill("仓库不对外开放，抱歉。")
    await li.keyboard.press("Alt+e")

    dialog = li.locator("#desk-dialog")
    await expect(dialog.get_by_label("买家的问题")).to_have_value("仓库能让我参观一下吗")
    await expect(dialog.get_by_label("答复")).to_have_value("仓库不对外开放，抱歉。")
    await expect(dialog.get_by_label("新的一条")).to_be_checked()
    await dialog.get_by_role("button", name="加入手册").click()

    await expect(li.locator("[data-toasts]")).to_contain_text("已交给手册编辑")
    await expect(buyer.locator(".row[data-author=staff] .bubble")).to_have_text("仓库不对外开放，抱歉。")
    await li.goto(f"{own_bot.url}/console/knowledge/drafts")
    await li.get_by_role("link", name="仓库能让我参观一下吗").click()
    await expect(li.get_by_label("答复", exact=True)).to_have_value("仓库不对外开放，抱歉。")
    await li.get_by_label("放到哪一条").select_option(index=3)
    await expect(li.get_by_label("答复", exact=True)).to_be_hidden()
    await li.get_by_role("button", name="不采纳").click()
    await expect(li.get_by_role("status")).to_have_text("没有采纳。")


async def test_the_entry_that_would_have_been_right_is_found_by_its_initials(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "什么时候发货")
    await opens(li, buyer)
    await li.get_by_role("button", name="应为…").last.click()
    dialog = li.locator("#desk-dialog")
    await expect(dialog).to_contain_text("买家问：什么时候发货")

    await dialog.get_by_role("searchbox").fill("fp")
    await expect(dialog.get_by_role("radio").first).to_be_checked()
    wanted = await dialog.locator(".choice-line span").first.text_content()
    await li.keyboard.press("Enter")

    await expect(li.get_by_role("button", name=f"应为“{wanted}”")).to_be_visible()
    await li.locator("main").press("w")
    await expect(dialog).to_be_visible()
