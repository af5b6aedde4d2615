"""The door of the console in a real browser: by keyboard alone, in both languages and themes, and for everybody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.actions.accounts.invite_staff import invite_staff
from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from tests.browser.conftest import write_config
from tests.browser.faults import LOOKS, grave_faults, off_the_side
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.async_api import Page

    from bot.domain.accounts.staff import Role
    from tests.browser.conftest import Open

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "今天天气很好我们去喝茶"


class Staffed:
    """A bot of its own, whose people are invited one by one."""

    def __init__(self, folder: Path, bot: RealBot) -> None:
        self.url = bot.url
        self._database_url = f"sqlite:///{folder / 'bot.db'}"

    async def invite(self, role: Role) -> str:
        """Give the address of a link for somebody new."""
        async with open_database(self._database_url) as database:
            token = await invite_staff(database=database, clock=SystemClock(), by=None, role=role)
        return f"{self.url}/console/invite/{token}"


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    folder = tmp_path_factory.mktemp("staffed")
    bot = RealBot(write_config(folder))
    with ThreadPoolExecutor(max_workers=1) as elsewhere:  # this thread's event loop belongs to the browser
        elsewhere.submit(bot.start).result()
    yield Staffed(folder, bot)
    bot.stop()


async def _types(page: Page, *fields: str) -> None:
    """Fill in one field after the other, and send the form: without a mouse, from where the page puts the cursor."""
    for number, text in enumerate(fields):
        if number:
            await page.keyboard.press("Tab")
        await page.keyboard.insert_text(text)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_by_keyboard_alone_one_joins_leaves_and_comes_back(open_page: Open, staffed: Staffed, lang: str) -> None:
    name = f"小李 {lang}"
    page = await open_page(f"{await staffed.invite('agent')}?lang={lang}")
    await expect(page.locator("#name")).to_be_focused()
    await _types(page, name, PASSWORD, PASSWORD)
    await page.wait_for_url("**/console/inbox**")

    await page.goto(f"{staffed.url}/console/me")
    assert await page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang], "as chosen before"
    await page.locator(".rail-me").focus()
    await page.keyboard.press("Enter")
    await page.locator(".rail-menu button[type=submit]").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/sign-in")

    await page.goto(f"{staffed.url}/console/me")
    await expect(page.locator("#name")).to_be_focused()
    await _types(page, name, "nonsense")
    await expect(page.get_by_role("alert")).to_have_text(
        {"zh": "名字或密码不对。", "en": "The name or the password is wrong."}[lang]
    )
    await expect(page.locator("#name")).to_be_focused()
    await _types(page, name, PASSWORD)
    await page.wait_for_url("**/console/me")
    await expect(page.locator("h1")).to_have_text({"zh": "我的账号", "en": "My account"}[lang])


WITH_TABLES = (
    "supervisor",
    "settings/channels",
    "settings/channels/site",
    "settings/groups",
    "settings/routing",
    "settings/shop",
    "_components",
)


@pytest.mark.parametrize("look", LOOKS)
async def test_the_pages_about_people_keep_nobody_out(open_page: Open, staffed: Staffed, look: str) -> None:
    theme, lang, width = look.split()
    link, name = await staffed.invite("owner"), f"店主 {look}"
    page = await open_page(
        f"{link}?lang={lang}",
        color_scheme=theme,
        viewport={"width": int(width), "height": 900},
        reduced_motion="reduce",
    )
    assert await grave_faults(page) == []
    await _types(page, "店主", PASSWORD, "nothing alike")
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await grave_faults(page) == []
    await page.locator("#name").fill(name)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#again").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/me/code**")
    assert await grave_faults(page) == []

    for path in ("me", "staff", "staff/1", "audit?verify", "prove", "staff/0", "invite/none", *WITH_TABLES):
        await page.goto(f"{staffed.url}/console/{path}")
        assert await grave_faults(page) == [], path
        assert await off_the_side(page) == [], path
    await page.goto(f"{staffed.url}/console/staff")
    row = page.get_by_role("table").get_by_role("row", name=name)
    await expect(row.get_by_role("cell", name={"zh": "店主", "en": "Owner"}[lang], exact=True)).to_be_visible()
    await page.goto(f"{staffed.url}/console/staff")
    await page.locator("#invite .button-main").click()
    await expect(page.locator("[data-copy-text]")).to_contain_text("/console/invite/")
    assert await grave_faults(page) == []
