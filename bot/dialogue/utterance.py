"""A buyer's turn taken apart: the new messages as questions, each with all that is known around it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal

from adapters.contract import Image, OrderCard, ProductCard, Text, Unsupported
from bot.dialogue.cues.corrections import without_correction
from bot.dialogue.cues.links import linked_product, without_product_links
from bot.dialogue.cues.own_words import IT, signs_for, speaks_of_all
from bot.dialogue.cues.plainer_readings import plainer
from bot.dialogue.cues.questions import asks_of_another
from bot.dialogue.cues.tempers import is_calm
from bot.dialogue.cues.wishes import is_opener, speaks_of_work, without_refusal
from bot.dialogue.state import Memory
from bot.dialogue.thresholds import UNSURE_AT_MOST, certainty, may_be_offered
from knowledge.answers.facts import size_chart
from knowledge.answers.templates import takes_figures
from knowledge.entities.measurements import Measurements, measurements_around, measurements_told
from knowledge.language.normalisation import fold
from knowledge.language.splitting import one_for_each, split
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.dialogue.acts import Act, Bubble, Heard, RuleTried, ShopNow
    from bot.dialogue.cues.own_words import Sign
    from bot.dialogue.state import Conversation, Mode
    from knowledge.answers.choose import Chosen
    from knowledge.base import KnowledgeBase
    from knowledge.entities.names import Names
    from knowledge.matching.matcher import Candidate, Findings
    from knowledge.reasons.reason import Reason
    from knowledge.relevance.keywords import Subject

QUESTIONS_PER_TURN = 10
SHORT_CHARACTERS = 6
"""What is no longer than this is said in a few words."""
MATCHED_CHARACTERS = 500
NAMES_AT_ONCE = 3
TOLD_OF_TEXTS = 3
"""So many of the last texts are looked at for what a buyer told of a matter that needs the shop's own words."""
GREETING_ENTRY = "greeting"
FAREWELL_ENTRY = "farewell"
PERSON_ENTRY = "human"
SMALL_TALK = {GREETING_ENTRY, FAREWELL_ENTRY}
COMPLAINT_ENTRY = "complaint"
ABOUT_PEOPLE = {*SMALL_TALK, PERSON_ENTRY, COMPLAINT_ENTRY, "working-hours", "robot-question"}
"""Never meant where 人工 is said of goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One message in its turn: what it says, what is known around it, and what was found for it."""

    heard: Heard
    text: str
    typed: str
    """The text folded."""
    folded: str
    """The text as it was understood: folded, and put right where it was spelled carelessly."""
    findings: Findings
    conversation: Conversation
    memory: Memory
    shop: ShopNow
    knowledge: KnowledgeBase
    named: Mapping[str, str]
    names: Names
    """The words by which it names a product, a place and a courier."""
    only_tells_figures: bool
    """It holds nothing but a height or a weight, which the question before, or what it was asked for, can use."""

    @property
    def best(self) -> Candidate | None:
        """The entry that fits best, if any comes near."""
        return self.findings.candidates[0] if self.findings.candidates else None

    @property
    def subject(self) -> Subject:
        """What it is about, apart from the small words of any question."""
        return self.knowledge.subject_of(self.folded)

    @property
    def matters(self) -> tuple[Sign, ...]:
        """The signs of what needs the shop's own words on just that, if only by what was said just before it."""
        product = self.knowledge.names_in(self.folded).product
        said = self.folded.replace(product, IT, 1) if product else self.folded
        return signs_for(said, self.memory.recent[-TOLD_OF_TEXTS:])

    @property
    def asks_of_another(self) -> bool:
        """It only names what the question before is asked of now, in words that may be a thing's: "龙井呢"."""
        return bool(self.memory.recent) and asks_of_another(self.text)

    @property
    def only_names(self) -> bool:
        """It is only the name of a place, a product or a courier, with the small words of a follow-up."""
        return only_names(self.folded, self.names)


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


def begin_episode(conversation: Conversation) -> Memory:
    """A closed conversation that the buyer takes up again starts anew, but is not welcomed or told twice."""
    memory = conversation.memory
    if conversation.mode != "closed":
        return memory
    return Memory(welcomed_on=memory.welcomed_on, away_told=memory.away_told)


def remember_surroundings(heard: Sequence[Heard], memory: Memory, knowledge: KnowledgeBase) -> Memory:
    """Remember the product, order state and region that the messages carry with them; the newest wins."""
    for message in heard:
        around, content = message.surroundings, message.content
        linked = linked_product(content.text, message.own_hosts) if isinstance(content, Text) else None
        product = content.product_id if isinstance(content, ProductCard) else around.product_id
        product = linked.product_id if linked and linked.product_id in knowledge.product_titles else product
        status = content.status if isinstance(content, OrderCard) else around.order_status
        memory = memory.knowing(
            product_id=product if product in knowledge.product_titles else memory.product_id,
            order_status=status or memory.order_status,
            region=around.region or memory.region,
        )
    return memory


def worth_judging(heard: Sequence[Heard]) -> list[Heard]:
    """The messages to judge one by one: the last few different texts and the last picture, or else the last card.

    Words that only open a question ask nothing about the card beside them.
    """
    texts = {fold(message.content.text): message for message in heard if isinstance(message.content, Text)}
    others = [message for message in heard if isinstance(message.content, Image | Unsupported)]
    cards = [message for message in heard if isinstance(message.content, ProductCard | OrderCard)]
    if cards and not others and all(is_opener(text_of(message)) for message in texts.values()):
        return cards[-1:]
    return [*list(texts.values())[-QUESTIONS_PER_TURN:], *others[-1:]]


def text_of(message: Heard) -> str:
    """The words of a message that are meant, as far as they are read; empty for a card, a picture or a bare link."""
    if not isinstance(message.content, Text):
        return ""
    return without_correction(without_product_links(message.content.text[:MATCHED_CHARACTERS], message.own_hosts))


def questions_in(text: str, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The parts of a text that could each be a question; one for each where it asks about two products or places."""
    each_asks = one_for_each(text, _different(text, "product", knowledge))
    each_asks = tuple(one for asked in each_asks for one in one_for_each(asked, _different(asked, "place", knowledge)))
    in_order = zip_longest(*map(split, each_asks))
    return tuple(dict.fromkeys(part for parts in in_order for part in parts if part is not None))


def _different(text: str, kind: Literal["product", "place"], knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The words by which a text names different products, or places in different provinces."""
    rest, found = fold(text), dict[str, str]()
    while (name := getattr(knowledge.names_in(rest), kind)) and len(found) < NAMES_AT_ONCE:
        named = knowledge.notice(name)
        found.setdefault(named.product_id or named.region or name, name)
        rest = rest.replace(name, " ")
    return tuple(found.values())


def question_of(
    message: Heard, text: str, *, conversation: Conversation, memory: Memory, shop: ShopNow, knowledge: KnowledgeBase
) -> Question:
    """All that is known around these words of a message (its whole text, or one question out of it)."""
    typed, findings = fold(text), _found(without_refusal(text), knowledge)
    names = knowledge.names_in(findings.text)
    if speaks_of_work(findings.text):
        findings = _without(findings, ABOUT_PEOPLE)
    if is_calm(findings.text):
        findings = _without(findings, {COMPLAINT_ENTRY})
    if only_names(findings.text, names):
        findings = _unsure(findings)
    if names.product:
        findings = _without(findings, _alike_by_name(findings, names, knowledge))
    told = _told(text, conversation.memory, memory, knowledge)
    named = {**told._asdict(), **_named(text, typed, findings.text, knowledge)}
    question = Question(
        heard=message,
        text=text,
        typed=typed,
        folded=findings.text,
        findings=findings,
        named={name: in_plain(value) for name, value in named.items() if value is not None},
        names=names,
        conversation=conversation,
        memory=memory.knowing(
            product_id=named.get("product_id") or memory.product_id,
            region=_his_region(findings.text, names, named.get("region")) or memory.region,
            height_cm=named.get("height_cm") or memory.height_cm,
            weight_kg=named.get("weight_kg") or memory.weight_kg,
        ),
        shop=shop,
        knowledge=knowledge,
        only_tells_figures=any(told),
    )
    if not question.matters:
        return question
    return dataclasses.replace(question, findings=_without(findings, _silent_on(question)))


def _alike_by_name(findings: Findings, names: Names, knowledge: KnowledgeBase) -> set[str]:
    """The entries that have nothing but the name of a product in common with a question, as they are asked for it."""
    rest = names.without_product(findings.text)
    likely = {
        each.entry for each in knowledge.find(rest).candidates if may_be_offered(knowledge.entry(each.entry), each)
    }
    return {
        each.entry
        for each in findings.candidates
        if each.confidence < 1
        and each.entry in knowledge.asked_with(names.product) - likely
        and not knowledge.shares_subject(rest, each.entry)
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


def _found(text: str, knowledge: KnowledgeBase) -> Findings:
    """What is found for a text; where that is not sure, for the same question without the very things it names.

    That must be sure, or surer of the same: "恩施能送吗" without its place is about presents.
    """
    found = knowledge.find(text)
    names = knowledge.names_in(found.text)
    if certainty(_surest(found)) == "answer" or only_names(found.text, names):
        return found
    readings = map(knowledge.find, plainer(found.text, knowledge.notice(text), names))
    agreeing = [each for each in readings if certainty(_surest(each)) == "answer" or _best(each) == _best(found)]
    return dataclasses.replace(max((found, *agreeing), key=_surest), text=found.text, words=found.words)


def _best(findings: Findings) -> str | None:
    return findings.candidates[0].entry if findings.candidates else None


def _surest(findings: Findings) -> float:
    return findings.candidates[0].confidence if findings.candidates else 0.0


def _told(text: str, before: Memory, memory: Memory, knowledge: KnowledgeBase) -> Measurements:
    """The figures that a message consists of, where the last answer, or the one that waits, has a use for them.

    Both of them together are of use for any product with a size chart. `before` is what was known before this turn.
    """
    entry, chart = (
        knowledge.entry(memory.wanted or memory.last_entry or ""),
        size_chart(knowledge.manual, memory.product_id),
    )
    if entry is None or not takes_figures(entry):
        height_is_known = before.height_cm is not None
        told = (
            Measurements()
            if chart is None or memory.wanted
            else measurements_told(text, height_is_known=height_is_known)
        )
        is_one_of_them = memory.last_entry is None or height_is_known or before.weight_kg is not None
        return told if is_one_of_them or None not in told else Measurements()
    needs_height = before.height_cm is None and (chart is None or chart.by_height)
    return measurements_told(text, height_is_known=not needs_height)


def _named(text: str, typed: str, understood: str, knowledge: KnowledgeBase) -> dict[str, Any]:
    """What the message names as it was typed, and whatever more it names as it was understood."""
    readings = [knowledge.notice(text)]
    if understood != typed:
        readings.insert(0, knowledge.notice(understood))
    return {
        each.name: value
        for reading in readings
        for each in dataclasses.fields(reading)
        if (value := getattr(reading, each.name)) is not None
    }


def _without(findings: Findings, entries: Collection[str]) -> Findings:
    """The same findings when it is certain that these entries are not meant."""
    kept = tuple(each for each in findings.candidates if each.entry not in entries)
    return dataclasses.replace(findings, candidates=kept)


def _unsure(findings: Findings) -> Findings:
    """A bare name asks nothing: unless an entry has it for an example, nobody can be sure what it is about."""
    candidates = (
        each if each.confidence == 1 else dataclasses.replace(each, confidence=min(each.confidence, UNSURE_AT_MOST))
        for each in findings.candidates
    )
    return dataclasses.replace(findings, candidates=tuple(candidates))


def remember_names(heard: Sequence[Heard], memory: Memory, knowledge: KnowledgeBase) -> Memory:
    """Remember the product, the place and the figures that any message names: fragments belong together."""
    texts = list(map(text_of, heard))
    before, together, around = memory, knowledge.notice(" ".join(texts)), measurements_around(texts)
    recalled = measurements_around(texts, before=memory.recent)
    for message in heard:
        named, folded = knowledge.notice(text_of(message)), fold(text_of(message))
        told = _told(text_of(message), before, memory, knowledge)
        memory = memory.knowing(
            product_id=named.product_id or memory.product_id,
            region=_his_region(folded, knowledge.names_in(folded), named.region) or memory.region,
            height_cm=named.height_cm
            or told.height_cm
            or around.height_cm
            or together.height_cm
            or memory.height_cm
            or recalled.height_cm,
            weight_kg=named.weight_kg
            or told.weight_kg
            or around.weight_kg
            or together.weight_kg
            or memory.weight_kg
            or recalled.weight_kg,
        )
    return memory


_UNDERWAY = Phrase("around_a_place", "underway")
_OF_THE_SHOP = Phrase("around_a_place", "of_the_shop")
_SENT_FROM = Phrase("around_a_place", "sent_from")
_AROUND_A_NAME = Phrase("around_a_place", "around_a_name")


def _his_region(folded: str, names: Names, region: str | None) -> str | None:
    """The province named, unless it is where the parcel is, or where the shop and its goods are."""
    if not names.place:
        return region
    before, _, after = folded.partition(names.place)
    elsewhere = _UNDERWAY.says(folded) or _OF_THE_SHOP.says(before) or _SENT_FROM.pattern.match(after)
    return None if elsewhere else region


def is_around_a_name(rest: str) -> bool:
    """Whether what stands around the names of a message asks nothing by itself."""
    return _AROUND_A_NAME.says(rest)


def only_names(folded: str, names: Names) -> bool:
    """Whether the text is only the name of a place, a product or a courier, with the small words of a follow-up."""
    return any(names) and is_around_a_name(names.without(folded))
