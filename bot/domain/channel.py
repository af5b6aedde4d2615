"""A channel in use: its adapter, and the promises its platform wants kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.contract import Adapter, Echoes
    from bot.config import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One `[[channels]]` table of the configuration, ready to use.

    `reply_window_hours`: nothing may be sent later than this after the buyer's last message; None = no limit.
    `human_reply_seconds`, counted inside `human_reply_hours` only: how soon a person should have spoken.
    `echoes`: whether our own replies come back as a person's messages; "auto" learns it.
    """

    name: str
    platform: str
    adapter: Adapter
    reply_window_hours: float | None = None
    human_reply_seconds: int | None = None
    human_reply_hours: Span | None = None
    echoes: Echoes = "auto"

    @property
    def has_desk(self) -> bool:
        """Whether people of the shop can take a buyer over here."""
        return self.adapter.capabilities.desk
