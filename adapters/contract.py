"""What every platform must be able to do, and the values that cross the door.

An adapter knows one platform's JSON and signatures. It never touches the database and never decides anything: it turns
a `Request` into `Received` events, and an `Outbound` into a request. Everything here is frozen, and its text clean.

    AdapterError
    ├── BadSignature    the request is not the platform's: answer 401, write nothing
    └── BadPayload      it is, but we cannot read it: answer 400 with every problem in words
    BadSettings         the channel's table in the configuration is wrong: the program refuses to start
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

Echoes = Literal["yes", "no", "auto"]
AuthorKind = Literal["buyer", "staff", "system"]
OrderStatus = Literal["unpaid", "paid", "shipped", "signed", "refunding", "closed"]
ReplyKind = Literal[
    "answer", "clarify", "welcome", "handoff", "holding", "away", "invite", "thanks", "farewell", "staff"
]

ORDER_STATUSES: tuple[OrderStatus, ...] = ("unpaid", "paid", "shipped", "signed", "refunding", "closed")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what somebody gave us, in words they can act on."""

    field: str
    problem: str


class AdapterError(Exception):
    """A request that an adapter will not turn into events."""


class BadSignature(AdapterError):
    """The request does not prove that the platform sent it."""


class BadPayload(AdapterError):
    """The request is genuine, but its body does not follow the contract."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.problem}" for each in problems))
        self.problems = problems


class BadSettings(Exception):
    """A channel's settings are wrong; `problems` holds all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.problem}" for each in problems))
        self.problems = problems


# What comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a message. `id` and `name` may be empty where the platform does not say."""

    kind: AuthorKind = "buyer"
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words. At most 20,000 characters reach us; the matcher reads the first 500."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, kept as its address; nobody here looks at it."""

    url: str


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product the buyer sent: a question about that product."""

    product_id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order the buyer sent, with its state where the platform tells it."""

    order_id: str
    status: OrderStatus | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Anything else (voice, video, a new kind of card): stored, and handed to a person."""

    kind: str


Content = Text | Image | ProductCard | OrderCard | Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the platform (or the try-out page) knows around a message; every field may be unknown."""

    page: str | None = None
    product_id: str | None = None
    order_status: OrderStatus | None = None
    region: str | None = None
    pretend_at: datetime | None = None
    """Only the try-out page sets this: the moment the shop's clock and calendar should be asked about."""
    credit_level: int | None = None
    orders: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Somebody said something in a conversation."""

    author: Author
    content: Content
    surroundings: Surroundings = Surroundings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed:
    """The platform or a person ended the conversation."""

    closed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCreated:
    """The buyer rated the conversation on the platform itself: 1 (very bad) to 5 (very good)."""

    score: int
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundUpdated:
    """An after-sale case moved. Stored as it came; nothing acts on it yet."""

    refund_id: str
    order_id: str = ""
    state: str = ""


Event = Message | ConversationClosed | RatingCreated | RefundUpdated


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One event, as it was delivered. `external_id` with the channel is the idempotency key.

    `sent_at` is the platform's time (aware) or None; `raw` is the body exactly as received.
    `conversation_id` is the platform's; it is empty only for a refund that belongs to no conversation.
    `left_out` names the optional fields that could not be read: what somebody said is never lost for them.
    """

    external_id: str
    conversation_id: str
    event: Event
    sent_at: datetime | None = None
    raw: bytes = b""
    left_out: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a platform asked of our door. Names of `headers` are looked up in lower case; `body` is as it came."""

    method: str = "POST"
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReply:
    """What this platform wants to read once its delivery is on disk, or as the answer to its handshake."""

    body: bytes
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Received:
    """The events of one delivery, in order, and the platform's own reply where it wants another than ours."""

    events: tuple[Inbound, ...] = ()
    reply: OwnReply | None = None


# What goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One bubble for the buyer. `in_reply_to` holds the platform's message ids that it answers.

    `choices` are the titles of a numbered choice, for platforms that can show buttons; the text names them as well.
    """

    kind: ReplyKind
    text: str
    part: int = 1
    parts: int = 1
    in_reply_to: tuple[str, ...] = ()
    entry: str | None = None
    confidence: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Tells the shop's own desk that a person is wanted. `urgent` when the reply window is two thirds gone.

    `reason_code` says why, and `reason` the same in words. `queue_position` is 1 for the buyer who is next, and 0
    when nobody waits and the desk should only know (an advertisement).
    """

    reason_code: str
    reason: str
    queue_position: int
    reply_by: datetime | None = None
    summary: str = ""
    group: str | None = None
    assignee: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Tells the shop's own desk that the bot has the conversation again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """Something to tell a platform, ready to send. The same `reply_id` and bytes on every retry.

    `created_at` is the time it was written down (aware), not the time of this attempt.
    """

    reply_id: str
    conversation_id: str
    created_at: datetime
    content: Reply | HandedOver | Returned


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it. Its own id for it, when it gave one, lets us recognise the echo."""

    platform_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class TryLater:
    """A definite no for now: nothing was delivered, and the same thing may be sent again."""

    reason: str
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no for good: sending it again cannot help; a person is told the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it arrived. What may be done next depends on `Capabilities.resend`."""

    reason: str


SendOutcome = Sent | TryLater | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What the platform offers; the bot never assumes more.

    `resend`: "same_key" where the platform drops a second delivery of one `reply_id`, "never" where nothing
    protects the buyer from a second copy (then an unknown outcome is shown to staff, not repeated).
    `announces`: it wants `HandedOver` and `Returned` notices.
    `desk`: people of the shop see there which buyers want a person, and answer. Without one, no buyer is told that a
    person comes.
    `handshake`: it asks by GET before it delivers, and its adapter answers.
    `echoes`: it sends our own replies back to us as staff messages, or never does; "auto" where shops differ.
    """

    resend: Literal["same_key", "never"]
    announces: bool = False
    desk: bool = False
    handshake: bool = False
    echoes: Echoes = "auto"
    send_timeout_seconds: float = 10.0


class Adapter(Protocol):
    """One channel of one platform. Built once at start by `configure`; holds settings, no state."""

    @property
    def capabilities(self) -> Capabilities:
        """What this channel's platform offers."""
        ...

    @property
    def messages_per_minute(self) -> int:
        """How much one buyer may say; what comes faster is sent back to the platform with a pause."""
        ...

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> Self:
        """Build the channel from its own keys of the configuration, or raise `BadSettings` with every problem."""
        ...

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Check the signature on the raw bytes, then read them. Raises `BadSignature` or `BadPayload`."""
        ...

    async def send(self, *, session: ClientSession, outbound: Outbound, now: datetime) -> SendOutcome:
        """Hand one thing to the platform, once. Never raises for a fault of the network or the platform."""
        ...
