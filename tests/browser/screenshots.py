"""Pictures of every page, for whoever changes how they look: `make screenshots` puts them into var/screenshots.

Each page in both sizes, themes and languages; the desk also empty, with a conversation, and in trouble.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import shutil
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.async_api import async_playwright

from bot.clock import SystemClock
from bot.web.shared.doors import TRY_COOKIE
from bot.web.shared.signed_in import COOKIE
from tests.browser.busy_shop import busy_shop
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.people import joins
from tests.real_bot import TRY_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser, Page

    from bot.app import Running
    from tests.people import Person
    from tests.real_bot import RealBot

FOLDER = Path("var/screenshots")
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SETTLED_MS = 400


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One picture: a path, and what somebody does there first."""

    name: str
    path: str
    first: Callable[[Page], Awaitable[None]] | None = None
    empty: bool = False
    at_the_door: bool = False
    """Nobody is signed in."""


async def _opens_a_buyer(page: Page) -> None:
    await page.locator(".queue-row").first.click()
    await page.locator(".talk-log .bubble").first.wait_for()


async def _pictures_a_phrase(page: Page) -> None:
    """Two pictures, given once."""
    if await page.locator(".phrases-pictures img").count() == 0:
        drawn = [
            {"name": f"{n}.png", "mimeType": "image/png", "buffer": _drawn(colour)}
            for n, colour in enumerate(("teal", "salmon"), 1)
        ]
        await page.locator("[data-phrase]").set_input_files(drawn)  # type: ignore[arg-type]  # as its docs have it
    await page.locator(".phrases-pictures img").nth(1).wait_for()


def _drawn(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(file, "PNG")
    return file.getvalue()


async def _answers_a_buyer(page: Page) -> None:
    """The desk at work: one buyer is with us, the others wait."""
    await _opens_a_buyer(page)
    await page.keyboard.press("Alt+t")
    await page.locator("#desk-text").fill("您好，我是小李，这就帮您查这单的物流。")
    await page.keyboard.press("Enter")
    await page.locator(".row[data-author=staff]").wait_for()
    await page.locator("#desk-text").fill("查到了，包裹在转运中心")


async def _looks_for_nothing(page: Page) -> None:
    await page.locator("#desk-search").fill("没有这个人")


async def _loses_the_server(page: Page) -> None:
    await _opens_a_buyer(page)
    await page.context.set_offline(offline=True)
    await page.locator("#desk-text").fill("网络断了，这句还在")
    await page.locator("#desk-text").press("Enter")
    await page.locator(".row[data-state=failed]").wait_for()


async def _asks_why(page: Page) -> None:
    await _opens_a_buyer(page)
    await page.locator(".fate-why").last.locator(".why-link").first.click()
    await page.locator("#why-dialog h3").wait_for()


async def _shows_the_keys(page: Page) -> None:
    await page.locator("h1").first.evaluate("() => document.activeElement.blur()")
    await page.keyboard.press("?")


async def _signs_in_wrongly(page: Page) -> None:
    await page.locator("#name").fill("小李")
    await page.locator("#password").fill("123456")
    await page.locator("#password").press("Enter")
    await page.get_by_role("alert").wait_for()


SCENES = (
    Scene(name="components", path="/console/_components"),
    Scene(name="inbox", path="/console/inbox"),
    Scene(name="inbox-talk", path="/console/inbox", first=_opens_a_buyer),
    Scene(name="inbox-answer", path="/console/inbox", first=_answers_a_buyer),
    Scene(name="inbox-why", path="/console/inbox", first=_asks_why),
    Scene(name="inbox-keys", path="/console/inbox", first=_shows_the_keys),
    Scene(name="inbox-found-nothing", path="/console/inbox", first=_looks_for_nothing),
    Scene(name="inbox-trouble", path="/console/inbox", first=_loses_the_server),
    Scene(name="inbox-empty", path="/console/inbox", empty=True),
    Scene(name="phrases", path="/console/phrases"),
    Scene(name="phrases-new", path="/console/phrases/0"),
    Scene(name="phrases-picture", path="/console/phrases/3", first=_pictures_a_phrase),
    Scene(name="drafts-empty", path="/console/knowledge/drafts", empty=True),
    Scene(name="supervisor", path="/console/supervisor"),
    Scene(name="supervisor-empty", path="/console/supervisor", empty=True),
    Scene(name="ratings", path="/console/ratings"),
    Scene(name="ratings-empty", path="/console/ratings", empty=True),
    Scene(name="failed", path="/console/failed"),
    Scene(name="failed-empty", path="/console/failed", empty=True),
    Scene(name="settings-channels", path="/console/settings/channels"),
    Scene(name="settings-channel", path="/console/settings/channels/site"),
    Scene(name="settings-new-window", path="/console/settings/new-window"),
    Scene(name="settings-new-webhook", path="/console/settings/new-webhook"),
    Scene(name="settings-waits", path="/console/settings/waits"),
    Scene(name="settings-groups", path="/console/settings/groups"),
    Scene(name="settings-routing", path="/console/settings/routing"),
    Scene(name="settings-agreement", path="/console/settings/agreement"),
    Scene(name="settings-alerts", path="/console/settings/alerts"),
    Scene(name="settings-shop", path="/console/settings/shop"),
    Scene(name="staff", path="/console/staff"),
    Scene(name="me", path="/console/me"),
    Scene(name="me-code", path="/console/me/code"),
    Scene(name="audit", path="/console/audit?verify"),
    Scene(name="console-try", path="/console/try"),
    Scene(name="not-there", path="/console/staff/0"),
    Scene(name="sign-in", path="/console/sign-in", at_the_door=True),
    Scene(name="sign-in-wrong", path="/console/sign-in", at_the_door=True, first=_signs_in_wrongly),
    Scene(name="invite-over", path="/console/invite/none", at_the_door=True),
    Scene(name="offline", path="/console/offline"),
    Scene(name="chat", path="/chat/site"),
    Scene(name="try", path="/try"),
)


def main(wanted: list[str]) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    asyncio.run(_shoot(wanted))
    sys.stdout.write(f"{len(list(FOLDER.iterdir()))} pictures in {FOLDER}\n")


async def _shoot(wanted: list[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for empty in (False, True):
            scenes = [each for each in SCENES if each.empty == empty and (not wanted or each.name in wanted)]
            async with _shop(empty=empty) as (bot, person):
                await _shoot_all(browser, bot, person, scenes)
        await browser.close()


async def _shoot_all(browser: Browser, bot: RealBot, person: Person, scenes: list[Scene]) -> None:
    for scene, size, theme, lang in itertools.product(scenes, SIZES, ("light", "dark"), ("zh", "en")):
        width, height = SIZES[size]
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]  # one of its two words
            has_touch=size == "phone",
            reduced_motion="reduce",
        )
        cookies = {TRY_COOKIE: TRY_TOKEN} | ({} if scene.at_the_door else {COOKIE: person.token})
        await context.add_cookies([{"name": name, "value": value, "url": bot.url} for name, value in cookies.items()])
        page = await context.new_page()
        await page.goto(f"{bot.url}{scene.path}{'&' if '?' in scene.path else '?'}lang={lang}")
        await page.wait_for_timeout(SETTLED_MS)
        if scene.first is not None:
            await scene.first(page)
            await page.wait_for_timeout(SETTLED_MS)
        await page.screenshot(path=FOLDER / f"{scene.name}-{size}-{theme}-{lang}.png", full_page=True)
        await context.close()


@asynccontextmanager
async def _shop(*, empty: bool) -> AsyncIterator[tuple[RealBot, Person]]:
    async def join(running: Running) -> Person:
        return await joins(running.database, "owner", clock=SystemClock(), name="小李")

    with tempfile.TemporaryDirectory() as folder:
        async with busy_shop(Path(folder), empty=empty) as shop:
            yield shop.bot, await shop.bot.inside(join)


if __name__ == "__main__":
    main(sys.argv[1:])
