"""Channels of the console as they lie in the database: their secrets above all."""

from __future__ import annotations

import base64
import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.domain.channels.made import MadeChannel
from bot.seal import Seal
from bot.storage.channels import made
from bot.storage.engine.database import open_database
from tests.databases import on_sqlite
from tests.fakes import MORNING, SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.storage.channels.made import Kept
    from bot.storage.engine.database import Database

pytestmark = on_sqlite
KEY, OTHER_KEY = (Seal.read(base64.b64encode(letter * 32).decode()) for letter in (b"a", b"b"))
TEA = MadeChannel(name="tea", platform="webhook", settings={"reply_url": "https://shop.example/r?k=1"}, secret=SECRET)


@pytest.fixture
async def database(stocked_file: object, database_url: str) -> AsyncIterator[Database]:
    del stocked_file
    async with open_database(database_url) as opened:
        yield opened


async def _kept(database: Database) -> Kept:
    (kept,) = await database.read(made.read_all)
    return kept


async def _add(database: Database, channel: MadeChannel = TEA, seal: Seal | None = KEY) -> bool:
    return await database.write(made.add, channel, seal=seal, staff_id=1, at=MORNING)


async def test_with_a_key_neither_secret_nor_address_can_be_read_in_the_database(database: Database) -> None:
    await _add(database)
    kept = await _kept(database)
    assert SECRET.encode() not in kept.body
    assert b"shop.example" not in kept.body
    assert made.unpacked(kept, KEY) == TEA
    assert made.unpacked(kept, OTHER_KEY) is None
    assert made.unpacked(kept, None) is None


async def test_what_lay_there_before_there_was_a_key_is_encrypted_with_it(database: Database) -> None:
    await _add(database, seal=None)
    assert SECRET.encode() in (await _kept(database)).body
    await database.write(made.seal_all, KEY)
    kept = await _kept(database)
    assert SECRET.encode() not in kept.body
    assert made.unpacked(kept, KEY) == TEA


async def test_a_name_is_taken_until_its_channel_is_removed_and_nothing_is_left_of_that_one(database: Database) -> None:
    assert await _add(database)
    assert not await _add(database)
    assert await database.write(made.remove, "tea", seen=1, staff_id=1, at=MORNING)
    assert (await _kept(database)).body == b""
    assert await database.read(made.find, "tea") is None

    assert await _add(database, dataclasses.replace(TEA, platform="web", secret=""))
    assert (await _kept(database)).version == 3, "a form that was made for the former one must not fit"


async def test_whoever_comes_second_changes_nothing(database: Database) -> None:
    await _add(database)
    off = dataclasses.replace(TEA, state="off")
    assert await database.write(made.change, off, seal=KEY, staff_id=1, at=MORNING)
    assert not await database.write(made.change, off, seal=KEY, staff_id=1, at=MORNING)
    assert not await database.write(made.remove, "tea", seen=1, staff_id=1, at=MORNING)
    assert (await _kept(database)).state == "off"
