"""An utterance in its turn, with all that is known around it, and what the rules make of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.dialogue.cues.own_words import IT, signs_for, speaks_of_all
from bot.dialogue.remembering import buyers_region, figures_told
from bot.dialogue.utterance import without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.dialogue.acts import Act, Bubble, RuleTried, ShopNow
    from bot.dialogue.cues.own_words import Sign
    from bot.dialogue.state import Conversation, Memory, Mode
    from bot.dialogue.utterance import Utterance
    from knowledge.answers.choose import Chosen
    from knowledge.base import KnowledgeBase
    from knowledge.matching.matcher import Candidate, Findings
    from knowledge.reasons.reason import Reason
    from knowledge.relevance.keywords import Subject

SHORT_CHARACTERS = 6
"""What is no longer than this is said in a few words."""
TOLD_OF_TEXTS = 3
"""So many of the last texts are looked at for what a buyer told of a matter that needs the shop's own words."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is said, what is known around it, and what was found for it."""

    said: Utterance
    folded: str
    """What it asks, folded: as it was understood, or in full where the words go on from what was asked before."""
    findings: Findings
    conversation: Conversation
    memory: Memory
    shop: ShopNow
    named: Mapping[str, str]
    only_tells_figures: bool
    """It holds nothing but a height or a weight, which the question before, or what it was asked for, can use."""

    @property
    def knowledge(self) -> KnowledgeBase:
        """What the shop knows, for this turn."""
        return self.said.knowledge

    @property
    def best(self) -> Candidate | None:
        """The entry that fits best, if any comes near."""
        return self.findings.candidates[0] if self.findings.candidates else None

    @property
    def subject(self) -> Subject:
        """What it is about, apart from the small words of any question."""
        return self.knowledge.subject_of(self.folded)

    @cached_property
    def matters(self) -> tuple[Sign, ...]:
        """The signs of what needs the shop's own words on just that, if only by what was said just before it."""
        product = self.knowledge.names_in(self.folded).product
        said = self.folded.replace(product, IT, 1) if product else self.folded
        return signs_for(said, self.memory.recent[-TOLD_OF_TEXTS:])

    @property
    def asks_of_another(self) -> bool:
        """It only names what the question before is asked of now, in words that may be a thing's: "龙井呢"."""
        return bool(self.memory.recent) and self.said.asks_of_another


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What one rule decided."""

    act: Act
    bubbles: tuple[Bubble, ...] = ()
    mode: Mode | None = None
    memory: Memory
    reason: Reason
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A message, the response to it and all the rules that were tried."""

    question: Question
    response: Response
    tried: tuple[RuleTried, ...]


def question_of(said: Utterance, *, conversation: Conversation, memory: Memory, shop: ShopNow) -> Question:
    """All that is known around these words."""
    told = figures_told(said.text, conversation.memory, memory, said.knowledge)
    named = {**told._asdict(), **_named(said)}
    question = Question(
        said=said,
        folded=said.understood,
        findings=said.findings,
        named={name: in_plain(value) for name, value in named.items() if value is not None},
        conversation=conversation,
        memory=memory.knowing(
            product_id=named.get("product_id") or memory.product_id,
            region=buyers_region(said.understood, said.names, named.get("region")) or memory.region,
            height_cm=named.get("height_cm") or memory.height_cm,
            weight_kg=named.get("weight_kg") or memory.weight_kg,
        ),
        shop=shop,
        only_tells_figures=any(told),
    )
    if not question.matters:
        return question
    return dataclasses.replace(question, findings=without(question.findings, _silent_on(question)))


def _named(said: Utterance) -> dict[str, Any]:
    """What the message names as it was typed, and whatever more it names as it was understood."""
    return {
        each.name: value
        for reading in said.values
        for each in dataclasses.fields(reading)
        if (value := getattr(reading, each.name)) is not None
    }


def _silent_on(question: Question) -> set[str]:
    """The entries that say nothing of just what is asked about."""
    said = {
        each.entry: question.knowledge.words_of(each.entry, question.memory.product_id)
        for each in question.findings.candidates
    }
    return {entry for entry, words in said.items() if not speaks_of_all(question.matters, words)}


def in_plain(value: object) -> str:
    """What was told, as one reads it in the why: 55 kg rather than 55.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)
