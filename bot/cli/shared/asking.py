"""What commands ask as a buyer would: the decision that a server makes, of the same knowledge and the same settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.actions.knowledge.ask_bot import ask_bot
from bot.cli.shared.channels import all_sites
from bot.cli.shared.desk import desk_of
from bot.domain.calendar import ShopCalendar, shop_at
from bot.wiring.channels import own_hosts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.contract import Surroundings
    from bot.config import Config
    from bot.dialogue.acts import Decision
    from knowledge.base import KnowledgeBase


def asking(
    config: Config, *, knowledge: KnowledgeBase, channel: str, at: datetime, surroundings: Surroundings
) -> Callable[[str], Decision]:
    """What decides about a text as about a buyer's first message on that channel at that moment.

    Of the file, only what the answer depends on is opened. Raises `BadConfig` with the problems of that.
    """
    channels = all_sites(config, and_channel=channel)
    return partial(
        ask_bot,
        knowledge=knowledge,
        shop=shop_at(ShopCalendar(hours=config.hours, zone=config.shop.timezone), at),
        channel=channel,
        surroundings=surroundings,
        own_hosts=own_hosts(config, channels.values()),
        has_desk=desk_of(config, channels).has_desk(channel),
    )
