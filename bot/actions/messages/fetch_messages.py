"""Ask a platform for what is new, where it does not bring it: a page at a time, its cursor kept after its events."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from adapters.contract import Fetched, Pulls, Refused, TryLater
from bot.background import pause_seconds
from bot.errors import TooBusy
from bot.live import Bell
from bot.storage import channel_states
from bot.storage.channel_states import Kept

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from adapters.contract import CallFault, Inbound
    from bot.background import AtWork
    from bot.clock import Clock
    from bot.domain.channels.channel import Calls, Channel
    from bot.standing import Standing
    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)

PAGES_AT_ONCE = 200
ANOTHER_NODE_SECONDS = 0.5


class Fetcher:
    """The pulling side. `fetch_next` is run by one background owner for each channel that `Pulls`."""

    def __init__(
        self,
        *,
        database: Database,
        node: str,
        channels: Mapping[str, Channel],
        standings: Mapping[str, Standing],
        wires: Calls,
        receive: Callable[[str, Inbound], Awaitable[object]],
        clock: Clock,
    ) -> None:
        self._database = database
        self._node = node
        self._standings = standings
        self._wires = wires
        self._receive = receive
        self._clock = clock
        self._channels = channels
        self._bells: dict[str, Bell] = defaultdict(_rung)
        self._wakes: dict[str, str] = {}
        self._failures: dict[str, int] = defaultdict(int)

    def wake(self, channel: str, word: str) -> None:
        """A delivery says that there is news, and brings this for whoever asks for it."""
        self._wakes[channel] = word
        self._bells[channel].ring()

    async def fetch_next(self, channel: str) -> None:
        """Wait for news, then read all of it. Raises `StorageDown`; the same page is read again then."""
        await self._bells[channel].wait(at_most_seconds=self._adapter(channel).fetch_every_seconds)
        if not await self._database.write(channel_states.claim, channel, "cursor", node=self._node):
            await asyncio.sleep(ANOTHER_NODE_SECONDS)
            self._bells[channel].ring()
            return
        try:
            await self._read_all(channel)
        except TooBusy as busy:
            self._bells[channel].ring()
            await asyncio.sleep(busy.retry_after_seconds)
        except BaseException:
            self._bells[channel].ring()
            raise
        finally:
            await self._database.write(channel_states.release, channel, "cursor", node=self._node)

    def _adapter(self, channel: str) -> Pulls:
        adapter = self._channels[channel].adapter
        if not isinstance(adapter, Pulls):
            raise TypeError(f"{channel} is not pulled")
        return adapter

    async def _read_all(self, channel: str) -> None:
        wake = self._wakes.get(channel, "")
        kept = await self._database.read(channel_states.read, channel, "cursor")
        cursor = kept.body.decode() if kept else ""
        for _ in range(PAGES_AT_ONCE):
            page = await self._page(channel, cursor, wake)
            if page is None:
                return
            cursor = page.cursor
            if not await self._keep(channel, page) or not page.more:
                if self._wakes.get(channel) == wake:  # else there is more news than this
                    del self._wakes[channel]
                return
        self._bells[channel].ring()

    async def _page(self, channel: str, cursor: str, wake: str) -> Fetched | None:
        """One page; None where there is none to be had now."""
        adapter, now = self._adapter(channel), self._clock.now()
        page = await self._wires.call(channel, lambda wire: adapter.fetch(wire=wire, cursor=cursor, wake=wake, now=now))
        if isinstance(page, Fetched):
            self._standings[channel].fetched()
            self._failures[channel] = 0
            return page
        self._standings[channel].fetch_failed(page)
        self._ask_again(channel, page)
        return None

    def _ask_again(self, channel: str, fault: CallFault) -> None:
        """Soon, as what a delivery has announced cannot wait for the next look by the clock; unless it is no use."""
        if isinstance(fault, Refused):
            return
        self._failures[channel] += 1
        asked_pause = (fault.retry_after_seconds or 0.0) if isinstance(fault, TryLater) else 0.0
        pause = max(pause_seconds(self._failures[channel]), asked_pause)
        asyncio.get_running_loop().call_later(pause, self._bells[channel].ring)

    async def _keep(self, channel: str, page: Fetched) -> bool:
        """The events first, then the cursor: a page is rather read twice than never. False: another node has it."""
        for event in page.events:
            await self._receive(channel, event)
        kept = Kept(body=page.cursor.encode())
        return await self._database.write(channel_states.keep, channel, "cursor", kept, node=self._node)


class FetchLoops:
    """The owners of `fetch_next`: one for each open channel that `Pulls`, from its opening to its closing."""

    def __init__(self, fetcher: Fetcher, *, at_work: AtWork) -> None:
        self._fetcher = fetcher
        self._at_work = at_work
        self._loops: dict[str, asyncio.Task[None]] = {}

    def opened(self, channel: Channel) -> None:
        if isinstance(channel.adapter, Pulls):
            step = partial(self._fetcher.fetch_next, channel.name)
            self._loops[channel.name] = self._at_work(f"fetch {channel.name}", step)

    def closed(self, name: str) -> None:
        loop = self._loops.pop(name, None)
        if loop is not None:
            loop.cancel()

    def stop(self) -> None:
        """End all of them."""
        for name in list(self._loops):
            self.closed(name)


def _rung() -> Bell:
    """A channel's bell: rung at first, for what has come while nobody asked."""
    bell = Bell()
    bell.ring()
    return bell
