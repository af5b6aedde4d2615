"""What was kept for long enough is erased in small steps, and nothing that is still needed goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.storage import erasing
from bot.storage.engine.database import open_database
from tests.shop import accepted

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from sqlalchemy.engine import Connection

    from tests.conftest import OpenShop
    from tests.shop import Shop

COURIER = "默认发中通。"


async def _kept(shop: Shop) -> dict[str, int]:
    tables = ("inbox", "outbox", "decision", "conversation", "invite", "rating")
    return {each: (await shop.rows(f"SELECT count(*) FROM {each}"))[0][0] for each in tables}  # noqa: S608 - ours


async def test_raw_bodies_go_first_then_reasons_then_what_was_said(shop: Shop) -> None:
    await shop.buyer_says("发什么快递")
    await shop.closes()
    await shop.time_passes(days=6)
    assert await shop.rows("SELECT count(*) FROM inbox WHERE length(raw) > 0") == [(2,)]
    await shop.time_passes(days=2)
    assert await shop.rows("SELECT count(*) FROM inbox WHERE length(raw) > 0") == [(0,)]
    assert (await _kept(shop))["decision"] == 1
    await shop.time_passes(days=90)
    assert (await _kept(shop))["decision"] == 0
    assert (await _kept(shop))["inbox"] == 2
    await shop.time_passes(days=300)
    await shop.time_passes(seconds=1)  # what the messages belonged to goes once they are gone
    assert set((await _kept(shop)).values()) == {0}


async def test_what_was_done_for_buyers_who_waited_goes_with_the_reasons(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    tables = ("rung", "desk_event", "bot_draft")
    await shop.buyer_says("发什么快递")
    await shop.time_passes(minutes=5)
    await shop.staff_says("中通")
    counts = [(await shop.rows(f"SELECT count(*) FROM {each}"))[0][0] for each in tables]  # noqa: S608 - ours
    assert all(counts)
    await shop.time_passes(days=31)
    left = [(await shop.rows(f"SELECT count(*) FROM {each}"))[0][0] for each in tables]  # noqa: S608 - ours
    assert left == [0, 0, 0]


async def test_what_waits_and_what_counts_stays(open_shop: OpenShop) -> None:
    shop = await open_shop(invites={"delay_minutes": 0})
    await shop.buyer_says("发什么快递", buyer="rated")
    await shop.closes("rated")
    await shop.time_passes(seconds=1)
    await shop.buyer_says("5", buyer="rated")
    await shop.buyer_says("发什么快递", buyer="blocked")
    await shop.change("UPDATE conversation SET blocked_at = 1 WHERE external_id = 'c-blocked'")
    await shop.buyer_says("发什么快递", buyer="poisoned")
    await shop.change("UPDATE inbox SET state = 'poison' WHERE external_id IN (SELECT max(external_id) FROM inbox)")
    await shop.time_passes(days=400)
    await shop.time_passes(seconds=1)
    assert [row.score for row in await shop.rows("SELECT score FROM rating")] == [5]
    assert await shop.rows("SELECT state FROM inbox") == [("poison",)]
    left = {row.external_id for row in await shop.rows("SELECT external_id FROM conversation")}
    assert {"c-rated", "c-blocked"} <= left


async def test_who_comes_back_after_all_is_erased_is_answered_and_greeted_anew(shop: Shop) -> None:
    await shop.buyer_says("发什么快递", message_id="m-1")
    await shop.time_passes(hours=1)
    await shop.time_passes(minutes=10)
    await shop.time_passes(days=400)
    await shop.time_passes(seconds=1)
    assert (await _kept(shop))["conversation"] == 0
    assert await shop.buyer_says("发什么快递", message_id="m-2") == [shop.welcome, COURIER]


async def test_space_goes_back_to_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    async with open_database(f"sqlite:///{path}") as database:
        await database.write(_do, "CREATE TABLE note (words TEXT)")
        for _ in range(20):
            await database.write(_do, "INSERT INTO note VALUES (hex(zeroblob(50000)))")
        before = await database.read(_pages)
        await database.write(_do, "DELETE FROM note")
        while (left := await database.read(_pages)) > before / 10:
            await database.write(erasing.give_back_space)
            assert await database.read(_pages) < left


def _do(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _pages(connection: Connection) -> int:
    return int(connection.execute(text("PRAGMA page_count")).scalar_one())


async def test_a_second_delivery_within_the_month_is_a_duplicate(open_shop: OpenShop) -> None:
    shop = await open_shop(retention={"messages_days": 30})
    await shop.buyer_says("发什么快递", message_id="m-1")
    heard = len(shop.buyer_heard)
    await shop.time_passes(days=29)
    assert (await shop.delivers("发什么快递", message_id="m-1")).status == 200
    await shop.settles()
    assert len(shop.buyer_heard) == heard


async def test_many_are_erased_a_page_at_a_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "PAGE", 2)
    for number in range(5):
        accepted(await shop.delivers("发什么快递", buyer=f"b-{number}"))
    await shop.settles()
    await shop.time_passes(hours=1)
    await shop.time_passes(minutes=10)
    await shop.time_passes(days=400)
    await shop.time_passes(seconds=1)
    assert (await _kept(shop))["inbox"] == 0
    assert (await _kept(shop))["conversation"] == 0
