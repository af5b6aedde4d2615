"""Saying what an entry says, or else what comes instead of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.config import TRY_OUT_CHANNEL
from bot.dialogue.acts import Answer, Bubble, HandOver
from bot.dialogue.question import Response
from bot.dialogue.responses.ask_back import ask_for_the_rest, lacking
from bot.dialogue.responses.circumstances import circumstances_of, with_passing
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.left_unsaid import says_nothing_of
from bot.dialogue.responses.product_meant import about_the_only_one, another_thing, with_its_price
from bot.dialogue.responses.said_already import as_said
from bot.dialogue.utterance import FAREWELL_ENTRY, SMALL_TALK
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from adapters.contract import ReplyKind
    from bot.dialogue.question import Question
    from bot.dialogue.state import Memory
    from knowledge.answers.choose import Chosen
    from knowledge.manual.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An answer that was chosen, and what it was chosen for."""

    question: Question
    entry: Entry
    chosen: Chosen
    confidence: float
    times: int
    """How often the entry was asked for in this episode, this time included."""

    @property
    def asked_already(self) -> bool:
        """Whether the buyer was asked for what the entry needs."""
        return self.question.memory.wanted == self.entry.id

    @property
    def repeats(self) -> bool:
        """Whether all of it was said just now."""
        return set(self.chosen.bubbles) <= set(self.question.memory.last_said)


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
    found = _Found(question=question, entry=entry, chosen=chosen, confidence=confidence, times=times)
    if kept_back := _kept_back(question, entry, chosen, reason):
        return kept_back
    if chosen.asks and (question.only_tells_figures or (_only_names_it(found) and found.repeats)):
        return ask_for_the_rest(question, entry_id, confidence, chosen)
    return _said(found, reason)


def _only_names_it(found: _Found) -> bool:
    """Whether the buyer was asked for something and only names it."""
    return found.asked_already and found.question.said.only_names_as_typed


def _said(found: _Found, reason: Reason) -> Response:
    """The answer, followed by a person where the manual wants one."""
    question, entry, chosen = found.question, found.entry, found.chosen
    answered = dataclasses.replace(question, memory=_remembered(found))
    bubbles = _bubbles(found)
    if entry.hands_over:
        why = reason.and_also(because("manual_hands_over", entry=entry.id))
        response = hand_over(answered, why, entry=entry.id, confidence=found.confidence)
        called = HandOver(reason=why, entry=entry.id, confidence=found.confidence)
        return dataclasses.replace(_after_its_answer(response, called, bubbles, question), chosen=chosen)
    act = Answer(entry=entry.id, confidence=found.confidence)
    response = Response(act=act, bubbles=bubbles, memory=answered.memory, reason=reason, chosen=chosen)
    if found.repeats and question.said.typed not in question.memory.recent:
        return as_said(answered, entry.id, response, question.memory, was_asked=found.asked_already)
    return response


def _remembered(found: _Found) -> Memory:
    """The memory once this is said."""
    entry, chosen, memory = found.entry, found.chosen, found.question.memory
    needs_product = entry.needs_product and memory.product_id is None
    is_small_talk = entry.id in SMALL_TALK
    memory = dataclasses.replace(
        memory,
        misses=0,
        choice=(),
        asked={**memory.asked, entry.id: found.times},
        wanted=entry.id if chosen.asks or needs_product else None,
        last_entry=memory.last_entry if is_small_talk else entry.id,
        last_said=chosen.bubbles,
    )
    return memory if is_small_talk else with_passing(memory, found.question)


def _bubbles(found: _Found) -> tuple[Bubble, ...]:
    """What the entry says, and what the buyer is asked for after it."""
    entry, chosen = found.entry, found.chosen
    kind = _kind(entry.id)
    said = tuple(Bubble(kind=kind, text=text, entry=entry.id, confidence=found.confidence) for text in chosen.bubbles)
    marked = _marked(said, chosen)
    if found.asked_already or entry.hands_over:
        return marked
    return (*marked, *(Bubble(kind="clarify", text=text) for text in chosen.asks))


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
