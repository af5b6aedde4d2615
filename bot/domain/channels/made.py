"""A channel that an owner has made in the console, and what may be said of its secret."""

from __future__ import annotations

import base64
import dataclasses
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args

from adapters.contract import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

MadePlatform = Literal["webhook", "web"]
MADE_PLATFORMS: tuple[MadePlatform, ...] = get_args(MadePlatform)
"""The platforms that need nothing but what a page can ask for. The others are connected in the file."""
SIGNED: Collection[str] = frozenset({"webhook"})
"""Those with a secret of ours."""
OVERLAP = timedelta(hours=24)
"""So long both secrets hold after a change, where the owner does not end the former at once."""
SECRET_BYTES = 32
FORMER_AT_MOST = 3

State = Literal["on", "off", "removed"]
ChannelProblem = Literal[
    "name",
    "name_in_file",
    "name_taken",
    "name_used",
    "reply_url",
    "origins",
    "settings",
    "somebody_was_faster",
    "without_key",
]
WITHOUT_ITS_KEY = Problem(
    "encryption_key", "is not the one with which this channel was closed; remove it and add it again"
)
_FIELDS: tuple[ChannelProblem, ...] = ("name", "reply_url", "origins")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeChannel:
    """What was asked for on the page. `settings` are the adapter's, but for its secrets.

    The `former_secrets`, newest first, hold until `former_until`, beside the current one. `version` moves with every
    change.
    """

    name: str
    platform: str
    settings: Mapping[str, object] = field(repr=False)
    secret: str = field(default="", repr=False)
    former_secrets: tuple[str, ...] = field(default=(), repr=False)
    former_until: datetime | None = None
    state: State = "on"
    version: int = 1

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """Those that hold at this moment, the current one first."""
        former = self.former_secrets if self.former_until is not None and now < self.former_until else ()
        return (self.secret, *former) if self.secret else ()

    def settings_at(self, now: datetime) -> dict[str, object]:
        """What its adapter reads at this moment."""
        holding = self.secrets_at(now)
        return {**self.settings, "secret": list(holding)} if holding else dict(self.settings)


def new_secret() -> str:
    """A secret as Standard Webhooks writes one."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def problem_with(fields: Sequence[str]) -> ChannelProblem:
    """What to tell of settings in which these fields are wrong."""
    if WITHOUT_ITS_KEY.field in fields:
        return "without_key"
    return next((each for each in _FIELDS if each in fields), "settings")


# What an owner may change


def with_new_secret(channel: MadeChannel, secret: str, *, former_until: datetime | None, now: datetime) -> MadeChannel:
    """A new secret is the current one; those that hold now do so until then, or no longer.

    All of them: nobody knows which of them the program has by now.
    """
    former = channel.secrets_at(now)[:FORMER_AT_MOST] if former_until is not None else ()
    return dataclasses.replace(channel, secret=secret, former_secrets=former, former_until=former_until)


def without_former(channel: MadeChannel) -> MadeChannel:
    """The current secret alone holds."""
    return dataclasses.replace(channel, former_secrets=(), former_until=None)


def switched(channel: MadeChannel, *, on: bool) -> MadeChannel:
    """It takes in what comes, or nothing."""
    return dataclasses.replace(channel, state="on" if on else "off")


def with_settings(channel: MadeChannel, settings: Mapping[str, object]) -> MadeChannel:
    """These settings instead; the secrets stay."""
    return dataclasses.replace(channel, settings=settings)
