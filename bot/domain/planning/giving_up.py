"""What to do about a message that no rule can decide about: the buyer gets a person, and nobody is left in silence."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Away, Bubble, Decision, HandOver, StayQuiet, Why
from bot.dialogue.state import Memory
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from bot.dialogue.acts import Act, ShopNow
    from bot.dialogue.state import Conversation
    from knowledge.base import KnowledgeBase

PLACE = "queue_position"


def give_up(conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """Hand over, with the line that is true now; a buyer who already waits or has a person hears nothing new.

    What was remembered is let go: it may be what the rules failed at.
    """
    reason = because("cannot_be_decided")
    if conversation.mode == "human" or conversation.blocked_at is not None:
        return _decision(StayQuiet(reason=reason), (), conversation, shop, knowledge)
    act = HandOver(reason=reason) if shop.is_open else Away(reason=reason)
    bubbles = () if conversation.mode == "waiting" else _said(conversation, shop, knowledge)
    return dataclasses.replace(_decision(act, bubbles, conversation, shop, knowledge), mode="waiting")


def _said(conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> tuple[Bubble, ...]:
    if shop.is_open:
        place = str(conversation.waiting_ahead + 1)
        return tuple(Bubble(kind="handoff", text=each) for each in knowledge.say("hand-over-open", {PLACE: place}))
    return tuple(
        Bubble(kind="away", text=each) for each in knowledge.say("hand-over-closed", {"opens_at": shop.opens_at})
    )


def _decision(
    act: Act, bubbles: tuple[Bubble, ...], conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase
) -> Decision:
    return Decision(
        act=act,
        bubbles=bubbles,
        mode="bot" if conversation.mode == "closed" else conversation.mode,
        memory=Memory(welcomed_on=conversation.memory.welcomed_on),
        why=Why(named={}, revision=knowledge.revision, local_time=shop.local_time, is_open=shop.is_open),
    )
