"""Where the bot is not to speak: what it would have said is kept, and the buyer waits for a person."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Decision, Dismiss, HandOver, Rate, StayQuiet, Suggest, Why
from bot.dialogue.cues.courtesies import is_acknowledgement
from bot.dialogue.utterance import text_of
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.acts import Heard, ShopNow
    from bot.dialogue.state import Conversation, Memory, Mode
    from bot.domain.channels.modes import Voice
    from knowledge.base import KnowledgeBase

HEARD = (
    *("recent", "stale_turns", "passing", "passing_on", "advertised"),
    *("product_id", "order_status", "region", "height_cm", "weight_kg"),
)
"""What the bot remembers of the buyer's own words; the rest is of what it has said itself."""
ONLY_HEARD = (Rate, Dismiss, StayQuiet)
"""Nobody owes an answer to what is dealt with like this."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """What the bot would have said: a draft for people, for a cover, and to be compared with what people say."""

    voice: Voice
    decision: Decision

    @property
    def texts(self) -> tuple[str, ...]:
        """Its answer, without the day's welcome; none where it would have called a person."""
        if not isinstance(self.decision.act, Answer | Suggest):
            return ()
        return tuple(bubble.text for bubble in self.decision.bubbles if bubble.kind != "welcome")


def as_if_first(conversation: Conversation) -> Conversation:
    """The conversation as it would be if the bot led it."""
    led = conversation.mode in {"waiting", "human"}
    return dataclasses.replace(conversation, mode="bot", waiting_since=None) if led else conversation


def hushed(conversation: Conversation, decision: Decision, *, voice: Voice, has_desk: bool) -> Decision:
    """The same decision without a word: whatever wants an answer waits for a person."""
    before: Mode = "bot" if conversation.mode == "closed" else conversation.mode
    act, mode = decision.act, before
    if not isinstance(act, ONLY_HEARD):
        led = before == "human"
        act = (
            StayQuiet(reason=because("person_leads")) if led else HandOver(reason=because("bot_is_silent", mode=voice))
        )
        mode = before if led or not has_desk else "waiting"
    memory = _only_heard(conversation.memory, decision.memory)
    return dataclasses.replace(decision, act=act, bubbles=(), mode=mode, memory=memory)


def without_a_thought(
    conversation: Conversation, heard: Sequence[Heard], shop: ShopNow, knowledge: KnowledgeBase
) -> Decision:
    """The decision of a bot that is off: a mere thank-you wants nobody, everything else a person."""
    reason = because("bot_is_silent", mode="off")
    thanks = all(is_acknowledgement(text_of(message)) for message in heard)
    return Decision(
        act=StayQuiet(reason=reason) if thanks else HandOver(reason=reason),
        bubbles=(),
        mode=conversation.mode,
        memory=conversation.memory,
        why=Why(named={}, revision=knowledge.revision, local_time=shop.local_time, is_open=shop.is_open),
    )


def _only_heard(before: Memory, after: Memory) -> Memory:
    return dataclasses.replace(before, **{name: getattr(after, name) for name in HEARD})
