"""What is known of a buyer when they are routed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.routing.rules import Facts

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.contract import Surroundings
    from bot.dialogue.state import Conversation


def facts_of(
    conversation: Conversation, surroundings: Surroundings, *, intent: str | None = None, tags: Collection[str] = ()
) -> Facts:
    """From what came with their newest message, and what is remembered. `tags` are those that people gave them."""
    memory = conversation.memory
    return Facts(
        channel=conversation.channel,
        page=surroundings.page,
        product=surroundings.product_id or memory.product_id,
        order_state=surroundings.order_status or memory.order_status,
        intent=intent or memory.last_entry,
        tags=frozenset((*surroundings.tags, *tags)),
        level=surroundings.credit_level,
    )
