"""What the page of a channel says of the key that its secret is kept with, also once that key is lost."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bot.storage.engine.database import open_database
from bot.web.shared.signed_in import COOKIE
from tests.console import console_of
from tests.databases import on_sqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.storage.engine.database import Database
    from tests.console import Shown, Visitor
    from tests.fakes import FakeClock
    from tests.people import Person

pytestmark = on_sqlite
KEY = base64.b64encode(b"k" * 32).decode()
NEW, MILK = "/console/settings/new-webhook", "/console/settings/channels/milk"


@pytest.fixture
async def database(stocked_file: object, database_url: str) -> AsyncIterator[Database]:
    del stocked_file
    async with open_database(database_url) as opened:
        yield opened


async def _adds(owner: Visitor) -> Shown:
    form = await owner.goes_to(NEW)
    await owner.sends(NEW, form, name="milk", reply_url="https://shop.example/replies")
    return await owner.goes_to(MILK)


def _signs_in(visitor: Visitor, person: Person) -> None:
    visitor.has_cookie(COOKIE, person.token)


async def test_what_was_closed_with_a_key_that_is_lost_can_only_be_removed(
    database: Database, clock: FakeClock, database_url: str
) -> None:
    async with console_of(database, clock, database_url, key=KEY) as house, house.visitor() as owner:
        person = await house.joins("owner")
        _signs_in(owner, person)
        assert "密钥和地址在数据库里是加密的" in (await _adds(owner)).text
    async with console_of(database, clock, database_url) as house, house.visitor() as owner:
        _signs_in(owner, person)
        page = await owner.goes_to(MILK)
        assert "这个渠道现在打不开" in page.text
        hidden = page.hidden("/remove")
        refused = await owner.sends(f"{MILK}/secret", None, **hidden)
        assert (refused.status, "用另一把 encryption_key 加密的" in refused.text) == (422, True)
        assert (await owner.sends(f"{MILK}/remove", None, **hidden)).address.endswith("?removed=yes")
        assert (await owner.goes_to(MILK)).status == 404


async def test_without_a_key_the_page_says_that_the_secret_lies_as_it_is(
    database: Database, clock: FakeClock, database_url: str
) -> None:
    async with console_of(database, clock, database_url) as house, house.visitor() as owner:
        _signs_in(owner, await house.joins("owner"))
        assert "密钥在数据库里没有加密" in (await _adds(owner)).text
