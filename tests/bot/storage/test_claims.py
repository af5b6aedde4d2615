"""Claims, fences and takeovers, step by step: what two nodes and a person may do between a claim and its write."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from adapters.contract import Author, ConversationClosed, Inbound, Message, Reply, Text
from bot.dialogue.acts import Decision, Situation, StayQuiet, Why
from bot.dialogue.state import Memory
from bot.domain.delivering.outgoing import Outgoing
from bot.domain.planning.plan import Decided, Plan, Unread, heard_of
from bot.storage import conversations, decisions, inbox, outbox
from bot.storage.conversations import UNREAD_AT_ONCE
from bot.storage.engine.database import open_database
from bot.storage.engine.pulse import beat
from bot.storage.inbox import Arrival
from bot.storage.people import poisoned
from bot.storage.people.take_over import take_over
from knowledge.reasons.reason import because
from tests.fakes import MORNING
from tests.talk import OPEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.engine import Connection

    from bot.domain.planning.plan import Claimed
    from bot.storage.engine.database import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        await opened.write(inbox.store, [_message("m-1"), _message("m-2")])
        yield opened


def _message(message_id: str, conversation: str = "c-1") -> Arrival:
    message = Message(author=Author(id="b-1"), content=Text("什么时候发货"))
    return Arrival(
        channel="tea",
        inbound=Inbound(external_id=message_id, conversation_id=conversation, event=message),
        received_at=MORNING,
    )


async def _claim(database: Database, node: str) -> list[Claimed]:
    claimed, _ = await database.write(conversations.claim_unread, node=node, now=MORNING, limit=10)
    return claimed


def _plan(claimed: Claimed) -> Plan:
    conversation = claimed.conversation
    memory = Memory(misses=1)
    why = Why(named={}, revision=1, local_time=MORNING, is_open=True)
    decision = Decision(act=StayQuiet(reason=because("nothing_asked")), bubbles=(), mode="bot", memory=memory, why=why)
    ids = tuple(row.id for row in claimed.unread)
    situation = Situation(conversation=conversation, shop=OPEN, inbox_ids=ids, refined=False)
    return Plan(
        conversation=conversation,
        becomes=dataclasses.replace(conversation, memory=memory, last_buyer_at=MORNING),
        inbox_ids=ids,
        decided=Decided(situation=situation, decision=decision, at=MORNING, title_of=str),
    )


def _states(connection: Connection) -> list[str]:
    return [row.state for row in connection.execute(text("SELECT state FROM inbox ORDER BY id"))]


async def test_a_claim_keeps_others_away_until_it_runs_out(database: Database) -> None:
    (claimed,) = await _claim(database, "here")
    assert [row.external_id for row in claimed.unread] == ["m-1", "m-2"]
    assert await _claim(database, "there") == []
    await database.write(_change, "UPDATE conversation SET lease_until_ms = 1")
    found, stolen = await database.write(conversations.claim_unread, node="there", now=MORNING, limit=10)
    assert (len(found), stolen) == (1, 1)


async def test_a_claim_lasts_as_long_as_it_is_meant_to(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "LEASE_MS", -1)
    assert await _claim(database, "here")
    assert await _claim(database, "there")


async def test_who_lost_his_claim_writes_nothing(database: Database) -> None:
    (claimed,) = await _claim(database, "here")
    await database.write(_change, "UPDATE conversation SET lease_until_ms = 1")
    await _claim(database, "there")
    assert await database.write(decisions.write, [_plan(claimed)], node="here", desk_revision=0) == []
    assert await database.read(_states) == ["new", "new"]


async def test_who_claimed_twice_writes_only_what_he_read_last(database: Database) -> None:
    (first,) = await _claim(database, "here")
    (second,) = await _claim(database, "here")
    assert await database.write(decisions.write, [_plan(first)], node="here", desk_revision=0) == []
    assert len(await database.write(decisions.write, [_plan(second)], node="here", desk_revision=0)) == 1
    assert await database.read(_states) == ["done", "done"]


async def test_a_message_that_came_meanwhile_is_not_settled_unread(database: Database) -> None:
    (claimed,) = await _claim(database, "here")
    await database.write(inbox.store, [_message("m-3")])
    await database.write(decisions.write, [_plan(claimed)], node="here", desk_revision=0)
    assert await database.read(_states) == ["done", "done", "new"]


async def test_a_person_who_took_over_meanwhile_wins(database: Database) -> None:
    (claimed,) = await _claim(database, "here")
    await database.write(take_over, [claimed.conversation.id], at=MORNING)
    assert await database.write(decisions.write, [_plan(claimed)], node="here", desk_revision=0) == []
    assert await database.read(_states) == ["new", "new"]  # looked at again, as a person leads it now
    found = await database.read(conversations.read_one, claimed.conversation.id)
    assert found is not None
    assert (found.mode, found.memory) == ("human", Memory())


async def test_messages_that_are_set_aside_tell_why(database: Database) -> None:
    (claimed,) = await _claim(database, "here")
    await database.write(poisoned.set_aside, [claimed.unread[0].id], problem="KeyError at turn.py:7")
    assert await database.read(_states) == ["poison", "new"]
    (found,) = await database.read(poisoned.read_all, most=5)
    assert (found.problem, found.buyer, found.words) == ("KeyError at turn.py:7", "b-1", "什么时候发货")


async def test_where_nothing_protects_the_buyer_a_lost_send_is_unknown_and_never_repeated(database: Database) -> None:
    (claimed,) = await _claim(database, "here")
    row = Outgoing(conversation=claimed.conversation, content=Reply(kind="answer", text="在的"), key="r-1", at=MORNING)
    await database.write(outbox.insert, [row])
    (taken,) = await database.write(outbox.take, node="here", now=MORNING, slots={"tea": 5, "full": 0})
    assert taken.outbound.reply_id == "r-1"
    await database.write(_change, "UPDATE conversation SET lease_until_ms = 1")
    assert (await database.write(outbox.recover, now=MORNING, same_key=[])).rows == 1
    assert await database.write(outbox.take, node="there", now=MORNING, slots={"tea": 5}) == []
    assert (await database.read(outbox.count_states))[2] == 1


async def test_nothing_to_write_is_no_trouble(database: Database) -> None:
    await database.write(inbox.settle, [], "done")
    await database.write(outbox.insert, [])
    await database.write(outbox.settle, [])
    await database.write(conversations.save, [])
    await database.write(conversations.release, [], node="here")
    assert await database.read(conversations.read_one, 4711) is None


async def test_the_pulse_of_a_node_is_one_row(database: Database) -> None:
    for minutes in range(2):
        await database.write(beat, node="here", at=MORNING + timedelta(minutes=minutes))
    assert await database.read(_count, "SELECT count(*) FROM pulse") == 1


def test_only_messages_are_heard() -> None:
    closed = Unread(id=7, external_id="e-1", event=ConversationClosed(), sent_at=MORNING, received_at=MORNING)
    with pytest.raises(TypeError, match="inbox row 7 is no message"):
        heard_of(closed)


def _change(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _count(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one())


async def test_who_sends_much_waits_behind_the_others_and_is_read_in_portions(database: Database) -> None:
    flood = [_message(f"flood-{number}", "noisy") for number in range(UNREAD_AT_ONCE + 5)]
    await database.write(inbox.store, [*flood, _message("m-3", "quiet")])

    claimed = await _claim(database, "node-a")

    assert [each.conversation.external_id for each in claimed] == ["c-1", "quiet", "noisy"]
    assert [row.external_id for row in claimed[-1].unread] == [f"flood-{number}" for number in range(UNREAD_AT_ONCE)]
