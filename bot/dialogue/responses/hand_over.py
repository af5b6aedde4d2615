"""Handing over to a person, and what a buyer who waits for one hears."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Away, Bubble, HandOver
from bot.dialogue.question import Response
from bot.dialogue.responses.lines import NAMED_CHARACTERS, lines, quiet
from bot.dialogue.utterance import PERSON_ENTRY
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.dialogue.question import Question


def hand_over(
    question: Question,
    reason: Reason,
    *,
    entry: str | None = None,
    confidence: float | None = None,
    first: str | None = None,
    values: Mapping[str, str] | None = None,
    asked_for: bool = False,
) -> Response:
    """Bring in a person, with a line that is true now: the place in the queue, or when the shop opens.

    Where nobody can come it says so, and that the shop will read what was left.
    """
    if not question.conversation.has_desk:
        return _left_for_the_shop(question, HandOver(reason=reason, entry=entry, confidence=confidence), first)
    if question.conversation.mode == "waiting":
        if question.said.asks and not (asked_for and _is_news(question)):
            return left_to_the_person(question, reason)
        return still_waiting(question, reason)
    memory = dataclasses.replace(question.memory, choice=(), misses=0, reassured=False)
    apology = lines(question, "handoff", first, values) if first else ()
    if question.shop.is_open:
        place = question.conversation.waiting_ahead + 1
        bubbles = lines(question, "handoff", "hand-over-open", {"queue_position": str(place)})
        return Response(
            act=HandOver(reason=reason, entry=entry, confidence=confidence),
            bubbles=(*apology, *bubbles),
            mode="waiting",
            memory=dataclasses.replace(memory, position_told=place),
            reason=reason,
        )
    return Response(
        act=Away(reason=reason, entry=entry, confidence=confidence),
        bubbles=(*apology, *_away(question, "hand-over-closed" if asked_for or apology else "away")),
        mode="waiting",
        memory=dataclasses.replace(memory, away_told=question.shop.closed_period, position_told=None),
        reason=reason,
    )


def _left_for_the_shop(question: Question, act: HandOver, first: str | None) -> Response:
    """Nobody waits where there is no desk: the first time it says how the shop will answer, and then that it is noted.

    Of what is said first, only that nothing was understood promises no person.
    """
    missed = lines(question, "handoff", first) if first == "after-misses" else ()
    line = "message-noted" if question.memory.reassured else "no-desk"
    memory = dataclasses.replace(question.memory, choice=(), misses=0, reassured=True)
    bubbles = (*missed, *lines(question, "handoff", line))
    return Response(act=act, bubbles=bubbles, mode="bot", memory=memory, reason=act.reason)


def _away(question: Question, line: str) -> tuple[Bubble, ...]:
    """The opening time, once for each closed period."""
    period = question.shop.closed_period
    if question.memory.away_told == period:
        return ()
    once = f"away:{question.conversation.id}:{period}"
    bubbles = lines(question, "away", line, {"opens_at": question.shop.opens_at})
    return tuple(dataclasses.replace(bubble, once=f"{once}:{part}") for part, bubble in enumerate(bubbles, 1))


def still_waiting(
    question: Question,
    reason: Reason,
    *,
    calls: bool = False,
    entry: str | None = PERSON_ENTRY,
    first: tuple[Bubble, ...] = (),
) -> Response:
    """They wait already and keep their place: they hear it each time they call, and once when they tell something.

    `first` comes before it.
    """
    if first or calls or _is_news(question):
        return where_they_stand(question, reason, entry=entry, first=first)
    return quiet(question, reason.and_also(because("waits_at_place", place=question.conversation.waiting_ahead + 1)))


def _is_news(question: Question) -> bool:
    """Whether they have not heard yet that a person will see what they write, or stand elsewhere by now."""
    memory, is_open = question.memory, question.shop.is_open
    place = question.conversation.waiting_ahead + 1 if is_open else None
    return (is_open and not memory.reassured) or memory.position_told != place


def where_they_stand(
    question: Question, reason: Reason, *, entry: str | None = PERSON_ENTRY, first: tuple[Bubble, ...] = ()
) -> Response:
    """Their place in the queue, or when the shop opens; true each time."""
    place, is_open = question.conversation.waiting_ahead + 1, question.shop.is_open
    if is_open:
        told = lines(question, "handoff", "waiting-still", {"queue_position": str(place)})
    else:
        told = lines(question, "away", "hand-over-closed", {"opens_at": question.shop.opens_at})
    memory = dataclasses.replace(question.memory, position_told=place if is_open else None, reassured=True)
    reason = reason.and_also(because("waits_at_place", place=place))
    return Response(act=HandOver(reason=reason, entry=entry), bubbles=(*first, *told), memory=memory, reason=reason)


def left_to_the_person(question: Question, reason: Reason) -> Response:
    """Tell them that the person will answer this question, by its own words."""
    named = f"“{question.said.text.strip()[:NAMED_CHARACTERS]}”"
    bubbles = lines(question, "handoff", "handed-on", {"question": named})
    return Response(act=HandOver(reason=reason), bubbles=bubbles, memory=question.memory, reason=reason)
