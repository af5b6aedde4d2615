"""A model of meaning outside the house: a real HTTP server in OpenAI's form, which can be told to fail.

Its vectors are counts of hashed letters and pairs of letters, the same in every process. What shares no letter means
the same to it only where it was told so.
"""

from __future__ import annotations

import asyncio
import zlib
from contextlib import AsyncExitStack
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 256


def vector_of(text: str, width: int = WIDTH) -> list[float]:
    vector = [0.0] * width
    for piece in (*text, *map("".join, pairwise(text))):
        vector[zlib.crc32(piece.encode()) % width] += 1.0
    return vector


class FakeModel:
    """`knows` says what texts mean in other words. `asked` has the texts of every request, in order.

    `status` and `body` replace its answers from now on; while it `hangs`, none comes.
    """

    def __init__(self, knows: Mapping[str, str] | None = None) -> None:
        self.knows = knows or {}
        self.asked: list[list[str]] = []
        self.keys: list[str | None] = []
        self.models: list[str] = []
        self.status = int(HTTPStatus.OK)
        self.body: bytes | None = None
        self.width = WIDTH
        self.hangs = False
        self._let_go = asyncio.Event()
        self._grown = asyncio.Event()
        self._open = AsyncExitStack()
        self.endpoint = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/embeddings", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._open.callback(self.let_go)
        self.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/embeddings"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    @property
    def settings(self) -> dict[str, Any]:
        """The table `semantic` of a configuration that names this server; it has all the time it needs."""
        return {"endpoint": self.endpoint, "model": "fake-model", "timeout_ms": 1000}

    def let_go(self) -> None:
        """Answer those who have been left hanging."""
        self._let_go.set()
        self._let_go = asyncio.Event()

    async def hears(self, text: str, *, within_seconds: float = 20.0) -> None:
        """Wait until this text has been asked for."""
        async with asyncio.timeout(within_seconds):
            while not any(text in texts for texts in self.asked):
                self._grown.clear()
                await self._grown.wait()

    async def _answer(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.asked.append(asked["input"])
        self.models.append(asked["model"])
        self.keys.append(request.headers.get("Authorization"))
        self._grown.set()
        if self.hangs:
            await self._let_go.wait()
        if self.body is not None:
            return web.Response(status=self.status, body=self.body)
        data = [
            {"index": index, "embedding": vector_of(self.knows.get(text, text), self.width)}
            for index, text in enumerate(asked["input"])
        ]
        return web.json_response({"object": "list", "data": data[::-1]}, status=self.status)
