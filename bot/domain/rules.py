"""The rules of answering, in order. Each looks at one question and rules, or says in words why it does not apply."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, TypeGuard

from adapters.contract import Image, OrderCard, ProductCard, Unsupported
from bot.domain.certainty import certainty
from bot.domain.decision import Dismiss, Rate, RuleTried
from bot.domain.rulings import PERSON_ENTRY, answer, ask_on, clarify, hand_over, lines, quiet
from bot.domain.satisfaction import read_rating
from bot.domain.tempers import is_advertisement, is_upset
from bot.domain.turn import SMALL_TALK, Judged, Ruling
from bot.domain.wishes import number_picked, wants_person
from knowledge.matching import ANSWER_AT, CLARIFY_AT

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.turn import Question
    from knowledge.matching import Candidate

STALE_TURNS = 6
"""So many bot turns without a new word from the other side, and it is likely another bot."""
SAME_QUESTION = 3
"""The third identical question goes to a person."""
MISSES = 2
"""So many turns without an answer, and a person is called instead of asking back once more."""
CHOICES = 3
ALTERNATIVE = 0.35
"""A further entry is offered in a choice when it has at least this share of the best one's confidence."""
SATISFIED = 4
COMPLAINT_ENTRY = "complaint"
FOLLOW_UP_CHARACTERS = 14
_ASKS_MORE = re.compile(
    r"邮|运费|多少|几|发货|快递|到货|能到|多久|什么|啥|怎|退|换|修|保|质|材|尺|码|大|小|货|钱|价|便宜|优惠|送|寄|到|买|要|有|能|可以|发"
)
"""Anything that makes more of a message than a name."""


def _blocked(question: Question) -> Ruling | str:
    if question.conversation.blocked_at is None:
        return "the buyer is not blocked"
    return quiet(question, "the buyer is blocked")


def _person_has_spoken(question: Question) -> Ruling | str:
    if question.conversation.mode != "human":
        return "no person leads this conversation"
    return quiet(question, "a person leads this conversation")


def _advertisement(question: Question) -> Ruling | str:
    if not is_advertisement(question.text):
        return "sells nothing"
    today = question.shop.local_time.date().isoformat()
    once = f"advert:{question.conversation.channel}:{question.conversation.buyer}:{today}"
    silent = quiet(question, "an advertisement: one neutral line a day, and a note to report or block it")
    said = lines(question, "answer", "ad-reply")[:1]
    return dataclasses.replace(
        silent,
        act=Dismiss(reason=silent.reason),
        bubbles=tuple(dataclasses.replace(bubble, once=once) for bubble in said),
        memory=dataclasses.replace(question.memory, advertised=True),
    )


def _upset(question: Question) -> Ruling | str:
    if not is_upset(question.folded):
        return "neither angry nor threatening"
    return hand_over(question, "the buyer is angry or threatens", entry=COMPLAINT_ENTRY, first="calm", asked_for=True)


def _nothing_new(question: Question) -> Ruling | str:
    turns = question.memory.stale_turns
    if turns < STALE_TURNS or question.folded not in question.memory.recent:
        return f"{turns} turns without a new word, {STALE_TURNS} are the limit"
    return quiet(question, f"{turns} turns without a new word: likely another bot")


def _picked_from_choice(question: Question) -> Ruling | str:
    choice = question.memory.choice
    if not choice:
        return "no choice was offered"
    number = number_picked(question.folded, choices=len(choice))
    if number is None or question.knowledge.entry(choice[number - 1]) is None:
        return f"names none of the {len(choice)} choices"
    return answer(question, choice[number - 1], confidence=1.0, reason=f"picked number {number} of the choice")


def _rating(question: Question) -> Ruling | str:
    episode = question.conversation.open_invite
    if episode is None:
        return "no satisfaction invite is open"
    score = read_rating(question.folded)
    if score is None:
        return "the message is not a rating"
    line = "thanks-good" if score >= SATISFIED else "thanks-bad"
    return Ruling(
        act=Rate(score=score, episode=episode),
        bubbles=lines(question, "thanks", line),
        mode=question.conversation.mode,
        memory=question.conversation.memory,
        reason=f"answers the invite with {score} of 5",
    )


def _named_at_last(question: Question) -> Ruling | str:
    wanted = question.memory.wanted
    if wanted is None or question.knowledge.entry(wanted) is None:
        return "no answer waits for a product or a place"
    if "product_id" not in question.named and "region" not in question.named and not _is_card(question):
        return "names neither"
    if _sure(question.best) and question.best.entry != wanted and not _only_names(question):
        return f"asks for {question.best.entry} instead"
    return answer(question, wanted, confidence=1.0, reason="names what was asked for")


def _same_about_another(question: Question) -> Ruling | str:
    """Rule on "那新疆呢" and "保温杯呢": the last question again, about another place or product."""
    last = question.memory.last_entry
    if last is None or question.knowledge.entry(last) is None:
        return "nothing was answered before"
    if not _only_names(question):
        return "says more than a place or a product"
    return answer(question, last, confidence=1.0, reason=f"the last question, {last}, about another place or product")


def _only_names(question: Question) -> bool:
    """Whether the message is only the name of a place or a product, with the small words of a follow-up around it."""
    if "region" not in question.named and "product_id" not in question.named:
        return False
    return len(question.folded) <= FOLLOW_UP_CHARACTERS and not _ASKS_MORE.search(question.folded)


def _is_card(question: Question) -> bool:
    return isinstance(question.heard.content, ProductCard)


def _card_or_picture(question: Question) -> Ruling | str:
    content = question.heard.content
    if isinstance(content, Image | Unsupported):
        return hand_over(question, "sent something that is not text", first="unsupported-content")
    if isinstance(content, ProductCard):
        return _about_product(question, content)
    if isinstance(content, OrderCard):
        return ask_on(question, "order-card", {}, "an order card opens a question about that order")
    return "plain text"


def _about_product(question: Question, card: ProductCard) -> Ruling:
    title = question.knowledge.product_titles.get(card.product_id) or card.title
    if not title:
        return hand_over(question, f"the manual has no product {card.product_id}")
    return ask_on(question, "product-card", {"product": title}, "a product card opens a question about it")


def _person_wanted(question: Question) -> Ruling | str:
    best = question.best
    if wants_person(question.folded):
        return hand_over(question, "the buyer asks for a person", entry=PERSON_ENTRY, asked_for=True)
    if best and best.entry == PERSON_ENTRY and _sure(best):
        return hand_over(question, "the buyer asks for a person", entry=PERSON_ENTRY, asked_for=True)
    return "no wish for a person"


def _exact_words(question: Question) -> Ruling | str:
    entry = question.knowledge.exact_words.get(question.folded)
    if entry is None:
        return "no answer is bound to exactly these words"
    return answer(question, entry, confidence=1.0, reason="exactly the words that staff bound to this answer")


def _asked_again_and_again(question: Question) -> Ruling | str:
    times = question.memory.recent.count(question.folded) + 1
    if times < SAME_QUESTION or not question.folded or (question.best and question.best.entry in SMALL_TALK):
        return f"asked {times} times in the same words, {SAME_QUESTION} go to a person"
    if question.conversation.mode == "waiting":
        return "already waits for a person"
    return hand_over(question, f"asked {times} times in the same words")


def _sure_answer(question: Question) -> Ruling | str:
    best = question.best
    if best is None:
        return "nothing in the manual comes near"
    if not _sure(best):
        return f"{best.entry} at {best.confidence:.2f}, an answer needs {ANSWER_AT:.2f}"
    return answer(question, best.entry, confidence=best.confidence, reason=_ahead(question))


def _already_waiting(question: Question) -> Ruling | str:
    if question.conversation.mode != "waiting":
        return "does not wait for a person"
    return quiet(question, "waits for a person, and the bot is not sure of an answer")


def _close_candidates(question: Question) -> Ruling | str:
    best, memory = question.best, question.memory
    if best is None or certainty(best.confidence) == "none":
        return f"{best.confidence if best else 0:.2f} at best, a choice needs {CLARIFY_AT:.2f}"
    if memory.misses >= MISSES:
        return f"missed {memory.misses} times already"
    offered = [each for each in question.findings.candidates if each.confidence >= ALTERNATIVE * best.confidence]
    entries = tuple(each.entry for each in offered[:CHOICES])
    if len(entries) == 1:
        entries = tuple(each.entry for each in question.findings.candidates[:2])
    return clarify(question, entries, best)


def _no_match(question: Question) -> Ruling:
    missed = question.memory.misses
    if missed:
        return hand_over(question, f"not understood {missed + 1} times", first="after-misses")
    return hand_over(question, "nothing in the manual answers this")


RULES: tuple[tuple[str, Callable[[Question], Ruling | str]], ...] = (
    ("blocked buyer", _blocked),
    ("a person has spoken", _person_has_spoken),
    ("advertisement", _advertisement),
    ("nothing new", _nothing_new),
    ("choice picked", _picked_from_choice),
    ("rating", _rating),
    ("named at last", _named_at_last),
    ("card or picture", _card_or_picture),
    ("person wanted", _person_wanted),
    ("exact words", _exact_words),
    ("upset", _upset),
    ("same about another", _same_about_another),
    ("same question again", _asked_again_and_again),
    ("answer", _sure_answer),
    ("already waiting", _already_waiting),
    ("clarify", _close_candidates),
    ("no match", _no_match),
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
    ruling = _no_match(question)
    return Judged(
        question=question, ruling=ruling, tried=(*tried, RuleTried("no match", won=True, reason=ruling.reason))
    )


def _sure(candidate: Candidate | None) -> TypeGuard[Candidate]:
    return candidate is not None and certainty(candidate.confidence) == "answer"


def _ahead(question: Question) -> str:
    best, *others = question.findings.candidates
    words = f"{best.confidence:.2f}, an answer needs {ANSWER_AT:.2f}"
    return f"{words}; {best.confidence - others[0].confidence:.2f} ahead of {others[0].entry}" if others else words
