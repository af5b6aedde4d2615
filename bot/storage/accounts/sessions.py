"""Where the shop's people are signed in. Only hashes of the tokens are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from bot.domain.accounts.sessions import IDLE_AT_MOST, SIGNED_IN_AT_MOST, Session
from bot.storage.accounts.people import staff_in
from bot.storage.tables.staff import session, staff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.engine import Connection


def begin(
    connection: Connection, token_hash: str, *, staff_id: int, at: datetime, address: str = "", browser: str = ""
) -> None:
    """Sign somebody in with a new token."""
    moments = {"made_at": at, "seen_at": at, "proved_at": at}
    who = {"token_hash": token_hash, "staff_id": staff_id, "address": address, "browser": browser}
    connection.execute(insert(session).values(**who, **moments))


def find(connection: Connection, token_hash: str) -> Session | None:
    """The session of a token, whether it is over or not."""
    row = connection.execute(_sessions().where(session.c.token_hash == token_hash)).one_or_none()
    return None if row is None else _session(row)


def of_staff(connection: Connection, staff_id: int) -> Sequence[Session]:
    """Everywhere that somebody is signed in, the last seen first."""
    rows = connection.execute(_sessions().where(session.c.staff_id == staff_id).order_by(session.c.seen_at.desc()))
    return [_session(row) for row in rows]


def note_seen(connection: Connection, session_id: int, *, at: datetime) -> None:
    connection.execute(update(session).where(session.c.id == session_id).values(seen_at=at))


def note_proof(connection: Connection, session_id: int, *, at: datetime) -> None:
    """They have shown again who they are."""
    connection.execute(update(session).where(session.c.id == session_id).values(proved_at=at))


def end(connection: Connection, session_id: int, *, staff_id: int) -> bool:
    """Sign out one session of this person; returns whether there was one."""
    mine = (session.c.id == session_id, session.c.staff_id == staff_id)
    return connection.execute(delete(session).where(*mine)).rowcount > 0


def end_all(connection: Connection, staff_id: int, *, but: int | None = None) -> int:
    """Sign somebody out everywhere (but in one session); returns from how many."""
    others = () if but is None else (session.c.id != but,)
    return connection.execute(delete(session).where(session.c.staff_id == staff_id, *others)).rowcount


def erase_over(connection: Connection, *, now: datetime) -> None:
    """Forget sessions that are over anyway."""
    over = or_(session.c.seen_at <= now - IDLE_AT_MOST, session.c.made_at <= now - SIGNED_IN_AT_MOST)
    connection.execute(delete(session).where(over))


def _sessions() -> Select[Any]:
    columns = (session, staff.c.name, staff.c.role, staff.c.channels)
    return select(*columns).join(staff, staff.c.id == session.c.staff_id).where(staff.c.removed_at.is_(None))


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        staff=staff_in(row.staff_id, row.name, row.role, row.channels),
        address=row.address,
        browser=row.browser,
        made_at=row.made_at,
        seen_at=row.seen_at,
        proved_at=row.proved_at,
    )
