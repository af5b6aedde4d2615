"""A talk with the rules alone: what is said, what is decided, what is remembered; no database, no clock."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.contract import Surroundings, Text
from bot.dialogue.acts import Heard, ShopNow
from bot.dialogue.decide import decide
from bot.dialogue.state import Conversation, Memory
from bot.dialogue.utterance import read
from knowledge.base import KnowledgeBase
from knowledge.manual.entry import Manual
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.contract import Content
    from bot.dialogue.acts import Decision
    from bot.dialogue.utterance import Utterance
    from knowledge.manual.entry import Entry, Product

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OPEN = ShopNow(
    local_time=NOW.astimezone(ZoneInfo("Asia/Shanghai")),
    is_open=True,
    is_working_day=True,
    opens_at="明天9:00",
    closed_period=None,
)
NEW = Conversation(
    id=1,
    channel="tea",
    external_id="c-1",
    buyer="b-1",
    mode="bot",
    epoch=0,
    episode=1,
    fence=0,
    memory=Memory(welcomed_on="2026-11-23"),
)


def heard(*said: str | Content, seconds_apart: float = 0) -> list[Heard]:
    """Messages that come one after the other, the last of them just now."""
    first = NOW - timedelta(seconds=seconds_apart * (len(said) - 1))
    return [
        Heard(
            inbox_id=number,
            external_id=f"m-{number}",
            content=Text(each) if isinstance(each, str) else each,
            surroundings=Surroundings(),
            sent_at=first + timedelta(seconds=seconds_apart * (number - 1)),
            arrived_at=first + timedelta(seconds=seconds_apart * (number - 1)),
        )
        for number, each in enumerate(said, 1)
    ]


def said(knowledge: KnowledgeBase, *said: str | Content) -> list[Utterance]:
    """The same messages as one reads them who knows this."""
    return [read(message, knowledge) for message in heard(*said)]


def shop_of(entries: Sequence[Entry], products: Sequence[Product] = ()) -> KnowledgeBase:
    """A shop with these entries and products, and the facts and lines of the starter manual."""
    starter = starter_manual()
    manual = Manual(entries=tuple(entries), products=tuple(products), facts=starter.facts, lines=starter.lines)
    return KnowledgeBase.build(revision=1, manual=manual)


class Talk:
    """One buyer's conversation, turn by turn. A turn is one message, or several that came together."""

    def __init__(self, knowledge: KnowledgeBase, shop: ShopNow = OPEN) -> None:
        self.knowledge = knowledge
        self.shop = shop
        self.conversation = NEW

    def turn(self, *said: str | Content) -> Decision:
        """The decision about these messages; the talk goes on from it."""
        decision = decide(heard=heard(*said), conversation=self.conversation, shop=self.shop, knowledge=self.knowledge)
        self.conversation = dataclasses.replace(self.conversation, mode=decision.mode, memory=decision.memory)
        return decision

    def says(self, *said: str | Content) -> list[str]:
        """What the bot says upon these messages."""
        return [bubble.text for bubble in self.turn(*said).bubbles]


def entries(decision: Decision) -> list[str]:
    """The entries that were answered, in order."""
    return [entry for entry in (getattr(decision.act, "entry", None), *getattr(decision.act, "also", ())) if entry]


def rule_of(decision: Decision) -> str:
    """The rule that won."""
    return next(tried.rule for tried in decision.why.rules if tried.won)
