"""People who guess at names and passwords, and those whose names they guess at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.engine.database import open_database
from tests.bot.web.people.conftest import OTHER, on_sqlite
from tests.console import PASSWORD, console_of

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from tests.console import People
    from tests.fakes import FakeClock


async def test_guessing_is_slowed_down_and_the_right_person_still_comes_in(shop: People, clock: FakeClock) -> None:
    own = await shop.agent("小李")
    guesser = await shop.browser()

    tries = [await guesser.signs_in("小李", f"{OTHER} {number}") for number in range(8)]
    assert [each.status for each in tries] == [422] * 5 + [429] * 3
    assert (await guesser.signs_in("小李", PASSWORD)).status == 429, "not looked at before its time"

    assert (await own.signs_in("小李", PASSWORD)).address == "/console/me", "a browser that is known"
    clock.advance(minutes=1)
    assert (await guesser.signs_in("小李", PASSWORD)).address == "/console/me"


@on_sqlite
async def test_guessing_at_names_that_nobody_has_is_slowed_down_alike(shop: People) -> None:
    await shop.agent("小李")
    guesser = await shop.browser()

    tries = [await guesser.signs_in("没有这个人", f"{OTHER} {number}") for number in range(7)]

    assert [each.status for each in tries] == [422] * 5 + [429] * 2


@on_sqlite
async def test_one_address_that_tries_many_names_is_slowed_down(shop: People) -> None:
    await shop.agent("小李")
    guesser = await shop.browser()

    tries = [await guesser.signs_in(f"name {number}", OTHER) for number in range(32)]

    assert [each.status for each in tries] == [422] * 30 + [429] * 2


async def test_two_nodes_count_tries_together(
    shop: People, database_url: str, clock: FakeClock, stack: AsyncExitStack
) -> None:
    await shop.agent("小李")
    database = await stack.enter_async_context(open_database(database_url))
    other_node = await stack.enter_async_context(console_of(database, clock, database_url))
    here, there = await shop.browser(), await stack.enter_async_context(other_node.visitor())

    tries = [await each.signs_in("小李", f"{OTHER} {number}") for number in range(4) for each in (here, there)]

    assert [each.status for each in tries] == [422] * 5 + [429] * 3
