"""Give up what cannot leave any more because its channel is gone: people see it among what failed."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.delivering.delivery import GIVE_UP_HOURS
from bot.storage.channels import left_over

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)

STILL_KNOWN = timedelta(minutes=1)
"""So long after a removal another node, or a decision under way, may still write a reply down."""


async def clear_away(
    *, database: Database, known: Collection[str], removed: Mapping[str, datetime], clock: Clock
) -> None:
    """One round: of channels that were `removed` in the console at these moments, and of those that nobody knows."""
    now = clock.now()
    before = now - timedelta(hours=GIVE_UP_HOURS)
    lately = {channel: at for channel, at in removed.items() if at > before}
    for channel, at in lately.items():
        while gone := await database.write(left_over.fail_removed, channel, until=at + STILL_KNOWN, now=now):
            log.warning("replies of a removed channel are given up", extra={"channel": channel, "replies": gone})
    while gone := await database.write(left_over.fail_unknown, sorted(known), before=before, now=now):
        log.warning("replies of channels that are not in the settings are given up", extra={"replies": gone})
