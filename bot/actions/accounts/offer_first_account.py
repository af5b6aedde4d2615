"""Make the link by which the owner of a shop without any account comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.sessions import hash_of, new_token
from bot.domain.accounts.signing_in import LINK_HOLDS
from bot.storage.accounts import links, people

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.storage.engine.database import Connection, Database


async def offer_first_account(*, database: Database, clock: Clock) -> str | None:
    """Give the token of a new link, the only one that counts; None where somebody has an account.

    Raises `StorageDown`.
    """
    return await database.write(_offer, at=clock.now())


def _offer(connection: Connection, *, at: datetime) -> str | None:
    if people.any_there(connection):
        return None
    token = new_token()
    links.withdraw(connection, "owner")
    links.make(connection, hash_of(token), "owner", at=at, ends_at=at + LINK_HOLDS, role="owner")
    return token
