"""What a buyer hears who waits for a person already: a line that is true now, and no silence for long."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.domain.rulings import hand_over, lines, quiet, where_they_stand
from bot.domain.tempers import is_upset
from bot.domain.turn import COMPLAINT_ENTRY, PERSON_ENTRY, Ruling

if TYPE_CHECKING:
    from bot.domain.decision import Bubble
    from bot.domain.turn import Question

SILENT_AT_MOST = 2
"""So many messages running may find no answer in the queue; upon the next he hears once more where he stands."""
COMPLAINT_AT = 0.6
"""Words that are likely a complaint go to a person, calmly: nobody is asked to pick his anger from a list."""


def call_person(question: Question, reason: str, *, entry: str, first: str | None = None) -> Ruling:
    """Bring in a person whom he asks for; where he waits already, tell him where he stands now and then.

    `first`: the line that comes first, but not a second time while he waits.
    """
    if question.conversation.mode != "waiting":
        return hand_over(question, reason, entry=entry, first=first, asked_for=True)
    apology = lines(question, "handoff", first) if first and not was_upset(question) else ()
    return still_waiting(question, reason, calls=True, apology=apology)


def still_waiting(
    question: Question,
    reason: str,
    *,
    calls: bool,
    entry: str | None = PERSON_ENTRY,
    apology: tuple[Bubble, ...] = (),
) -> Ruling:
    """Tell them their place or when the shop opens: the first time they call, when it is news, or after silence."""
    memory, place = question.memory, question.conversation.waiting_ahead + 1
    is_news = not memory.reassured or (question.shop.is_open and memory.position_told != place)
    if apology or (calls and is_news) or memory.unheard >= SILENT_AT_MOST:
        return where_they_stand(question, reason, entry=entry, first=apology)
    silent = quiet(question, f"{reason}; already waits for a person at place {place}")
    return dataclasses.replace(silent, memory=dataclasses.replace(memory, unheard=memory.unheard + 1))


def was_upset(question: Question) -> bool:
    """Whether one of his last messages was angry, or likely a complaint."""
    return any(is_upset(text) or _complains(question, text) for text in question.memory.recent)


def _complains(question: Question, text: str) -> bool:
    best = next(iter(question.knowledge.find(text).candidates), None)
    return best is not None and best.entry == COMPLAINT_ENTRY and best.confidence >= COMPLAINT_AT
