"""A buyer's turn taken apart: his new messages as questions, each with all that is known around it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.contract import Image, OrderCard, ProductCard, Text, Unsupported
from bot.domain.conversation import Memory
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.conversation import Conversation, Mode
    from bot.domain.decision import Act, Bubble, Heard, RuleTried, ShopNow
    from knowledge.answering import Chosen
    from knowledge.base import KnowledgeBase
    from knowledge.matching import Candidate, Findings

QUESTIONS_PER_TURN = 10
SHORTEST_QUESTION_CHARACTERS = 4
MATCHED_CHARACTERS = 500
GREETING_ENTRY = "greeting"
FAREWELL_ENTRY = "farewell"
SMALL_TALK = {GREETING_ENTRY, FAREWELL_ENTRY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One message in its turn: what it says, what is known around it, and what was found for it."""

    heard: Heard
    text: str
    folded: str
    findings: Findings
    conversation: Conversation
    memory: Memory
    shop: ShopNow
    knowledge: KnowledgeBase
    named: Mapping[str, str]

    @property
    def best(self) -> Candidate | None:
        """The entry that fits best, if any comes near."""
        return self.findings.candidates[0] if self.findings.candidates else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What one rule decided."""

    act: Act
    bubbles: tuple[Bubble, ...] = ()
    mode: Mode | None = None
    memory: Memory
    reason: str
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A message, the ruling on it and all the rules that were tried."""

    question: Question
    ruling: Ruling
    tried: tuple[RuleTried, ...]


def begin_episode(conversation: Conversation) -> Memory:
    """A closed conversation that the buyer takes up again starts anew, but is not welcomed or told twice."""
    memory = conversation.memory
    if conversation.mode != "closed":
        return memory
    return Memory(welcomed_on=memory.welcomed_on, away_told=memory.away_told)


_ASKS = re.compile(r"[?？吗么呢嘛]|多少|怎|什么|啥|咋|几|哪|能不能|可不可以|有没有|是不是|会不会|要不要|可以|支持")


def is_question(text: str) -> bool:
    """Whether these words ask something by themselves, rather than only begin or surround a question."""
    return len(text.strip()) >= SHORTEST_QUESTION_CHARACTERS and bool(_ASKS.search(text))


def remember_surroundings(heard: Sequence[Heard], memory: Memory, knowledge: KnowledgeBase) -> Memory:
    """Remember the product, order state and region that the messages carry with them; the newest wins."""
    for message in heard:
        around, content = message.surroundings, message.content
        product = content.product_id if isinstance(content, ProductCard) else around.product_id
        status = content.status if isinstance(content, OrderCard) else around.order_status
        memory = dataclasses.replace(
            memory,
            product_id=product if product in knowledge.product_titles else memory.product_id,
            order_status=status or memory.order_status,
            region=around.region or memory.region,
        )
    return memory


def worth_judging(heard: Sequence[Heard]) -> list[Heard]:
    """The messages to judge one by one: the last few different texts and the last picture, or else the last card."""
    texts = {fold(message.content.text): message for message in heard if isinstance(message.content, Text)}
    others = [message for message in heard if isinstance(message.content, Image | Unsupported)]
    return [*list(texts.values())[-QUESTIONS_PER_TURN:], *others[-1:]] or [heard[-1]]


def text_of(message: Heard) -> str:
    """The words of a message, as far as they are read; empty for a card or a picture."""
    return message.content.text[:MATCHED_CHARACTERS] if isinstance(message.content, Text) else ""


def question_of(
    message: Heard, text: str, *, conversation: Conversation, memory: Memory, shop: ShopNow, knowledge: KnowledgeBase
) -> Question:
    """All that is known around these words of a message (its whole text, or one question out of it)."""
    findings, named = knowledge.find(text), knowledge.notice(text)
    return Question(
        heard=message,
        text=text,
        folded=findings.text,
        findings=findings,
        named={
            each.name: str(value)
            for each in dataclasses.fields(named)
            if (value := getattr(named, each.name)) is not None
        },
        conversation=conversation,
        memory=dataclasses.replace(
            memory, product_id=named.product_id or memory.product_id, region=named.region or memory.region
        ),
        shop=shop,
        knowledge=knowledge,
    )
