"""Every page of the console is asked for by everybody: nobody, each role, for what is theirs, another's, or not there.

The cases are made from the router: a route that is new is asked for without a line here. A new kind of thing in a path
needs one, in `OBJECTS`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import re
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import pytest
from aiohttp import ClientSession
from sqlalchemy import func, insert, select

from adapters.contract import Author, Inbound, Message, Text
from bot.actions.accounts.invite_staff import invite_staff
from bot.clock import SystemClock
from bot.domain.accounts.staff import ROLES, Right, Role, Staff, rights_of
from bot.domain.desk.phrases import Phrase
from bot.storage import inbox
from bot.storage.answering import phrase_pictures, phrases, pictures
from bot.storage.answering.pictures import Picture
from bot.storage.engine.database import open_database
from bot.storage.inbox import Arrival
from bot.storage.knowledge import for_the_manual
from bot.storage.tables.desk import quick_phrase
from bot.storage.tables.messages import conversation
from bot.storage.tables.messages import inbox as inbox_table
from bot.storage.tables.messages import outbox as outbox_table
from bot.web.shared.signed_in import FORM_PROOF_HEADER, ConsoleRoute
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from aiohttp import web
    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database
    from tests.house.conftest import House
    from tests.people import Person

Whose = Literal["own", "another's", "nobody's"]
WHOSE: tuple[Whose, ...] = get_args(Whose)
OWN_CHANNEL, OTHER_CHANNEL = "site", "middleware"
VARIABLE = re.compile(r"\{(\w+)\}")
FOR_ANYBODY = {
    ("GET", "/console/sign-in"),
    ("POST", "/console/sign-in"),
    ("POST", "/console/sign-in/code"),
    ("GET", "/console/invite/{token}"),
    ("POST", "/console/invite/{token}"),
    ("GET", "/console/manifest.webmanifest"),
    ("GET", "/console/worker.js"),
    ("GET", "/console/offline"),
}
"""What those may ask for who are not signed in, and nothing else of the console."""
UNGUARDED = {("GET", "/console/_components")}
"""The samples of the parts of pages: only where `[server] development` says so, and they say nothing of the shop."""
LEAST: Mapping[str, tuple[Right, Right]] = {
    "/console": ("see", "see"),
    "/console/inbox": ("see", "answer"),
    "/console/phrases": ("see", "answer"),
    "/console/ratings": ("see", "supervise"),
    "/console/supervisor": ("supervise", "supervise"),
    "/console/failed": ("supervise", "supervise"),
    "/console/knowledge": ("see", "edit_manual"),
    "/console/staff": ("manage", "manage"),
    "/console/audit": ("manage", "manage"),
    "/console/settings": ("manage", "manage"),
}
"""The least that reading and changing need in each part of the console; the longest beginning of a path counts."""
NOBODYS_NUMBER = "999999999"
HIDDEN, REFUSED, UNKNOWN = 404, 403, 401
_numbers = itertools.count(1)


class World(NamedTuple):
    """Who asks, and what there is to ask for."""

    database: Database
    person: Person


async def _conversation(world: World, whose: Whose) -> str:
    channel = OWN_CHANNEL if whose == "own" else OTHER_CHANNEL
    number = next(_numbers)
    message = Message(author=Author(id=f"b-{number}"), content=Text("包邮吗"))
    inbound = Inbound(external_id=f"m-{number}", conversation_id=f"c-{number}", event=message)
    arrival = Arrival(channel=channel, inbound=inbound, received_at=SystemClock().now())
    await world.database.write(inbox.store, [arrival])
    return str(await world.database.read(_number_of, f"c-{number}"))


def _number_of(connection: Connection, external_id: str) -> int:
    found = select(conversation.c.id).where(conversation.c.external_id == external_id)
    number: int = connection.execute(found).scalar_one()
    return number


async def _channel(_: World, whose: Whose) -> str:
    return {"own": OWN_CHANNEL, "another's": OTHER_CHANNEL}.get(whose, "nowhere")


async def _staff(world: World, whose: Whose) -> str:
    if whose == "own":
        return str(world.person.id)
    return str((await joins(world.database, "owner", clock=SystemClock())).id)


async def _session(world: World, whose: Whose) -> str:
    if whose == "own":
        return str(world.person.session_id)
    return str((await joins(world.database, "owner", clock=SystemClock())).session_id)


async def _link(world: World, _: Whose) -> str:
    return await invite_staff(database=world.database, clock=SystemClock(), by=None, role="viewer")


class Kind(NamedTuple):
    """A kind of thing that a path names: how to make one, and from whom another's is hidden."""

    make: Callable[[World, Whose], Awaitable[str]]
    hidden_from: frozenset[Role]


async def _verb(_: World, __: Whose) -> str:
    return "take_over"


async def _decision(_: World, __: Whose) -> str:
    return NOBODYS_NUMBER


async def _set_aside(world: World, whose: Whose) -> str:
    number = int(await _conversation(world, whose))
    return str(await world.database.write(_poison, number))


def _poison(connection: Connection, conversation_id: int) -> int:
    """A message that is set aside from the start: the bot that runs beside would decide about any other."""
    known = select(inbox_table).where(inbox_table.c.conversation_id == conversation_id)
    row = dict(connection.execute(known).one()._mapping)  # noqa: SLF001 - its public name for a row's columns
    row |= {"id": None, "external_id": f"m-{next(_numbers)}", "state": "poison", "problem": "a test"}
    adding = insert(inbox_table).values({name: value for name, value in row.items() if name != "id"})
    number: int = connection.execute(adding.returning(inbox_table.c.id)).scalar_one()
    return number


async def _unheard(world: World, whose: Whose) -> str:
    number = int(await _conversation(world, whose))
    return str(await world.database.write(_fail, number, OWN_CHANNEL if whose == "own" else OTHER_CHANNEL))


def _fail(connection: Connection, conversation_id: int, channel: str) -> int:
    now = SystemClock().now()
    moments = {"created_at": now, "not_before": now, "settled_at": now}
    where = {"conversation_id": conversation_id, "channel": channel, "epoch": 0, "episode": 1}
    what = {"key": f"k-{next(_numbers)}", "kind": "answer", "body": b"{}", "text": "包邮", "state": "failed"}
    adding = insert(outbox_table).values(**where, **what, **moments).returning(outbox_table.c.id)
    number: int = connection.execute(adding).scalar_one()
    return number


async def _phrase(world: World, _: Whose) -> str:
    phrase = Phrase(id=0, scope="shop", owner_id=0, title="快递", bubbles=("发中通。",))
    return str((await world.database.write(phrases.add, [phrase], at=SystemClock().now()))[0])


async def _picture(world: World, _: Whose) -> str:
    """One that is kept in the conversation which the path has named before."""
    return await world.database.write(_keep_picture)


def _keep_picture(connection: Connection) -> str:
    newest = select(conversation.c.channel, conversation.c.external_id).order_by(conversation.c.id.desc())
    place = connection.execute(newest).first()
    assert place is not None
    picture = Picture(name=f"picture-{next(_numbers)}", mime="image/png", width=1, height=1, body=b"-")
    now = SystemClock().now()
    pictures.keep(connection, picture, channel=place.channel, external_id=place.external_id, staff_id=None, at=now)
    return picture.name


async def _phrase_picture(world: World, _: Whose) -> str:
    """One of the phrase which the path has named before."""
    return await world.database.write(_picture_newest_phrase)


def _picture_newest_phrase(connection: Connection) -> str:
    picture = Picture(name=f"picture-{next(_numbers)}", mime="image/png", width=1, height=1, body=b"-")
    number = connection.execute(select(func.max(quick_phrase.c.id))).scalar_one()
    phrase = phrases.read_one(connection, number)
    assert phrase is not None
    phrase_pictures.keep(connection, picture)
    phrases.change(connection, dataclasses.replace(phrase, pictures=(picture.name,)), at=SystemClock().now())
    return picture.name


async def _draft(world: World, whose: Whose) -> str:
    number = int(await _conversation(world, whose))
    proposing = partial(for_the_manual.propose, question="自提吗", answer="可以。", entry=None, at=SystemClock().now())
    owner = Staff(id=1, name="店主", role="owner")
    return f"a{await world.database.write(proposing, number, who=owner)}"


OWNERS_MAY: frozenset[Role] = frozenset(ROLES) - {"owner"}
OBJECTS: Mapping[str, Kind] = {
    "conversation": Kind(_conversation, OWNERS_MAY),
    "channel": Kind(_channel, OWNERS_MAY),
    "staff": Kind(_staff, frozenset()),
    "session": Kind(_session, frozenset(ROLES)),
    "token": Kind(_link, frozenset()),
    "verb": Kind(_verb, frozenset()),
    "message": Kind(_set_aside, OWNERS_MAY),
    "reply": Kind(_unheard, OWNERS_MAY),
    "decision": Kind(_decision, frozenset()),
    "picture": Kind(_picture, OWNERS_MAY),
    "bubble": Kind(_decision, frozenset()),
    "phrase": Kind(_phrase, frozenset()),
    "phrase_picture": Kind(_phrase_picture, frozenset()),
    "draft": Kind(_draft, OWNERS_MAY),
}


@pytest.fixture
def shop(peopled_house: House) -> House:
    return peopled_house


@pytest.fixture
async def database(shop: House) -> AsyncIterator[Database]:
    async with open_database(shop.database_url) as opened:
        yield opened


def _console(app: web.Application) -> dict[tuple[str, str], ConsoleRoute | None]:
    """Every route below /console, and what guards it."""
    found: dict[tuple[str, str], ConsoleRoute | None] = {}
    for route in app.router.routes():
        if route.resource is not None and route.resource.canonical.startswith("/console") and route.method != "HEAD":
            given = getattr(route.handler, "args", ())
            guard = given[0] if given and isinstance(given[0], ConsoleRoute) else None
            found[route.method, route.resource.canonical] = guard
    return found


def test_every_page_of_the_console_stands_behind_the_guard(shop: House) -> None:
    console = _console(shop.app)

    assert {path for path, guard in console.items() if guard is None} - UNGUARDED == set()
    assert {path for path, guard in console.items() if guard is not None and guard.right is None} == FOR_ANYBODY


def test_no_page_asks_for_less_than_its_part_of_the_console(shop: House) -> None:
    asks_for_less = []
    for (method, path), guard in _console(shop.app).items():
        if guard is None or guard.right is None:
            continue
        part = max((each for each in LEAST if path == each or path.startswith(f"{each}/")), key=len)
        least = LEAST[part][method != "GET"]
        if not _who_may(guard.right) <= _who_may(least):
            asks_for_less.append(f"{method} {path} asks for {guard.right}, not {least}")
    assert asks_for_less == []


def _who_may(right: Right) -> set[Role]:
    return {role for role in ROLES if right in rights_of(role)}


def test_whoever_has_to_prove_who_they_are_comes_back_to_the_form(shop: House) -> None:
    guards = {asked: guard for asked, guard in _console(shop.app).items() if guard is not None}
    lost = [
        asked
        for asked, guard in guards.items()
        if guard.fresh_proof and guard.method != "GET" and ("GET", guard.form_on) not in guards
    ]

    assert lost == []


def test_every_kind_of_thing_that_a_path_names_is_known_here(shop: House) -> None:
    named = {name for _, path in _console(shop.app) for name in VARIABLE.findall(path)}

    assert named - OBJECTS.keys() == set(), "say in OBJECTS how to make one, and whom another's is hidden from"


async def test_everybody_gets_what_they_may_and_nothing_more(shop: House, database: Database) -> None:
    wrong = []
    lookers = {who: await joins(database, who, clock=SystemClock(), channels=[OWN_CHANNEL]) for who in ROLES}
    async with ClientSession(base_url=shop.url) as browser:
        for (method, path), guard in _console(shop.app).items():
            for who, whose in _cases(guard, path):
                person = lookers[who or "owner"]
                if method != "GET" and who is not None:  # what changes something may end their session, or them
                    person = await joins(database, who, clock=SystemClock(), channels=[OWN_CHANNEL])
                address = await _address(World(database, person), path, whose)
                status = await _ask(browser, method, address, None if who is None else person)
                problem = _problem(guard, path, who, whose, status)
                if problem:
                    wrong.append(f"{method} {path} by {who or 'nobody'}, {whose}: {problem}, got {status}")
    assert wrong == []


def _cases(guard: ConsoleRoute | None, path: str) -> Iterator[tuple[Role | None, Whose]]:
    """Who asks for whose thing. Whoever may not ask at all is refused whatever they ask for."""
    if guard is None:
        return
    for who in (None, *ROLES):
        refused = guard.right is not None and (who is None or guard.right not in rights_of(who))
        if refused or not VARIABLE.search(path):
            yield who, "nobody's" if refused else "own"
        else:
            yield from itertools.product((who,), WHOSE)


async def test_nothing_is_changed_without_the_proof_that_a_page_of_ours_asks(shop: House, database: Database) -> None:
    wrong = []
    async with ClientSession(base_url=shop.url) as browser:
        for (method, path), guard in _console(shop.app).items():
            if guard is None or method == "GET":
                continue
            person = await joins(database, "owner", clock=SystemClock())
            address = await _address(World(database, person), path, "own")
            own = dict(person.headers)
            bad = [{**own, "Sec-Fetch-Site": "cross-site"}, {**own, "Sec-Fetch-Site": "same-site"}]
            if guard.right is not None:
                bad += [{**own, FORM_PROOF_HEADER: "0" * 64}, {n: v for n, v in own.items() if n != FORM_PROOF_HEADER}]
            for headers in bad:
                async with browser.request(method, address, headers=headers, allow_redirects=False) as answer:
                    if answer.status != REFUSED:
                        wrong.append(f"{method} {path}: {answer.status}")
    assert wrong == []


async def _ask(browser: ClientSession, method: str, address: str, person: Person | None) -> int:
    headers = {"Sec-Fetch-Site": "same-origin"} if person is None else person.headers
    async with (
        asyncio.timeout(20),
        browser.request(method, address, headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status


async def _address(world: World, path: str, whose: Whose) -> str:
    for name in VARIABLE.findall(path):
        made = NOBODYS_NUMBER if whose == "nobody's" else await OBJECTS[name].make(world, whose)
        path = path.replace(f"{{{name}}}", made)
    return path


def _problem(guard: ConsoleRoute | None, path: str, who: Role | None, whose: Whose, status: int) -> str:
    """What is wrong with this answer; "" for nothing."""
    if status >= 500:
        return "it broke"
    if guard is None:
        return "it is not guarded"
    wanted = _wanted(guard, path, who, whose)
    if wanted is None:
        closed = {UNKNOWN, REFUSED} if guard.right is None else {UNKNOWN, REFUSED, HIDDEN}
        return "they may" if status in closed else ""
    return f"wanted {wanted}" if status != wanted else ""


def _wanted(guard: ConsoleRoute, path: str, who: Role | None, whose: Whose) -> int | None:
    """The status that somebody must get who may not; None for who may."""
    if guard.right is None:
        return None
    if who is None:
        return UNKNOWN
    if guard.right not in rights_of(who):
        return REFUSED
    hides = any(who in OBJECTS[name].hidden_from for name in VARIABLE.findall(path))
    return HIDDEN if whose == "nobody's" or (whose == "another's" and hides) else None
