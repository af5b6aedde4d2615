"""People of the shop for tests: an account and a browser that is signed in, without the sign-in page."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.accounts.sessions import form_proof_of, hash_of, new_token
from bot.storage.accounts import people, sessions
from bot.storage.tables.staff import session
from bot.web.shared.signed_in import COOKIE, FORM_PROOF_HEADER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.clock import Clock
    from bot.domain.accounts.staff import Role
    from bot.storage.engine.database import Database

_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is signed in; `headers` are what their browser sends, also for what changes something."""

    id: int
    name: str
    token: str
    session_id: int

    @property
    def headers(self) -> Mapping[str, str]:
        own = {"Cookie": f"{COOKIE}={self.token}", FORM_PROOF_HEADER: form_proof_of(self.token)}
        return {"Sec-Fetch-Site": "same-origin", **own}


async def joins(
    database: Database, role: Role, *, clock: Clock, name: str = "", channels: Collection[str] | None = None
) -> Person:
    """Give somebody an account and sign them in."""
    return await database.write(_join, role, name or f"{role}-{next(_numbers)}", clock.now(), channels)


def _join(connection: Connection, role: Role, name: str, now: datetime, channels: Collection[str] | None) -> Person:
    staff_id = people.add(connection, name=name, role=role, at=now, channels=channels)
    assert staff_id is not None, f"there is somebody called {name} already"
    token = new_token()
    sessions.begin(connection, hash_of(token), staff_id=staff_id, at=now)
    found = connection.execute(select(session.c.id).where(session.c.token_hash == hash_of(token))).scalar_one()
    return Person(id=staff_id, name=name, token=token, session_id=found)
