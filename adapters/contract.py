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
from typing import TYPE_CHECKING, Literal, Protocol, Self, get_args, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from aiohttp import ClientSession
    from yarl import URL

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


KEPT_HERE = "xiaoer:"
"""How the `media` of a picture begins that the shop itself keeps; its name comes after it."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, kept as its address, or as what the platform calls it: it is fetched when a person looks at it."""

    url: str
    media: str = ""


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
class ReplyReference:
    """What a platform hands out with an event and takes in the answer to it. It opens the first bubble's way only.

    Opaque to the bot, which carries it from the event to the reply; `until` is when the platform stops taking it.
    """

    value: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Somebody said something in a conversation."""

    author: Author
    content: Content
    surroundings: Surroundings = Surroundings()
    reply_reference: ReplyReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened:
    """The buyer has opened the chat (or followed the shop) and said nothing yet: they are welcomed."""

    buyer: Author = Author()
    reply_reference: ReplyReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed:
    """The platform or a person ended the conversation. With a reference, the invite to rate goes out by it, at once."""

    closed_by: str = ""
    reply_reference: ReplyReference | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFailed:
    """The platform took a reply of ours, and says now that the buyer does not get it. A person is told the reason.

    `platform_message_id` is its own id of the reply, or ours, where it knows the reply by that.
    """

    platform_message_id: str
    reason: str
    fault: Fault | None = field(default=None, compare=False)


Event = Message | ReplyFailed | ConversationOpened | ConversationClosed | RatingCreated | RefundUpdated


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
    """The events of one delivery, in order, and the platform's own reply where it wants another than ours.

    `wake` where the platform only says that something is new: `fetch` is called at once, and handed this text.
    `with_person`: what it reads instead of `reply` while a person is wanted or has the buyer, where the answer to a
    delivery is how its message goes on to people of the platform's own.
    """

    events: tuple[Inbound, ...] = ()
    reply: OwnReply | None = None
    wake: str | None = None
    with_person: OwnReply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One page of what was pulled. `cursor` is kept once its events are on disk; `more` wants the next page at once."""

    events: tuple[Inbound, ...] = ()
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture as the platform keeps it."""

    body: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class NoMedia:
    """The platform gives no picture that may be shown: it keeps it no more, or it is none, or too large."""

    why: Literal["gone", "no_picture", "too_large"]


# What goes out

WHOLE_BYTES, PREVIEW_BYTES = 8_000_000, 1_000_000
"""What is fetched from us is no larger: the smallest of what the platforms take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAddresses:
    """Where a platform fetches one picture, JPEG or PNG, for a while: itself, and a smaller one for a list of chats.

    They are https, and whoever has one may fetch: they stand in no log of ours.
    """

    whole: str = field(repr=False)
    preview: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One bubble for the buyer. `in_reply_to` holds the platform's message ids that it answers.

    `choices` are the titles of a numbered choice, for platforms that can show buttons; the text names them as well.
    `reply_reference` is that of the event which this answers: the platform may want it back, or have let it lapse.
    `author` is the name of the person who wrote it, empty for the bot. `picture` names one that is kept here. `card`
    is the product or the order that it shows ("product:ID", "order:ID"); `text` says it for platforms without cards.
    """

    kind: ReplyKind
    text: str
    part: int = 1
    parts: int = 1
    in_reply_to: tuple[str, ...] = ()
    entry: str | None = None
    confidence: float | None = None
    choices: tuple[str, ...] = ()
    reply_reference: ReplyReference | None = None
    author: str = ""
    picture: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Tells the shop's own desk that a person is wanted. `urgent` when the reply window is nearly two thirds gone.

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

    `created_at` is the time it was written down (aware), not the time of this attempt. `is_repeat`: it was tried
    before, and may have arrived. `picture` is what `Reply.picture` names; for a platform that fetches pictures it is
    `picture_addresses` instead.
    """

    reply_id: str
    conversation_id: str
    created_at: datetime
    content: Reply | HandedOver | Returned
    is_repeat: bool = False
    picture: Media | None = None
    picture_addresses: PictureAddresses | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a platform lends for a while to whoever has logged in. `renewal`: what it wants to see next time.

    `ends_at`: from then on nobody can log in with that any more, and the account's owner has to authorise us anew.
    """

    value: str = field(repr=False)
    lasts_seconds: float
    renewal: str = field(default="", repr=False)
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What an adapter reaches its platform by. `token` is the access token, where the adapter can `log_in`."""

    session: ClientSession
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it. Its own id for it, when it gave one, lets us recognise the echo."""

    platform_message_id: str | None = None


WireFault = Literal[
    "bad_address",
    "private_network",
    "unknown_host",
    "no_tls",
    "no_connection",
    "slow_connection",
    "no_answer",
    "broken_off",
    "bad_status",
]
"""The way to the platform, or a program of the shop's own, is what keeps it."""

PlatformFault = Literal[
    "blocked_by_buyer",
    "window_over",
    "quota_used",
    "allowance_used",
    "no_such_buyer",
    "person_has_buyer",
    "nobody_online",
    "wrong_credentials",
    "authorisation_over",
    "wrong_settings",
    "no_permission",
    "address_not_allowed",
    "account_restricted",
    "robot_gone",
    "robot_rules",
    "too_long",
    "content_refused",
    "media_refused",
    "too_fast",
    "platform_trouble",
    "unclear_answer",
    "unknown_refusal",
]
"""The platform says that it does not take it. An adapter's table has one of these for each code of its platform."""

OwnFault = Literal["stopped", "cannot_be_read", "picture_gone", "no_public_address", "channel_gone", "program_trouble"]
"""Something at our own end keeps it."""

Fault = WireFault | PlatformFault | OwnFault
"""What is behind a reason, for people of the shop, who read it in their language with what to do next."""
FAULTS: tuple[Fault, ...] = (*get_args(WireFault), *get_args(PlatformFault), *get_args(OwnFault))


@dataclass(frozen=True, slots=True)
class TryLater:
    """A definite no for now: nothing was delivered, and the same thing may be sent again."""

    reason: str
    retry_after_seconds: float | None = None
    fault: Fault | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no for good: sending it again cannot help; a person is told the reason."""

    reason: str
    fault: Fault | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LoginExpired:
    """A definite no: the access token does not hold any more. It is renewed, and the same thing is sent once more."""

    reason: str
    fault: Fault | None = field(default="wrong_credentials", compare=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it arrived. What may be done next depends on `Capabilities.resend`.

    `ends_here`: not even with the same key may this one be sent again.
    """

    reason: str
    ends_here: bool = False
    fault: Fault | None = field(default=None, compare=False)


SendOutcome = Sent | TryLater | Refused | LoginExpired | Unknown
CallFault = TryLater | Refused | LoginExpired | Unknown
"""What becomes of a call that brings nothing back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimit:
    """The longest text that the platform takes in one bubble. "utf-16" counts an emoji as two."""

    at_most: int
    unit: Literal["characters", "utf-16", "bytes"] = "characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What the platform offers; the bot never assumes more.

    `resend`: "same_key" where the platform drops a second delivery of one `reply_id`, "never" where nothing
    protects the buyer from a second copy (then an unknown outcome is shown to staff, not repeated).
    `announces`: it wants `HandedOver` and `Returned` notices.
    `desk`: people of the shop see there which buyers want a person, and answer. Without one, no buyer is told that a
    person comes.
    `needs_desk`: it shows its chats to nobody once we are connected, so the shop's people must have a desk of ours.
    `handshake`: it asks by GET before it delivers, and its adapter answers.
    `pictures`: it can be sent pictures that are kept here.
    `fetches_pictures_within`: it takes none, and fetches them from public https addresses of ours instead, which hold
    for so long after the picture was sent.
    `echoes`: it sends our own replies back to us as staff messages, or never does; "auto" where shops differ.
    `longest_text`: a longer answer is cut between sentences, into several bubbles.
    `reply_window_hours`: nothing may be sent later than this after the buyer's last message.
    `replies_per_message`: so many bubbles it takes after each message of the buyer's; their next one fills it again.
    `buttons`: so many choices it shows as buttons. A click comes back as the buyer's words: the title of the choice.
    `native_survey`: it asks buyers for a rating itself, so we do not.
    `invites_any_time`: it takes our invite to rate even after the reply window.
    `hands_over`: once it has taken `HandedOver`, a person of its own has the buyer, and nobody else is let speak.
    `renews`: it forgets us unless we log in from time to time, also while no buyer writes.
    Typing and receipts, pulling, logging in and pictures it has where the adapter has their methods (below).
    """

    resend: Literal["same_key", "never"]
    announces: bool = False
    desk: bool = False
    needs_desk: bool = False
    handshake: bool = False
    pictures: bool = False
    fetches_pictures_within: timedelta | None = None
    echoes: Echoes = "auto"
    send_timeout_seconds: float = 10.0
    longest_text: TextLimit | None = None
    reply_window_hours: float | None = None
    replies_per_message: int | None = None
    buttons: int = 0
    native_survey: bool = False
    invites_any_time: bool = False
    hands_over: bool = False
    renews: bool = False


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

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Hand one thing to the platform, once. Never raises for a fault of the network or the platform."""
        ...


# What some platforms can do besides. An adapter that has one of these methods has the ability; so it is with those of
# adapters/checking.py, for whoever connects a channel.


@runtime_checkable
class LogsIn(Protocol):
    """It wants an access token. The bot keeps it, encrypted, and renews it: one node, once, however many wait."""

    async def log_in(
        self, *, session: ClientSession, former: AccessToken | None, now: datetime
    ) -> AccessToken | TryLater | Refused | Unknown:
        """Fetch a token. `former` is the last one, for platforms that renew rather than begin anew."""
        ...


@runtime_checkable
class Pulls(Protocol):
    """It is asked for what is new. The bot keeps the cursor, and one node asks at a time."""

    @property
    def fetch_every_seconds(self) -> float:
        """How often to ask although nothing has said that there is news."""
        ...

    async def fetch(self, *, wire: Wire, cursor: str, wake: str, now: datetime) -> Fetched | CallFault:
        """Read the next page. `cursor` is "" at first; `wake` is what the delivery brought that woke us, or ""."""
        ...


@runtime_checkable
class ShowsReading(Protocol):
    """It can show the buyer that they are read, or that somebody is typing."""

    async def show_reading(self, *, wire: Wire, conversation_id: str, message_id: str, now: datetime) -> None:
        """Show it. Whether it worked is nobody's concern."""
        ...


@runtime_checkable
class KeepsMedia(Protocol):
    """It hands out the pictures of buyers one by one, to whoever asks with the shop's credentials."""

    async def read_media(self, *, wire: Wire, media: str, now: datetime) -> Media | NoMedia | CallFault:
        """Fetch one, of a size and a type that may be shown. `media` is what `Image.media` holds."""
        ...


@runtime_checkable
class RunByOwner(Protocol):
    """The owner may run it inside their own network: what it keeps of pictures is fetched there as well."""

    @property
    def home(self) -> URL | None:
        """Where it is, if the owner allows private addresses; pictures at no other private one are fetched."""
        ...
