"""The queue, page by page, is the whole queue."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from bot.domain.accounts.staff import Staff
from bot.storage.desk import queue, tally
from bot.storage.desk.views import Asking
from bot.storage.engine.database import open_database
from bot.storage.tables.desk import same_buyer
from bot.storage.tables.messages import conversation
from tests.databases import on_sqlite
from tests.fakes import MORNING

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bot.domain.desk.conversations import View
    from bot.storage.engine.database import Database

LAST_WORDS = (5, None, 3, 3, 9, None, 3, 1, 7, None)
"""When each buyer spoke last, in minutes; some never did. Of the same moment the newer conversation comes first."""
WHO = {
    "everybody": Staff(id=1, name="店主", role="owner"),
    "of the one channel": Staff(id=2, name="小李", role="agent", channels=frozenset({"tea"})),
}


def _talks(connection: Connection, mode: str) -> None:
    connection.execute(
        insert(conversation),
        [
            {
                "id": number,
                "channel": "try" if number == 3 else "coffee" if number % 4 == 0 else "tea",
                "external_id": f"c-{number}",
                "buyer": f"b-{number}",
                "mode": mode,
                "memory": b"",
                "created_at": MORNING + timedelta(minutes=0.5 * number),
                "last_buyer_at": None if at is None else MORNING + timedelta(minutes=at),
            }
            for number, at in enumerate(LAST_WORDS, 1)
        ],
    )


def _expected(who: Staff) -> list[int]:
    words = {number: 0.5 * number if at is None else at for number, at in enumerate(LAST_WORDS, 1) if number != 3}
    seen = [number for number in words if who.channels is None or number % 4]
    return sorted(seen, key=lambda number: (-words[number], -number))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("mode", "view"), [("closed", "closed"), ("human", "all"), ("bot", "bot")])
async def test_page_by_page_everybody_comes_once_and_in_order(
    database_url: str, mode: str, view: View, who: str
) -> None:
    async with open_database(database_url) as database:
        await database.write(_talks, mode)
        for most in (1, 2, 3, 50):
            assert await _all_of(database, Asking(who=WHO[who]), view, most) == _expected(WHO[who]), most


MERGED = {"one": (1, 4), "another": (5, 8, 9)}
"""Who is the same buyer: conversations of both channels."""


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("mode", "view"), [("closed", "closed"), ("human", "all"), ("bot", "bot")])
async def test_whoever_is_the_same_on_two_channels_comes_once_and_counts_once(
    database_url: str, mode: str, view: View, who: str
) -> None:
    asking, alone = Asking(who=WHO[who]), {number: name for name, merged in MERGED.items() for number in merged}
    expected: list[int] = []
    for number in _expected(asking.who):
        if alone.get(number) not in {alone.get(each, each) for each in expected}:
            expected.append(number)
    async with open_database(database_url) as database:
        await database.write(_talks, mode)
        await database.write(_merge)
        for most in (1, 3, 50):
            assert await _all_of(database, asking, view, most) == expected, most
        counts = (await database.read(tally.read, now=MORNING)).counts(asking)
        assert view == "closed" or counts.by_view[view] == len(expected)


async def _all_of(database: Database, asking: Asking, view: View, most: int) -> list[int]:
    seen, after = [], ""
    while True:
        page = await database.read(queue.read_page, asking, view, now=MORNING, after=after, most=most)
        seen += [item.conversation_id for item in page.items]
        if not (after := page.after):
            return seen


def _merge(connection: Connection) -> None:
    by = {"staff_id": 1, "staff_name": "店主", "at": MORNING}
    rows = [
        {"channel": "tea" if number % 4 else "coffee", "buyer": f"b-{number}", "person": name} | by
        for name, merged in MERGED.items()
        for number in merged
    ]
    connection.execute(insert(same_buyer), rows)


@on_sqlite
async def test_what_is_over_costs_the_same_however_much_of_it_there_is(database_url: str) -> None:
    costs = []
    async with open_database(database_url) as database:
        for first, upto in ((1, 500), (501, 5_000)):
            await database.write(_closed, range(first, upto + 1))
            costs.append(await database.read(_steps_of_a_page))
    assert costs[1] < 2 * costs[0], costs


def _closed(connection: Connection, numbers: range) -> None:
    words = {"channel": "tea", "mode": "closed", "memory": b"", "created_at": MORNING}
    rows = [
        {
            "id": number,
            "external_id": f"c-{number}",
            "buyer": f"b-{number}",
            "last_buyer_at": MORNING + timedelta(seconds=number),
        }
        for number in numbers
    ]
    connection.execute(insert(conversation), [words | row for row in rows])


def _steps_of_a_page(connection: Connection) -> int:
    """How many steps SQLite's machine makes for one, in hundreds."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    driver.set_progress_handler(step, 100)
    queue.read_page(connection, Asking(who=WHO["everybody"]), "closed", now=MORNING)
    driver.set_progress_handler(None, 100)
    return steps
