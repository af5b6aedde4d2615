"""How sure is sure enough, and how often is often enough: each figure by which the rules choose, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeGuard

from knowledge.manual.entry import MANY_QUESTIONS
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT

if TYPE_CHECKING:
    from knowledge.manual.entry import Entry
    from knowledge.matching.matcher import Candidate

UNSURE_AT_MOST = ANSWER_AT - 0.01
"""What nobody can be sure about, a bare name, is held below what is answered at once."""
SUGGEST_AT = 0.72
"""The confidence at which the only likely entry is answered at once, with the question whether it was meant."""
LEADS_AT = 0.6
"""The confidence at which the only likely entry of a part is answered, where another part is sure."""
ASKED_BACK_AT = 0.45
"""The confidence at which it is asked back about beside an answer, instead of calling a person for it."""
ANSWERED_BESIDE_AT = 0.5
"""How likely an unclear question must be about an answer given beside it to need none of its own."""
SMALL_TALK_AT = 0.5
"""A kind word does no harm: small talk is answered at less than what a question needs."""
SPOKEN_OF_AT, SPOKEN_OF_AHEAD = 0.45, 0.15
"""How likely an entry must be, and ahead of the next, when the question speaks of the very thing that it answers."""
COMPLAINT_AT = 0.6
"""Words that are likely a complaint go to a person, calmly: nobody is asked to pick their anger from a list."""
SHOWS_AT = 0.75
"""How likely an entry must be for the words of the question to show which product it is about."""

STAYS_AT = 0.75
"""The confidence at which a question stays with what was answered last: context speaks too."""
GOES_ON_AT = 0.45
"""The confidence at which "那…" is answered where both entries tell a fact in common: it goes on to the next step."""
LIKELY_BY_ITSELF = 0.5
"""What is about another entry with this confidence says nothing more about the one that was just answered."""
TELLS_AT_MOST = 0.7
"""Words that ask nothing are meant for another entry than the last one only from this confidence on."""

MISSES = 2
"""So many turns without an answer, and a person is called instead of asking back once more."""
SAME_QUESTION = 3
"""The third identical question goes to a person."""
STALE_TURNS = 6
"""So many bot turns without a new word from the other side, and it is likely another bot."""


class Bars(NamedTuple):
    """What an entry must reach to be put to a buyer."""

    suggest: float
    """The confidence at which it is answered at once with the question whether it was meant, no other being near."""
    whatever: float
    """The confidence at which it needs nothing in common with the question but the frame of any question."""
    offer: float
    """The confidence at which it leads a choice."""
    near: float
    """The share of the best one's confidence at which another entry is near."""
    alternative: float
    """The share of the best one's confidence at which another entry is offered beside it."""


USUAL = Bars(suggest=SUGGEST_AT, whatever=SUGGEST_AT, offer=CLARIFY_AT, near=0.35, alternative=0.35)
OF_FEW_QUESTIONS = Bars(suggest=0.5, whatever=0.55, offer=0.12, near=0.4, alternative=0.1)
"""For entries that were given few questions: they mean more by a low confidence than the others do. What is likelier
than not is answered, saying so; below that, the buyer chooses."""


def bars_of(entry: Entry) -> Bars:
    """What holds for this entry."""
    return OF_FEW_QUESTIONS if len(entry.questions) < MANY_QUESTIONS else USUAL


def may_be_offered(entry: Entry | None, candidate: Candidate) -> bool:
    """Whether this entry is likely enough to lead a choice."""
    return candidate.confidence >= (bars_of(entry) if entry else USUAL).offer


Certainty = Literal["answer", "clarify", "none"]


def certainty(confidence: float) -> Certainty:
    """What the best candidate's confidence allows: answer at once, offer a choice, or neither."""
    if confidence >= ANSWER_AT:
        return "answer"
    return "clarify" if confidence >= CLARIFY_AT else "none"


def is_sure(candidate: Candidate | None) -> TypeGuard[Candidate]:
    """Whether there is an entry that may be answered at once."""
    return candidate is not None and certainty(candidate.confidence) == "answer"
