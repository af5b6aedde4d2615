"""Asks an embeddings server (OpenAI's form, as Ollama and others speak it) for the vectors of texts.

One that is slow, wrong or gone is left alone for a while, so that its trouble costs buyers one short wait now and then.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
from yarl import URL

from adapters.http import Answer, post
from knowledge.matching.embeddings import NoVectors, as_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import ClientSession

    from bot.clock import Clock
    from bot.config import Semantic
    from knowledge.matching.embeddings import Vectors

log = logging.getLogger(__name__)

RESTS_SECONDS = 10.0
ANSWER_LIMIT_BYTES = 16 * 1024 * 1024


class Embeddings:
    """One server and its model. Says once when it goes away, and once when it is back."""

    def __init__(self, *, settings: Semantic, session: ClientSession, clock: Clock) -> None:
        self._settings = settings
        self._session = session
        self._clock = clock
        self._away = False
        self._rests_until = float("-inf")
        self._width: int | None = None

    async def embed(self, texts: Sequence[str], *, within_seconds: float) -> Vectors:
        """One row of length one for each text, in order.

        Raises `NoVectors` when that does not come in time, and at once while the server is left alone.
        """
        if self._clock.monotonic() < self._rests_until:
            raise NoVectors("the embeddings server is left alone for a while")
        try:
            vectors = as_vectors(self._rows(await self._ask(texts, within_seconds), len(texts)))
            self._check_width(vectors)
        except NoVectors as problem:
            self._leave_alone(problem)
            raise
        if self._away:
            log.warning("embeddings server is back")
        self._away = False
        return vectors

    async def _ask(self, texts: Sequence[str], within_seconds: float) -> bytes:
        key = self._settings.api_key
        answer = await post(
            session=self._session,
            url=URL(self._settings.endpoint),
            body=orjson.dumps({"model": self._settings.model, "input": list(texts)}),
            headers={"Content-Type": "application/json"} | ({} if key == "" else {"Authorization": f"Bearer {key}"}),
            timeout_seconds=within_seconds,
            allow_private=True,
            now=self._clock.now(),
            limit_bytes=ANSWER_LIMIT_BYTES,
        )
        if isinstance(answer, Answer) and answer.status == HTTPStatus.OK:
            return answer.body
        told = f"the embeddings server answered {answer.status}" if isinstance(answer, Answer) else answer.reason
        raise NoVectors(told)

    def _rows(self, body: bytes, texts: int) -> list[object]:
        try:
            rows = [each["embedding"] for each in sorted(orjson.loads(body)["data"], key=lambda each: each["index"])]
        except (ValueError, TypeError, LookupError) as problem:
            raise NoVectors("the embeddings server answered something else than embeddings") from problem
        if len(rows) != texts:
            raise NoVectors(f"the embeddings server answered {len(rows)} vectors for {texts} texts")
        return rows

    def _check_width(self, vectors: Vectors) -> None:
        """Vectors of another model cannot be compared with those we have."""
        width = vectors.shape[1]
        if self._width not in {None, width}:
            raise NoVectors(f"vectors were {self._width} numbers long and are {width} now; after a new model, restart")
        self._width = width

    def _leave_alone(self, problem: NoVectors) -> None:
        self._rests_until = self._clock.monotonic() + RESTS_SECONDS
        if not self._away:
            log.warning("embeddings server is away; answers go on without it", extra={"problem": str(problem)})
        self._away = True
