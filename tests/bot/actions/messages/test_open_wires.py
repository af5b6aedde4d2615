"""Access tokens: fetched once, however many wait; kept encrypted; shared by nodes; renewed when a platform says so."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.contract import AccessToken, Capabilities, LoginExpired, Refused, Sent, TryLater, Wire
from adapters.http import open_session
from bot.actions.messages.open_wires import Wires
from bot.domain.channels.channel import Channel
from bot.seal import Seal
from bot.storage import channel_states
from bot.storage.engine.database import open_database
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.contract import SendOutcome
    from bot.storage.engine.database import Database

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OTHER_KEY = "YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk="


@dataclass
class Lender:
    """A platform that lends tokens and takes the newest one only."""

    answers: list[Refused | TryLater] = field(default_factory=list)
    formers: list[str | None] = field(default_factory=list)
    newest: str = ""
    ends_at: datetime | None = None
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(resend="never"))
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def log_in(
        self, *, session: ClientSession, former: AccessToken | None, now: datetime
    ) -> AccessToken | Refused | TryLater:
        del session, now
        self.formers.append(former.value if former else None)
        await asyncio.sleep(0.01)
        if self.answers:
            return self.answers.pop()
        self.newest = f"token-{next(self.numbers)}"
        return AccessToken(value=self.newest, lasts_seconds=7200, renewal="again", ends_at=self.ends_at)

    async def send(self, wire: Wire) -> SendOutcome:
        await asyncio.sleep(0.001)
        return Sent(wire.token) if wire.token == self.newest else LoginExpired("40001")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with open_session() as session:
        yield session


@dataclass
class World:
    database: Database
    session: ClientSession
    clock: FakeClock = field(default_factory=FakeClock)
    lender: Lender = field(default_factory=Lender)

    def node(self, name: str = "one", key: str | None = KEY) -> Wires:
        channel = Channel(name="oa", platform="oa", adapter=self.lender)  # type: ignore[arg-type]  # it only lends tokens
        return Wires(
            database=self.database,
            node=name,
            channels={"oa": channel},
            sessions={"oa": self.session},
            seal=Seal.read(key) if key else None,
            clock=self.clock,
        )

    async def send(self, node: Wires, times: int = 1) -> set[SendOutcome]:
        return set(await asyncio.gather(*(node.call("oa", self.lender.send) for _ in range(times))))


@pytest.fixture
def world(database: Database, session: ClientSession) -> World:
    return World(database, session)


@pytest.mark.parametrize("key", [KEY, None])
async def test_fifty_sends_at_once_log_in_once_and_renew_once(world: World, key: str | None) -> None:
    node = world.node(key=key)
    assert await world.send(node, 50) == {Sent("token-1")}
    world.lender.newest = "taken away"  # as when somebody logs in elsewhere
    assert await world.send(node, 50) == {Sent("token-2")}
    assert world.lender.formers == [None, "token-1"]


async def test_nodes_share_a_token_and_renew_it_once(world: World) -> None:
    one, two = world.node("one"), world.node("two")
    assert await world.send(one) | await world.send(two) == {Sent("token-1")}
    world.lender.newest = "taken away"
    outcomes = await asyncio.gather(world.send(one, 20), world.send(two, 20))
    assert set.union(*outcomes) == {Sent("token-2")}
    assert len(world.lender.formers) == 2


async def test_a_token_is_renewed_before_it_ends(world: World) -> None:
    node = world.node()
    await world.send(node)
    world.clock.advance(minutes=114)
    assert await world.send(node) == {Sent("token-1")}
    world.clock.advance(minutes=1)
    assert await world.send(node) == {Sent("token-2")}


async def test_the_next_start_finds_the_token_and_nobody_else_can_read_it(world: World) -> None:
    await world.send(world.node())
    kept = await world.database.read(channel_states.read, "oa", "token")
    assert kept is not None
    assert b"token-1" not in kept.body
    assert kept.until == world.clock.now() + timedelta(minutes=115)
    assert await world.send(world.node("two")) == {Sent("token-1")}
    assert await world.send(world.node("three", OTHER_KEY)) == {Sent("token-2")}


async def test_the_next_start_knows_when_a_login_ends_for_good(world: World) -> None:
    ends_at = world.clock.now() + timedelta(days=30)
    world.lender.capabilities = Capabilities(resend="never", renews=True)
    assert await world.node().log_in_where_due() == {}
    world.clock.advance(hours=2)
    world.lender.ends_at = ends_at
    assert await world.node("two").log_in_where_due() == {"oa": ends_at}
    assert await world.node("three").log_in_where_due() == {"oa": ends_at}
    assert world.lender.formers == [None, "token-1"]


async def test_a_login_that_fails_fails_the_send_with_its_reason_and_is_tried_again_by_the_next(world: World) -> None:
    node = world.node()
    world.lender.answers = [Refused("the secret is wrong"), TryLater("busy")]
    assert await world.send(node) == {TryLater("busy")}
    assert await world.send(node) == {Refused("the secret is wrong")}
    assert await world.send(node) == {Sent("token-1")}


async def test_a_new_token_that_is_not_taken_either_is_a_no_for_now(world: World) -> None:
    async def never(wire: Wire) -> SendOutcome:
        del wire
        return LoginExpired("40164")

    assert await world.node().call("oa", never) == TryLater("a new access token is not taken either: 40164")


async def test_no_token_is_ever_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await world.send(world.node())
    assert "token-1" not in caplog.text + repr(world.lender.formers) + repr(
        AccessToken(value="token-1", lasts_seconds=1)
    )
    assert "token-1" not in repr(Wire(session=world.session, token="token-1"))


@pytest.mark.parametrize("key", ["", "short", "MDEyMzQ1Njc4OWFiY2RlZg=="])
def test_a_key_that_is_none_is_told_without_repeating_it(key: str) -> None:
    with pytest.raises(ValueError, match="32 bytes in base64; make one with  openssl"):
        Seal.read(key)


def test_a_key_may_be_in_either_spelling() -> None:
    plain = "+/" * 21 + "8="
    sealed = Seal.read(plain).close(b"secret")
    assert Seal.read(plain.replace("+", "-").replace("/", "_")).open(sealed) == b"secret"
