"""Rules on what the manual has for a question: an answer that is sure or likely, a choice of several, or nothing."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Clarify, RuleTried, Suggest
from bot.dialogue.question import SHORT_CHARACTERS, Judged, Response
from bot.dialogue.responses.answer import answer
from bot.dialogue.responses.ask_back import clarify
from bot.dialogue.responses.hand_over import hand_over
from bot.dialogue.responses.left_unsaid import says_nothing_of_the_way
from bot.dialogue.responses.lines import lines, quiet
from bot.dialogue.thresholds import (
    LEADS_AT,
    MISSES,
    SMALL_TALK_AT,
    SPOKEN_OF_AHEAD,
    SPOKEN_OF_AT,
    USUAL,
    bars_of,
    is_sure,
)
from bot.dialogue.utterance import FAREWELL_ENTRY, SMALL_TALK
from knowledge.matching.embeddings import PART
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT
from knowledge.reasons.reason import Reason, because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.question import Question
    from bot.dialogue.thresholds import Bars
    from knowledge.matching.matcher import Candidate

CHOICES = 3
CLARIFY = "clarify"
SUGGEST = "suggest"


def exact_words(question: Question) -> Response | Reason:
    entry = question.knowledge.exact_words.get(question.folded)
    if entry is None:
        return because("no_exact_words")
    return answer(question, entry, confidence=1.0, reason=because("exact_words"))


def sure_answer(question: Question) -> Response | Reason:
    best = question.best
    if best is None:
        return because("nothing_near")
    if not is_sure(best):
        return because(
            "answer_needs_more", entry=best.entry, confidence=f"{best.confidence:.2f}", needed=f"{ANSWER_AT:.2f}"
        )
    if question.asks_of_another and _is_about_more(question, best):
        return hand_over(question, because("about_more_than_that", entry=best.entry))
    return answer(question, best.entry, confidence=best.confidence, reason=_ahead(question))


def _is_about_more(question: Question, best: Candidate) -> bool:
    """Whether another entry than the last one is asked more than these words hold: the origin of 龙井 is not 龙井."""
    if best.confidence == 1 or best.entry == question.memory.last_entry:
        return False
    return not question.knowledge.is_just_about(best.entry, question.subject)


def _ahead(question: Question) -> Reason:
    best, *others = question.findings.candidates
    words = because("answer_needs", confidence=f"{best.confidence:.2f}", needed=f"{ANSWER_AT:.2f}")
    return (
        words.and_also(
            because("ahead_of", margin=f"{best.confidence - others[0].confidence:.2f}", entry=others[0].entry)
        )
        if others
        else words
    )


def speaks_of_it(question: Question) -> Response | Reason:
    """Rule on "毛衣掉色吗": likely about care, and it speaks of what an answer about care is for."""
    likely = (*(each.confidence for each in question.findings.candidates), 0.0, 0.0)
    best = question.best
    if best is None or likely[0] < SPOKEN_OF_AT or likely[0] - likely[1] < SPOKEN_OF_AHEAD:
        return because(
            "likely_before_next",
            likely=f"{likely[0]:.2f}",
            next=f"{likely[1]:.2f}",
            needed=f"{SPOKEN_OF_AT:.2f}",
            ahead=f"{SPOKEN_OF_AHEAD:.2f}",
        )
    response = answer(
        question, best.entry, confidence=best.confidence, reason=because("speaks_of_answer", entry=best.entry)
    )
    if response.chosen is None or not response.chosen.is_spoken_of:
        return because("speaks_of_no_answer", entry=best.entry)
    return response


def close_candidates(question: Question) -> Response | Reason:
    best, memory, offered = question.best, question.memory, _offered(question)
    if best is None or best.confidence < _bars(question, best).offer:
        return because(
            "best_below_choice", confidence=f"{best.confidence if best else 0:.2f}", needed=f"{CLARIFY_AT:.2f}"
        )
    if offered and offered == (memory.last_entry,) == (question.conversation.memory.last_entry,):
        reason = because("likely_still", entry=offered[0])
        return answer(question, offered[0], confidence=best.confidence, reason=reason)
    if memory.misses >= MISSES:
        return because("missed", times=memory.misses)
    if not offered:
        return _not_offered(question, best)
    best = next(each for each in question.findings.candidates if each.entry == offered[0])
    if memory.choice == offered[:1]:
        return because("was_asked_and_no_yes", entry=best.entry)
    return clarify(question, offered, confidence=best.confidence, reason=_likely(question, best))


def suggested(question: Question) -> Response | Reason:
    """Rule on what is likely, with no other entry near: say which question is answered, and the answer.

    A buyer who asks about the one entry that fits waits for no second turn; "不是" takes it back like any choice.
    """
    best = only_likely(question)
    bars = _bars(question, best) if best else USUAL
    if best is None or best is not question.best or best.confidence < bars.suggest or not _is_about(question, best):
        return because("none_alone", needed=f"{bars.suggest:.2f}")
    return _suggest(question, best.entry, _likely(question, best).and_also(because("very_likely")))


def _suggest(question: Question, entry_id: str, reason: Reason) -> Response | Reason:
    if not question.knowledge.is_refined or entry_id in (question.memory.last_entry, *question.memory.choice):
        return because("offered_already_or_quick", entry=entry_id)
    response = suggest(question, entry_id, confidence=_confidence(question, entry_id), reason=reason)
    return response if isinstance(response.act, Suggest) else because("needs_more_than_answer", entry=entry_id)


def suggest(question: Question, entry_id: str, *, confidence: float, reason: Reason) -> Response:
    """Say which question is answered, and the answer; no more than the answer where that is none yet."""
    response = answer(question, entry_id, confidence=confidence, reason=reason)
    if not isinstance(response.act, Answer):
        return response
    opening = "".join(
        each.text for each in lines(question, "clarify", "suggested", {"choice": question.knowledge.title(entry_id)})
    )
    first, *others = response.bubbles
    return dataclasses.replace(
        response,
        act=Suggest(entries=(entry_id,), confidence=confidence),
        bubbles=(dataclasses.replace(first, text=opening + first.text), *others),
        memory=dataclasses.replace(response.memory, choice=(entry_id,), misses=question.memory.misses),
    )


def _confidence(question: Question, entry: str) -> float:
    return next((each.confidence for each in question.findings.candidates if each.entry == entry), 0.0)


def _offered(question: Question) -> tuple[str, ...]:
    """The entries that are likely enough for a choice, best first; none where all share the question's frame only."""
    likely = _may_be_offered(question)
    bars = _bars(question, likely[0]) if likely else USUAL
    if not likely or likely[0].confidence < bars.offer:
        return ()
    offered = _near(likely, bars.alternative)[:CHOICES]
    if likely[0].confidence < bars.whatever and not any(_is_about(question, each) for each in offered):
        return ()
    return tuple(each.entry for each in offered)


def only_likely(question: Question) -> Candidate | None:
    """The entry that fits best, where it alone is likely enough to be offered."""
    likely, offered = _may_be_offered(question), _offered(question)
    if not offered or likely[0] is not question.best:
        return None
    return likely[0] if len(_near(likely, _bars(question, likely[0]).near)) == 1 else None


def _near(likely: Sequence[Candidate], share: float) -> list[Candidate]:
    return [each for each in likely if each.confidence >= share * likely[0].confidence]


def _may_be_offered(question: Question) -> list[Candidate]:
    return [each for each in question.findings.candidates if not _is_never_offered(question, each.entry)]


def _bars(question: Question, candidate: Candidate) -> Bars:
    entry = question.knowledge.entry(candidate.entry)
    return bars_of(entry) if entry else USUAL


def _is_about(question: Question, candidate: Candidate) -> bool:
    """Whether more than the frame of the question speaks for an entry: its words, or a model's word for it."""
    return question.knowledge.shares_subject(question.folded, candidate.entry) or candidate.parts.get(PART, 0) > 0


def _is_never_offered(question: Question, entry_id: str) -> bool:
    """Nobody picks a greeting or their anger from a list, and a person comes for the rest without being picked."""
    entry = question.knowledge.entry(entry_id)
    return entry_id in SMALL_TALK or entry is None or entry.hands_over or says_nothing_of_the_way(question, entry)


def _likely(question: Question, best: Candidate) -> Reason:
    reason = because("likely_not_sure", entry=best.entry, confidence=f"{best.confidence:.2f}")
    others = [each for each in question.findings.candidates if each is not best]
    return (
        reason.and_also(
            because("ahead_of", margin=f"{best.confidence - others[0].confidence:.2f}", entry=others[0].entry)
        )
        if others
        else reason
    )


def _not_offered(question: Question, best: Candidate) -> Response | Reason:
    if _is_never_offered(question, best.entry):
        return _small_talk_at_most(question, best)
    return because("only_frame_in_common", entry=best.entry, confidence=f"{best.confidence:.2f}")


def _small_talk_at_most(question: Question, best: Candidate) -> Response | Reason:
    """Nobody picks a greeting from a list: it is answered when it is likely, and else it is not offered."""
    is_short = len(question.folded) <= SHORT_CHARACTERS
    asks_it = best.entry == FAREWELL_ENTRY and question.said.asks
    if best.entry not in SMALL_TALK or best.confidence < SMALL_TALK_AT or not is_short or asks_it:
        return because("no_choice_to_offer", entry=best.entry, confidence=f"{best.confidence:.2f}")
    return answer(
        question, best.entry, confidence=best.confidence, reason=because("likely_and_harmless", entry=best.entry)
    )


def no_match(question: Question) -> Response:
    missed = question.memory.misses
    if question.memory.advertised:
        return quiet(question, because("advertiser_not_answered"))
    if missed:
        return hand_over(question, because("not_understood", times=missed + 1), first="after-misses")
    return hand_over(question, because("nothing_answers"))


def leads_clearly(judged: Judged, *, at: float = LEADS_AT) -> bool:
    """Whether a question is likely about one entry and no other: beside a sure answer, that is sure enough.

    The quick matcher takes strange questions for likely ones too often.
    """
    return (
        judged.tried[-1].rule in (CLARIFY, SUGGEST)
        and isinstance(judged.response.act, Clarify)
        and _leads(judged.question, at)
    )


def _leads(question: Question, at: float = LEADS_AT) -> bool:
    best, knowledge = only_likely(question), question.knowledge
    if best is None or best.confidence < at or not question.said.asks:
        return False
    entry = knowledge.entry(best.entry)
    return knowledge.is_refined and entry is not None and not entry.hands_over and _is_about(question, best)


def likely_while_waiting(question: Question) -> Response | Reason:
    """Rule on what a buyer who waits very likely means: they hear the answer, and are never asked back."""
    if question.conversation.mode != "waiting":
        return because("not_waiting_for_person")
    if question.said.only_tells or not _leads(question):
        return because("none_leads")
    return suggested(question)


def answer_what_leads(judged: Judged) -> Judged:
    """The answer of the entry that leads clearly, instead of asking whether it is meant."""
    *lost, asked = judged.tried
    best = next(iter(judged.question.findings.candidates))
    reason = asked.reason.and_also(because("leads_beside_sure"))
    response = answer(judged.question, best.entry, confidence=best.confidence, reason=reason)
    tried = (*lost, asked._replace(won=False), RuleTried("merging", "leads", won=True, reason=reason))
    return dataclasses.replace(judged, response=response, tried=tried)
