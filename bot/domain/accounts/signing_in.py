"""What passes between the pages where somebody comes in and what lets them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

LinkKind = Literal["owner", "invite", "reset", "code"]
"""owner: makes the first account · invite: makes an account · reset: sets a new password · code: half a sign-in."""
LINK_HOLDS = timedelta(hours=24)
CODE_HOLDS = timedelta(minutes=5)
BROWSER_IS_KNOWN = timedelta(days=180)
LONGEST_NAME = 40
LONGEST_BROWSER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where somebody comes from. `known_browser` and `session` are the tokens that their cookies held, "" for none."""

    address: str
    browser: str
    known_browser: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """They are in: the token of their session, and the one by which their browser is known from now on."""

    session: str
    known_browser: str
    asks_for_code: bool
    """Whether they should be asked to protect their account with a code: an owner without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNeeded:
    """The password is right; the code from their phone comes with this token."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Name, password or code are not right; nobody hears which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Too many tries; nothing was looked at."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The link, or the half sign-in, was used already, took too long, or never was."""


AccountProblem = Literal[
    "name_missing",
    "name_too_long",
    "name_taken",
    "too_short",
    "too_long",
    "only_digits",
    "too_even",
    "well_known",
    "is_the_name",
    "not_repeated",
    "password_is_wrong",
    "code_is_wrong",
    "last_owner",
    "no_such_person",
    "no_such_role",
    "no_such_channel",
    "is_yourself",
]
"""Why nothing was done, as a code; pages have a sentence for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Nothing was done, for this reason."""

    code: AccountProblem
