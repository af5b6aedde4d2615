"""What an adapter may offer, beside the contract, to whoever connects a channel. Each method is optional.

`xiaoer platforms check NAME` calls `check`, `xiaoer platforms connect NAME` calls `connect`, and the console calls
`send_test`, on an adapter that has it. Beside `SETTINGS`, each `adapter.py` has a constant `NEEDS`: the settings
without which no channel of it starts, and in a few words where the owner finds each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.contract import CallFault, Fault, Refused, TryLater, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, in a sentence. Unless all is well, the sentence says what to do.

    wrong: the channel cannot work like this. warning: it works, and buyers may meet something odd.
    `fault` says by a code what to do, where `said` is only what the platform answered.
    """

    verdict: Literal["well", "warning", "wrong"]
    said: str
    fault: Fault | None = None


@runtime_checkable
class Checks(Protocol):
    """An adapter that can look whether its platform takes its credentials. It changes nothing there."""

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask the platform. `webhook_url` is where it should deliver; empty where the shop has no public address."""
        ...


@runtime_checkable
class Connects(Protocol):
    """An adapter that can tell its platform where to deliver."""

    async def connect(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Have the platform deliver to `webhook_url` from now on. Doing it twice does no harm."""
        ...


@runtime_checkable
class TakesTests(Protocol):
    """An adapter that can send the shop's own program a test, signed as replies are. No buyer is concerned."""

    async def send_test(
        self, *, session: ClientSession, test_id: str, now: datetime
    ) -> int | TryLater | Refused | Unknown:
        """Send it once; the HTTP status that was answered, or why nothing was."""
        ...


def well(said: str) -> Finding:
    """Return what is as it should be."""
    return Finding(verdict="well", said=said)


def warning(said: str) -> Finding:
    """Return what works, but may surprise a buyer."""
    return Finding(verdict="warning", said=said)


def wrong(said: str) -> Finding:
    """Return what must be put right first."""
    return Finding(verdict="wrong", said=said)


def failed(outcome: CallFault) -> Finding:
    """Return what keeps the platform from saying yes."""
    return Finding(verdict="wrong", said=outcome.reason, fault=outcome.fault)
