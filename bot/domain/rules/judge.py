"""The rules of answering, in order; whichever rules first decides about the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.decision import RuleTried
from bot.domain.rules import asked_back, cards, going_on, matches, persons, silence, small_talk
from bot.domain.turn import Judged, Ruling

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.turn import Question
    from knowledge.reason import Reason

RULES: tuple[tuple[str, Callable[[Question], Ruling | Reason]], ...] = (
    ("blocked buyer", silence.blocked),
    ("a person has spoken", silence.person_has_spoken),
    ("too old", silence.too_old),
    ("advertisement", silence.advertisement),
    ("nothing new", silence.nothing_new),
    ("danger", persons.danger),
    ("more of the choice", asked_back.more_of_the_only_choice),
    ("choice picked", asked_back.picked_from_choice),
    ("rating", asked_back.rating),
    ("named at last", asked_back.named_at_last),
    ("card or picture", cards.card_or_picture),
    ("asks after the person", persons.asks_after_the_person),
    ("no person after all", persons.no_person_after_all),
    ("person wanted", persons.person_wanted),
    ("courtesy", small_talk.courtesy),
    ("exact words", matches.exact_words),
    ("own words", persons.own_words),
    ("upset", persons.upset),
    ("outside the platform", persons.outside_the_platform),
    ("same about another", going_on.same_about_another),
    ("same for another", going_on.same_for_another),
    ("same on another day", going_on.same_on_another_day),
    ("only a product", cards.only_a_product),
    ("buys", small_talk.says_he_buys),
    ("kind words", small_talk.kind_words),
    ("anybody there", small_talk.anybody_there),
    ("no words", silence.wordless),
    ("only opens", small_talk.only_opens),
    ("adds to a complaint", persons.adds_to_a_complaint),
    ("same question again", persons.asked_again_and_again),
    ("goes on from an answer", going_on.with_the_last_answer),
    ("what to do", going_on.what_to_do),
    ("another subject", going_on.about_another_subject),
    ("after what he told", going_on.after_what_he_told),
    ("spoken of just now", going_on.spoken_of_just_now),
    ("goes on from a question", going_on.with_the_last_question),
    ("same subject", going_on.more_about_the_same),
    ("goes on", going_on.follow_up),
    ("order number", persons.only_a_number),
    ("answer", matches.sure_answer),
    ("speaks of it", matches.speaks_of_it),
    ("finds it dear", small_talk.finds_it_dear),
    ("likely", matches.likely_while_waiting),
    ("already waiting", silence.already_waiting),
    ("holds to a promise", persons.holds_to_a_promise),
    ("tells more of a choice", asked_back.more_of_a_choice),
    ("tells more", small_talk.tells_more),
    ("thanks", small_talk.thanks_after_an_answer),
    (matches.SUGGEST, matches.suggested),
    (matches.CLARIFY, matches.close_candidates),
    ("no match", matches.no_match),
)
"""In order of precedence; the last one always rules."""


def judge(question: Question) -> Judged:
    tried: list[RuleTried] = []
    for name, rule in RULES[:-1]:
        outcome = rule(question)
        if isinstance(outcome, Ruling):
            return Judged(
                question=question, ruling=outcome, tried=(*tried, RuleTried(name, won=True, reason=outcome.reason))
            )
        tried.append(RuleTried(name, won=False, reason=outcome))
    ruling = matches.no_match(question)
    return Judged(
        question=question, ruling=ruling, tried=(*tried, RuleTried("no match", won=True, reason=ruling.reason))
    )
