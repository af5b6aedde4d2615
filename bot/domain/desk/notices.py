"""What the shop's desk is told of a decision: that a person is wanted, or that somebody advertises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import HandedOver, Text
from bot.dialogue.acts import Away, Dismiss, HandOver
from bot.dialogue.reasons import in_words
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.dialogue.acts import Decision, Heard
    from bot.dialogue.state import Conversation
    from bot.domain.channels.channel import Channel
    from knowledge.reasons.reason import Reason

SUMMARY_CHARACTERS = 200


def desk_notice(
    conversation: Conversation,
    heard: Sequence[Heard],
    decision: Decision,
    *,
    channel: Channel | None,
    reply_by: datetime | None,
) -> HandedOver | None:
    """The notice of a decision that calls a person or dismisses an advert; None where nobody wants to hear it."""
    act = decision.act
    announces = channel is not None and channel.adapter.capabilities.announces
    words = summary([message.content.text for message in heard if isinstance(message.content, Text)])
    if announces and isinstance(act, Dismiss):
        return notice_of(because("report_advertisement"), queue_position=0, summary=words)
    if not announces or not isinstance(act, HandOver | Away) or conversation.mode == "waiting":
        return None
    return notice_of(
        act.reason,
        queue_position=decision.memory.position_told or conversation.waiting_ahead + 1,
        reply_by=reply_by,
        summary=words,
    )


def notice_of(
    reason: Reason, *, queue_position: int, reply_by: datetime | None = None, summary: str = "", urgent: bool = False
) -> HandedOver:
    """A notice with the code of its reason and the words for it, in the language of the shop's staff."""
    return HandedOver(
        reason_code=reason.code,
        reason=in_words(reason, "zh"),
        queue_position=queue_position,
        reply_by=reply_by,
        summary=summary,
        urgent=urgent,
    )


def summary(texts: Sequence[str]) -> str:
    """The buyer's last words for the person who takes over, short enough to read at a glance."""
    words = " / ".join(text.strip() for text in texts[-3:])
    return words if len(words) <= SUMMARY_CHARACTERS else words[: SUMMARY_CHARACTERS - 1] + "…"
