"""Send a test to a channel's own program, signed as replies are."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from adapters.checking import TakesTests
from adapters.http import open_session
from bot.storage.accounts import audit

if TYPE_CHECKING:
    from adapters.contract import Refused, TryLater, Unknown
    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.channel import Channel
    from bot.storage.engine.database import Database


async def send_test(
    *, database: Database, channel: Channel, clock: Clock, by: Staff
) -> int | Refused | TryLater | Unknown | None:
    """The HTTP status of the answer, or why there was none; None where this platform takes no tests.

    Raises `StorageDown`; then nothing was sent.
    """
    if not isinstance(channel.adapter, TakesTests):
        return None
    await database.write(audit.note, "channel.tested", by=by, at=clock.now(), about=channel.name)
    async with open_session() as session:
        return await channel.adapter.send_test(session=session, test_id=f"test-{secrets.token_hex(8)}", now=clock.now())
