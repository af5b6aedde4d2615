"""Play buyers against a running bot: deliver what they say at its time, as their platform would."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from yarl import URL

from adapters.http import Answer, open_session, post
from adapters.simulation.contract import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.simulation.contract import Driver
    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.domain.simulation import Turn

TRIES = 5
LONGEST_PAUSE_SECONDS = 10.0
TIMEOUT_SECONDS = 30.0
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of it: deliveries by what the door answered, and how long it took, in seconds."""

    answers: Counter[str] = field(default_factory=Counter)
    took_seconds: list[float] = field(default_factory=list)


async def simulate_buyers(
    *,
    turns: Sequence[Turn],
    channel: Channel,
    driver: Driver,
    url: str,
    run: int,
    clock: Clock,
    tell: Callable[[Turn, str], None],
) -> Played:
    """Deliver each turn at its time to the bot at `url`. What is turned away as too fast is delivered again later.

    `run` keeps the ids of one simulation apart from those of others; `tell` hears of each delivery's end.
    """
    played, start = Played(), clock.now()
    async with open_session() as session, asyncio.TaskGroup() as tasks:
        player = _Player(channel=channel, driver=driver, url=url, run=run, clock=clock, session=session, start=start)
        began = clock.monotonic()
        for turn in turns:
            await asyncio.sleep(max(0.0, began + turn.at_seconds - clock.monotonic()))
            tasks.create_task(_play(player, turn, played, tell), name=f"buyer {turn.buyer}")
    return played


async def _play(player: _Player, turn: Turn, played: Played, tell: Callable[[Turn, str], None]) -> None:
    began = player.clock.monotonic()
    answer = await player.delivers(turn)
    played.took_seconds.append(player.clock.monotonic() - began)
    played.answers[answer] += 1
    tell(turn, answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Player:
    channel: Channel
    driver: Driver
    url: str
    run: int
    clock: Clock
    session: ClientSession
    start: datetime

    async def delivers(self, turn: Turn) -> str:
        """What the door said in the end, in a word or two."""
        for _ in range(TRIES):
            answer = await self._once(turn)
            if isinstance(answer, str):
                return answer
            await asyncio.sleep(answer)
        return "too fast"

    async def _once(self, turn: Turn) -> str | float:
        """The door's answer, or for how many seconds it wants us to wait."""
        now = self.clock.now()
        said = Said(
            run=self.run,
            buyer=turn.buyer,
            name=turn.name,
            message=turn.message,
            words=turn.words,
            sent_at=self.start + timedelta(seconds=turn.sent_seconds),
        )
        delivery = self.driver(self.channel.adapter, channel=self.channel.name, said=said, now=now)
        answer = await post(
            session=self.session,
            url=URL(self.url + delivery.path),
            body=delivery.body,
            headers=delivery.headers,
            timeout_seconds=TIMEOUT_SECONDS,
            allow_private=True,
            now=now,
        )
        if not isinstance(answer, Answer):
            return answer.reason
        if answer.status in BUSY:
            return min(answer.retry_after_seconds or 1.0, LONGEST_PAUSE_SECONDS)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            return f"refused with {answer.status}"
        return "duplicate" if b'"duplicate"' in answer.body else "accepted"
