"""What came of one question in its turn: an answer, a wish for a person, or something left unanswered. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Away, Clarify, HandOver, StayQuiet
from bot.dialogue.thresholds import ANSWERED_BESIDE_AT
from bot.dialogue.turn_taking import is_unfinished
from bot.dialogue.utterance import SMALL_TALK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.dialogue.question import Judged


def wants_person(judged: Judged) -> bool:
    """Whether a person is wanted as such, rather than because nothing was understood."""
    return isinstance(judged.response.act, HandOver | Away) and not is_open(judged)


def is_open(judged: Judged) -> bool:
    """Whether the response is about what is asked, rather than a command, a card or silence."""
    act, in_words = judged.response.act, bool(judged.question.said.spoken)
    return in_words and (isinstance(act, Answer | Clarify) or (isinstance(act, HandOver | Away) and act.entry is None))


def entries_answered(judged: Sequence[Judged]) -> set[str]:
    return {each.response.act.entry for each in judged if isinstance(each.response.act, Answer)}


def says_something(judged: Judged) -> bool:
    act = judged.response.act
    return isinstance(act, Answer) and act.entry not in SMALL_TALK


def is_answered_apart(judged: Judged, others: Iterable[Judged]) -> bool:
    """Whether an answer says something that those to other questions do not."""
    said = {bubble.text for each in others for bubble in each.response.bubbles}
    return any(bubble.entry is not None and bubble.text not in said for bubble in judged.response.bubbles)


def is_left_over(judged: Judged) -> bool:
    """Whether it is a question that nobody has answered: a person hears of it by name."""
    said = judged.question.said
    unanswered = isinstance(judged.response.act, Clarify | HandOver | Away | StayQuiet) and is_open_or_waiting(judged)
    return unanswered and said.is_question and not said.only_tells and not is_unfinished(said.text)


def is_about(judged: Judged, answers: Sequence[Judged]) -> bool:
    """Whether an unclear question is most likely about what one of these answers says."""
    best = judged.question.best
    return best is not None and best.confidence >= ANSWERED_BESIDE_AT and best.entry in entries_answered(answers)


def is_open_or_waiting(judged: Judged) -> bool:
    return is_open(judged) or judged.question.conversation.mode == "waiting"


def subject_of(judged: Judged) -> tuple[str, str, str]:
    """What an answer is about: its entry, and the place and the product that the question names."""
    names = judged.question.said.names
    return str(getattr(judged.response.act, "entry", "")), names.place, names.product
