"""What a buyer says, read once at the start of their turn: whatever a rule wants to know of the words, it asks here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from adapters.contract import Image, OrderCard, ProductCard, Text, Unsupported
from bot.dialogue.cues.corrections import without_correction
from bot.dialogue.cues.links import without_product_links
from bot.dialogue.cues.plainer_readings import plainer
from bot.dialogue.cues.questions import asks, asks_of_another, ends_as_question, is_question, only_tells
from bot.dialogue.cues.tempers import is_calm
from bot.dialogue.cues.wishes import is_opener, speaks_of_work, wishes, without_refusal
from bot.dialogue.thresholds import UNSURE_AT_MOST, certainty, may_be_offered
from knowledge.language.normalisation import fold
from knowledge.language.splitting import one_for_each, split
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.dialogue.acts import Heard
    from knowledge.base import KnowledgeBase
    from knowledge.entities.extract import Named
    from knowledge.entities.names import Names
    from knowledge.matching.matcher import Findings

QUESTIONS_PER_TURN = 10
MATCHED_CHARACTERS = 500
NAMES_AT_ONCE = 3
GREETING_ENTRY = "greeting"
FAREWELL_ENTRY = "farewell"
PERSON_ENTRY = "human"
SMALL_TALK = {GREETING_ENTRY, FAREWELL_ENTRY}
COMPLAINT_ENTRY = "complaint"
ROBOT_ENTRY = "robot-question"
ABOUT_PEOPLE = {*SMALL_TALK, PERSON_ENTRY, COMPLAINT_ENTRY, "working-hours", ROBOT_ENTRY}
"""Never meant where 人工 is said of goods."""
_AROUND_A_NAME = Phrase("around_a_place", "around_a_name")
_BOUGHT_SOME = Phrase("bought", "bought_some")


@dataclass(frozen=True, eq=False, kw_only=True)
class Utterance:
    """Some words of a buyer: a message, a question out of it, or several messages taken together.

    What there is to know of them is found out when it is first asked for, and kept.
    """

    heard: Heard
    """The message that brought them, or the last of several."""
    spoken: str
    """All the words of that message that are meant."""
    text: str
    """The words that are looked at here."""
    knowledge: KnowledgeBase

    def saying(self, text: str) -> Utterance:
        """The same message as if these were its words."""
        return self if text == self.text else dataclasses.replace(self, text=text)

    @property
    def is_whole(self) -> bool:
        """Whether these are all words of the message."""
        return self.text == self.spoken

    @cached_property
    def typed(self) -> str:
        """The words folded (`normalisation.fold`): what is typed alike is alike."""
        return fold(self.text)

    @cached_property
    def typed_names(self) -> Names:
        """The words by which a product, a place and a courier are named in what was typed."""
        return self.knowledge.names_in(self.typed)

    @cached_property
    def typed_values(self) -> Named:
        """Everything that is named in what was typed: the place, the day, the sum and so on."""
        return self.knowledge.notice(self.text)

    @cached_property
    def findings(self) -> Findings:
        """The entries that may be meant, without those that certainly are not, and the words as they were understood.

        Nobody knows yet what was said before.
        """
        return _found(self)

    @property
    def understood(self) -> str:
        """The words folded, and put right where they were spelled carelessly."""
        return self.findings.text

    @cached_property
    def names(self) -> Names:
        """The words by which a product, a place and a courier are named, as it was understood."""
        return self.knowledge.names_in(self.understood)

    @cached_property
    def nameless(self) -> str:
        """What was understood, without the names."""
        return self.names.without(self.understood)

    @cached_property
    def values(self) -> tuple[Named, ...]:
        """Everything that is named: what more was understood first, then what was typed."""
        if self.understood == self.typed:
            return (self.typed_values,)
        return self.knowledge.notice(self.understood), self.typed_values

    @cached_property
    def parts(self) -> tuple[Utterance, ...]:
        """The parts that could each be a question; one for each where it asks about two products or places."""
        each_asks = one_for_each(self.text, _different(self.text, "product", self.knowledge))
        each_asks = tuple(
            one for asked in each_asks for one in one_for_each(asked, _different(asked, "place", self.knowledge))
        )
        in_order = zip_longest(*map(split, each_asks))
        parts = dict.fromkeys(part for parts in in_order for part in parts if part is not None)
        return tuple(map(self.saying, parts))

    @cached_property
    def asks(self) -> bool:
        """Whether a question word or particle is in it."""
        return asks(self.text)

    @cached_property
    def is_question(self) -> bool:
        """Whether it asks something by itself, rather than only begins or surrounds a question."""
        return is_question(self.text)

    @cached_property
    def ends_as_question(self) -> bool:
        """Whether its last word is a particle that makes a question of a whole sentence."""
        return ends_as_question(self.text)

    @cached_property
    def asks_of_another(self) -> bool:
        """Whether it asks the same of something else: "那耳机呢"."""
        return asks_of_another(self.text)

    @cached_property
    def only_tells(self) -> bool:
        """Whether its 呢 tells something rather than asks it: "没付款呢"."""
        return only_tells(self.text)

    @property
    def tells(self) -> bool:
        """Whether there are words, and none that asks."""
        return bool(self.text) and not self.asks

    @cached_property
    def wishes(self) -> bool:
        """Whether something is wanted, rather than told."""
        return wishes(self.text)

    @cached_property
    def opens(self) -> bool:
        """Whether it only opens a question, or takes back the last one: "我想问下", "说错了"."""
        return is_opener(self.text)

    @cached_property
    def unrefused(self) -> str:
        """The words without "不用转人工"."""
        return without_refusal(self.text)

    @property
    def refuses_person(self) -> bool:
        """Whether no more is said than that no person is wanted."""
        return bool(self.text) and not self.unrefused

    @cached_property
    def only_names(self) -> bool:
        """Whether it is only the name of a place, a product or a courier, with the small words of a follow-up."""
        return only_names(self.understood, self.names)

    @cached_property
    def only_names_as_typed(self) -> bool:
        """The same of what was typed."""
        return only_names(self.typed, self.typed_names)

    @cached_property
    def tells_what_was_bought(self) -> bool:
        """Whether it only says that the buyer has bought, or what: "我昨天买的毛衣"."""
        return says_what_was_bought(self.typed, self.typed_names)


def read(message: Heard, knowledge: KnowledgeBase) -> Utterance:
    """What is said in a message."""
    text = text_of(message)
    return Utterance(heard=message, spoken=text, text=text, knowledge=knowledge)


def text_of(message: Heard) -> str:
    """The words of a message that are meant, as far as they are read; empty for a card, a picture or a bare link."""
    if not isinstance(message.content, Text):
        return ""
    return without_correction(without_product_links(message.content.text[:MATCHED_CHARACTERS], message.own_hosts))


def worth_judging(said: Sequence[Utterance]) -> list[Utterance]:
    """The messages to judge one by one: the last few different texts and the last picture, or else the last card.

    Words that only open a question ask nothing about the card beside them.
    """
    contents = [(each, each.heard.content) for each in said]
    texts = {fold(content.text): each for each, content in contents if isinstance(content, Text)}
    others = [each for each, content in contents if isinstance(content, Image | Unsupported)]
    cards = [each for each, content in contents if isinstance(content, ProductCard | OrderCard)]
    if cards and not others and all(each.opens for each in texts.values()):
        return cards[-1:]
    return [*list(texts.values())[-QUESTIONS_PER_TURN:], *others[-1:]]


def _different(text: str, kind: Literal["product", "place"], knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The words by which a text names different products, or places in different provinces."""
    rest, found = fold(text), dict[str, str]()
    while (name := getattr(knowledge.names_in(rest), kind)) and len(found) < NAMES_AT_ONCE:
        named = knowledge.notice(name)
        found.setdefault(named.product_id or named.region or name, name)
        rest = rest.replace(name, " ")
    return tuple(found.values())


def _found(said: Utterance) -> Findings:
    """What is found for the words, without the entries that are certainly not meant."""
    findings = _likeliest_reading(said)
    names = said.knowledge.names_in(findings.text)
    if speaks_of_work(findings.text):
        findings = without(findings, ABOUT_PEOPLE)
    if is_calm(findings.text):
        findings = without(findings, {COMPLAINT_ENTRY})
    if only_names(findings.text, names):
        findings = _unsure(findings)
    if names.product:
        findings = without(findings, _alike_by_name(findings, names, said.knowledge))
    return findings


def _likeliest_reading(said: Utterance) -> Findings:
    """What is found for the words; where that is not sure, for the same question without the very things it names.

    That must be sure, or surer of the same: "恩施能送吗" without its place is about presents.
    """
    find, text = said.knowledge.find, said.unrefused
    found = find(text)
    names = said.knowledge.names_in(found.text)
    if certainty(_surest(found)) == "answer" or only_names(found.text, names):
        return found
    readings = map(find, plainer(found.text, said.knowledge.notice(text), names))
    agreeing = [each for each in readings if certainty(_surest(each)) == "answer" or _best(each) == _best(found)]
    return dataclasses.replace(max((found, *agreeing), key=_surest), text=found.text, words=found.words)


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


def _best(findings: Findings) -> str | None:
    return findings.candidates[0].entry if findings.candidates else None


def _surest(findings: Findings) -> float:
    return findings.candidates[0].confidence if findings.candidates else 0.0


def without(findings: Findings, entries: Collection[str]) -> Findings:
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


def says_what_was_bought(folded: str, names: Names) -> bool:
    """Whether these words only say that the buyer has bought, or which one: "我昨天买的", "付款了"."""
    return _BOUGHT_SOME.says(names.without(folded))


def is_around_a_name(rest: str) -> bool:
    """Whether what stands around the names of a message asks nothing by itself."""
    return _AROUND_A_NAME.says(rest)


def only_names(folded: str, names: Names) -> bool:
    """Whether the text is only the name of a place, a product or a courier, with the small words of a follow-up."""
    return any(names) and is_around_a_name(names.without(folded))
