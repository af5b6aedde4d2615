"""Make the link by which somebody gets an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.sessions import hash_of, new_token
from bot.domain.accounts.signing_in import LINK_HOLDS
from bot.storage.accounts import audit, links

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Role, Staff
    from bot.storage.engine.database import Connection, Database


async def invite_staff(
    *, database: Database, clock: Clock, by: Staff | None, role: Role, channels: Collection[str] | None = None
) -> str:
    """Give the token of a link that works once within a day.

    `channels` None lets them touch all; `by` None is the shell. Raises `StorageDown`.
    """
    return await database.write(_invite, by=by, role=role, channels=channels, at=clock.now())


def _invite(
    connection: Connection, *, by: Staff | None, role: Role, channels: Collection[str] | None, at: datetime
) -> str:
    token = new_token()
    links.make(
        connection,
        hash_of(token),
        "invite",
        at=at,
        ends_at=at + LINK_HOLDS,
        role=role,
        channels=channels,
        made_by=by.id if by else None,
    )
    detail = {"kind": "invite", "role": role, "channels": None if channels is None else sorted(channels)}
    audit.note(connection, "account.link_made", by=by, at=at, detail=detail)
    return token
