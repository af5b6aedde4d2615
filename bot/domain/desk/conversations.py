"""What people of the shop see of conversations, and what passes between them and what they do there.

Pages show these values and hand in a `Click`; an action of a person returns an `Answered`. All moments are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.dialogue.state import Mode
    from bot.domain.desk.contacts import Contact

View = Literal["mine", "group", "all", "bot", "closed", "unsatisfied", "snoozed", "called"]
"""mine: what I have · group: what waits for one of my groups and nobody has · all: what people have or are wanted in ·
bot: what the bot leads · closed: what is over · unsatisfied: rated badly · snoozed: put off until later ·
called: where a note calls me that I have not seen."""
VIEWS: tuple[View, ...] = ("mine", "group", "all", "bot", "closed", "unsatisfied", "snoozed", "called")

SenderKind = Literal["human", "human_assisted", "robot", "system_auto"]
"""Who is to be credited with a reply: a person, a person with the bot's draft, the bot, a standing text."""
Delivery = Literal["queued", "sending", "sent", "failed", "unknown"]
Who = Literal["buyer", "bot", "person", "system", "note"]
Verb = Literal[
    "answer",
    "undo",
    "send_again",
    "take_over",
    "hand_back",
    "transfer",
    "note",
    "invite",
    "close",
    "snooze",
    "block",
    "unblock",
    "mark_advert",
    "tag",
    "propose",
    "correct",
    "merge",
    "split",
    "spoke_elsewhere",
]
"""What a person did. `spoke_elsewhere`: they wrote in the platform's own client."""
Unable = Literal[
    "no_such_conversation",
    "not_allowed",
    "nothing_to_send",
    "too_long",
    "too_many_bubbles",
    "no_such_picture",
    "pictures_not_here",
    "pictures_need_address",
    "no_such_card",
    "channel_gone",
    "blocked",
    "window_closed",
    "unanswered",
    "closed_already",
    "not_open",
    "already_left",
    "not_failed",
    "no_such_person",
    "no_such_group",
    "reason_missing",
    "already_invited",
    "asked_today",
    "advertisement",
    "nobody_answered",
    "in_the_past",
    "no_such_entry",
    "no_such_decision",
    "no_such_rating",
    "no_such_phrase",
    "merged_already",
    "too_many_merged",
    "not_merged",
]
"""Why nothing was done, as a code; pages have a sentence for each."""
SYSTEM_LINES = (
    "called",
    "took_over",
    "spoke_elsewhere",
    "handed_back",
    "transferred",
    "closed",
    "blocked",
    "merged",
    "split",
)
"""The kinds of lines of `who` system; pages have a sentence for each."""

LONGEST_TEXT = 2_000
MOST_BUBBLES = 10
LONGEST_KEY = 64
LONGEST_DRAFT = 20_000


# What is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One conversation in the queue. `waiting_since` is when the buyer's first unanswered message came.

    `due_at` is the next line that counts, where one does. `last_words` are what was said last, and `last_who` by whom.
    """

    conversation_id: int
    version: int
    channel: str
    buyer: str
    buyer_name: str
    mode: Mode
    waiting_since: datetime | None
    due_at: datetime | None
    last_at: datetime
    last_who: Who
    last_words: str
    assignee_id: int | None
    assignee_name: str
    group_id: int | None
    snoozed_until: datetime | None
    blocked: bool
    tags: tuple[str, ...]
    score: int | None
    """The newest mark that the buyer gave: 1 (very bad) to 5 (very good)."""
    merged: tuple[int, ...] = ()
    """The same buyer's conversations of other channels: this one stands for them."""
    behind: tuple[tuple[int, datetime], ...] = ()
    """Those of them that wait in this view too, each with its `waiting_since`: no news once this one is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A page of one view. `after` asks for the next one; empty on the last."""

    items: tuple[QueueItem, ...]
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many conversations each view holds (those that are over are not counted), and how many owe an answer."""

    by_view: Mapping[View, int]
    unanswered_mine: int
    unanswered_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One thing said, or one thing that happened.

    `id` names it for ever, in every conversation. `kind` is what a message holds (text, image, productcard, ordercard,
    unsupported), what a reply is (answer, clarify, …, staff), or for `who` system one of `SYSTEM_LINES` with its
    `values`.
    """

    id: str
    who: Who
    kind: str
    at: datetime
    text: str = ""
    name: str = ""
    """Who wrote it, as buyers and colleagues read it; empty for the bot."""
    staff_id: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    picture: str = ""
    """The name of a picture that is kept here; `text` holds the address of one that is not."""
    card: str = ""
    """Of a person's: the product or order that it shows, "product:ID" or "order:ID"; `text` names it."""
    entry: str | None = None
    entry_title: str = ""
    confidence: float | None = None
    decision_id: int | None = None
    should_have_been: str = ""
    """The title of the entry that the decision should have been about, as somebody said."""
    sender: SenderKind | None = None
    edited: bool = False
    """Of the bot's draft, before a person sent it."""
    delivery: Delivery | None = None
    read: bool = False
    """The other side has seen it, where that is known."""
    problem: str = ""
    fault: str = ""
    """Why it did not arrive, by a code; `problem` says the same as an engineer would."""
    undo_until: datetime | None = None
    mentions: tuple[int, ...] = ()
    conversation_id: int = 0
    channel: str = ""
    """Where it was said, if the conversations of several channels are looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """A person who has a conversation open, and whether they are writing in it."""

    staff_id: int
    name: str
    types: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How a conversation stands. `version` is what a `Click` upon it carries as `seen_version`."""

    conversation_id: int
    version: int
    channel: str
    mode: Mode
    episode: int
    waiting_since: datetime | None
    due_at: datetime | None
    window_until: datetime | None
    assignee_id: int | None
    assignee_name: str
    group_id: int | None
    snoozed_until: datetime | None
    blocked: bool
    advert: bool
    looking: tuple[Looking, ...]
    """Colleagues who have it open."""
    buyer_types: bool
    invite: Literal["", "due", "sent", "skipped"]
    """What became of the invite of the present episode; empty where there is none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Bubbles in order. `before` asks for those that came before them; empty at the very beginning."""

    bubbles: tuple[Bubble, ...]
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """A conversation with its newest bubbles. `cursor` is where `News` begins.

    `merged` are the same buyer's conversations of other channels; what was said there stands among the bubbles.
    `drafts` are by conversation.
    """

    header: Header
    merged: tuple[Header, ...]
    page: Page
    cursor: str
    drafts: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new in a conversation since a cursor. `changed` are bubbles shown before that look different now.

    `gone` names those that were taken back.
    """

    header: Header
    merged: tuple[Header, ...]
    bubbles: tuple[Bubble, ...]
    changed: tuple[Bubble, ...]
    gone: tuple[str, ...]
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One earlier conversation (an episode) of the same buyer."""

    conversation_id: int
    episode: int
    channel: str
    ended_at: datetime
    score: int | None
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerCard:
    """What is known of a buyer. `level` and `orders` are the platform's, None where it does not tell.

    `elsewhere` are the ids of other conversations of whoever has the same id, `merged` the cards of those who are the
    same buyer, as people of the shop say.
    """

    conversation_id: int
    channel: str
    buyer: str
    name: str
    level: int | None
    orders: int | None
    region: str
    order_id: str
    tags: tuple[str, ...]
    platform_tags: tuple[str, ...]
    is_new: bool
    """New to shopping there: step by step, with pictures."""
    contacts: tuple[Contact, ...]
    """What they left to be reached by, the newest first."""
    blocked_since: datetime | None
    earlier: tuple[Earlier, ...]
    elsewhere: tuple[int, ...]
    merged: tuple[BuyerCard, ...] = ()


# What people do


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A conversation, and the version of it that a person saw."""

    conversation_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One thing that a person asks for. `seen_version` is the conversation's as they saw it.

    `key` is made anew for each click and stays the same when the request is repeated: then nothing is done twice, and
    the first result comes back. `beside` are the same buyer's conversations that were seen with it: what moves a buyer
    moves those along.
    """

    conversation_id: int
    seen_version: int
    key: str
    beside: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It was done. `version` is the conversation's now: the next click carries it.

    `undo_until` is set where it may still be taken back (`key` names it); `bubbles` names what was added. `not_called`
    are the names of those whom a note calls and who may not see the conversation. `along` are the same buyer's
    conversations to which it was done as well.
    """

    version: int
    undo_until: datetime | None = None
    bubbles: tuple[str, ...] = ()
    not_called: tuple[str, ...] = ()
    along: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SomebodyWasFaster:
    """Nothing was done: since the version they saw, `by` has done `what`. With `version` they may ask again."""

    by: str
    what: Verb
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPossible:
    """Nothing was done, and why."""

    reason: Unable


Answered = Done | SomebodyWasFaster | NotPossible
