"""What the bot may decide, and the account of why. Values only; `decide.py` makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.contract import Content, ReplyKind, Surroundings
    from bot.dialogue.state import Conversation, Memory, Mode
    from knowledge.base import MatcherAtWork
    from knowledge.matching.embeddings import Meant
    from knowledge.matching.matcher import Candidate
    from knowledge.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One new message of the buyer. `sent_at` is the platform's time, `arrived_at` ours; both aware UTC.

    `said_by_others` is how many other conversations have lately brought the very same long text, `own_hosts` where
    links are the shop's own, `is_late` whether it was sent too long ago to be answered as new.
    """

    inbox_id: int
    external_id: str
    content: Content
    surroundings: Surroundings
    sent_at: datetime
    arrived_at: datetime
    said_by_others: int = 0
    own_hosts: tuple[str, ...] = ()
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopNow:
    """What holds for the shop at this moment (or at the moment that the try-out page pretends).

    `opens_at` is the next opening in words, empty when there is none; `closed_period` names the present closed
    period and is None while open. `days_ahead` has a letter for each day from today on: 1 parcels are made ready, 0
    they are not, ? nobody can know yet. `holidays` are the public ones within these days, with their first and last
    day (ISO).
    """

    local_time: datetime
    is_open: bool
    is_working_day: bool
    opens_at: str
    closed_period: str | None
    days_ahead: str = ""
    holidays: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a decision was made from, beside the messages (by id) and the manual: enough to make it again.

    `refined` says which of the two matchers of the manual's revision was in use; `meant` what a model, where one is
    connected, took the questions in doubt for; `said_by_others` which messages (by id) others have sent as well;
    `shop_name` what the shop was called.
    """

    conversation: Conversation
    shop: ShopNow
    inbox_ids: tuple[int, ...]
    refined: bool
    meant: Mapping[str, tuple[Meant, ...]] = field(default_factory=dict)
    said_by_others: Mapping[int, int] = field(default_factory=dict)
    own_hosts: tuple[str, ...] = ()
    is_late: bool = False
    shop_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Say what the manual says. `also` holds further entries answered in the same turn."""

    entry: str
    confidence: float
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarify:
    """Offer a numbered choice between these entries."""

    entries: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggest(Clarify):
    """Answer the only entry that is very likely, and ask whether it is meant: a choice of one, answered at once."""

    @property
    def entry(self) -> str:
        """The entry that is answered."""
        return self.entries[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A person is wanted, and the shop is open. `entry` when the manual itself says so."""

    reason: Reason
    entry: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A person is wanted, and the shop is closed."""

    reason: Reason
    entry: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The buyer answered the satisfaction invite of this episode; `comment` is what they said beside the mark."""

    score: int
    episode: int
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StayQuiet:
    """Say nothing."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismiss:
    """One neutral line to someone who sells something, and a note for staff to report or block them."""

    reason: Reason


Act = Answer | Clarify | HandOver | Away | Rate | StayQuiet | Dismiss


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One thing to say. `once` is a key that the outbox accepts a single time; without it the message gives the key."""

    kind: ReplyKind
    text: str
    entry: str | None = None
    confidence: float | None = None
    once: str | None = None
    choices: tuple[str, ...] = ()


class RuleTried(NamedTuple):
    """One rule of a stage, and what came of it."""

    stage: str
    rule: str
    won: bool
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one question was taken: what it says, what was known around it, what it may mean, and which rule won."""

    text: str = ""
    words: tuple[str, ...] = ()
    named: Mapping[str, str]
    remembered: Mapping[str, str] = field(default_factory=dict)
    """What was known of the buyer before, or from their other messages, and is not named here."""
    candidates: tuple[Candidate, ...] = ()
    rules: tuple[RuleTried, ...] = ()
    answer_rule: Reason | None = None
    answer_lost: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Account):
    """One of several questions, and what would have been done about it alone."""

    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Why(Account):
    """The account of one decision: enough to follow it, and to make it again on the same knowledge revision.

    `parts` are the questions of a turn with more than one; the account itself is then that of the first that is said.
    """

    revision: int
    local_time: datetime
    is_open: bool
    is_refined: bool = False
    matcher: MatcherAtWork = "quick"
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do about the buyer's new messages, what to say, and what to remember."""

    act: Act
    bubbles: tuple[Bubble, ...]
    mode: Mode
    memory: Memory
    why: Why
    rated: Rate | None = None
    """The mark that came beside what the act is about."""
