"""How often somebody may try: so many at once, and one more each so many seconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bucket of `at_once` tries, one of which comes back each `every_seconds`."""

    at_once: int
    every_seconds: float

    def spent_now(self, spent: float, *, at: datetime, now: datetime) -> float:
        """What is still spent of what was spent at that moment. A clock that was set back gives nothing back."""
        return max(0.0, spent - max(0.0, (now - at).total_seconds()) / self.every_seconds)

    def wait_seconds(self, spent: float) -> float:
        """How long until there is one more; 0.0 where there is one."""
        return max(0.0, spent + 1 - self.at_once) * self.every_seconds


TRIES_COUNT_FOR = timedelta(days=1)
"""Every bucket below is full again long before."""
BY_NAME_AND_ADDRESS = Limit(at_once=5, every_seconds=60)
BY_ADDRESS = Limit(at_once=30, every_seconds=20)
BY_NAME = Limit(at_once=20, every_seconds=30)
BY_KNOWN_BROWSER = Limit(at_once=10, every_seconds=30)
BY_CODE = Limit(at_once=5, every_seconds=300)
BY_PROOF = Limit(at_once=5, every_seconds=60)


def limits_of_sign_in(*, name_key: str, address: str, known_browser: str | None) -> Mapping[str, Limit]:
    """What one try to sign in counts towards.

    A browser in which this person was signed in before counts by itself, so that whoever guesses at their name from
    elsewhere does not keep them out.
    """
    if known_browser is not None:
        return {f"browser {known_browser}": BY_KNOWN_BROWSER}
    name = hashlib.sha256(name_key.encode()).hexdigest()
    return {f"name {name}": BY_NAME, f"address {address}": BY_ADDRESS, f"both {name} {address}": BY_NAME_AND_ADDRESS}
