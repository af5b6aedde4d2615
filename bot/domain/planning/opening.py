"""A buyer opens the chat and says nothing yet: they are welcomed, once a day like everybody."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Bubble, Decision, StayQuiet, Why
from bot.dialogue.remembering import welcome_key
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from bot.dialogue.acts import ShopNow
    from bot.dialogue.state import Conversation
    from knowledge.base import KnowledgeBase


def welcome(conversation: Conversation, shop: ShopNow, knowledge: KnowledgeBase) -> Decision:
    """The welcome, for whoever the bot leads and has not welcomed today; nothing for others."""
    today = shop.local_time.date().isoformat()
    bubbles: tuple[Bubble, ...] = ()
    if conversation.mode in {"bot", "closed"} and conversation.blocked_at is None:
        once = welcome_key(conversation, today)
        bubbles = tuple(
            Bubble(kind="welcome", text=text, once=f"{once}:{part}")
            for part, text in enumerate(knowledge.say("welcome", {}), 1)
        )
    if conversation.memory.welcomed_on == today:
        bubbles = ()
    return Decision(
        act=StayQuiet(reason=because("wants_nothing")),
        bubbles=bubbles,
        mode=conversation.mode,
        memory=dataclasses.replace(conversation.memory, welcomed_on=today) if bubbles else conversation.memory,
        why=Why(named={}, revision=knowledge.revision, local_time=shop.local_time, is_open=shop.is_open),
    )
