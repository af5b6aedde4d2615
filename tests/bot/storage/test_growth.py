"""A shop that has run for years: what is done every second must not read through all that was ever said."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

from bot.actions.beside.merge_buyers import merge_buyers, split_buyers
from bot.actions.erase_buyer import erase_buyer
from bot.domain.desk.conversations import NotPossible
from tests.databases import on_sqlite
from tests.desk import colleague
from tests.shop import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from tests.shop import Shop

GROWING = "conversation|inbox|outbox|decision|invite|rating"
WHOLE = re.compile(rf"SCAN (?:{GROWING})(?! USING INDEX ix_(?:inbox_new|outbox_un|outbox_deadline|invite_due))")

SAME = "SCAN same_buyer"


@on_sqlite
async def test_no_step_reads_a_whole_table(shop: Shop, database_url: str) -> None:
    said = await _overheard(shop)
    await shop.buyer_says("包邮吗")
    await shop.buyer_says("我要投诉你们")
    await shop.staff_says("您好,我来处理")
    await shop.closes()
    await shop.time_passes(minutes=20)
    await shop.buyer_says("很满意")
    await shop.buyer_says("今天能发货吗", buyer="另一位")
    await shop.time_passes(hours=3)
    plans = _plans(database_url, said)
    assert len(plans) > 30
    assert not {words: plan for words, plan in plans.items() if any(map(WHOLE.match, plan))}


@on_sqlite
async def test_who_is_the_same_buyer_as_one_is_asked_about_that_one_alone(shop: Shop, database_url: str) -> None:
    li = await colleague(shop, "小李")
    buyers = [f"buyer-{number}" for number in range(8)]
    for each in buyers:
        await shop.buyer_says("在吗", each)
    others = [await li.number(each) for each in buyers[1:]]
    said = await _overheard(shop)
    whose: dict[str, Any] = {"clicks": li.clicks, "who": li.staff}
    merged = [await merge_buyers(**whose, click=await li.click(buyers[0]), other_id=each) for each in others]
    assert merged[5:] == [NotPossible(reason="too_many_merged")] * 2
    await split_buyers(**whose, click=await li.click(buyers[0]), other_id=others[0])
    await erase_buyer(database=shop.bot.database, clock=shop.clock, channel=CHANNEL, buyer=buyers[2])
    assert len(await shop.rows("SELECT buyer FROM same_buyer")) == 4
    plans = _plans(database_url, said)
    assert any("same_buyer" in step for plan in plans.values() for step in plan)
    assert not {words: plan for words, plan in plans.items() if any(step.startswith(SAME) for step in plan)}


async def _overheard(shop: Shop) -> list[str]:
    """All that is written from now on."""
    said: list[str] = []

    def overhear(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(said.append)

    await shop.bot.database.write(overhear)
    return said


def _plans(database_url: str, said: Sequence[str]) -> dict[str, list[str]]:
    """How SQLite goes about each statement."""
    asked = {words for words in said if words.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "INSERT", "DELETE"}}
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as file:
        return {words: [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {words}")] for words in asked}


def test_what_counts_as_reading_a_whole_table(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "any.db") as file:
        file.execute("CREATE TABLE outbox(id INTEGER PRIMARY KEY, state TEXT)")
        (row,) = file.execute("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state = 'queued'")
        assert WHOLE.match(row[3])
        file.execute("CREATE INDEX ix_outbox_unfinished ON outbox(id) WHERE state = 'queued'")
        (row,) = file.execute("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state = 'queued'")
        assert not WHOLE.match(row[3])
