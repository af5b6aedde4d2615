"""What an answer says nothing of: the very matter that is asked about, or the name of another thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.cues.own_words import speaks_of_all
from knowledge.answers.conditions import depends_on
from knowledge.answers.templates import goes_by_product, tells_by_region
from knowledge.entities.regions import is_overseas, speaks_of_region
from knowledge.language.normalisation import fold
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from bot.dialogue.question import Question
    from knowledge.answers.choose import Chosen
    from knowledge.manual.entry import Entry


_SENDS_THERE = Phrase("asking", "sends_there")
"""With the name of a place and nothing else it asks whether parcels go there at all."""


def only_named(question: Question) -> tuple[str, ...]:
    """The places, products and couriers that the question is nothing but the names of."""
    return tuple(filter(None, question.said.names)) if question.said.only_names_as_typed else ()


def _where_to(question: Question) -> tuple[str, ...]:
    """The place to which parcels may not go at all: beyond the customs line, or because just that is asked."""
    region, names = question.named.get("region"), question.said.names
    asks_just_that = not names.courier and _SENDS_THERE.says(names.without(question.folded))
    return (names.place,) if names.place and ((region and is_overseas(region)) or asks_just_that) else ()


def says_nothing_of_the_way(question: Question, entry: Entry) -> bool:
    """Whether they ask if parcels go to a place at all, and neither this entry nor its questions speak of places."""
    region = question.named.get("region")
    if region is None or not _where_to(question) or depends_on(entry, "region") or tells_by_region(entry):
        return False
    said = question.knowledge.words_of(entry.id, question.memory.product_id)
    return question.said.names.place not in said and not speaks_of_region(said, region)


def _is_for_what_is_named(question: Question, entry: Entry, chosen: Chosen) -> bool:
    """Whether an answer to a name ("新疆呢") goes by it or speaks of it, or the name is asked for by itself."""
    names, memory, knowledge = question.said.names, question.memory, question.knowledge
    if chosen.is_spoken_of or (question.best and question.best.confidence == 1 and question.best.entry == entry.id):
        return True
    said = fold("\n".join((entry.title, *chosen.bubbles)))
    if all(name in said for name in filter(None, names)):
        return True
    if names.courier:
        return False
    if names.product and not (goes_by_product(entry) or depends_on(entry, "amount_yuan")):
        return memory.product_id in knowledge.products_in(said)
    if names.place and memory.region is not None and not depends_on(entry, "region"):
        return tells_by_region(entry) or speaks_of_region(said, memory.region)
    return True


def _says_just_that(question: Question, entry: Entry, chosen: Chosen) -> bool:
    """Whether an answer is for the very matter that is asked about, by its words, or those that its entry is asked in.

    Of an entry that tells several things by what is mentioned, only the answer for somebody's health will do.
    """
    when, tells_several = entry.answers[chosen.number - 1].when, any(each.when.mentions for each in entry.answers)
    of_health = any(sign.is_health for sign in question.matters)
    asked = () if tells_several and of_health else (entry.title, *entry.questions)
    return speaks_of_all(question.matters, fold("\n".join((*asked, *when.mentions, *chosen.bubbles))))


def says_nothing_of(question: Question, entry: Entry, chosen: Chosen) -> str:
    """What is asked about and an answer does not speak of: a matter of its own, or the bare name of another thing."""
    if question.matters and not _says_just_that(question, entry, chosen):
        return "、".join(sign.words for sign in question.matters)
    named = only_named(question) or _where_to(question)
    return "、".join(named) if named and not _is_for_what_is_named(question, entry, chosen) else ""
