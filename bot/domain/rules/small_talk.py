"""Rules on words around a question: a nod, a look whether anybody is there, a beginning that nothing follows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.domain.certainty import is_sure
from bot.domain.courtesies import gives_up, is_acknowledgement
from bot.domain.rulings import answer, ask_on, quiet
from bot.domain.turn import FAREWELL_ENTRY, GREETING_ENTRY, SMALL_TALK, Ruling, ends_as_question
from bot.domain.wishes import is_opener, looks_for_anybody, without_refusal

if TYPE_CHECKING:
    from bot.domain.turn import Question

ACKNOWLEDGED = "好的"
"""Every acknowledgement is answered as this one is."""


def courtesy(question: Question) -> Ruling | str:
    """Rule on "哦", "不用人工" and, unless it is about a price, "算了": one kind line, and then nothing more."""
    if not _lets_be(question):
        return "wants something"
    if question.knowledge.exact_words.get(question.folded, FAREWELL_ENTRY) != FAREWELL_ENTRY:
        return "staff bound an answer to these words"
    memory = question.memory
    is_open = not gives_up(question.text) and bool(memory.choice or memory.wanted)
    if is_open or question.conversation.mode == "waiting":
        return quiet(question, "wants nothing more, and something is still open")
    if question.knowledge.entry(FAREWELL_ENTRY) is None:
        return quiet(question, "wants nothing more")
    noted = dataclasses.replace(question, folded=ACKNOWLEDGED)
    ruling = answer(noted, FAREWELL_ENTRY, confidence=1.0, reason="wants nothing more")
    if tuple(bubble.text for bubble in ruling.bubbles) == memory.last_said:
        return quiet(question, "wants nothing more, once more")
    return ruling


def _lets_be(question: Question) -> bool:
    """Whether nothing more is wanted: it was read, or given up, or a person is refused and nothing is asked."""
    refuses = bool(question.text) and not without_refusal(question.text)
    return refuses or is_acknowledgement(question.text) or (gives_up(question.text) and not _haggles(question))


def _haggles(question: Question) -> bool:
    """Whether the talk is about the very matter, the price, that the words would break off."""
    last = question.knowledge.entry(question.memory.last_entry or "")
    meant = question.knowledge.entry(question.best.entry if question.best else "")
    return last is not None and meant is not None and last.group == meant.group


def anybody_there(question: Question) -> Ruling | str:
    if (
        not any(map(looks_for_anybody, (question.typed, question.text)))
        or question.knowledge.entry(GREETING_ENTRY) is None
    ):
        return "does not look for anybody"
    if is_sure(question.best) and question.best.entry not in SMALL_TALK:
        return f"{question.best.entry} fits for sure"
    return answer(question, GREETING_ENTRY, confidence=1.0, reason="looks whether anybody is there")


def only_opens(question: Question) -> Ruling | str:
    """Rule on "那个" and "说错了": the question itself is still to come."""
    if not is_opener(question.text) or question.conversation.mode == "waiting":
        return "asks something"
    if is_sure(question.best) and (question.best.entry in SMALL_TALK or ends_as_question(question.text)):
        return f"{question.best.entry} fits for sure"
    return ask_on(question, "go-on", {}, "only opens a question")
