"""Saying what an entry says, or else what comes instead of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.config import TRY_OUT_CHANNEL
from bot.dialogue.acts import Answer, Bubble, HandOver
from bot.dialogue.responses.ask_back import ask_for_the_rest, lacking
from bot.dialogue.responses.circumstances import circumstances_of, with_passing
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.left_unsaid import says_nothing_of
from bot.dialogue.responses.product_meant import about_the_only_one, another_thing, with_its_price
from bot.dialogue.responses.said_already import as_said
from bot.dialogue.utterance import FAREWELL_ENTRY, SMALL_TALK, Response, only_names
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from adapters.contract import ReplyKind
    from bot.dialogue.utterance import Question
    from knowledge.answers.choose import Chosen
    from knowledge.manual.entry import Entry


def answer(question: Question, entry_id: str, *, confidence: float, reason: Reason) -> Response:
    """Say what the entry says here, or hand over when the manual itself asks for a person or lacks a fact."""
    entry = question.knowledge.entry(entry_id)
    if other := another_thing(question, entry):
        question = dataclasses.replace(question, memory=dataclasses.replace(question.memory, product_id=None))
        reason = reason.and_also(because("of_another_thing", other=other))
    else:
        question = about_the_only_one(question, entry, confidence)
    times = question.memory.asked.get(entry_id, 0) + 1
    chosen = question.knowledge.answer(entry_id, circumstances_of(with_its_price(question, entry), entry_id, times))
    if entry is None or chosen.missing:
        return lacking(question, entry_id, confidence, reason, chosen)
    if kept_back := _kept_back(question, entry, chosen, reason):
        return kept_back
    memory = question.memory
    asked_already = memory.wanted == entry_id
    names_it = asked_already and only_names(question.typed, question.names)
    if chosen.asks and (question.only_tells_figures or (names_it and set(chosen.bubbles) <= set(memory.last_said))):
        return ask_for_the_rest(question, entry_id, confidence, chosen)
    memory = dataclasses.replace(
        memory,
        misses=0,
        choice=(),
        asked={**memory.asked, entry_id: times},
        wanted=entry_id if chosen.asks or (entry.needs_product and memory.product_id is None) else None,
        last_entry=memory.last_entry if entry_id in SMALL_TALK else entry_id,
        last_said=chosen.bubbles,
    )
    if entry_id not in SMALL_TALK:
        memory = with_passing(memory, question)
    bubbles = tuple(
        Bubble(kind=_kind(entry_id), text=text, entry=entry_id, confidence=confidence) for text in chosen.bubbles
    )
    bubbles = _marked(bubbles, chosen)
    if not asked_already and not entry.hands_over:
        bubbles = (*bubbles, *(Bubble(kind="clarify", text=text) for text in chosen.asks))
    answered = dataclasses.replace(question, memory=memory)
    if entry.hands_over:
        why = reason.and_also(because("manual_hands_over", entry=entry_id))
        response = hand_over(answered, why, entry=entry_id, confidence=confidence)
        called = HandOver(reason=why, entry=entry_id, confidence=confidence)
        return dataclasses.replace(_after_its_answer(response, called, bubbles, question), chosen=chosen)
    act = Answer(entry=entry_id, confidence=confidence)
    response = Response(act=act, bubbles=bubbles, memory=memory, reason=reason, chosen=chosen)
    if set(chosen.bubbles) <= set(question.memory.last_said) and question.typed not in question.memory.recent:
        return as_said(answered, entry_id, response, question.memory, was_asked=asked_already)
    return response


def _kept_back(question: Question, entry: Entry, chosen: Chosen, reason: Reason) -> Response | None:
    """A person for an answer that is silent on the matter, or that would tell a buyer an invented address or price."""
    if silent := says_nothing_of(question, entry, chosen):
        return hand_over(
            question,
            reason.and_also(because("says_nothing_of", entry=entry.id, silent=silent)),
            asked_for=bool(question.matters),
        )
    if chosen.examples and question.conversation.channel != TRY_OUT_CHANNEL:
        needs = because("fact_invented", entry=entry.id, missing=", ".join(chosen.examples))
        return hand_over(question, needs, entry=entry.id)
    return None


def _marked(bubbles: tuple[Bubble, ...], chosen: Chosen) -> tuple[Bubble, ...]:
    """With a word on what of them is still an example, for an owner who tries the bot out."""
    if not chosen.examples:
        return bubbles
    text = f"{bubbles[-1].text}（{'、'.join(chosen.examples)}是样例，上线前换成自己的）"
    return (*bubbles[:-1], dataclasses.replace(bubbles[-1], text=text))


def _after_its_answer(response: Response, called: HandOver, said: tuple[Bubble, ...], question: Question) -> Response:
    """A hand-over with what the manual says before it, which nobody who waits already hears twice running."""
    if question.conversation.mode != "waiting":
        return dataclasses.replace(response, bubbles=(*said, *response.bubbles))
    if {bubble.text for bubble in said} <= set(question.memory.last_said):
        return response
    return dataclasses.replace(response, act=called, bubbles=(*said, *response.bubbles))


def say_again(question: Question, entry_id: str, chosen: Chosen, reason: Reason) -> Response:
    """The whole answer, though it may be that of just now: the buyer asks for what it speaks of."""
    memory = question.memory
    said = (*memory.last_said, *chosen.bubbles)
    return Response(
        act=Answer(entry=entry_id, confidence=1.0),
        bubbles=tuple(Bubble(kind="answer", text=text, entry=entry_id, confidence=1.0) for text in chosen.bubbles),
        memory=dataclasses.replace(memory, misses=0, choice=(), wanted=None, last_entry=entry_id, last_said=said),
        reason=reason,
        chosen=chosen,
    )


def _kind(entry_id: str) -> ReplyKind:
    return "farewell" if entry_id == FAREWELL_ENTRY else "answer"
