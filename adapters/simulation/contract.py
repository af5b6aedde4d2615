"""What a simulated buyer says, and how it is delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from yarl import URL

    from adapters.contract import Adapter

PREFIX = "simulated-"
FIRST_NUMBER = 9 * 10**15
BUYERS_AT_MOST = 1_000
MESSAGES_AT_MOST = 10**4
RUNS = 10**9
"""Ids of simulated buyers begin like this where ids are text, and are as large as this where they are numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of one simulated buyer. `run` tells one simulation from another; all count from one."""

    run: int
    buyer: int
    name: str
    message: int
    words: str
    sent_at: datetime

    @property
    def buyer_id(self) -> str:
        """The buyer's, and that of the conversation they have: 34 letters and figures."""
        return f"{PREFIX}{self.run:09}-{self.buyer:014}"

    @property
    def message_id(self) -> str:
        """The message's own id, where that is text."""
        return f"{self.buyer_id}-{self.message}"

    @property
    def message_number(self) -> int:
        """The same, where a platform counts."""
        return (self.run * BUYERS_AT_MOST + self.buyer) % 10**11 * MESSAGES_AT_MOST + self.message

    @property
    def number(self) -> int:
        """The buyer's, where a platform counts."""
        return FIRST_NUMBER + self.run * BUYERS_AT_MOST + self.buyer


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One request at our door; `path` is below the bot's address."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Driver(Protocol):
    """Writes down what a platform would deliver. Pure: the moment comes in, for what is signed."""

    def __call__(self, adapter: Any, *, channel: str, said: Said, now: datetime) -> Delivery:  # noqa: ANN401 - each knows its own adapter
        """Return the request. The same message makes the same event, whenever it is delivered."""
        ...


@runtime_checkable
class Asked(Protocol):
    """A driver whose platform delivers no words but is asked for them: it plays the server that the bot calls."""

    @property
    def is_heard_out(self) -> bool:
        """Whether all that buyers said was asked for."""
        ...

    def address(self, adapter: Any) -> URL:  # noqa: ANN401 - each knows its own adapter
        """Where the channel's settings send the bot's calls."""
        ...

    def answer(self, path: str, asked: Mapping[str, object]) -> Mapping[str, object]:
        """What the server says to a call."""
        ...


def path_of(adapter: Adapter, channel: str) -> str:
    """Where platforms deliver."""
    secret = getattr(adapter, "path_secret", "")
    return f"/webhooks/{channel}/{secret}" if secret else f"/webhooks/{channel}"
