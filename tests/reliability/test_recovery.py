from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.contract import Author, Inbound, Message, Reply, Text
from adapters.telegram.adapter import TelegramAdapter
from bot.actions.reception.guard_windows import guard_windows
from bot.domain.channels.channel import Channel
from bot.domain.delivering.outgoing import Outgoing
from bot.domain.desk.now import DeskNow
from bot.storage import conversations, inbox, outbox
from bot.storage.alerting import alert_queue
from bot.storage.engine.database import open_database
from bot.storage.inbox import Arrival
from bot.storage.outbox import SeenTo
from bot.storage.people.take_over import take_over
from knowledge.base import KnowledgeBase
from tests.fakes import MORNING, FakeClock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.planning.plan import Claimed
    from bot.storage.engine.database import Database

DEAD, NEXT = "dead node", "next node"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


async def write(database: Database, message: str) -> None:
    said = Message(author=Author(id="b-9"), content=Text("什么时候发货"))
    inbound = Inbound(external_id=message, conversation_id="c-77", event=said)
    await database.write(inbox.store, [Arrival(channel="shop", inbound=inbound, received_at=MORNING)])


async def claim(database: Database, node: str) -> list[Claimed]:
    return (await database.write(conversations.claim_unread, node=node, now=MORNING, limit=10))[0]


async def take(database: Database, node: str) -> list[str]:
    taken = await database.write(outbox.take, node=node, now=MORNING, slots={"shop": 10})
    return [row.outbound.reply_id for row in taken]


async def put_reply_on_the_wire(database: Database) -> None:
    """A node answers the first message and dies before it hears what became of the reply; its lease ends."""
    await write(database, "m-1")
    [claimed] = await claim(database, DEAD)
    reply = Reply(kind="answer", text="下单后48小时内发货。", in_reply_to=("m-1",))
    row = Outgoing(conversation=claimed.conversation, content=reply, key="r-1", at=MORNING)
    await database.write(outbox.insert, [row])
    await database.write(inbox.settle, [claimed.unread[0].id], "done")
    assert await take(database, DEAD) == ["r-1"]


async def test_a_dead_nodes_reply_is_seen_to_before_its_conversation_is_claimed(database: Database) -> None:
    await put_reply_on_the_wire(database)
    await database.write(conversations.release_all, node=DEAD)
    await write(database, "m-2")  # at once, before anything has looked after the reply
    assert await claim(database, NEXT) == []
    assert (await database.write(outbox.recover, now=MORNING, same_key=["shop"])) == SeenTo(rows=1)
    assert len(await claim(database, NEXT)) == 1
    assert await take(database, NEXT) == ["r-1"]


async def test_a_conversation_is_not_let_go_while_its_reply_is_on_the_wire(database: Database) -> None:
    await put_reply_on_the_wire(database)
    await write(database, "m-2")
    [claimed] = await claim(database, DEAD)
    await database.write(conversations.release, [claimed.conversation.id], node=DEAD)
    assert (await database.write(outbox.recover, now=MORNING, same_key=["shop"])) == SeenTo(rows=0)
    assert await claim(database, NEXT) == []


async def test_what_nobody_can_send_twice_is_unknown_once_its_sender_is_gone(database: Database) -> None:
    await put_reply_on_the_wire(database)
    await database.write(conversations.release_all, node=DEAD)
    lost = await database.write(outbox.recover, now=MORNING, same_key=[])
    assert [(each.channel, each.words) for each in lost.tell] == [("shop", "下单后48小时内发货。")]
    assert (await database.read(outbox.count_states))[2] == 1
    assert await take(database, NEXT) == []


async def test_what_was_on_the_wire_when_a_person_took_over_is_unknown_although_it_could_be_sent_twice(
    database: Database,
) -> None:
    await put_reply_on_the_wire(database)
    await database.write(take_over, [1], at=MORNING)
    await database.write(conversations.release_all, node=DEAD)
    await database.write(outbox.recover, now=MORNING, same_key=["shop"])
    assert (await database.read(outbox.count_states))[2] == 1
    assert await take(database, NEXT) == []


async def test_a_person_is_called_and_told_of_it(database: Database) -> None:
    await put_reply_on_the_wire(database)
    await database.write(conversations.release_all, node=DEAD)
    telegram = TelegramAdapter.configure(channel="shop", settings={"token": "1:example", "secret_token": "hush"})
    desk = DeskNow(channels={"shop": Channel(name="shop", platform="telegram", adapter=telegram)})
    knowledge = KnowledgeBase.build(revision=1, manual=small_manual())
    for _ in range(2):
        await guard_windows(database=database, knowledge=knowledge, desk=desk, clock=FakeClock())
    talk = await database.read(conversations.read_one, 1)
    assert talk is not None
    assert talk.mode == "waiting"
    await database.write(alert_queue.route, {"desk": ("unknown_send",)})
    [told] = await database.read(alert_queue.waiting, peer="desk", now=MORNING, most=9) or []
    assert (told.alert.event, told.alert.words) == ("unknown_send", "下单后48小时内发货。")
