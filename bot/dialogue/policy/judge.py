"""The stages of answering and their rules, in order; the first rule that has a response decides about the question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.dialogue.acts import RuleTried
from bot.dialogue.policy import (
    cards,
    follow_up,
    gate,
    handing_over,
    matched,
    pending_question,
    said_before,
    same_again,
    small_talk,
)
from bot.dialogue.question import Judged, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.dialogue.question import Question
    from knowledge.reasons.reason import Reason

    Rule = Callable[[Question], Response | Reason]


class Stage(NamedTuple):
    """Rules that decide about the same thing, each with its name, in order of precedence."""

    name: str
    rules: tuple[tuple[str, Rule], ...]


GATE = Stage(
    "gate",
    (
        ("blocked buyer", gate.blocked),
        ("a person has spoken", gate.person_has_spoken),
        ("too old", gate.too_old),
        ("advertisement", gate.advertisement),
        ("nothing new", gate.nothing_new),
    ),
)
"""Whether the bot speaks at all."""
SAFETY = Stage("safety", (("danger", handing_over.danger),))
"""Somebody may be hurt."""
PENDING_QUESTION = Stage(
    "pending question",
    (
        ("more of the choice", pending_question.more_of_the_only_choice),
        ("choice picked", pending_question.picked_from_choice),
        ("rating", pending_question.rating),
        ("named at last", pending_question.named_at_last),
        ("card or picture", cards.card_or_picture),
    ),
)
"""Something was asked of the buyer. A card may be the reply, so what it means by itself comes last."""
HAND_OVER = Stage(
    "hand over",
    (
        ("asks after the person", handing_over.asks_after_the_person),
        ("no person after all", handing_over.no_person_after_all),
        ("person wanted", handing_over.person_wanted),
        ("courtesy", small_talk.courtesy),
        ("exact words", matched.exact_words),
        ("own words", handing_over.own_words),
        ("upset", handing_over.upset),
        ("outside the platform", handing_over.outside_the_platform),
    ),
)
"""A person is wanted, or needed whatever the manual comes near.

A buyer who lets it be ("不用人工") is handed over for nothing else. Words that the shop has bound itself come before
all signs of what needs a person, but not before a wish for one.
"""
BARE_NAME = Stage(
    "bare name",
    (
        ("same about another", same_again.same_about_another),
        ("same for another", same_again.same_for_another),
        ("same on another day", same_again.same_on_another_day),
        ("only a product", cards.only_a_product),
    ),
)
"""Nothing but a product, a place, a size or a day: the last question again, for that. It looks like small talk."""
SMALL_TALK = Stage(
    "small talk",
    (
        ("buys", small_talk.says_he_buys),
        ("kind words", small_talk.kind_words),
        ("anybody there", small_talk.anybody_there),
        ("no words", gate.wordless),
        ("only opens", small_talk.only_opens),
    ),
)
"""Nothing is asked."""
FOLLOW_UP = Stage(
    "follow-up",
    (
        ("adds to a complaint", handing_over.adds_to_a_complaint),
        ("same question again", handing_over.asked_again_and_again),
        ("goes on from an answer", follow_up.with_the_last_answer),
        ("what to do", follow_up.what_to_do),
        ("another subject", follow_up.about_another_subject),
        ("after what they told", said_before.after_what_they_told),
        ("spoken of just now", said_before.spoken_of_just_now),
        ("goes on", follow_up.in_context),
    ),
)
"""It means little without what was said before."""
ANSWER = Stage(
    "answer",
    (
        ("order number", handing_over.only_a_number),
        ("answer", matched.sure_answer),
        ("speaks of it", matched.speaks_of_it),
        ("finds it dear", small_talk.finds_it_dear),
        ("likely", matched.likely_while_waiting),
    ),
)
"""The manual has it. A bare number is never asked of the manual."""
CLARIFY = Stage(
    "clarify",
    (
        ("already waiting", gate.already_waiting),
        ("holds to a promise", handing_over.holds_to_a_promise),
        ("tells more of a choice", pending_question.more_of_a_choice),
        ("tells more", small_talk.tells_more),
        ("thanks", small_talk.thanks_after_an_answer),
        (matched.SUGGEST, matched.suggested),
        (matched.CLARIFY, matched.close_candidates),
    ),
)
"""The manual may have it. A buyer who waits, holds to a promise or only tells something is not asked back."""
STAGES = (GATE, SAFETY, PENDING_QUESTION, HAND_OVER, BARE_NAME, SMALL_TALK, FOLLOW_UP, ANSWER, CLARIFY)
"""In order of precedence."""
FALLBACK = Stage("fallback", (("no match", matched.no_match),))
"""Nothing was understood: what is left when no stage has a response."""


def judge(question: Question) -> Judged:
    """The response of the first rule that has one, with all rules that were tried before it."""
    lost: list[RuleTried] = []
    for stage, name, outcome in _outcomes(question):
        if isinstance(outcome, Response):
            return _judged(question, outcome, lost, stage, name)
        lost.append(RuleTried(stage, name, won=False, reason=outcome))
    return _judged(question, matched.no_match(question), lost, FALLBACK.name, FALLBACK.rules[0][0])


def _outcomes(question: Question) -> Iterator[tuple[str, str, Response | Reason]]:
    for stage in STAGES:
        for name, rule in stage.rules:
            yield stage.name, name, rule(question)


def _judged(question: Question, response: Response, lost: list[RuleTried], stage: str, name: str) -> Judged:
    won = RuleTried(stage, name, won=True, reason=response.reason)
    return Judged(question=question, response=response, tried=(*lost, won))
