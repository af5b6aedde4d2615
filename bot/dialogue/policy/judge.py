"""The rules of answering, in order; whichever rules first decides about the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.acts import RuleTried
from bot.dialogue.policy import cards, follow_up, gate, handing_over, matched, pending_question, small_talk
from bot.dialogue.utterance import Judged, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.dialogue.utterance import Question
    from knowledge.reasons.reason import Reason

RULES: tuple[tuple[str, Callable[[Question], Response | Reason]], ...] = (
    ("blocked buyer", gate.blocked),
    ("a person has spoken", gate.person_has_spoken),
    ("too old", gate.too_old),
    ("advertisement", gate.advertisement),
    ("nothing new", gate.nothing_new),
    ("danger", handing_over.danger),
    ("more of the choice", pending_question.more_of_the_only_choice),
    ("choice picked", pending_question.picked_from_choice),
    ("rating", pending_question.rating),
    ("named at last", pending_question.named_at_last),
    ("card or picture", cards.card_or_picture),
    ("asks after the person", handing_over.asks_after_the_person),
    ("no person after all", handing_over.no_person_after_all),
    ("person wanted", handing_over.person_wanted),
    ("courtesy", small_talk.courtesy),
    ("exact words", matched.exact_words),
    ("own words", handing_over.own_words),
    ("upset", handing_over.upset),
    ("outside the platform", handing_over.outside_the_platform),
    ("same about another", follow_up.same_about_another),
    ("same for another", follow_up.same_for_another),
    ("same on another day", follow_up.same_on_another_day),
    ("only a product", cards.only_a_product),
    ("buys", small_talk.says_he_buys),
    ("kind words", small_talk.kind_words),
    ("anybody there", small_talk.anybody_there),
    ("no words", gate.wordless),
    ("only opens", small_talk.only_opens),
    ("adds to a complaint", handing_over.adds_to_a_complaint),
    ("same question again", handing_over.asked_again_and_again),
    ("goes on from an answer", follow_up.with_the_last_answer),
    ("what to do", follow_up.what_to_do),
    ("another subject", follow_up.about_another_subject),
    ("after what he told", follow_up.after_what_he_told),
    ("spoken of just now", follow_up.spoken_of_just_now),
    ("goes on from a question", follow_up.with_the_last_question),
    ("same subject", follow_up.more_about_the_same),
    ("goes on", follow_up.follow_up),
    ("order number", handing_over.only_a_number),
    ("answer", matched.sure_answer),
    ("speaks of it", matched.speaks_of_it),
    ("finds it dear", small_talk.finds_it_dear),
    ("likely", matched.likely_while_waiting),
    ("already waiting", gate.already_waiting),
    ("holds to a promise", handing_over.holds_to_a_promise),
    ("tells more of a choice", pending_question.more_of_a_choice),
    ("tells more", small_talk.tells_more),
    ("thanks", small_talk.thanks_after_an_answer),
    (matched.SUGGEST, matched.suggested),
    (matched.CLARIFY, matched.close_candidates),
    ("no match", matched.no_match),
)
"""In order of precedence; the last one always rules."""


def judge(question: Question) -> Judged:
    tried: list[RuleTried] = []
    for name, rule in RULES[:-1]:
        outcome = rule(question)
        if isinstance(outcome, Response):
            return Judged(
                question=question, response=outcome, tried=(*tried, RuleTried(name, won=True, reason=outcome.reason))
            )
        tried.append(RuleTried(name, won=False, reason=outcome))
    response = matched.no_match(question)
    return Judged(
        question=question, response=response, tried=(*tried, RuleTried("no match", won=True, reason=response.reason))
    )
