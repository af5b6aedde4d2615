"""A conversation as the rules see it: who leads it, and what the bot remembers of the present episode."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Mode = Literal["bot", "waiting", "human", "closed"]
"""bot: it answers · waiting: a person is wanted, the bot answers what is sure or leads clearly, and asks nothing back ·
human: a person has spoken, the bot is silent · closed: over, until the buyer writes again (a new episode)."""

Event = Literal["person spoke", "person called", "person left", "ended", "blocked"]

TURNS: Mapping[Event, Mapping[Mode, Mode]] = MappingProxyType(
    {
        "person spoke": {"bot": "human", "waiting": "human", "human": "human", "closed": "human"},
        "person called": {"bot": "waiting", "waiting": "waiting", "closed": "waiting"},
        "person left": {"human": "bot"},
        "ended": {"bot": "closed", "waiting": "closed", "human": "closed", "closed": "closed"},
        "blocked": {"bot": "closed", "waiting": "closed", "human": "human", "closed": "closed"},
    }
)
"""What may happen to a conversation beside the bot's own decisions → who leads it then, by who led it before.

Where a mode is not named, the event means nothing to the conversation.
"""

RECENT_TEXTS = 12
TOLD_TEXTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the bot remembers of one episode; a new episode starts with an empty one (but for the last welcome)."""

    misses: int = 0
    stale_turns: int = 0
    """Bot turns since the buyer last said something new."""
    recent: tuple[str, ...] = ()
    """The buyer's last folded texts, newest last."""
    told: tuple[str, ...] = ()
    """Those of them that only told something, since the buyer's last question that was answered."""
    choice: tuple[str, ...] = ()
    """Entries offered as a numbered choice and not yet picked from."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """How many times each entry was answered."""
    wanted: str | None = None
    """The entry that waits for the buyer to say which product they mean, where they live, or how tall they are."""
    last_entry: str | None = None
    """The entry that was answered last: "那新疆呢" is about that one."""
    passing: Mapping[str, str] = field(default_factory=dict)
    """The day, sum and number that the last question named, for what still belongs to it: "那新疆呢", "那周六呢"."""
    passing_on: str | None = None
    """The local day (ISO) on which it named them: 明天 is another day by then."""
    last_said: tuple[str, ...] = ()
    """The last answer's bubbles, so as not to say them twice running."""
    advertised: bool = False
    """The other side sells something; nobody invites it to rate anything."""
    product_id: str | None = None
    order_status: str | None = None
    region: str | None = None
    height_cm: int | None = None
    weight_kg: float | None = None
    """The buyer's own, or those of the person they buy for."""
    welcomed_on: str | None = None
    """The local day (ISO) of the last welcome."""
    away_told: str | None = None
    """The closed period for which the away text was said."""
    position_told: int | None = None
    """The place in the queue that the buyer was last told."""
    reassured: bool = False
    """The buyer wrote while waiting, and was told their place and that the person will see it."""

    def knowing(self, **told: Any) -> Self:  # noqa: ANN401 - whatever its fields hold
        """The same memory with these values; itself where they are nothing new, as most messages tell nothing."""
        is_known = all(getattr(self, name) == value for name, value in told.items())
        return self if is_known else dataclasses.replace(self, **told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One buyer on one channel. All moments are aware UTC.

    Whatever changes it moves its `fence` on: a writer loses if somebody has moved it since the writer's read. Its
    `epoch` moves when the bot has to be silent at once: a reply that was written in an earlier one is not sent.
    """

    id: int
    channel: str
    external_id: str
    buyer: str
    mode: Mode
    epoch: int
    episode: int
    fence: int
    memory: Memory
    unanswered_since: datetime | None = None
    waiting_since: datetime | None = None
    last_staff_at: datetime | None = None
    last_buyer_at: datetime | None = None
    last_reply_at: datetime | None = None
    window_until: datetime | None = None
    reply_by: datetime | None = None
    """When a person should have spoken, by the platform's measure."""
    rung_due_at: datetime | None = None
    """When the next step is due that is taken for a buyer who waits (`bot/domain/guarding/ladder.py`)."""
    blocked_at: datetime | None = None
    waiting_ahead: int = 0
    """How many buyers wait for a person and came before this one."""
    has_desk: bool = True
    """Whether people of the shop can take this buyer over; without a desk nobody waits for one."""
    open_invite: int | None = None
    """The episode whose satisfaction invite was sent and not yet answered."""
