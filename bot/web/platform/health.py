"""What a supervisor asks: alive, ready, and how it goes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.errors import StorageDown
from bot.storage.engine.pulse import beat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.clock import Clock
    from bot.metrics import Metrics
    from bot.storage.engine.database import Database
    from bot.web.shared.doors import Doors


KNOWN_FOR_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Pulse:
    """Whether the database takes a write: tried once a second at most, since any stranger may ask."""

    database: Database
    node: str
    clock: Clock
    _tried: int = 0
    _problem: str = ""
    _good_until_seconds: float = 0.0
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def problem(self) -> str:
        """What keeps it from being written to; empty when nothing does."""
        before = self._tried
        async with self._one_at_a_time:
            if self._tried == before and self.clock.monotonic() >= self._good_until_seconds:
                await self._try()
        return self._problem

    async def _try(self) -> None:
        try:
            await self.database.write(beat, node=self.node, at=self.clock.now())
        except StorageDown as problem:
            self._problem = str(problem)
        else:
            self._problem, self._good_until_seconds = "", self.clock.monotonic() + KNOWN_FOR_SECONDS
        self._tried += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Everything the health routes touch. `not_ready` says in words what is missing; empty when nothing is.

    `facts` are what a person wants to know beside that, by name: each is said in a line, and left out while empty.
    """

    pulse: Pulse
    metrics: Metrics
    not_ready: Callable[[], str]
    doors: Doors
    facts: Mapping[str, Callable[[], str]] = field(default_factory=dict)

    async def live(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.Response(text="ok\n")

    async def ready(self, request: web.Request) -> web.Response:
        """It may be sent traffic: started, not stopping, and the database takes a write."""
        missing = self.not_ready() or await self.pulse.problem()
        return self._answer(request, 503, missing) if missing else self._answer(request, 200, "ready")

    def _answer(self, request: web.Request, status: int, word: str) -> web.Response:
        """The word a supervisor asks for, then the facts, one in a line: `channel shop: cannot deliver since …`.

        Strangers hear no more than whether we are ready.
        """
        if not self.doors.may_see_figures(request):
            return web.Response(status=status, text="ready\n" if status == HTTPStatus.OK else "not ready\n")
        told = [f"{name}: {fact}" for name, say in self.facts.items() if (fact := say())]
        return web.Response(status=status, text="".join(f"{line}\n" for line in (word, *told)))

    async def show_metrics(self, request: web.Request) -> web.Response:
        """Everything counted, for Prometheus."""
        if not self.doors.may_see_figures(request):
            raise web.HTTPForbidden(text="set metrics_token under [server] and send it as a bearer token\n")
        return web.Response(body=generate_latest(self.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def health_routes(health: Health) -> list[web.RouteDef]:
    """The routes a supervisor asks."""
    return [
        web.get("/livez", health.live),
        web.get("/readyz", health.ready),
        web.get("/metrics", health.show_metrics),
    ]
