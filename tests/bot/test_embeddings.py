"""The client of a model's server: vectors, or a quick word that there are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapters.http import open_session
from bot.config import Semantic
from bot.embeddings_server import RESTS_SECONDS, Embeddings
from knowledge.matching.embeddings import NoVectors, as_vectors
from tests.fakes import FakeClock
from tests.model import FakeModel, vector_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientSession

AWAY, BACK = "embeddings server is away; answers go on without it", "embeddings server is back"


@pytest.fixture
async def model() -> AsyncIterator[FakeModel]:
    async with FakeModel() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with open_session() as opened:
        yield opened


def embeddings(model: FakeModel, session: ClientSession, clock: FakeClock, **more: object) -> Embeddings:
    settings = Semantic.model_validate(model.settings | more)
    return Embeddings(settings=settings, session=session, clock=clock)


async def fails(client: Embeddings, *, within_seconds: float = 5) -> str:
    with pytest.raises(NoVectors) as failed:
        await client.embed(["包邮吗"], within_seconds=within_seconds)
    return str(failed.value)


async def test_each_text_gets_its_vector_in_order(model: FakeModel, session: ClientSession) -> None:
    texts = ["包邮吗", "发什么快递", "能退吗"]
    vectors = await embeddings(model, session, FakeClock()).embed(texts, within_seconds=5)
    assert (vectors == as_vectors([vector_of(text) for text in texts])).all()
    assert (model.asked, model.models, model.keys) == ([texts], ["fake-model"], [None])


async def test_the_key_goes_with_the_request_and_is_never_shown(model: FakeModel, session: ClientSession) -> None:
    client = embeddings(model, session, FakeClock(), api_key="open-sesame")
    await client.embed(["包邮吗"], within_seconds=5)
    assert model.keys == ["Bearer open-sesame"]
    assert "open-sesame" not in repr(Semantic(endpoint=model.endpoint, model="m", api_key="open-sesame"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"error": "no such model"}',
        b'{"data": null}',
        b'{"data": [{"index": 0}]}',
        b'{"data": [{"embedding": [1]}]}',
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": "AAAA"}]}',
        b'{"data": [{"index": 0, "embedding": [0, 0]}]}',
        b'{"data": [{"index": 0, "embedding": [1, null]}]}',
        json.dumps({"data": [{"index": index, "embedding": [1.0]} for index in range(2)]}).encode(),
    ],
)
async def test_an_answer_that_is_no_vectors_is_refused(model: FakeModel, session: ClientSession, body: bytes) -> None:
    model.body = body
    told = await fails(embeddings(model, session, FakeClock()))
    assert "vector" in told or "something else than embeddings" in told


async def test_a_refusal_and_a_closed_door_are_told(model: FakeModel, session: ClientSession) -> None:
    model.status = 500
    assert "500" in await fails(embeddings(model, session, FakeClock()))
    closed = embeddings(model, session, FakeClock(), endpoint="http://127.0.0.1:9/v1/embeddings")
    assert "no connection" in await fails(closed)


async def test_a_slow_model_is_not_waited_for(model: FakeModel, session: ClientSession) -> None:
    model.hangs = True
    assert "did not answer within 0.05 seconds" in await fails(
        embeddings(model, session, FakeClock()), within_seconds=0.05
    )


async def test_one_that_is_away_is_left_alone_and_told_of_once(
    model: FakeModel, session: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    client = embeddings(model, session, clock)
    model.status = 503
    await fails(client)
    assert "left alone" in await fails(client)
    clock.advance(seconds=RESTS_SECONDS)
    assert "503" in await fails(client)
    assert len(model.asked) == 2
    clock.advance(seconds=RESTS_SECONDS)
    model.status = 200
    await client.embed(["包邮吗"], within_seconds=5)
    await client.embed(["包邮吗"], within_seconds=5)
    assert [each.message for each in caplog.records if each.name == "bot.embeddings_server"] == [AWAY, BACK]


async def test_vectors_of_another_model_are_not_mixed_in(model: FakeModel, session: ClientSession) -> None:
    client = embeddings(model, session, FakeClock())
    await client.embed(["包邮吗"], within_seconds=5)
    model.width = 64
    assert "256 numbers long and are 64 now" in await fails(client)
