"""One buyer is claimed for one day once, whoever comes first."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING

from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade
from bot.storage.satisfaction import invites

if TYPE_CHECKING:
    from bot.storage.engine.database import Database


async def _claims(database: Database, day: date, buyer: str = "b-1", channel: str = "tea") -> bool:
    return await database.write(invites.claim_day, channel=channel, buyer=buyer, day=day)


async def test_of_many_who_want_to_ask_at_once_one_may(database_url: str) -> None:
    today, tomorrow = date(2026, 11, 22), date(2026, 11, 23)
    async with open_database(database_url) as one, open_database(database_url) as other:
        await one.write(upgrade)
        claimed = await asyncio.gather(*(_claims(each, today) for each in (one, other) for _ in range(10)))
        assert claimed.count(True) == 1
        assert await _claims(one, tomorrow)
        assert await _claims(one, today, buyer="b-2")
        assert await _claims(one, today, channel="coffee")
