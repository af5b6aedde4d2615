"""What may be wrong with a page whatever it shows: what keeps people out of it, and what is pushed off its side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.async_playwright import Axe

if TYPE_CHECKING:
    from playwright.async_api import Page

LOOKS = ("light zh 1440", "dark en 1440", "dark zh 390", "light en 390")
"""Theme, language and width of a page: each pair of them once."""
GRAVE = {"serious", "critical"}
OFF_THE_SIDE = """
[document.documentElement, ...document.querySelectorAll(".table-frame")]
  .filter((each) => each.scrollWidth > each.clientWidth)
  .map((each) => each.getAttribute("aria-label") || "the page")
"""


async def grave_faults(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = (await Axe().run(page, options={"resultTypes": ["violations"]})).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found if each["impact"] in GRAVE]


async def off_the_side(page: Page) -> list[str]:
    """The tables of which one has to push something in from the side, and the page, if it is one itself."""
    found: list[str] = await page.evaluate(OFF_THE_SIDE)
    return found
