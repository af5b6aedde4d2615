"""Signing in while something else happens to the account: looking at a password takes a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.actions.signing_in.change_password import change_password
from bot.actions.signing_in.sign_in import sign_in
from bot.domain.accounts.signing_in import Problem, Visit, Wrong
from bot.hashing import Hasher
from bot.live import Live
from bot.storage.accounts import people, sessions
from bot.storage.engine.database import open_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.storage.engine.database import Database
    from tests.fakes import FakeClock

OLD, NEW = "今天天气很好我们去喝茶", "tea at four, under the plum"
VISIT = Visit(address="203.0.113.9", browser="Chrome")


@dataclass(slots=True, kw_only=True)
class SlowHasher(Hasher):
    """Hashes as ever; something happens before it says that a password fits."""

    meanwhile: Callable[[], Awaitable[None]]

    async def fits(self, password: str, kept: str) -> bool:
        fits = await super(SlowHasher, self).fits(password, kept)
        await self.meanwhile()
        return fits


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
async def staff_id(database: Database, clock: FakeClock) -> int:
    kept = await Hasher().hash(OLD)
    number = await database.write(people.add, name="小李", role="agent", at=clock.now(), password=kept)
    assert number is not None
    return number


@pytest.fixture
async def hasher(database: Database, staff_id: int) -> Hasher:
    """While it looks at a password, the account gets the new one."""
    kept = await Hasher().hash(NEW)

    async def meanwhile() -> None:
        await database.write(people.set_password, staff_id, kept)

    return SlowHasher(meanwhile=meanwhile)


async def test_the_old_password_lets_nobody_in_once_there_is_a_new_one(
    database: Database, clock: FakeClock, hasher: Hasher, staff_id: int
) -> None:
    outcome = await sign_in(database=database, hasher=hasher, clock=clock, name="小李", password=OLD, visit=VISIT)

    assert outcome == Wrong()
    assert await database.read(sessions.of_staff, staff_id) == []


async def test_nor_does_it_set_another_one(database: Database, clock: FakeClock, hasher: Hasher, staff_id: int) -> None:
    account = await database.read(people.of_id, staff_id)
    assert account is not None

    outcome = await change_password(
        database=database,
        live=Live(),
        hasher=hasher,
        clock=clock,
        staff=account.staff,
        current=OLD,
        password=f"{OLD}吗",
        shop_name="",
        visit=VISIT,
    )

    assert outcome == Problem(code="password_is_wrong")
    now = await database.read(people.of_id, staff_id)
    assert now is not None
    assert await Hasher().fits(NEW, now.password)
