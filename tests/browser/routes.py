"""Standing between a page that is open already and its server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Page, Route

TRIES = 200
WITHIN_SECONDS = 30
ASKS = "fetch('is-somebody-between', { cache: 'no-store' }).then((answer) => answer.text(), () => '')"


async def stand_between(
    page: Page, pattern: str, handle: Callable[[Route], object], *, times: int | None = None
) -> None:
    """Handle what the open page asks of these addresses from now on.

    The browser says so a moment before its page does: what the page asks at once may pass by. So the page is asked.
    """
    await page.route(pattern, handle, times=times)
    await page.route("**/is-somebody-between", lambda route: route.fulfill(body="yes"))
    for _ in range(TRIES):
        if await page.evaluate(ASKS) == "yes":
            return
    raise AssertionError(f"nobody stands between the page and {pattern}")


class Late:
    """What a page asks for and gets only once it is let through, or is `refused` then with this status."""

    def __init__(self, *, refused: int | None = None) -> None:
        self._refused = refused
        self._through = asyncio.Event()
        self._asked = asyncio.Event()

    async def __call__(self, route: Route) -> None:
        self._asked.set()
        await self._through.wait()
        await (route.continue_() if self._refused is None else route.fulfill(status=self._refused))

    async def is_asked_for(self) -> None:
        async with asyncio.timeout(WITHIN_SECONDS):
            await self._asked.wait()

    def let_through(self) -> None:
        self._through.set()
