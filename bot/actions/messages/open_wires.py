"""Open the way to a platform: with the access token that it lends, renewed by one node and once, however many wait."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import orjson

from adapters.contract import AccessToken, LoginExpired, TryLater, Wire
from bot.domain.channels.channel import logs_in
from bot.storage import channel_states
from bot.storage.channel_states import Kept

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import ClientSession

    from adapters.contract import LogsIn, Refused, Unknown
    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.seal import Seal
    from bot.storage.engine.database import Database

    NoToken = TryLater | Refused | Unknown

log = logging.getLogger(__name__)

T = TypeVar("T")

RENEW_EARLY = timedelta(minutes=5)
"""So much before its end a token is renewed: what is on the wire then still has the old one."""
LOOK_AGAIN_SECONDS = 0.1
ANOTHER_NODE_SECONDS = 8.0
"""So long another node may take to log in before we say that it cannot be done now."""


@dataclass(frozen=True, slots=True)
class _Lent:
    token: AccessToken
    until: datetime


class Wires:
    """The ways to all platforms. Tokens are kept in memory and, where there is a `seal`, encrypted in the database."""

    def __init__(
        self,
        *,
        database: Database,
        node: str,
        channels: Mapping[str, Channel],
        sessions: Mapping[str, ClientSession],
        seal: Seal | None,
        clock: Clock,
    ) -> None:
        self._database = database
        self._node = node
        self._sessions = sessions
        self._channels = channels
        self._seal = seal
        self._clock = clock
        self._lent: dict[str, _Lent] = {}
        self._turn: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def call(self, channel: str, work: Callable[[Wire], Awaitable[T]]) -> T | NoToken:
        """Do this over a wire to the channel's platform; a token that it does not take any more is renewed once."""
        wire = await self._open(channel)
        if not isinstance(wire, Wire):
            return wire
        done = await work(wire)
        if not isinstance(done, LoginExpired):
            return done
        wire = await self._open(channel, refused=wire.token)
        if not isinstance(wire, Wire):
            return wire
        done = await work(wire)
        if isinstance(done, LoginExpired):
            return TryLater(f"a new access token is not taken either: {done.reason}", fault=done.fault)
        return done

    async def log_in_where_due(self) -> Mapping[str, datetime]:
        """Keep logged in where a platform would forget us; when that ends for good, of the channels where it does."""
        renewing = [name for name, each in self._channels.items() if each.adapter.capabilities.renews]
        for name in renewing:
            await self._open(name)
        lent = {name: self._lent[name].token for name in renewing if name in self._lent}
        return {name: token.ends_at for name, token in lent.items() if token.ends_at is not None}

    async def _open(self, channel: str, *, refused: str = "") -> Wire | NoToken:
        session, known = self._sessions[channel], self._channels.get(channel)
        if known is None or not logs_in(known.adapter):
            return Wire(session=session)
        lent: _Lent | NoToken | None = self._good(channel, refused)
        if lent is None:
            async with self._turn[channel]:  # whoever comes second finds what the first has fetched
                lent = self._good(channel, refused) or await self._renewed(channel, known.adapter, refused)
        return Wire(session=session, token=lent.token.value) if isinstance(lent, _Lent) else lent

    def _good(self, channel: str, refused: str) -> _Lent | None:
        lent = self._lent.get(channel)
        return lent if lent and lent.until > self._clock.now() and lent.token.value != refused else None

    async def _renewed(self, channel: str, adapter: LogsIn, refused: str) -> _Lent | NoToken:
        """The token that another node has fetched meanwhile, or a new one."""
        if self._seal is None:
            return await self._fetched(channel, adapter)
        try:
            async with asyncio.timeout(ANOTHER_NODE_SECONDS):
                while not await self._claim(channel):  # noqa: ASYNC110 - another process rings nobody here
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
        except TimeoutError:
            return TryLater("another process is logging in to the platform")
        try:
            return await self._kept(channel, refused, self._seal) or await self._fetched(channel, adapter)
        finally:
            await self._database.write(channel_states.release, channel, "token", node=self._node)

    async def _claim(self, channel: str) -> bool:
        return await self._database.write(channel_states.claim, channel, "token", node=self._node)

    async def _kept(self, channel: str, refused: str, seal: Seal) -> _Lent | None:
        """The token that the database holds, if it is good."""
        kept = await self._database.read(channel_states.read, channel, "token")
        token = None if kept is None else unsealed(kept, seal)
        if kept and kept.until and token is not None:
            self._lent[channel] = _Lent(token, kept.until)
        return self._good(channel, refused)

    async def _fetched(self, channel: str, adapter: LogsIn) -> _Lent | NoToken:
        lent, now = self._lent.get(channel), self._clock.now()
        former = lent.token if lent else None
        token = await adapter.log_in(session=self._sessions[channel], former=former, now=now)
        if not isinstance(token, AccessToken):
            log.warning("cannot log in to the platform", extra={"channel": channel})
            return token
        lasts = timedelta(seconds=token.lasts_seconds)
        self._lent[channel] = fresh = _Lent(token, now + max(lasts - RENEW_EARLY, lasts / 2))
        if self._seal is not None:
            kept = Kept(body=self._seal.close(orjson.dumps(token)), until=fresh.until)
            await self._database.write(channel_states.keep, channel, "token", kept, node=self._node)
        log.info("logged in to the platform", extra={"channel": channel})
        return fresh


def unsealed(kept: Kept, seal: Seal) -> AccessToken | None:
    """The token that is kept; None where it was sealed with another key."""
    opened = seal.open(kept.body)
    if opened is None:
        return None
    values = orjson.loads(opened)
    ends_at = values.pop("ends_at", None)
    return AccessToken(**values, ends_at=None if ends_at is None else datetime.fromisoformat(ends_at))
