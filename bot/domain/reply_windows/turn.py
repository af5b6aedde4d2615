"""Since when a buyer has had no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.dialogue.acts import Answer, Clarify, Dismiss, Rate, StayQuiet
from bot.dialogue.cues.courtesies import is_acknowledgement
from bot.dialogue.utterance import FAREWELL_ENTRY, text_of
from knowledge.language.normalisation import fold
from knowledge.matching.matcher import ANSWER_AT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.dialogue.acts import Decision, Heard
    from bot.dialogue.state import Conversation


def unanswered_since(conversation: Conversation, heard: Sequence[Heard], decision: Decision) -> datetime | None:
    """Since when the buyer has had no answer: neither a repetition nor a thank-you starts it again."""
    before = None if conversation.mode == "closed" else conversation.unanswered_since
    best = decision.why.candidates[0] if decision.why.candidates else None
    thanks = best is not None and best.entry == FAREWELL_ENTRY and best.confidence >= ANSWER_AT
    wordless = isinstance(decision.act, StayQuiet) and not any(fold(text_of(message)) for message in heard)
    thanks = thanks or (wordless and all(isinstance(message.content, Text) for message in heard))
    thanks = thanks or all(is_acknowledgement(text_of(message)) for message in heard)
    if conversation.blocked_at is not None:
        return None
    if isinstance(decision.act, Answer | Clarify | Rate | Dismiss):
        return before if decision.mode in {"waiting", "human"} else None
    return before or (None if thanks else min(message.sent_at for message in heard))
