"""What is said where the answer was given just now."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.cues.wishes import wants_something_done
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.left_unsaid import only_named
from bot.dialogue.responses.lines import lines, quiet
from bot.dialogue.thresholds import is_sure
from bot.dialogue.utterance import FAREWELL_ENTRY, SMALL_TALK
from knowledge.entities.bare_values import bare_value_in
from knowledge.language.normalisation import fold
from knowledge.reasons.reason import Reason, because
from knowledge.relevance.keywords import stands_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.dialogue.question import Question, Response
    from bot.dialogue.state import Memory


_KINDS = "色码号"


def as_said(answered: Question, entry_id: str, response: Response, before: Memory, *, was_asked: bool) -> Response:
    """Other words, but the answer of just now: say once that it holds for this too, and then call a person."""
    if entry_id == FAREWELL_ENTRY:
        return quiet(answered, because("farewell_just_now"))
    if entry_id in SMALL_TALK:
        return response
    if answered.only_tells_figures and not was_asked:
        return quiet(answered, because("answered_for_these_figures"))
    if answered.only_tells_figures:
        return hand_over(answered, because("no_size_fits"), entry=entry_id)
    return no_more_to_say(answered, entry_id, response, before)


def no_more_to_say(question: Question, entry_id: str, response: Response, before: Memory) -> Response:
    """Instead of an answer that says nothing new: that answer again if another place, product or day is named.

    A buyer who asks or tells something else hears a word on it, and the second time gets a person.
    """
    if _names_another(question):
        return response
    if question.conversation.mode == "waiting":
        return hand_over(question, response.reason.and_also(because("same_as_just_now")), asked_for=True)
    if (reason := _why_a_person(question, entry_id, before)) is not None:
        called = hand_over(question, response.reason.and_also(reason), entry=entry_id)
        return dataclasses.replace(called, chosen=response.chosen)
    told = lines(question, "answer", "as-said" if _asks_more(question) else "noted")
    said = (*before.last_said, *(each.text for each in told))
    return dataclasses.replace(response, bubbles=told, memory=dataclasses.replace(response.memory, last_said=said))


def _names_another(question: Question) -> bool:
    """Whether these words only name a place, a product or a courier that was not named before, or another day."""
    named = only_named(question)
    is_new = bool(named) and not any(name in text for name in named for text in question.memory.recent)
    return is_new or any(bare_value_in(question.said.names.without(question.said.typed)))


def speaks_of_it(question: Question, entry_id: str, said: Iterable[str]) -> bool:
    """Whether the entry is asked about what these words ask about, or what was said just now speaks of that.

    With the last question before them they look like that question, whatever they are: "孕妇能用吗", "小孩呢".
    """
    subject = question.subject
    if not subject or question.knowledge.is_asked_about(entry_id, subject):
        return True
    folded = fold("\n".join((*question.memory.recent[-1:], *said)))
    return stands_in(subject, folded) or _is_of_a_kind(question.folded, folded)


def _is_of_a_kind(folded: str, said: str) -> bool:
    """Whether it is a colour or a size and others were told: "红色呢" upon "驼色和燕麦色可选"."""
    return folded[-1] in _KINDS and folded[-1] in said


def _why_a_person(question: Question, entry_id: str, before: Memory) -> Reason | None:
    """Why a person is needed for what the manual says nothing new on; None where a word on it is enough for now.

    What was noted before is no answer, so the first question after it is not asked for the second time.
    """
    is_asked, said = _asks_more(question), question.knowledge.say
    if is_asked and not is_sure(question.best) and not speaks_of_it(question, entry_id, before.last_said):
        return because("says_nothing_of_asked", entry=entry_id)
    if not is_asked and wants_something_done(question.said.text):
        return because("wants_done_all_said", entry=entry_id)
    told_before = said("as-said", {}) if is_asked else (*said("as-said", {}), *said("noted", {}))
    if set(told_before) & set(before.last_said):
        return because("all_said_and_asks_on", entry=entry_id)
    return None


def _asks_more(question: Question) -> bool:
    return question.said.asks and not question.said.only_tells
