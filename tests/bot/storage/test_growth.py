"""A shop that has run for years: what is done every second must not read through all that was ever said."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from tests.shop import Shop

GROWING = "conversation|inbox|outbox|decision|invite|rating"
WHOLE = re.compile(rf"SCAN (?:{GROWING})(?! USING INDEX ix_(?:inbox_new|outbox_un|invite_due))")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_step_reads_a_whole_table(shop: Shop, database_url: str) -> None:
    said: list[str] = []

    def overhear(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(said.append)

    await shop.bot.database.write(overhear)
    await shop.buyer_says("包邮吗")
    await shop.buyer_says("我要投诉你们")
    await shop.staff_says("您好,我来处理")
    await shop.closes()
    await shop.time_passes(minutes=20)
    await shop.buyer_says("很满意")
    await shop.buyer_says("今天能发货吗", buyer="另一位")
    await shop.time_passes(hours=3)
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as file:
        asked = {words for words in said if words.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "INSERT", "DELETE"}}
        plans = {words: [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {words}")] for words in asked}
    assert len(asked) > 30
    assert not {words: plan for words, plan in plans.items() if any(map(WHOLE.match, plan))}


def test_what_counts_as_reading_a_whole_table(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "any.db") as file:
        file.execute("CREATE TABLE outbox(id INTEGER PRIMARY KEY, state TEXT)")
        (row,) = file.execute("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state = 'queued'")
        assert WHOLE.match(row[3])
        file.execute("CREATE INDEX ix_outbox_unfinished ON outbox(id) WHERE state = 'queued'")
        (row,) = file.execute("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state = 'queued'")
        assert not WHOLE.match(row[3])
