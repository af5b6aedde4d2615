"""What a buyer who waits for a person hears: a line that is true now, as often as they call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue.cues.tempers import is_upset
from bot.dialogue.responses.hand_over import hand_over, still_waiting
from bot.dialogue.responses.lines import lines
from bot.dialogue.thresholds import COMPLAINT_AT
from bot.dialogue.utterance import COMPLAINT_ENTRY

if TYPE_CHECKING:
    from bot.dialogue.question import Question, Response
    from knowledge.reasons.reason import Reason


def hand_over_or_say_where(question: Question, reason: Reason, *, entry: str, first: str | None = None) -> Response:
    """Bring in a person whom the buyer asks for; where they wait already, tell them their place.

    `first`: the line that comes first to an upset buyer, but not a second time while they wait. An upset buyer who
    wishes nothing, "垃圾店", only tells something.
    """
    if question.conversation.mode != "waiting":
        return hand_over(question, reason, entry=entry, first=first, asked_for=True)
    apology = lines(question, "handoff", first) if first and not was_upset(question) else ()
    return still_waiting(question, reason, calls=first is None or question.said.wishes, first=apology)


def was_upset(question: Question) -> bool:
    """Whether one of the buyer's last messages was angry, or likely a complaint."""
    return any(is_upset(text) or _complains(question, text) for text in question.memory.recent)


def _complains(question: Question, text: str) -> bool:
    best = next(iter(question.knowledge.find(text).candidates), None)
    return best is not None and best.entry == COMPLAINT_ENTRY and best.confidence >= COMPLAINT_AT
