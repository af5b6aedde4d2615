from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from adapters.contract import Author, Message, Text
from bot.domain.planning.head import CHARACTERS_AT_ONCE, QUICK_CHARACTERS
from bot.storage.engine.database import open_database
from knowledge.base import KnowledgeBase
from tests.reliability.interleaving import World, rows_of
from tests.shop import accepted
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shop import Shop

LONG = "什么时候发货呀" * (QUICK_CHARACTERS // 7 + 1)


async def test_a_buyer_of_a_channel_that_is_gone_is_remembered_and_nothing_is_sent(shop: Shop) -> None:
    gone = await shop.has_another_channel("gone")
    await shop.restarts()
    accepted(await gone.buyer_says("什么时候发货", conversation="c-1"))
    await shop.settles()
    await shop.change("UPDATE inbox SET state = 'new'")
    shop.gives_up_channel("gone")
    await shop.stops()
    await shop.opens()
    await shop.time_passes(seconds=1)
    assert len(gone.heard()) == 2
    assert await shop.rows("SELECT state FROM inbox") == [("done",)]


async def test_a_closing_and_a_message_in_one_round_are_taken_in_order(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.stops()
    await shop.opens()
    accepted(await shop.platform.close(conversation="c-小王"))
    accepted(await shop.delivers("发什么快递"))
    accepted(await shop.platform.close(conversation="c-小王"))
    await shop.settles()
    assert shop.buyer_heard[-1] == "默认发中通。"
    assert await shop.rows("SELECT mode, episode FROM conversation") == [("closed", 2)]


async def test_nobody_waits_on_the_try_out_page_where_nobody_can_come(shop: Shop) -> None:
    await shop.buyer_says("人工")
    posted = {"message_id": "m-1", "visitor": "v" * 32, "text": "人工"}
    assert await shop.posts("/chat/try/messages", posted) == 202
    await shop.settles()
    said = await shop.rows("SELECT text FROM outbox WHERE channel = 'try' ORDER BY id")
    assert said[-1].text == shop.say("no-desk")
    assert len(shop.desk_heard) == 1


async def test_who_takes_long_to_read_keeps_nobody_waiting(stocked_file: Path, tmp_path: Path) -> None:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as database:
        world = World(database=database, manuals=[KnowledgeBase.build(revision=1, manual=small_manual())])
        await _says(world, "long", LONG)
        await _says(world, "quick", "发什么快递")
        await world.decide(database)
        assert await _decided(world) == ["quick", "long"]


async def test_the_slow_lane_rests_as_long_as_it_was_at_work(stocked_file: Path, tmp_path: Path) -> None:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as database:
        world = World(database=database, manuals=[KnowledgeBase.build(revision=1, manual=small_manual())])
        with world.slow_lane.at_work():
            await _says(world, "quick", "发什么快递")
            world.clock.advance(seconds=0.2)
        await _says(world, "long", LONG)
        await world.decide(database)
        assert await _decided(world) == ["quick"]
        world.clock.advance(seconds=0.15)
        await world.decide(database)
        assert await _decided(world) == ["quick"]
        world.clock.advance(seconds=0.05)
        await world.decide(database)
        assert await _decided(world) == ["quick", "long"]


async def test_the_slow_lane_goes_on_at_once_where_nobody_has_come(stocked_file: Path, tmp_path: Path) -> None:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as database:
        world = World(database=database, manuals=[KnowledgeBase.build(revision=1, manual=small_manual())])
        await _says(world, "long", LONG)
        with world.slow_lane.at_work():
            world.clock.advance(seconds=0.2)
        await world.decide(database)
        assert await _decided(world) == ["long"]


async def test_who_has_written_very_much_is_read_in_portions(stocked_file: Path, tmp_path: Path) -> None:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as database:
        world = World(database=database, manuals=[KnowledgeBase.build(revision=1, manual=small_manual())])
        fifth = CHARACTERS_AT_ONCE // 5
        for number, length in enumerate((*[fifth] * 6, 4_000, 4_000, fifth, 3, 4_000, 4_000, 4_000)):
            await _says(world, "much", "哈" * length, message_id=f"m-{number}")
        await world.decide(database)
        first = "SELECT external_id FROM inbox WHERE id IN (SELECT first_inbox_id FROM decision) ORDER BY id"
        assert [row[0] for row in await database.read(rows_of, first)] == ["m-0", "m-5", "m-8", "m-12"]
        assert not await database.read(rows_of, "SELECT id FROM inbox WHERE state = 'new'")


async def _says(world: World, conversation: str, words: str, message_id: str = "") -> None:
    message = Message(author=Author(id=conversation), content=Text(words))
    await world.arrives(message_id or f"m-{conversation}", message, conversation=conversation)


async def _decided(world: World) -> list[str]:
    query = "SELECT c.external_id FROM decision d JOIN conversation c ON c.id = d.conversation_id ORDER BY d.id"
    return [row[0] for row in await world.database.read(rows_of, query)]
