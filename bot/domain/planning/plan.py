"""The values on both sides of a decision: what waits in a conversation, and what is to be written about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.contract import Message
from bot.dialogue.acts import Heard

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.contract import Event, ReplyReference
    from bot.dialogue.acts import Decision, Situation
    from bot.dialogue.state import Conversation
    from bot.domain.alerts import Alert
    from bot.domain.delivering.outgoing import Outgoing
    from bot.domain.planning.unsaid import Unsaid


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """One inbox row that waits for a decision. With a `problem` nobody can read it, and it holds an empty message."""

    id: int
    external_id: str
    event: Event
    sent_at: datetime
    received_at: datetime
    problem: str = ""

    @property
    def is_message(self) -> bool:
        """Whether somebody says something here, in words that can be read."""
        return isinstance(self.event, Message) and not self.problem

    @property
    def reply_reference(self) -> ReplyReference | None:
        """What the platform handed out with it, to be given back in the answer."""
        return getattr(self.event, "reply_reference", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A conversation that is ours to decide about, with what is new in it, in order."""

    conversation: Conversation
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """The rest of what a buyer is about to say: until when it is awaited, and after which inbox row.

    `external_id` is what the platform calls that message.
    """

    until: datetime
    after_inbox_id: int
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision with all that it was made from. `title_of` names an entry for people."""

    situation: Situation
    decision: Decision
    at: datetime
    title_of: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An episode that has just ended, and when its buyer may be asked how it went."""

    conversation_id: int
    episode: int
    closed_at: datetime
    due_at: datetime
    reply_reference: ReplyReference | None = None
    """What the platform handed out for asking, which is then done at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A buyer's verdict on one episode: 1 (very bad) to 5 (very good)."""

    conversation_id: int
    episode: int
    score: int
    comment: str
    source: str
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be written about one conversation, and what it `becomes`. The rows of `inbox_ids` are settled.

    `alerts` is what people of the shop are told of it, wherever they are.
    `ended_at` is set where the platform has ended it: what a person had of it is over.
    `reason` says why a person is called, `problem` why the messages are set aside rather than decided about.
    """

    conversation: Conversation
    becomes: Conversation
    inbox_ids: tuple[int, ...]
    outgoing: tuple[Outgoing, ...] = ()
    alerts: tuple[Alert, ...] = ()
    awaits: Awaited | None = None
    decided: Decided | None = None
    unsaid: Unsaid | None = None
    closing: Closing | None = None
    rated: Rated | None = None
    ended_at: datetime | None = None
    reason: str = ""
    problem: str = ""

    @property
    def joins_queue(self) -> bool:
        """Whether one more waits for a person from now on."""
        return self.becomes.mode == "waiting" and self.conversation.mode != "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """Nothing is planned yet: a model could help with these texts."""

    texts: tuple[str, ...]


def heard_of(unread: Unread) -> Heard:
    """A message as the rules hear it. Raises `TypeError` for a row that is another kind of event."""
    if not isinstance(unread.event, Message):
        raise TypeError(f"inbox row {unread.id} is no message")
    return Heard(
        inbox_id=unread.id,
        external_id=unread.external_id,
        content=unread.event.content,
        surroundings=unread.event.surroundings,
        sent_at=unread.sent_at,
        arrived_at=unread.received_at,
    )
