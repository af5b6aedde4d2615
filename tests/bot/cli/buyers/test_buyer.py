from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from adapters.contract import Author, Inbound, Message, Text
from bot.domain.accounts.staff import Staff
from bot.storage import inbox
from bot.storage.desk import same_buyer
from bot.storage.engine.database import open_database
from bot.storage.inbox import Arrival
from tests.fakes import MORNING

if TYPE_CHECKING:
    from tests.bot.cli.conftest import Xiaoer


async def _writes(url: str, buyer: str, conversation: str) -> None:
    message = Message(author=Author(id=buyer), content=Text("包邮吗canary"))
    inbound = Inbound(external_id=f"m-{conversation}", conversation_id=conversation, event=message)
    async with open_database(url) as database:
        await database.write(inbox.store, [Arrival(channel="tea", inbound=inbound, received_at=MORNING)])


def test_a_buyer_is_taken_out_and_erased_with_a_proof_in_figures(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_writes(stocked, "b-9", "c-1"))
    kept = orjson.loads(xiaoer("buyer", "export", "tea", "b-9").stdout)
    assert kept["conversation"][0]["buyer"] == "b-9"
    assert "包邮吗canary" in str(kept["inbox"][0]["body"])

    result = xiaoer("buyer", "erase", "tea", "b-9", "--yes")

    assert result.exit_code == 0
    assert "      1  inbox\n" in result.stdout
    assert result.stdout.endswith("All that was kept of b-9 of tea is erased.\n")
    database = Path(stocked.removeprefix("sqlite:///"))
    assert b"canary" not in b"".join(each.read_bytes() for each in database.parent.glob("shop.db*"))
    again = xiaoer("buyer", "erase", "tea", "b-9", "--yes")
    assert (again.exit_code, again.stderr) == (1, "there is no buyer b-9 on the channel tea\n")


def test_nothing_is_erased_that_was_not_meant(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_writes(stocked, "b-9", "c-1"))
    assert xiaoer("buyer", "erase", "tea", "b-9").exit_code == 1
    assert xiaoer("buyer", "export", "tea", "b-9").exit_code == 0
    assert xiaoer("buyer", "export", "tea", "b-10").exit_code == 1


async def _are_one(url: str, *buyers: str) -> None:
    async with open_database(url) as database:
        who = Staff(id=1, name="小李", role="agent")
        one, other = (("tea", each) for each in buyers)
        joining = partial(same_buyer.joining, person="p", who=who, at=MORNING)
        await database.write(joining, one, other)
        await database.write(same_buyer.merge, one, other)


def test_whoever_is_said_to_be_the_same_buyer_is_asked_about_as_well(xiaoer: Xiaoer, stocked: str) -> None:
    for buyer, conversation in (("b-9", "c-1"), ("w-3", "c-2")):
        asyncio.run(_writes(stocked, buyer, conversation))
    asyncio.run(_are_one(stocked, "b-9", "w-3"))
    kept = orjson.loads(xiaoer("buyer", "export", "tea", "b-9", "--merged").stdout)
    assert [row["buyer"] for row in kept["conversation"]] == ["b-9", "w-3"]
    asked = xiaoer("buyer", "export", "tea", "b-9", answers="n\n")
    assert "w-3 of tea is said to be the same buyer. Take out what is kept of that one as well?" in asked.stderr
    assert "w-3" not in asked.stdout.replace("same_buyer", "")

    alone = xiaoer("buyer", "erase", "tea", "w-3", "--yes")
    assert "b-9 of tea, who is said to be the same buyer, is kept.\n" in alone.stderr
    asyncio.run(_writes(stocked, "w-3", "c-3"))
    asyncio.run(_are_one(stocked, "b-9", "w-3"))
    both = xiaoer("buyer", "erase", "tea", "b-9", answers="y\ny\n")
    assert both.stdout.endswith(
        "All that was kept of b-9 of tea is erased.\nAll that was kept of w-3 of tea is erased.\n"
    )
    assert xiaoer("buyer", "export", "tea", "w-3").exit_code == 1
