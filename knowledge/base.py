"""All that the shop knows at one revision, in memory and ready to be asked. Immutable: an edit makes a new one."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections import Counter
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Literal, Self

from knowledge.answers.choose import answer
from knowledge.answers.templates import say, takes_figures, variables_in
from knowledge.answers.topics import can_ask
from knowledge.entities.extract import notice
from knowledge.entities.names import names_in, products_in
from knowledge.fitting import BadFit, key_of, pack, unpack
from knowledge.language.normalisation import fold
from knowledge.language.segmentation import cutter
from knowledge.manual.entry import MANY_QUESTIONS
from knowledge.matching.embeddings import blended
from knowledge.matching.matcher import ANSWER_AT, LONGEST_QUESTION, Findings, Matcher
from knowledge.matching.spelling import Spelling
from knowledge.relevance.answer_clauses import clauses_of
from knowledge.relevance.keywords import stands_in, subject_of, thing_before, without_figures
from knowledge.relevance.product_cues import cues_of, product_shown
from knowledge.relevance.stopwords import subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.answers.choose import Chosen
    from knowledge.entities.extract import Named
    from knowledge.entities.names import Names
    from knowledge.language.segmentation import Cut
    from knowledge.manual.entry import Circumstances, Entry, Manual, Product
    from knowledge.matching.embeddings import Meant
    from knowledge.matching.matcher import Taught
    from knowledge.relevance.keywords import Subject


MatcherAtWork = Literal["quick", "refined", "kept"]
"""quick: nothing was fitted yet · refined · kept: the quick one stays, since the refined one would not be better."""

_TITLE_BREAKS = re.compile(r"[、，,/；;]")
_HOW_MUCH = "多少"
_ONLY_HOW_MUCH = re.compile("(?>(?:[这那]个|[这那]款|的|是|要|卖)*)多少")
EFFORT_A_QUESTION = 30
"""What a question costs beside its characters: as much as thirty of them."""
LONGEST_WHOLE = 200
"""What has more characters is no single question: nothing is found for it as a whole, and its parts are asked for."""
REMEMBERED_QUESTIONS = 2_000
"""Buyers ask the same things in the same words all day, and a base never changes its mind."""


class KnowledgeBase:
    """A manual and its matcher. Safe to ask from any thread."""

    def __init__(
        self,
        *,
        revision: int,
        manual: Manual,
        cut: Cut,
        matcher: Matcher,
        spelling: Spelling,
        is_refined: bool = False,
    ) -> None:
        self.revision = revision
        self.is_refined = is_refined
        self.manual = manual
        self.matcher = matcher
        self._cut = cut
        self._spelling = spelling
        self._meant: Mapping[str, Sequence[Meant]] = {}
        self._left: int | None = None
        self._asked: set[str] = set()
        self._entries = {entry.id: entry for entry in manual.entries}
        self.exact_words: Mapping[str, str] = _exact_words(manual)
        """Folded words that staff bound to an answer, and the entry each belongs to."""
        self.size_entry: str | None = next((entry.id for entry in manual.entries if takes_figures(entry)), None)
        """The first entry whose answers go by height and weight."""
        self.product_titles: Mapping[str, str] = {product.id: product.title for product in manual.products}
        """Product id → title."""
        self._product_cues = cues_of(manual)
        self._always = {"can_ask": can_ask(manual)}
        """The variables that stand for the same in everything this revision says, and take long to work out."""
        self._find = lru_cache(maxsize=REMEMBERED_QUESTIONS)(matcher.find_folded)
        self._understand = lru_cache(maxsize=REMEMBERED_QUESTIONS)(self._find_or_correct)
        self._notice = lru_cache(maxsize=REMEMBERED_QUESTIONS)(partial(notice, products=manual.products))
        self._asked_with = lru_cache(maxsize=REMEMBERED_QUESTIONS)(self._find_wording)
        self._names_in = lru_cache(maxsize=REMEMBERED_QUESTIONS)(partial(names_in, products=manual.products))
        self._called = lru_cache(maxsize=None)(self._read_calls)
        self._words_of = lru_cache(maxsize=REMEMBERED_QUESTIONS)(self._read_words)
        self._subjects_of = lru_cache(maxsize=None)(self._read_subjects)
        self._asked_for = lru_cache(maxsize=None)(self._read_asked_for)
        self._subject_of = lru_cache(maxsize=REMEMBERED_QUESTIONS)(lambda folded: subject_of(cut(folded)))

    @classmethod
    def build(cls, *, revision: int, manual: Manual, fit: bytes | None = None) -> Self:
        """Make it ready at once. Takes CPU: call it off the event loop.

        With the quick matcher, or sooner with the better one where its `fit` is at hand. Raises `BadFit`.
        """
        examples, clauses, vocabulary = _matched_by(manual)
        taught = None if fit is None else _taught(fit, examples, clauses, vocabulary)
        cut = cutter(vocabulary)
        matcher = Matcher.build(examples, clauses=clauses, cut=cut, numbered=taught.examples if taught else None)
        return cls(
            revision=revision,
            manual=manual,
            cut=cut,
            matcher=matcher.with_taught(taught) if taught else matcher,
            spelling=Spelling((question for _, question in examples), cut),
            is_refined=taught is not None,
        )

    def warm_up(self) -> None:
        """Do now what the first careless message, and all beside it, would have to wait for. Takes 0.2 s of CPU."""
        self._spelling.read()

    @property
    def is_warm(self) -> bool:
        """Whether no message has to wait for what is read once only."""
        return self._spelling.is_read

    @cached_property
    def fit_key(self) -> str:
        """The key of all that the better matcher is fitted to."""
        return fit_key(self.manual)

    def fitted(self) -> bytes:
        """What the better matcher is taught by fitting it, as bytes. Takes seconds to minutes of CPU."""
        return pack(self.matcher.refined().taught, key=self.fit_key)

    def with_fit(self, fit: bytes) -> KnowledgeBase:
        """The same knowledge with the better matcher, as it was fitted. Raises `BadFit`."""
        return self.with_matcher(self.matcher.with_taught(unpack(fit, key=self.fit_key)))

    def refined(self) -> KnowledgeBase:
        """The same knowledge with the better matcher, fitted here and now."""
        return self.with_fit(self.fitted())

    @property
    def matcher_at_work(self) -> MatcherAtWork:
        """Which matcher answers."""
        if not self.is_refined:
            return "quick"
        return "refined" if self.matcher.has_learned else "kept"

    def with_matcher(self, matcher: Matcher) -> KnowledgeBase:
        """The same knowledge, matched by another matcher."""
        return KnowledgeBase(
            revision=self.revision,
            manual=self.manual,
            cut=self._cut,
            matcher=matcher,
            spelling=self._spelling,
            is_refined=True,
        )

    def with_meant(self, meant: Mapping[str, Sequence[Meant]]) -> KnowledgeBase:
        """The same knowledge, which has heard from a model what these questions mean (see `embeddings.py`)."""
        heard = copy.copy(self)
        heard._meant = meant  # noqa: SLF001 - our own instance, not yet handed out
        return heard

    def within(self, effort: int) -> KnowledgeBase:
        """The same knowledge for one turn of a conversation, which may be asked for so much.

        Each different question costs `EFFORT_A_QUESTION` and one for each of its characters; what else the turn takes
        is `spent`. Once all `is_spent`, nothing is found any more: what somebody sends is never read for longer than
        that, and a person gets the rest.
        """
        bounded = copy.copy(self)
        bounded._left, bounded._asked = effort, set()  # noqa: SLF001 - our own instance, not yet handed out
        return bounded

    def spend(self, effort: int) -> None:
        """Count what a turn does with what it found."""
        if self._left is not None:
            self._left -= effort

    @property
    def is_spent(self) -> bool:
        """Whether this turn may not ask for anything new."""
        return self._left is not None and self._left <= 0

    def find(self, question: str) -> Findings:
        """The entries that could be meant, best first, with calibrated confidences.

        A question that is not understood as it is typed is read as a careful typist would have written it; the text
        that the findings hold is the one that was understood.
        """
        if len(question) > LONGEST_WHOLE or not self._can_afford(question):
            return Findings(text=fold(question[:LONGEST_QUESTION]), words=(), candidates=())
        found, meant = self._understand(fold(question)), self._meant.get(question)
        return found if meant is None or _surest(found) >= ANSWER_AT else blended(found, meant)

    def _can_afford(self, question: str) -> bool:
        """Whether there is effort left for this question, which costs nothing where it was asked before."""
        if self._left is None or question in self._asked:
            return True
        if self.is_spent:
            return False
        self._asked.add(question)
        self.spend(EFFORT_A_QUESTION + len(question))
        return True

    def _find_or_correct(self, folded: str) -> Findings:
        found = self._find(self._priced(folded))
        if _surest(found) >= ANSWER_AT:
            return found
        corrected = self._spelling.corrected(found.text)
        nameless = self.names_in(corrected).without_product(corrected)
        for reading in dict.fromkeys((corrected, nameless)):
            again = self._find(fold(reading)) if reading not in {"", found.text} else found
            if _surest(again) > _surest(found):
                found = dataclasses.replace(again, text=corrected, words=self._cut(corrected))
        return found

    def _priced(self, folded: str) -> str:
        """The question; but "耳机多少" asks for a price, whatever entry has 多少 in its questions."""
        if not folded.endswith(_HOW_MUCH):
            return folded
        name = self.names_in(folded).product
        asks_price = bool(name) and _ONLY_HOW_MUCH.fullmatch(folded.replace(name, "", 1))
        return fold(f"{name}{_HOW_MUCH}钱") if asks_price else folded

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of that id, if this revision has it."""
        return self._entries.get(entry_id)

    def title(self, entry_id: str) -> str:
        """What staff and buyers call the entry."""
        entry = self._entries.get(entry_id)
        return entry.title if entry else entry_id

    def product_shown(self, folded: str, entry: Entry) -> str | None:
        """The only product that a question about this entry, which names none, can be about."""
        return product_shown(folded, entry, self.manual, self._product_cues)

    def asked_with(self, folded: str) -> frozenset[str]:
        """The entries that buyers ask for with these very words in an example question."""
        return self._asked_with(folded)

    def _find_wording(self, folded: str) -> frozenset[str]:
        return frozenset(entry for entry, examples in self._wording.items() if folded in examples)

    @cached_property
    def _wording(self) -> Mapping[str, str]:
        """Each entry's example questions, folded, a line for each."""
        return {entry.id: "\n".join(map(fold, entry.questions)) for entry in self.manual.entries}

    def shares_subject(self, folded: str, entry_id: str) -> bool:
        """Whether a question and an entry's have more in common than the stop words of any question.

        The entry must be one of this revision's.
        """
        asked, called = self._subjects_of(entry_id)
        return not (asked.isdisjoint(subjects(folded)) and called.isdisjoint(subjects(folded, of_title=True)))

    def _read_subjects(self, entry_id: str) -> tuple[frozenset[str], frozenset[str]]:
        """What the questions of an entry are about, and its title. Of what it answers, pairs of characters tell."""
        entry = self._entries[entry_id]
        asked = frozenset[str]().union(*(subjects(fold(question)) for question in entry.questions))
        told = frozenset[str]().union(*(subjects(fold(clause)) for clause in _clauses_of(self.manual, entry)))
        pairs = {piece for piece in told if len(piece) > 1}
        return asked | pairs, subjects(fold(entry.title), of_title=True)

    def _read_asked_for(self, entry_id: str) -> str:
        """All that an entry is asked for by: its questions, its title, and the words that its answers are for."""
        entry = self._entries[entry_id]
        return "\n".join((self._wording[entry_id], fold(entry.title), *map(fold, _mentions(entry))))

    def subject_of(self, folded: str) -> Subject:
        """What a folded text is about, apart from the small words of any question."""
        return self._subject_of(folded)

    def is_just_about(self, entry_id: str, subject: Subject) -> bool:
        """Whether a way to ask for an entry of this revision has this subject and no more: 运费 of "要运费吗"."""
        return subject in self._called(entry_id)

    def _read_calls(self, entry_id: str) -> frozenset[Subject]:
        entry = self._entries[entry_id]
        return frozenset(self.subject_of(fold(text)) for text in (entry.title, *entry.questions))

    def words_of(self, entry_id: str, product_id: str | None) -> str:
        """All that an entry of this revision is asked for by and may say of a product, folded."""
        return self._words_of(entry_id, product_id)

    def _read_words(self, entry_id: str, product_id: str | None) -> str:
        product = next((each for each in self.manual.products if each.id == product_id), None)
        bubbles = [bubble for each in self._entries[entry_id].answers for bubble in each.bubbles]
        told = (product.attributes.get(name, "") for name in variables_in(bubbles)) if product else ()
        return "\n".join((self._asked_for(entry_id), *map(fold, (*bubbles, *told))))

    def is_asked_about(self, entry_id: str, subject: Subject) -> bool:
        """Whether buyers ask that entry about this, with whatever figures."""
        figureless = tuple(tuple(map(without_figures, run)) for run in subject)
        return stands_in(figureless, without_figures(self._asked_for(entry_id)))

    def other_thing(self, folded: str, entry: Entry, product_id: str) -> str:
        """The thing that a question about this entry is asked of, where it is unknown there, and not this product."""
        product = next((each for each in self.manual.products if each.id == product_id), None)
        known = "\n".join((self._asked_for(entry.id), *(_known_of(product) if product else ())))
        thing = thing_before(folded, known, self._cut)
        rest = self._find(fold(folded.partition(thing)[2])).candidates if thing else ()
        return thing if rest and rest[0].entry == entry.id else ""

    def answer(self, entry_id: str, circumstances: Circumstances) -> Chosen:
        """What that entry says under these circumstances. The entry must be one of this revision's."""
        return answer(self.manual, self._entries[entry_id], circumstances, self._always)

    def say(self, line_id: str, values: Mapping[str, str]) -> tuple[str, ...]:
        """The bot's own line of that name, as bubbles."""
        return say(self.manual, line_id, {**self._always, **values})

    def names_in(self, folded: str) -> Names:
        """The words of a folded text that name a product, a place or a courier."""
        return self._names_in(folded)

    def products_in(self, folded: str) -> frozenset[str]:
        """The ids of all products that a folded text speaks of."""
        return products_in(folded, products=self.manual.products)

    def notice(self, text: str) -> Named:
        """What a message names: a region, a product and so on."""
        return self._notice(text)


def fit_key(manual: Manual) -> str:
    """The key of all that the better matcher for a manual is fitted to."""
    return key_of(*_matched_by(manual))


def _matched_by(manual: Manual) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:
    """All of a manual that its matcher is made of: the examples, clauses of answers, and the shop's own words."""
    return _examples(manual), _clauses(manual), _vocabulary(manual)


def _taught(
    fit: bytes, examples: list[tuple[str, str]], clauses: list[tuple[str, str]], vocabulary: list[str]
) -> Taught:
    taught = unpack(fit, key=key_of(examples, clauses, vocabulary))
    if taught.examples is not None and taught.examples.rows[-1:].sum() >= len(examples) + len(clauses):
        raise BadFit("the fit cannot be read: it has more examples than the manual")
    return taught


def _exact_words(manual: Manual) -> Mapping[str, str]:
    """Folded words → the first entry that they are bound to."""
    bound = [(words, entry.id) for entry in manual.entries for each in entry.answers for words in each.when.words]
    return {fold(words): entry_id for words, entry_id in reversed(bound)}


def _mentions(entry: Entry) -> Iterator[str]:
    return (word for each in entry.answers for word in each.when.mentions)


def _known_of(product: Product) -> Iterator[str]:
    """What a product is called, and what is known of it without its name: "面霜孕妇可以用" is said of its 孕妇."""
    names = sorted(map(fold, (product.title, *product.aliases)), key=len, reverse=True)
    named = re.compile("|".join(map(re.escape, names)))
    return chain(names, (named.sub(" ", fold(known)) for known in product.attributes.values()))


def _surest(findings: Findings) -> float:
    return findings.candidates[0].confidence if findings.candidates else 0.0


def _examples(manual: Manual) -> list[tuple[str, str]]:
    """(entry id, question) pairs. What an entry with few questions is called counts as a question, each part of it."""
    titles = {entry.id: _words_of_title(entry) for entry in manual.entries}
    asked = Counter(fold(text) for entry in manual.entries for text in (*entry.questions, *titles[entry.id]))
    return [
        (entry.id, text)
        for entry in manual.entries
        for text in (*entry.questions, *(each for each in titles[entry.id] if asked[fold(each)] == 1))
    ]


def _clauses(manual: Manual) -> list[tuple[str, str]]:
    """(entry id, clause) pairs."""
    return [(entry.id, clause) for entry in manual.entries for clause in _clauses_of(manual, entry)]


def _clauses_of(manual: Manual, entry: Entry) -> tuple[str, ...]:
    """What an entry with few questions answers; beside many, its answers tell nothing new."""
    return () if len(entry.questions) >= MANY_QUESTIONS else clauses_of(manual, entry)


def _words_of_title(entry: Entry) -> tuple[str, ...]:
    if len(entry.questions) >= MANY_QUESTIONS:
        return ()
    return tuple(part for part in _TITLE_BREAKS.split(entry.title) if len(part) > 1)


def _vocabulary(manual: Manual) -> list[str]:
    return [name for product in manual.products for name in (product.title, *product.aliases)]
