"""Signing in by name and password, and what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.actions.accounts.invite_staff import invite_staff
from bot.storage.accounts import doors
from bot.storage.tables.staff import known_browser, recovery_code, session, staff, staff_link, throttle
from tests.bot.web.people.conftest import OTHER, everything, on_sqlite
from tests.console import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database
    from tests.console import People
    from tests.fakes import FakeClock


@on_sqlite
async def test_a_name_is_found_however_it_is_typed(shop: People) -> None:
    await shop.agent("Anna Li")

    for typed in ("Anna Li", "ANNA LI", " annali ", "Ａｎｎａ　Ｌｉ"):
        visitor = await shop.browser()
        assert (await visitor.signs_in(typed, PASSWORD)).address == "/console/me"


@on_sqlite
async def test_wrong_names_and_wrong_passwords_are_told_the_same(shop: People) -> None:
    await shop.agent("小李")
    visitor = await shop.browser()

    wrong, unknown = await visitor.signs_in("小李", OTHER), await visitor.signs_in("小张", OTHER)

    assert (wrong.status, unknown.status) == (422, 422)
    assert wrong.text == unknown.text
    assert "名字或密码不对" in wrong.text


@on_sqlite
async def test_after_signing_in_one_is_where_one_wanted_to_be_and_nowhere_else(shop: People) -> None:
    await shop.agent("小李")

    for wanted, arrived in (
        ("console/me?done=password", "/console/me?done=password"),
        ("//evil.example/", "/console/inbox"),
    ):
        visitor = await shop.browser()
        page = await visitor.sends("/console/sign-in", name="小李", password=PASSWORD, next=wanted)
        assert page.address == arrived


@on_sqlite
async def test_a_sign_in_begins_a_new_session_and_ends_the_one_before(shop: People, database: Database) -> None:
    visitor = await shop.agent("小李")
    before = await database.read(_hashes)

    await visitor.signs_in("小李", PASSWORD)

    after = await database.read(_hashes)
    assert len(before) == len(after) == 1
    assert before != after


@on_sqlite
async def test_the_database_holds_nothing_that_opens_anything(shop: People, database: Database) -> None:
    visitor = await shop.agent("小李")
    made = await invite_staff(database=database, clock=shop.house.clock, by=None, role="agent")
    cookies = [each.value for each in visitor.session.cookie_jar]

    kept = await database.read(everything, [staff, session, staff_link, known_browser, recovery_code])

    assert len(cookies) == 2
    assert [secret for secret in (*cookies, made, PASSWORD) if secret in kept] == []
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept


async def test_what_is_over_is_forgotten(shop: People, database: Database, clock: FakeClock) -> None:
    visitor = await shop.agent("小李")
    await visitor.signs_in("小李", OTHER)
    await invite_staff(database=database, clock=clock, by=None, role="agent")
    kept = [session, staff_link, known_browser, throttle]
    assert "[]" not in await database.read(everything, kept)

    clock.advance(days=181)
    await database.write(doors.erase_over, now=clock.now())

    assert await database.read(everything, kept) == "[[], [], [], []]"


def _hashes(connection: Connection) -> Sequence[str]:
    return connection.execute(select(session.c.token_hash)).scalars().all()
