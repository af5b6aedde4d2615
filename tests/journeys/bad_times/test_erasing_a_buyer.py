"""A buyer asks what the shop keeps of them, and to be forgotten: nothing of it is left, not even in the raw file."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.actions.erase_buyer import erase_buyer
from bot.actions.export_buyer import export_buyer
from bot.storage.accounts import audit
from bot.storage.buyers import OF_BUYER, OF_CONVERSATION, STAYS, write_file_anew
from bot.storage.engine.presence import file_of
from bot.storage.people import receptions
from bot.storage.tables import metadata
from tests.desk import colleague

if TYPE_CHECKING:
    from tests.shop import Shop

ZHANG, WANG = "zhang-canary-7", "wang-other-8"
WORDS = "quokkacanary什么时候发货"
COMMENT = "commentcanary"
NAMES_A_BUYER = {"conversation_id", "conversation", "buyer"}
HEARD = "SELECT count(*) FROM inbox JOIN conversation c ON c.id = conversation_id WHERE buyer = :buyer"
BESIDE = {
    "note": "(conversation_id, staff_id, staff_name, text, at) SELECT id, 1, '小李', :words, created_at",
    "draft": "(conversation_id, staff_id, text, at) SELECT id, 1, :words, created_at",
    "buyer_tag": "(channel, buyer, tag, staff_id, at) SELECT channel, buyer, :words, 1, created_at",
    "contact": "(channel, buyer, kind, value, at) SELECT channel, buyer, 'email', :words, created_at",
    "media": "(name, channel, conversation, mime, width, height, body, at)"
    " SELECT :words, channel, external_id, 'image/png', 1, 1, memory, created_at",
}
"""What people keep beside a conversation."""


def _raw(url: str) -> bytes:
    path = file_of(url)
    assert path is not None
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


async def _talks(shop: Shop, buyer: str, words: str, comment: str) -> None:
    await shop.buyer_says(words, buyer)
    await (await colleague(shop, f"for {buyer[:4]}")).answers(f"您好 {words}", buyer=buyer)
    await shop.closes(buyer)
    await shop.time_passes(minutes=30)
    await shop.buyer_rates(2, buyer, comment)
    await shop.time_passes(minutes=1)


async def test_a_buyer_is_taken_out_then_erased_and_nobody_else(shop: Shop) -> None:
    await _talks(shop, ZHANG, WORDS, COMMENT)
    await _talks(shop, WANG, "wombatother什么时候发货", "otherscomment")
    for table, values in BESIDE.items():
        adding = f"INSERT INTO {table} {values} FROM conversation WHERE buyer = :buyer"
        await shop.change(adding, words=f"{table}canary", buyer=ZHANG)
    channel = (await shop.rows("SELECT channel FROM conversation WHERE buyer = :buyer", buyer=ZHANG))[0][0]
    whose: dict[str, Any] = {"database": shop.bot.database, "clock": shop.clock, "channel": channel, "buyer": ZHANG}
    others = await shop.rows(HEARD, buyer=WANG)

    kept = await export_buyer(**whose)
    assert WORDS in b"".join(row["body"] for row in kept["inbox"]).decode()
    assert [row["comment"] for row in kept["rating"]] == [COMMENT]
    if file_of(shop.url) is not None:
        assert all(each.encode() in _raw(shop.url) for each in (ZHANG, "quokkacanary", COMMENT))
    gone = await erase_buyer(**whose)

    assert gone["conversation"] == 1
    assert {name: gone[name] for name in ("inbox", "outbox", "decision")} == {
        name: len(kept[name]) for name in ("inbox", "outbox", "decision")
    }
    assert gone["inbox"] > 0
    assert gone["rating"] == 1
    assert {name: gone[name] for name in BESIDE} == dict.fromkeys(BESIDE, 1)
    assert await erase_buyer(**whose) == {}
    assert await shop.rows("SELECT score, comment FROM rating ORDER BY conversation_id") == [
        (2, ""),
        (2, "otherscomment"),
    ]
    assert others == await shop.rows(HEARD, buyer=WANG)
    logged = [each.entry for each in await shop.bot.database.read(audit.newest, most=2)]
    assert [each.action for each in logged] == ["buyer.erased", "buyer.exported"]
    assert ZHANG not in str(logged)

    if file_of(shop.url) is not None:
        assert await asyncio.to_thread(write_file_anew, shop.url)
        raw, beside = _raw(shop.url), [f"{table}canary" for table in BESIDE]
        assert [each for each in (ZHANG, "quokkacanary", COMMENT, *beside) if each.encode() in raw] == []
        assert [each for each in (WANG, "wombatother", "otherscomment") if each.encode() not in raw] == []

    await shop.buyer_says("什么时候发货", ZHANG)
    assert (await shop.rows("SELECT count(*) FROM conversation WHERE buyer = :b", b=ZHANG)) == [(1,)], "they begin anew"


async def test_nobody_has_a_buyer_any_more_who_was_erased(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工", ZHANG)
    await li.takes_over(ZHANG)
    ((channel, number),) = await shop.rows("SELECT channel, id FROM conversation WHERE buyer = :buyer", buyer=ZHANG)
    await erase_buyer(database=shop.bot.database, clock=shop.clock, channel=channel, buyer=ZHANG)
    kept = await shop.bot.database.read(receptions.read_of, number)
    assert [(each.staff_name, each.ended_how, each.owed_at_end is not None) for each in kept] == [
        ("小李", "closed", True)
    ]
    assert await shop.rows("SELECT assignee_id FROM desk") == [(None,)]


def test_every_table_about_a_buyer_is_erased_or_said_to_stay() -> None:
    """A new one is given its place in `bot/storage/buyers.py`; what hangs below it goes with it."""
    tables = metadata.tables.values()
    about = {table.name for table in tables if NAMES_A_BUYER & set(table.columns.keys())} | {"conversation"}
    placed = {table.name for table in (*OF_CONVERSATION, *OF_BUYER, *STAYS)}
    assert about == placed | {"conversation", "alert", "media", "rating"}, "these four have ways of their own"
    below = [key for table in tables if table.name not in about for key in table.foreign_keys]
    stays = {key.parent.table.name for key in below if key.column.table.name in about and key.ondelete != "CASCADE"}
    assert stays == {"alert_delivery"}, "which goes with its alert"
