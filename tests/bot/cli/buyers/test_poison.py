from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.contract import Author, Inbound, Message, Text
from bot.storage import inbox
from bot.storage.engine.database import open_database
from bot.storage.inbox import Arrival
from bot.storage.people import poisoned
from tests.fakes import MORNING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer


async def _set_aside(url: str) -> None:
    message = Message(author=Author(id="b-9"), content=Text("包邮吗\n" * 20))
    async with open_database(url) as database:
        for number in (1, 2):
            inbound = Inbound(external_id=f"m-{number}", conversation_id="c-1", event=message)
            await database.write(inbox.store, [Arrival(channel="tea", inbound=inbound, received_at=MORNING)])
        await database.write(poisoned.set_aside, [1, 2], problem="KeyError at turn.py:7")


def test_what_is_set_aside_is_listed_and_tried_again(xiaoer: Xiaoer, stocked: str) -> None:
    asyncio.run(_set_aside(stocked))
    first, second = xiaoer("poison", "list").stdout.splitlines()
    assert first.startswith("1  2026-11-22 ")
    assert "  tea  b-9  KeyError at turn.py:7  包邮吗 包邮吗" in first
    assert second.startswith("2  ")
    assert xiaoer("poison", "retry", "2").stdout == "1 message is decided about again.\n"
    assert len(xiaoer("poison", "list").stdout.splitlines()) == 1
    asyncio.run(_set_aside_again(stocked))
    assert xiaoer("poison", "retry").stdout == "2 messages are decided about again.\n"
    assert xiaoer("poison", "list").stdout == "No message is set aside.\n"


async def _set_aside_again(url: str) -> None:
    async with open_database(url) as database:
        await database.write(poisoned.set_aside, [2], problem="")


def test_what_is_not_set_aside_cannot_be_tried_again(xiaoer: Xiaoer, stocked: str) -> None:
    del stocked
    result = xiaoer("poison", "retry", "7")
    assert result.exit_code == 1
    assert result.stderr == "no such message is set aside; `xiaoer poison list` shows those that are\n"


def test_without_a_database_nothing_is_set_aside_and_none_is_made(xiaoer: Xiaoer, tmp_path: Path) -> None:
    assert xiaoer("poison", "list").stdout == "No message is set aside.\n"
    assert xiaoer("poison", "retry").exit_code == 1
    assert not (tmp_path / "var").exists()
