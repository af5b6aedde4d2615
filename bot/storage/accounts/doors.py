"""Coming in: a try that is counted before it is looked at, and the session that begins when it was right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.domain.accounts.sessions import hash_of, new_token
from bot.domain.accounts.signing_in import BROWSER_IS_KNOWN, CODE_HOLDS, LetIn, Visit
from bot.domain.accounts.staff import name_key
from bot.domain.accounts.throttle import TRIES_COUNT_FOR, Limit, limits_of_sign_in
from bot.storage.accounts import audit, links, people, sessions, throttle
from bot.storage.tables.staff import known_browser, session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.storage.accounts.people import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A try to sign in, counted. Where it has to wait nothing of it may be looked at."""

    account: Account | None
    limits: Mapping[str, Limit]
    wait_seconds: float


def begin_try(connection: Connection, name: str, *, visit: Visit, now: datetime) -> Try:
    """Count a try to sign in as this name. An unknown one is counted alike."""
    key = name_key(name)
    account = people.of_name(connection, key)
    known = account is not None and _knows(connection, account.staff.id, visit, now)
    limits = limits_of_sign_in(
        name_key=key, address=visit.address, known_browser=hash_of(visit.known_browser) if known else None
    )
    return Try(account=account, limits=limits, wait_seconds=throttle.spend(connection, limits, now=now))


def let_in(connection: Connection, account: Account, *, visit: Visit, at: datetime) -> LetIn:
    """Begin a session under a new token; what this browser was signed in as before ends with it."""
    who, token = account.staff, new_token()
    if visit.session:
        connection.execute(delete(session).where(session.c.token_hash == hash_of(visit.session)))
    sessions.begin(connection, hash_of(token), staff_id=who.id, at=at, address=visit.address, browser=visit.browser)
    known = _remember(connection, who.id, visit, at)
    audit.note(connection, "sign_in.done", by=who, at=at, address=visit.address)
    return LetIn(session=token, known_browser=known, asks_for_code=who.role == "owner" and account.code_secret is None)


def ask_for_code(connection: Connection, account: Account, *, at: datetime) -> str:
    """The password was right: give the token with which the code has to come soon."""
    token = new_token()
    links.make(connection, hash_of(token), "code", at=at, ends_at=at + CODE_HOLDS, staff_id=account.staff.id)
    return token


def erase_over(connection: Connection, *, now: datetime) -> None:
    """Forget sessions and links that are over, tries of long ago, and browsers in which nobody signs in any more."""
    sessions.erase_over(connection, now=now)
    links.erase_over(connection, now=now)
    throttle.erase_unused(connection, before=now - TRIES_COUNT_FOR)
    connection.execute(delete(known_browser).where(known_browser.c.seen_at <= now - BROWSER_IS_KNOWN))


def _knows(connection: Connection, staff_id: int, visit: Visit, now: datetime) -> bool:
    """Whether this person was signed in in this browser before."""
    if not visit.known_browser:
        return False
    theirs = (known_browser.c.staff_id == staff_id, known_browser.c.seen_at > now - BROWSER_IS_KNOWN)
    found = select(known_browser.c.staff_id).where(known_browser.c.token_hash == hash_of(visit.known_browser), *theirs)
    return connection.execute(found).first() is not None


def _remember(connection: Connection, staff_id: int, visit: Visit, at: datetime) -> str:
    """Know this browser again as this person's; returns the token for its cookie."""
    if _knows(connection, staff_id, visit, at):
        known = known_browser.c.token_hash == hash_of(visit.known_browser)
        connection.execute(update(known_browser).where(known).values(seen_at=at))
        return visit.known_browser
    token = new_token()
    connection.execute(insert(known_browser).values(token_hash=hash_of(token), staff_id=staff_id, seen_at=at))
    return token
