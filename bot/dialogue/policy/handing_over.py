"""Rules that call a person: the buyer wants one, is angry, leads outside, or needs what only a person can do."""

from __future__ import annotations

import dataclasses
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Away, HandOver, StayQuiet
from bot.dialogue.cues.adverts import leads_outside
from bot.dialogue.cues.courtesies import gives_up, needs_nothing
from bot.dialogue.cues.dangers import tells_of_danger
from bot.dialogue.cues.tempers import is_upset, looks_furious
from bot.dialogue.cues.wishes import (
    asks_after_person,
    looks_for_anybody,
    says_what_was_promised,
    wants_person,
)
from bot.dialogue.policy.in_queue import hand_over_or_say_where, was_upset
from bot.dialogue.responses.answer import answer
from bot.dialogue.responses.ask_back import ask_on
from bot.dialogue.responses.hand_over import hand_over, left_to_the_person, still_waiting
from bot.dialogue.thresholds import COMPLAINT_AT, SAME_QUESTION, certainty, is_sure
from bot.dialogue.utterance import COMPLAINT_ENTRY, GREETING_ENTRY, PERSON_ENTRY, SMALL_TALK
from knowledge.entities.orders import only_tells_a_number
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from bot.dialogue.question import Question, Response
    from knowledge.base import KnowledgeBase


def asks_after_the_person(question: Question) -> Response | Reason:
    if question.conversation.mode != "waiting":
        return because("not_waiting_for_person")
    greets = is_sure(question.best) and question.best.entry == GREETING_ENTRY
    if not (
        greets
        or asks_after_person(question.said.text)
        or any(map(looks_for_anybody, (question.said.typed, question.said.text)))
    ):
        return because("asks_not_after_person")
    return still_waiting(question, because("asks_after_person"), calls=True)


def no_person_after_all(question: Question) -> Response | Reason:
    """Rule on "算了不用了" after "转人工": the wait is over, where nobody has spoken or must speak yet.

    Where a platform counts how soon a person answers, the first message still waits for one.
    """
    conversation, memory = question.conversation, question.memory
    if conversation.mode != "waiting" or conversation.last_staff_at is not None or conversation.reply_by is not None:
        return because("not_waiting")
    wished = any(map(wants_person, memory.recent))
    if not question.said.refuses_person and not (
        wished and (gives_up(question.said.text) or needs_nothing(question.said.text))
    ):
        return because("still_wants_person")
    memory = dataclasses.replace(memory, position_told=None, reassured=False)
    left = ask_on(dataclasses.replace(question, memory=memory), "left-queue", {}, because("no_person_after_all"))
    return dataclasses.replace(left, mode="bot")


def person_wanted(question: Question) -> Response | Reason:
    best = question.best
    if wants_person(question.folded):
        return hand_over_or_say_where(question, because("person_wanted"), entry=PERSON_ENTRY)
    if best and best.entry == PERSON_ENTRY and is_sure(best):
        return hand_over_or_say_where(question, because("person_wanted"), entry=PERSON_ENTRY)
    return because("no_person_wanted")


def upset(question: Question) -> Response | Reason:
    best = question.best
    likely = best is not None and best.entry == COMPLAINT_ENTRY and best.confidence >= COMPLAINT_AT
    if is_sure(best) and question.conversation.mode != "waiting":
        likely = False  # the manual's own words come first
    if not (likely or is_upset(question.folded) or looks_furious(question.said.text)):
        return because("not_upset")
    reason = because("likely_upset") if likely else because("upset")
    return hand_over_or_say_where(question, reason, entry=COMPLAINT_ENTRY, first="calm")


def danger(question: Question) -> Response | Reason:
    """Rule on "充电头冒烟了" and "用完脸肿了": a person hears of it at once, and nothing is asked back.

    What the manual surely says about it comes first, as it may have to be done now.
    """
    if not tells_of_danger(question.said.typed, question.said.text):
        return because("no_danger")
    if question.folded in question.knowledge.exact_words:
        return because("bound_words")
    reason = because("danger")
    said = _surely_said(question, reason)
    if said is None:
        return hand_over_or_say_where(question, reason, entry=PERSON_ENTRY)
    if not isinstance(said.act, Answer):
        return said
    called = hand_over_or_say_where(dataclasses.replace(question, memory=said.memory), reason, entry=said.act.entry)
    act = HandOver(reason=reason, entry=said.act.entry) if isinstance(called.act, StayQuiet) else called.act
    return dataclasses.replace(called, act=act, bubbles=(*said.bubbles, *called.bubbles), chosen=said.chosen)


def _surely_said(question: Question, reason: Reason) -> Response | None:
    """What the manual surely says, or that it calls a person itself; None where it has nothing, or asks something."""
    best = question.best
    if not is_sure(best) or best.entry in SMALL_TALK:
        return None
    said = answer(question, best.entry, confidence=best.confidence, reason=reason)
    return said if isinstance(said.act, Answer | HandOver | Away) else None


def own_words(question: Question) -> Response | Reason:
    """Rule on "孕妇能吃吗" and "快递到哪了": a person answers what no entry speaks of, and none is asked back."""
    if not question.matters:
        return because("needs_no_own_words")
    best, words = question.best, question.matters[0].words
    if best is not None and certainty(best.confidence) != "none":
        reason = because("needs_own_words", words=words)
        response = answer(question, best.entry, confidence=best.confidence, reason=reason)
        return (
            response if isinstance(response.act, HandOver | Away) else because("speaks_of_just_that", entry=best.entry)
        )
    reason = because("own_words_lacking", words=words)
    if question.conversation.mode == "waiting" and question.said.asks:
        return left_to_the_person(question, reason)
    return hand_over(question, reason)


def adds_to_a_complaint(question: Question) -> Response | Reason:
    """Rule on "卖假羊毛" after "我要投诉": a buyer who waits upset is answered what they ask, and nothing else.

    They hear once that it will be read; not out of hours, where they were told just now that it was noted.
    """
    if question.conversation.mode != "waiting" or not was_upset(question):
        return because("no_complaint_waits")
    if question.said.asks or question.said.wishes:
        return because("asks_or_wishes")
    return still_waiting(question, because("adds_to_complaint"))


def holds_to_a_promise(question: Question) -> Response | Reason:
    """Rule on "说好送小样的": what was promised, and nothing in the manual surely says, only a person can keep."""
    if question.said.asks or not says_what_was_promised(question.folded):
        return because("no_promise")
    return hand_over(question, because("promise"))


def outside_the_platform(question: Question) -> Response | Reason:
    if not leads_outside(question.said.text):
        return because("stays_on_platform")
    return hand_over(question, because("leads_outside"))


def asked_again_and_again(question: Question) -> Response | Reason:
    times = _times_asked(question)
    if times < SAME_QUESTION or not question.said.typed or (question.best and question.best.entry in SMALL_TALK):
        return because("same_words_times", times=times, limit=SAME_QUESTION)
    if question.conversation.mode == "waiting":
        return because("already_waits")
    if _has_more_to_say(question):
        return because("same_words_answered", times=times)
    return hand_over(question, because("same_words_to_person", times=times))


def _times_asked(question: Question) -> int:
    """How many times the buyer asked in these words, now included, since they last told what may change the answer."""
    typed = question.said.typed
    if typed not in question.memory.recent:
        return 1
    since = takewhile(
        lambda text: text == typed or not _tells(text, question.knowledge), reversed(question.memory.recent)
    )
    return list(since).count(typed) + 1


def _tells(text: str, knowledge: KnowledgeBase) -> bool:
    named = knowledge.notice(text)
    return any((named.region, named.product_id, named.height_cm, named.weight_kg))


def _has_more_to_say(question: Question) -> bool:
    """Whether the manual has an answer for a buyer who asks this so often."""
    entry = question.knowledge.entry(question.best.entry) if is_sure(question.best) else None
    times = question.memory.asked.get(entry.id, 0) + 1 if entry else 0
    return entry is not None and any(each.when.asked_at_least == times for each in entry.answers)


def only_a_number(question: Question) -> Response | Reason:
    """Rule on the bare number of an order or a parcel: nobody but a person can look it up."""
    if not {"order_number", "parcel_number"} & question.named.keys() or not only_tells_a_number(question.said.typed):
        return because("not_only_order_number")
    return hand_over(question, because("order_number"))
