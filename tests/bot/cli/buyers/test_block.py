from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.contract import Author, Inbound, Message, Text
from bot.storage import inbox
from bot.storage.engine.database import open_database
from bot.storage.inbox import Arrival
from tests.fakes import MORNING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer


async def _writes(url: str, buyer: str, conversation: str) -> None:
    message = Message(author=Author(id=buyer), content=Text("包邮吗"))
    inbound = Inbound(external_id=f"m-{conversation}", conversation_id=conversation, event=message)
    async with open_database(url) as database:
        await database.write(inbox.store, [Arrival(channel="tea", inbound=inbound, received_at=MORNING)])


def test_a_buyer_is_blocked_in_all_his_conversations_and_let_in_again(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_writes(stocked, "b-9", "c-1"))
    assert xiaoer("block", "tea", "b-9").stdout == "b-9 is blocked in 1 conversation of tea.\n"
    asyncio.run(_writes(stocked, "b-9", "c-2"))
    result = xiaoer("block", "tea", "b-9", "--lift")
    assert (result.exit_code, result.stdout) == (0, "b-9 is answered again in 2 conversations of tea.\n")


def test_a_buyer_whom_nobody_knows_is_told_so(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_writes(stocked, "b-9", "c-1"))
    result = xiaoer("block", "tea", "b-10")
    assert result.exit_code == 1
    assert result.stderr == "there is no buyer b-10 on the channel tea; nothing was changed\n"
    lifted = xiaoer("block", "tea", "b-9", "--lift")
    assert lifted.stderr == "there is no blocked buyer b-9 on the channel tea; nothing was changed\n"


def test_without_a_database_nobody_is_blocked_and_none_is_made(xiaoer: Xiaoer, tmp_path: Path) -> None:
    assert xiaoer("block", "tea", "b-9").exit_code == 1
    assert not (tmp_path / "var").exists()
