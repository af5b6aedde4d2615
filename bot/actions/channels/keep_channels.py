"""Have those channels open that the file and the console name, on every node: the file comes first."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from adapters.contract import BadSettings
from bot.domain.channels.made import WITHOUT_ITS_KEY
from bot.storage.channels import made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.domain.channels.in_use import ChannelsInUse
    from bot.domain.channels.made import MadeChannel
    from bot.seal import Seal
    from bot.storage.channels.made import Kept
    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)


class ChannelKeeper:
    """Looks what the console has, and makes it hold here. `of_file` are the channels that stand in the file."""

    def __init__(
        self,
        *,
        database: Database,
        of_file: Mapping[str, Channel],
        in_use: ChannelsInUse,
        open_made: Callable[[MadeChannel, datetime], Channel],
        seal: Seal | None,
        clock: Clock,
    ) -> None:
        self._database = database
        self._open_made = open_made
        self._in_use = in_use
        self._seal = seal
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._begun = self._done = 0
        self._next_change: datetime | None = None
        self.of_file = of_file
        self.kept: tuple[Kept, ...] = ()
        self.unusable: Mapping[str, BadSettings] = {}
        """Those of the console that cannot be opened, and why."""

    async def refresh(self) -> None:
        """Take in what was set in the console. However many ask at once, one looks for those who wait."""
        asked = self._begun
        async with self._one_at_a_time:
            if self._done > asked:  # somebody has begun to look since
                return
            self._begun = begun = self._begun + 1
            kept = await self._database.read(made.read_all)
            self._take(kept)
            self._done = begun

    def _take(self, kept: tuple[Kept, ...]) -> None:
        now = self._clock.now()
        if kept == self.kept and (self._next_change is None or now < self._next_change):
            return
        opened, unusable = dict(self.of_file), dict[str, BadSettings]()
        for each in kept:
            if each.state == "removed" or each.name in self.of_file:
                continue
            try:
                opened[each.name] = self._opened(each, now)
            except BadSettings as bad:
                unusable[each.name] = bad
                facts = {"channel": each.name, "problem": str(bad)}
                log.warning("a channel of the console cannot be opened", extra=facts)
        self.kept, self.unusable = kept, unusable
        later = [each.former_until for each in kept if each.former_until is not None and each.former_until > now]
        self._next_change = min(later, default=None)
        self._in_use.replace(opened)

    def _opened(self, kept: Kept, now: datetime) -> Channel:
        channel = made.unpacked(kept, self._seal)
        if channel is None:
            raise BadSettings((WITHOUT_ITS_KEY,))
        return self._open_made(channel, now)
