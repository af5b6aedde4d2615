"""A platform's own address and keys, read from a channel's settings, and one call of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, web

from adapters.api import Api, read_answer, read_api, read_secret_text
from adapters.contract import Media, Refused
from adapters.fields import Fields
from adapters.http import Answer, open_session
from tests.fakes import MORNING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytest_aiohttp.plugin import AiohttpServer

    from adapters.contract import Problem

USUALLY = "https://api.platform.example"


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with open_session() as session:
        yield session


def _read(**settings: object) -> tuple[Api, list[Problem]]:
    problems: list[Problem] = []
    return read_api(Fields(settings, problems), usually=USUALLY), problems


def test_the_platforms_own_address_is_the_default() -> None:
    api, problems = _read()
    assert (str(api.url), api.allow_private, problems) == (USUALLY, False, [])


def test_another_address_may_be_private_only_if_the_owner_says_so() -> None:
    _, [problem] = _read(api_url="http://127.0.0.1:8081")
    assert "allow_private_api_url = true" in problem.problem
    api, problems = _read(api_url="http://127.0.0.1:8081/bot-api", allow_private_api_url=True)
    assert (str(api.url), api.allow_private, problems) == ("http://127.0.0.1:8081/bot-api", True, [])


@pytest.mark.parametrize("given", ["", 7, "nonsense"])
def test_what_is_no_address_is_told(given: object) -> None:
    _, problems = _read(api_url=given)
    assert [each.field for each in problems] == ["api_url"]


@pytest.mark.parametrize("given", [None, "", " x ", 5, "a\nb"])
def test_a_secret_that_is_missing_or_misspelled_is_told_without_repeating_it(given: object) -> None:
    problems: list[Problem] = []
    assert read_secret_text(Fields({"token": given}, problems), "token", where="BotFather shows it") == ""
    assert problems[0].problem.endswith("BotFather shows it")


async def test_calls_go_below_the_address_with_their_own_headers_and_unescaped_words(
    aiohttp_server: AiohttpServer, session: ClientSession
) -> None:
    seen: list[tuple[Any, ...]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.method, request.path_qs, request.headers.get("X-Own"), await request.text()))
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", take)
    server = await aiohttp_server(app)
    api = Api(url=server.make_url("/base"), allow_private=True)
    given: dict[str, Any] = {"session": session, "now": MORNING, "headers": {"X-Own": "1"}, "query": {"a": "二"}}
    answer = await api.post("/bot1:T/send", {"text": "你好"}, **given)
    assert isinstance(answer, Answer)
    assert read_answer(answer).raw("ok") is True
    await api.get(str(server.make_url("/elsewhere")), **given)
    await api.get("/with/a/slash/", **given)
    assert seen == [
        ("POST", "/base/bot1:T/send?a=%E4%BA%8C", "1", '{"text":"你好"}'),
        ("GET", "/elsewhere?a=%E4%BA%8C", "1", ""),
        ("GET", "/base/with/a/slash/?a=%E4%BA%8C", "1", ""),
    ]


async def test_a_picture_of_megabytes_arrives_whole(aiohttp_server: AiohttpServer, session: ClientSession) -> None:
    seen: list[tuple[str, str | None, int]] = []

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        [(name, file)] = form.items()
        assert isinstance(file, web.FileField)
        seen.append((name, file.content_type, len(file.file.read())))
        return web.Response()

    app = web.Application(client_max_size=2**24)
    app.router.add_post("/photos", take)
    api = Api(url=(await aiohttp_server(app)).make_url("/"), allow_private=True)
    picture = Media(body=b"\xff\xd8\xff" + bytes(3_000_000), content_type="image/jpeg")
    answer = await api.post_picture("photos", "photo", picture, session=session, now=MORNING)
    assert isinstance(answer, Answer)
    assert seen == [("photo", "image/jpeg", 3_000_003)]


async def test_a_private_address_is_not_called_without_leave(session: ClientSession) -> None:
    api = Api(url=_read()[0].url.with_host("127.0.0.1").with_scheme("http"))
    assert isinstance(await api.get("x", session=session, now=MORNING), Refused)


def test_an_answer_that_is_no_object_is_empty() -> None:
    assert read_answer(Answer(status=200, body=b"[]")).has("ok") is False
