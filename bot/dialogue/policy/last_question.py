"""What the buyer asked last, as far as their next words may go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.cues.wishes import wants_person
from bot.dialogue.thresholds import is_sure
from bot.dialogue.utterance import is_around_a_name

if TYPE_CHECKING:
    from bot.dialogue.question import Question


def follows_a_card(question: Question) -> bool:
    """Whether a card came last, upon which we asked what the buyer wants to know; a picture calls a person."""
    return question.memory.recent[-1:] == ("",) and question.conversation.mode == "bot"


def sure_entry(question: Question, text: str) -> str | None:
    best = next(iter(question.knowledge.find(text).candidates), None)
    return best.entry if is_sure(best) else None


def last_question(question: Question) -> str:
    return next(iter(_last_questions(question)), "")


def _last_questions(question: Question) -> list[str]:
    """The buyer's words that asked something, rather than only named another place or a person; the last ones first."""
    names_in, said = question.knowledge.names_in, reversed(question.memory.recent)
    return [text for text in said if not (is_around_a_name(names_in(text).without(text)) or wants_person(text))]


def question_about(question: Question, entry_id: str) -> str:
    """The buyer's last words that asked something, unless they are surely about another entry than was answered."""
    about = (None, entry_id)
    return next((text for text in _last_questions(question) if sure_entry(question, text) in about), "")
