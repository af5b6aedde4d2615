"""Ask the bot one thing as a buyer who has just come would, and get the whole decision. Nothing is stored or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.dialogue.acts import Heard
from bot.dialogue.decide import decide
from bot.dialogue.state import Conversation, Memory

if TYPE_CHECKING:
    from adapters.contract import Surroundings
    from bot.dialogue.acts import Decision, ShopNow
    from knowledge.base import KnowledgeBase


def ask_bot(
    text: str,
    *,
    knowledge: KnowledgeBase,
    shop: ShopNow,
    channel: str,
    surroundings: Surroundings,
    own_hosts: tuple[str, ...] = (),
    has_desk: bool = True,
) -> Decision:
    """The decision about a first message, without the day's welcome. `shop` says what holds at that moment.

    Links to `own_hosts` are the shop's own; `has_desk` says whether people can take a buyer over on that channel.
    """
    heard = Heard(
        inbox_id=0,
        external_id="asked",
        content=Text(text),
        surroundings=surroundings,
        sent_at=shop.local_time,
        arrived_at=shop.local_time,
        own_hosts=own_hosts,
    )
    conversation = Conversation(
        id=0,
        channel=channel,
        external_id="asked",
        buyer="asker",
        mode="bot",
        epoch=0,
        episode=1,
        fence=0,
        memory=Memory(welcomed_on=shop.local_time.date().isoformat()),
        has_desk=has_desk,
    )
    return decide(heard=[heard], conversation=conversation, shop=shop, knowledge=knowledge)
