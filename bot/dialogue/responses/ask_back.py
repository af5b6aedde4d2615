"""Asking back: which entry is meant, or what an answer needs that only the buyer can tell."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Bubble, Clarify
from bot.dialogue.question import Response
from bot.dialogue.responses.circumstances import with_passing
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.lines import lines
from knowledge.answers.templates import TOLD_BY_REGION
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.dialogue.question import Question
    from knowledge.answers.choose import Chosen


def lacking(question: Question, entry_id: str, confidence: float, reason: Reason, chosen: Chosen) -> Response:
    """Ask the buyer for what only they can tell of what the answer lacks; what nobody has set is for a person."""
    entry, memory, lacks = question.knowledge.entry(entry_id), question.memory, set(chosen.missing)
    of_products = {"product"}.union(*(product.attributes for product in question.knowledge.manual.products))
    needs_product = entry is not None and entry.needs_product and memory.product_id is None
    can_ask = bool(lines(question, "clarify", "which-product"))  # a revision from before has no such line
    if can_ask and needs_product and lacks & of_products and lacks <= of_products | TOLD_BY_REGION:
        return _ask_which(question, entry_id, confidence, reason)
    if lacks <= TOLD_BY_REGION and memory.region is None:
        return _ask_where(question, entry_id, confidence, reason)
    return hand_over(
        question, because("fact_missing", entry=entry_id, missing=", ".join(chosen.missing)), entry=entry_id
    )


def _ask_where(question: Question, entry_id: str, confidence: float, reason: Reason) -> Response:
    """The answer depends on where the parcel goes, which nobody has said: ask once, the next message may tell."""
    tells_product = question.memory.product_id != question.conversation.memory.product_id
    if question.memory.wanted == entry_id and not tells_product:
        return hand_over(question, because("region_asked_already", entry=entry_id), entry=entry_id)
    return _ask_once(question, entry_id, confidence, "which-region", reason.and_also(because("depends_on_place")))


def _ask_which(question: Question, entry_id: str, confidence: float, reason: Reason) -> Response:
    """Each product has another answer, and the buyer has named none: ask once, the next message may tell."""
    if question.memory.wanted == entry_id:
        return hand_over(question, because("product_asked_already", entry=entry_id), entry=entry_id)
    return _ask_once(question, entry_id, confidence, "which-product", reason.and_also(because("depends_on_product")))


def _ask_once(question: Question, entry_id: str, confidence: float, line: str, reason: Reason) -> Response:
    return Response(
        act=Clarify(entries=(entry_id,), confidence=confidence),
        bubbles=lines(question, "clarify", line),
        memory=with_passing(dataclasses.replace(question.memory, wanted=entry_id, choice=()), question),
        reason=reason,
    )


def ask_for_the_rest(question: Question, entry_id: str, confidence: float, chosen: Chosen) -> Response:
    """The buyer told some of what the answer needs: ask for the rest, instead of saying what holds for anybody."""
    return Response(
        act=Clarify(entries=(entry_id,), confidence=confidence),
        bubbles=tuple(Bubble(kind="clarify", text=text) for text in chosen.asks),
        memory=dataclasses.replace(question.memory, wanted=entry_id, last_entry=entry_id),
        reason=because("tells_part_of_need"),
    )


def clarify(question: Question, entries: tuple[str, ...], *, confidence: float, reason: Reason) -> Response:
    """Offer these entries by number, or ask whether the only one is meant."""
    numbers = [str(number) for number in range(1, len(entries) + 1)]
    titles = [question.knowledge.title(entry) for entry in entries]
    values = {
        "choice": titles[0],
        "choices": "\n".join(f"{number}. {title}" for number, title in zip(numbers, titles, strict=True)),
        "numbers": "或".join(filter(None, ["、".join(numbers[:-1]), numbers[-1]])),
    }
    bubbles = lines(question, "clarify", "choice" if len(entries) > 1 else "choice-one", values)
    if question.memory.choice == entries and len(entries) > 1:  # none of these was picked: a plainer way out
        bubbles = (*bubbles[:1], *lines(question, "clarify", "choice-unclear", values))
    return Response(
        act=Clarify(entries=entries, confidence=confidence),
        bubbles=tuple(dataclasses.replace(bubble, choices=tuple(titles)) for bubble in bubbles[:1]) + bubbles[1:],
        memory=with_passing(
            dataclasses.replace(question.memory, choice=entries, misses=question.memory.misses + 1), question
        ),
        reason=reason,
    )


def ask_on(question: Question, line: str, values: Mapping[str, str], reason: Reason) -> Response:
    """Ask the buyer what they want to know, by the line that fits."""
    bubbles = lines(question, "clarify", line, values)
    return Response(act=Clarify(entries=(), confidence=1.0), bubbles=bubbles, memory=question.memory, reason=reason)
