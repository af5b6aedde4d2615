"""Alerts in the database: written once, taken by one node, and never sent again once they may have been."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain.alerts import Alert
from bot.storage.alerting import alert_queue, alerts, peer_standing
from bot.storage.alerting.peer_standing import PeerStanding
from bot.storage.engine.database import open_database
from knowledge.reasons.reason import because
from tests.fakes import MORNING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.config import AlertEvent
    from bot.storage.alerting.alert_queue import Waiting
    from bot.storage.engine.database import Database

ONE = Alert(
    key="a-1", event="hand_over", channel="tea", buyer="小王", words="转人工", reason=because("asks_person"), at=MORNING
)
TWO = dataclasses.replace(ONE, key="a-2", reply_by=MORNING, since=MORNING, score=1)
PEERS: Mapping[str, Sequence[AlertEvent]] = {"desk": ("hand_over",), "owner": ("low_rating",)}
DEAD, NEXT = "dead node", "next node"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


async def queued(database: Database) -> list[int]:
    await database.write(alerts.insert, [ONE, TWO])
    assert await database.write(alert_queue.route, PEERS)
    return [each.id for each in await waits(database) or []]


async def waits(database: Database, now: datetime = MORNING) -> list[Waiting] | None:
    return await database.read(alert_queue.waiting, peer="desk", now=now, most=10)


async def claims(database: Database, node: str, ids: list[int]) -> list[int] | None:
    return await database.write(alert_queue.claim, peer="desk", node=node, ids=ids, needless=[], now=MORNING)


async def settles(database: Database, node: str, ids: list[int]) -> None:
    rest = MORNING + timedelta(seconds=3)
    await database.write(
        alert_queue.settle, peer="desk", node=node, ids=ids, state="sent", error="", rests_until=rest, now=MORNING
    )


async def states(database: Database) -> list[str]:
    def read(connection: Connection) -> list[str]:
        return list(connection.execute(text("SELECT state FROM alert_delivery ORDER BY alert_id")).scalars())

    return await database.read(read)


async def lease_ends(database: Database) -> None:
    await database.write(lambda connection: connection.execute(text("UPDATE alert_peer SET lease_until_ms = 0")))


async def test_what_is_told_comes_back_as_it_was_and_the_key_refuses_a_second(database: Database) -> None:
    await queued(database)
    await database.write(alerts.insert, [ONE, dataclasses.replace(TWO, words="anders")])
    assert not await database.write(alert_queue.route, PEERS)
    assert [each.alert for each in await waits(database) or []] == [ONE, TWO]
    assert await database.read(alert_queue.waiting, peer="owner", now=MORNING, most=10) is None


async def test_one_node_at_a_time_tells_a_peer(database: Database) -> None:
    ids = await queued(database)
    assert await claims(database, DEAD, ids[:1]) == ids[:1]
    assert await claims(database, NEXT, ids) is None
    await settles(database, DEAD, ids[:1])
    assert await claims(database, NEXT, ids) == ids[1:], "what was taken before is not to be had"
    assert await states(database) == ["sent", "sending"]


async def test_what_a_dead_node_had_on_the_wire_is_unknown_and_is_not_sent_again(database: Database) -> None:
    ids = await queued(database)
    await claims(database, DEAD, ids)
    await lease_ends(database)
    assert await waits(database) == []
    assert await claims(database, NEXT, []) == []
    assert await states(database) == ["unknown", "unknown"]
    assert await waits(database) is None
    await settles(database, DEAD, ids)
    assert await states(database) == ["unknown", "unknown"], "it came back from the dead too late"


async def test_a_node_that_was_away_too_long_frees_nobody_elses_peer(database: Database) -> None:
    ids = await queued(database)
    await claims(database, DEAD, ids[:1])
    await lease_ends(database)
    assert await claims(database, NEXT, ids[1:]) == ids[1:]
    await settles(database, DEAD, ids[:1])
    assert await claims(database, "third node", ids) is None


async def test_a_peer_rests_by_a_clock_that_may_be_set_back(database: Database) -> None:
    ids = await queued(database)
    await claims(database, NEXT, ids[:1])
    await settles(database, NEXT, ids[:1])
    assert await waits(database) is None
    later, before = MORNING + timedelta(seconds=3), MORNING - timedelta(days=400)
    assert len(await waits(database, later) or ()) == 1
    assert len(await waits(database, before) or ()) == 1


async def test_a_test_takes_a_peers_turn_once_while_it_rests_or_is_told_something(database: Database) -> None:
    async def takes_turn(now: datetime) -> bool:
        rest = now + timedelta(seconds=3)
        return await database.write(alert_queue.take_turn, peer="desk", now=now, rests_until=rest)

    ids = await queued(database)
    assert sorted(await asyncio.gather(*(takes_turn(MORNING) for _ in range(4)))) == [False, False, False, True]
    later = MORNING + timedelta(seconds=3)
    assert await takes_turn(later)
    assert await waits(database, later) is None, "what is real rests too"
    assert await claims(database, NEXT, ids) == ids
    assert not await takes_turn(later + timedelta(seconds=3))
    await settles(database, NEXT, ids)
    assert await takes_turn(later + timedelta(seconds=3))


async def test_how_telling_each_peer_has_gone(database: Database) -> None:
    first, second = await queued(database)
    assert await claims(database, NEXT, [first]) == [first]
    await settles(database, NEXT, [first])
    assert await claims(database, NEXT, [second]) == [second]
    await database.write(
        alert_queue.settle,
        peer="desk",
        node=NEXT,
        ids=[second],
        state="queued",
        error="it answered 503",
        rests_until=MORNING,
        now=MORNING + timedelta(seconds=9),
    )
    found = await database.read(peer_standing.of_each, ["desk", "owner"])
    assert found["owner"] == PeerStanding()
    assert found["desk"] == PeerStanding(
        told_at=MORNING, failed_at=MORNING + timedelta(seconds=9), problem="it answered 503", waiting=1
    )
