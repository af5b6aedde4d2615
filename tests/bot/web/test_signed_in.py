"""Who comes through to a page of the console: asked over HTTP, with pages that say whom they saw."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.accounts.sessions import IDLE_AT_MOST, PROOF_HOLDS, SIGNED_IN_AT_MOST
from bot.storage.accounts import sessions
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade
from bot.web.shared.console import Console
from bot.web.shared.doors import Doors
from bot.web.shared.pages import load_pages
from bot.web.shared.signed_in import (
    COOKIE,
    FORM_PROOF_FIELD,
    FORM_PROOF_HEADER,
    ConsoleRoute,
    SignedIn,
    is_within_console,
    staff_of,
)
from tests.fakes import FakeClock
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.storage.engine.database import Database
    from tests.people import Person

Client = TestClient[web.Request, web.Application]
AS_A_PAGE = {"Accept": "text/html"}
STEP = timedelta(seconds=1)


async def _says_who(request: web.Request) -> web.Response:
    return web.Response(text=staff_of(request).name)


async def _says_hello(request: web.Request) -> web.Response:
    del request
    return web.Response(text="hello")


ROUTES = (
    ConsoleRoute(method="GET", path="/console/look", handler=_says_who, right="see"),
    ConsoleRoute(method="POST", path="/console/answer", handler=_says_who, right="answer"),
    ConsoleRoute(method="GET", path="/console/staff", handler=_says_who, right="manage", fresh_proof=True),
    ConsoleRoute(method="GET", path="/console/of/{channel}", handler=_says_who, right="see"),
    ConsoleRoute(method="GET", path="/console/talk/{conversation}/x", handler=_says_who, right="see"),
    ConsoleRoute(method="POST", path="/console/sign-in", handler=_says_hello, right=None),
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as opened:
        await opened.write(upgrade)
        yield opened


@pytest.fixture
def public_url() -> str:
    return ""


@pytest.fixture
async def browser(database: Database, clock: FakeClock, public_url: str) -> AsyncIterator[Client]:
    console = Console(pages=load_pages(), doors=Doors(public_url=public_url), shop_name="小满生活馆", places=())
    guard = SignedIn(database=database, clock=clock, doors=console.doors, console=console)
    app = web.Application()
    for path in {"", unquote(console.doors.path)}:
        app.add_routes([web.route(each.method, path + each.path, each.handler) for each in guard.routes(ROUTES)])
    async with TestClient(TestServer(app)) as client:
        yield client


async def _get(browser: Client, path: str, person: Person, **more: str) -> tuple[int, str]:
    async with browser.get(path, headers={**person.headers, **more}, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def _post(browser: Client, path: str, headers: dict[str, str]) -> int:
    async with browser.post(path, headers=headers) as answer:
        return answer.status


async def test_who_is_signed_in_is_known_to_the_page(browser: Client, database: Database, clock: FakeClock) -> None:
    person = await joins(database, "viewer", clock=clock, name="小李")

    assert await _get(browser, "/console/look", person) == (200, "小李")


async def test_a_stranger_is_sent_to_the_sign_in_page_and_back_after_it(browser: Client) -> None:
    async with browser.get("/console/look?view=mine", headers=AS_A_PAGE, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "../console/sign-in?next=console%2Flook%3Fview%3Dmine"


@pytest.mark.parametrize(
    ("public_url", "before", "below"),
    [
        ("https://shop.example/kefu/", "/kefu/", "console/of/tea"),
        ("https://shop.example/kefu/", "/", "console/of/tea"),
        ("https://shop.example/console", "/console/", "console/of/tea"),
        ("https://shop.example/console", "/", "console/of/tea"),
        ("https://shop.example/客服", "/%E5%AE%A2%E6%9C%8D/", "console/look"),
    ],
)
async def test_below_any_path_a_stranger_finds_the_sign_in_page_and_back(
    browser: Client, before: str, below: str
) -> None:
    page = f"{before}{below}"
    async with browser.get(page, headers=AS_A_PAGE, allow_redirects=False) as answer:
        assert urljoin(page, answer.headers["Location"]) == f"{before}console/sign-in?next={quote(below, '')}"


async def test_a_script_hears_that_nobody_is_signed_in(browser: Client) -> None:
    async with browser.get("/console/look") as answer:
        assert answer.status == 401
        assert answer.headers["HX-Redirect"].startswith("../console/sign-in?")
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_right_that_the_role_lacks_is_refused_in_words(
    browser: Client, database: Database, clock: FakeClock
) -> None:
    viewer = await joins(database, "viewer", clock=clock)

    assert await _post(browser, "/console/answer", dict(viewer.headers)) == 403
    status, said = await _get(browser, "/console/staff", viewer, **AS_A_PAGE)
    assert status == 403
    assert "您没有这项权限" in said


@pytest.mark.parametrize(
    "taken_away",
    [FORM_PROOF_HEADER, "Sec-Fetch-Site"],
)
async def test_what_does_not_come_from_a_page_of_ours_does_nothing(
    browser: Client, database: Database, clock: FakeClock, taken_away: str
) -> None:
    agent = await joins(database, "agent", clock=clock)
    headers = dict(agent.headers)

    assert await _post(browser, "/console/answer", headers) == 200
    assert await _post(browser, "/console/answer", {**headers, taken_away: "cross-site"}) == 403
    del headers[taken_away]
    assert await _post(browser, "/console/answer", headers) == 403
    assert await _post(browser, "/console/sign-in", {"Sec-Fetch-Site": "cross-site"}) == 403
    assert await _post(browser, "/console/sign-in", {}) == 403
    assert await _post(browser, "/console/sign-in", {"Origin": str(browser.make_url("")).rstrip("/")}) == 200


async def test_a_plain_form_carries_the_token_in_a_field(browser: Client, database: Database, clock: FakeClock) -> None:
    agent = await joins(database, "agent", clock=clock)
    headers = dict(agent.headers)
    token = headers.pop(FORM_PROOF_HEADER)

    async with browser.post("/console/answer", data={FORM_PROOF_FIELD: token}, headers=headers) as answer:
        assert answer.status == 200
    async with browser.post("/console/answer", data={FORM_PROOF_FIELD: token[:-1]}, headers=headers) as answer:
        assert answer.status == 403


async def test_one_persons_form_token_is_of_no_use_to_another(
    browser: Client, database: Database, clock: FakeClock
) -> None:
    one, other = await joins(database, "agent", clock=clock), await joins(database, "agent", clock=clock)
    headers = {**one.headers, FORM_PROOF_HEADER: other.headers[FORM_PROOF_HEADER]}

    assert await _post(browser, "/console/answer", headers) == 403


async def test_a_session_ends_when_nobody_comes_for_long(browser: Client, database: Database, clock: FakeClock) -> None:
    person = await joins(database, "viewer", clock=clock)

    clock.advance(seconds=(IDLE_AT_MOST - STEP).total_seconds())
    assert (await _get(browser, "/console/look", person))[0] == 200
    clock.advance(seconds=(IDLE_AT_MOST - STEP).total_seconds())
    assert (await _get(browser, "/console/look", person))[0] == 200
    clock.advance(seconds=IDLE_AT_MOST.total_seconds())
    assert (await _get(browser, "/console/look", person))[0] == 401


async def test_a_session_ends_however_busy_it_is(browser: Client, database: Database, clock: FakeClock) -> None:
    person = await joins(database, "viewer", clock=clock)
    end = clock.now() + SIGNED_IN_AT_MOST

    while clock.now() < end:
        assert (await _get(browser, "/console/look", person))[0] == 200
        clock.advance(hours=8)
    assert (await _get(browser, "/console/look", person))[0] == 401


async def test_what_asks_for_a_fresh_proof_gets_one_first(
    browser: Client, database: Database, clock: FakeClock
) -> None:
    owner = await joins(database, "owner", clock=clock)
    assert (await _get(browser, "/console/staff", owner))[0] == 200

    clock.advance(seconds=PROOF_HOLDS.total_seconds())
    assert await _get(browser, "/console/staff", owner) == (403, "prove")
    await database.write(sessions.note_proof, owner.session_id, at=clock.now())
    assert (await _get(browser, "/console/staff", owner))[0] == 200


async def test_rights_hold_for_the_channel_that_is_asked_for(
    browser: Client, database: Database, clock: FakeClock
) -> None:
    of_tea = await joins(database, "agent", clock=clock, channels=["tea"])
    of_all = await joins(database, "viewer", clock=clock)
    owner = await joins(database, "owner", clock=clock, channels=["tea"])

    assert (await _get(browser, "/console/of/tea", of_tea))[0] == 200
    assert (await _get(browser, "/console/of/coffee", of_tea))[0] == 404
    assert (await _get(browser, "/console/of/coffee", of_all))[0] == 200
    assert (await _get(browser, "/console/of/coffee", owner))[0] == 200


@pytest.mark.parametrize("number", ["1", "0", "-1", "x", "٣", "9" * 30, "1%2f2"])
async def test_a_conversation_that_is_not_there_is_nobodys(
    browser: Client, database: Database, clock: FakeClock, number: str
) -> None:
    owner = await joins(database, "owner", clock=clock)

    assert (await _get(browser, f"/console/talk/{number}/x", owner))[0] == 404


async def test_a_made_up_cookie_is_nobodys(browser: Client) -> None:
    async with browser.get("/console/look", headers={"Cookie": f"{COOKIE}=abc"}) as answer:
        assert answer.status == 401


@pytest.mark.parametrize(
    ("address", "within"),
    [
        ("console", True),
        ("console/inbox/12?view=mine&q=%E4%BD%A0", True),
        ("console/", True),
        ("", False),
        ("//evil.example/console", False),
        ("https://evil.example/console", False),
        ("console/\\evil.example", False),
        ("console//evil.example", False),
        ("consoles", False),
        ("console\n", False),
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(address: str, within: bool) -> None:  # noqa: FBT001 - a table
    assert is_within_console(address) is within
