"""How long somebody stays signed in, and when they have to show again who they are."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.accounts.staff import Staff

IDLE_AT_MOST = timedelta(hours=12)
"""Without any request; an open page of the console asks by itself now and then."""
SIGNED_IN_AT_MOST = timedelta(days=7)
PROOF_HOLDS = timedelta(minutes=10)
"""For how long a password or a code that was given opens what asks for one."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when somebody was last there."""
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in. `proved_at` is when they last gave a password or a code."""

    id: int
    staff: Staff
    address: str
    browser: str
    made_at: datetime
    seen_at: datetime
    proved_at: datetime

    def is_over(self, now: datetime) -> bool:
        return now >= min(self.seen_at + IDLE_AT_MOST, self.made_at + SIGNED_IN_AT_MOST)

    def is_proved(self, now: datetime) -> bool:
        return now < self.proved_at + PROOF_HOLDS

    def is_worth_noting(self, now: datetime) -> bool:
        return now >= self.seen_at + NOTED_EVERY


def new_token() -> str:
    """256 bits that nobody can guess, as they stand in a cookie or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What is kept of a token: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_proof_of(token: str) -> str:
    """What the forms of a session carry to prove that they are ours: nobody else's page can know it."""
    return hmac.new(token.encode(), b"forms", hashlib.sha256).hexdigest()
