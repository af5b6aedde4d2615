"""Standing between a page that is open already and its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Page, Route

TRIES = 200
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
