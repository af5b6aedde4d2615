"""Every route is asked by those who may not, and answers as it must. A route that is new here needs a line below."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from aiohttp import ClientSession, hdrs

from bot.web.shared.doors import TRY_COOKIE
from bot.web.widget.chat import VISITOR_HEADER
from tests.real_bot import TRY_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.house.conftest import House

VISITOR = "Zm9vYmFyLXZpc2l0b3ItZXhhbXBsZS0wMQ"
QUESTION = f'{{"visitor": "{VISITOR}", "message_id": "1", "text": "在吗"}}'
EVENT = '{"type": "message.created", "data": {"message_id": "1", "conversation_id": "c", "content": {"kind": "text"}}}'

FAR_AWAY = {"X-Forwarded-For": "203.0.113.9"}
"""Somebody who comes through a proxy, from anywhere."""
REBOUND = {"Host": "evil.example"}
"""A browser on this machine, to which another site's name was made to point here."""
OTHER_SITE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
"""A page of another site, in a browser on this machine."""
FORGED = {"webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
PICTURE, TICKET = "p" * 24, f"4102444800.{'A' * 43}"
"""An address that looks like those from which platforms fetch pictures, signed by nobody."""
STRANGERS = (FAR_AWAY, REBOUND)
AS_VISITOR = {"Xiaoer-Visitor": VISITOR}


class Asked(NamedTuple):
    """Who asks for a path, and the status that they must get."""

    path: str
    headers: Mapping[str, str]
    status: int


def _everybody(path: str, status: int = 200) -> list[Asked]:
    """What is for everybody: it says the same to all, wherever they come from."""
    return [Asked(path, headers, status) for headers in ({}, *STRANGERS, OTHER_SITE)]


EXPECTED: dict[tuple[str, str], list[Asked]] = {
    ("GET", "/"): _everybody("/", 302),
    ("GET", "/livez"): _everybody("/livez"),
    ("GET", "/readyz"): _everybody("/readyz"),
    ("GET", "/metrics"): [Asked("/metrics", {}, 200), *(Asked("/metrics", who, 403) for who in STRANGERS)],
    ("GET", "/webhooks/{channel}"): [
        Asked("/webhooks/middleware", {}, 405),
        Asked("/webhooks/middleware", FORGED, 405),
    ],
    ("POST", "/webhooks/{channel}/{secret}"): [
        Asked("/webhooks/middleware/guessed", {}, 401),
        Asked("/webhooks/middleware/guessed", FORGED, 401),
        Asked("/webhooks/nobody/guessed", FORGED, 404),
    ],
    ("POST", "/webhooks/{channel}"): [
        Asked("/webhooks/middleware", {}, 401),
        Asked("/webhooks/middleware", FORGED, 401),
        Asked("/webhooks/site", FORGED, 404),
        Asked("/webhooks/try", FORGED, 404),
        Asked("/webhooks/nobody", FORGED, 404),
    ],
    ("GET", "/pictures/{name}/{ticket}"): _everybody(f"/pictures/{PICTURE}/{TICKET}", 404),
    ("GET", "/pictures/{name}/{ticket}/preview"): _everybody(f"/pictures/{PICTURE}/{TICKET}/preview", 404),
    ("GET", "/chat/{channel}"): [
        *_everybody("/chat/site"),
        *(Asked("/chat/try", who, 404) for who in STRANGERS),
        Asked("/chat/middleware", {}, 404),
        Asked("/chat/nobody", {}, 404),
    ],
    ("GET", "/chat/{channel}/embed.js"): [
        *_everybody("/chat/site/embed.js"),
        *(Asked("/chat/try/embed.js", who, 404) for who in STRANGERS),
        Asked("/chat/middleware/embed.js", {}, 404),
    ],
    ("POST", "/chat/{channel}/messages"): [
        Asked("/chat/site/messages", OTHER_SITE, 403),
        *(Asked("/chat/try/messages", who, 404) for who in STRANGERS),
        Asked("/chat/try/messages", OTHER_SITE, 403),
        Asked("/chat/middleware/messages", {}, 404),
    ],
    ("POST", "/chat/{channel}/signs"): [
        Asked("/chat/site/signs", OTHER_SITE, 403),
        *(Asked("/chat/try/signs", who, 404) for who in STRANGERS),
        Asked("/chat/middleware/signs", {}, 404),
    ],
    ("POST", "/chat/{channel}/contact"): [
        Asked("/chat/site/contact", {}, 400),
        Asked("/chat/site/contact", OTHER_SITE | AS_VISITOR, 403),
        *(Asked("/chat/try/contact", who | AS_VISITOR, 404) for who in STRANGERS),
        Asked("/chat/middleware/contact", AS_VISITOR, 404),
    ],
    ("POST", "/chat/{channel}/pictures"): [
        Asked("/chat/site/pictures", {}, 400),
        Asked("/chat/site/pictures", OTHER_SITE | AS_VISITOR, 403),
        *(Asked("/chat/try/pictures", who | AS_VISITOR, 404) for who in STRANGERS),
        Asked("/chat/middleware/pictures", AS_VISITOR, 404),
    ],
    ("GET", "/chat/{channel}/pictures/{name}"): [
        Asked("/chat/site/pictures/none", {}, 400),
        Asked("/chat/site/pictures/none", AS_VISITOR, 404),
        *(Asked("/chat/try/pictures/none", who | AS_VISITOR, 404) for who in STRANGERS),
        Asked("/chat/middleware/pictures/none", AS_VISITOR, 404),
    ],
    ("GET", "/chat/{channel}/events"): [
        Asked("/chat/site/events", {}, 400),
        Asked("/chat/site/events", {VISITOR_HEADER: "1"}, 400),
        Asked(f"/chat/site/events?visitor={VISITOR}", {}, 400),
        *(Asked("/chat/try/events", {VISITOR_HEADER: VISITOR, **who}, 404) for who in STRANGERS),
        Asked("/chat/middleware/events", {VISITOR_HEADER: VISITOR}, 404),
    ],
    ("GET", "/try"): [Asked("/try", who, 403) for who in STRANGERS],
    ("POST", "/try/staff"): [Asked("/try/staff", who, 403) for who in (*STRANGERS, OTHER_SITE)],
    ("POST", "/try/close"): [Asked("/try/close", who, 403) for who in (*STRANGERS, OTHER_SITE)],
    ("GET", "/static/{version}/{path}"): [
        *_everybody("/static/any/base.css"),
        Asked("/static/any/%2e%2e/server.py", {}, 404),
        Asked("/static/any/..%2fserver.py", {}, 404),
        Asked("/static/any/%2fetc%2fpasswd", {}, 404),
    ],
}
CASES = [(method, asked) for (method, _), cases in EXPECTED.items() for asked in cases]


@pytest.fixture
async def browser(house: House) -> AsyncIterator[ClientSession]:
    """Somebody who has the link to the try-out page, which alone opens nothing."""
    async with ClientSession(base_url=house.url, headers={"Cookie": f"{TRY_COOKIE}={TRY_TOKEN}"}) as session:
        yield session


def _routes(house: House) -> set[tuple[str, str]]:
    """All but those of the console: `test_rights.py` asks these."""
    found = {
        (route.method, route.resource.canonical) for route in house.app.router.routes() if route.resource is not None
    }
    return {route for route in found if route[0] != hdrs.METH_HEAD and not route[1].startswith("/console")}


def test_every_route_has_its_expectation_and_every_expectation_its_route(house: House) -> None:
    assert _routes(house) == EXPECTED.keys()
    assert [route for route, cases in EXPECTED.items() if not cases] == []


@pytest.mark.parametrize(("method", "asked"), CASES, ids=str)
async def test_whoever_asks_gets_what_he_may(method: str, asked: Asked, browser: ClientSession) -> None:
    assert await _status(browser, method, asked) == asked.status


@pytest.mark.parametrize(("method", "asked"), [case for case in CASES if case[0] == "GET"], ids=str)
async def test_asking_for_the_head_alone_opens_nothing_more(method: str, asked: Asked, browser: ClientSession) -> None:
    del method
    assert await _status(browser, "HEAD", asked) == asked.status


async def test_no_route_takes_another_method(house: House, browser: ClientSession) -> None:
    for one, path in _routes(house):
        known, taken = EXPECTED[one, path][0].path, {method for method, each in EXPECTED if each == path}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - taken:
            assert await _status(browser, method, Asked(known, {}, 405)) == 405, (method, known)


async def test_what_everybody_may_read_says_nothing_about_buyers(browser: ClientSession) -> None:
    as_json = {"Content-Type": "application/json"}
    async with browser.post("/chat/site/messages", data=QUESTION.encode(), headers=as_json) as answer:
        assert answer.status == 202
    for cases in EXPECTED.values():
        for asked in cases:
            async with browser.get(asked.path, headers=asked.headers, allow_redirects=False) as answer:
                said = await answer.text()
            assert VISITOR not in said
            assert "whsec_" not in said


async def _status(browser: ClientSession, method: str, asked: Asked) -> int:
    """Ask with a body that would be taken from somebody who may."""
    body = None
    if method not in {"GET", "HEAD"}:
        body = (EVENT if asked.path.startswith("/webhooks") else QUESTION).encode()
    headers = {"Content-Type": "application/json", **asked.headers} if body else dict(asked.headers)
    async with browser.request(method, asked.path, data=body, headers=headers, allow_redirects=False) as answer:
        return answer.status
