"""Two people in two browsers run a busy shop for an hour, with the bot beside them: `make hour` (MINUTES=n SEED=n).

Buyers come in on a chat window and by signed webhooks, as a seed has them. The people are scripts: they take whoever
waits longest, answer in words that are said only once, write notes, hand back, close. In the end it is looked whether
anybody waited past a line without a word, the bot spoke over a person, anything was lost or said twice, a script broke.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, ServerDisconnectedError
from playwright.async_api import Error as BrowserError
from playwright.async_api import async_playwright
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from bot.storage.outbox import NOTICES
from bot.storage.tables.desk import staff_action
from bot.storage.tables.messages import conversation, inbox, invite, outbox
from bot.storage.tables.routing import rung
from bot.web.shared.signed_in import COOKIE
from tests.browser.conftest import ARGUMENTS, BROKEN_RULES, CHROMIUM
from tests.people import joins
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from playwright.async_api import Browser, ConsoleMessage, Page
    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from tests.served import Served

PEOPLE = ("小李", "小周")
ASKED_OF_THE_BOT = ("什么时候发货", "新疆包邮吗", "发什么快递", "能开发票吗", "怎么退货")
ASKED_OF_PEOPLE = ("我要退货", "还在吗", "少发了一件", "颜色不对", "麻烦快一点")
A_BUYER_EACH_SECONDS = 4.0
FOR_PEOPLE = 0.4
LINE = timedelta(seconds=180)
SETTLES_WITHIN_SECONDS = 240
GIVES_UP_MS = 8_000
"""After so long a person looks elsewhere."""
SETTINGS = """messages_per_minute = 6000
reply_windows = ["douyin"]

[[channels]]
name = "window"
platform = "web"
reply_windows = ["douyin"]

[shop]
timezone = "Etc/GMT{noon:+d}"
"""
AT_ONCE = timedelta(seconds=3)
_IS_BUYERS = (inbox.c.author == "buyer") & (inbox.c.kind == "message")


@dataclass(kw_only=True)
class Hour:
    """What was said in it, as those know it who said it."""

    draw: random.Random
    ends_at: float
    accepted: Counter[str] = field(default_factory=Counter)
    answered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    all_said: bool = False
    """No buyer says anything more."""

    @property
    def is_over(self) -> bool:
        return asyncio.get_running_loop().time() >= self.ends_at


# Buyers


async def _buyers(hour: Hour, shop: Served) -> None:
    async with ClientSession() as session, asyncio.TaskGroup() as tasks:
        number = 0
        while not hour.is_over:
            number += 1
            come_in = _on_the_window if number % 2 else _on_the_platform
            tasks.create_task(come_in(hour, shop, session, f"{hour.draw.randrange(16**32):032x}", number))
            await asyncio.sleep(hour.draw.expovariate(1 / A_BUYER_EACH_SECONDS))
    hour.all_said = True


def _words(hour: Hour) -> Iterator[tuple[float, str]]:
    """What one buyer says, and how many seconds they wait before it."""
    for each in hour.draw.sample(ASKED_OF_THE_BOT, hour.draw.randint(1, 3)):
        yield hour.draw.uniform(0, 12), each
    if hour.draw.random() < FOR_PEOPLE:
        yield hour.draw.uniform(1, 6), "转人工"
        for each in hour.draw.sample(ASKED_OF_PEOPLE, hour.draw.randint(1, 3)):
            yield hour.draw.uniform(5, 40), each


async def _on_the_platform(hour: Hour, shop: Served, _: ClientSession, buyer: str, number: int) -> None:
    for place, (seconds, words) in enumerate(_words(hour)):
        await asyncio.sleep(seconds)

        async def say(words: str = words, message_id: str = f"{number}-{place}") -> int:
            told = await shop.platform.buyer_says(
                words, message_id=message_id, conversation=buyer, buyer=buyer, name=f"买家{number}"
            )
            return told.status

        await _until_told(hour, buyer, say)


async def _on_the_window(hour: Hour, shop: Served, session: ClientSession, buyer: str, number: int) -> None:
    for place, (seconds, words) in enumerate(_words(hour)):
        await asyncio.sleep(seconds)
        said = {"visitor": buyer, "message_id": f"{number}-{place}", "text": words, "surroundings": {}}

        async def say(said: Mapping[str, object] = said) -> int:
            async with session.post(f"{shop.url}/chat/window/messages", json=said) as told:
                return told.status

        await _until_told(hour, buyer, say)


async def _until_told(hour: Hour, buyer: str, say: Callable[[], Awaitable[int]]) -> None:
    """Say it; where the connection was just being closed for want of use, say it again, as platforms do."""
    try:
        status = await say()
    except (ServerDisconnectedError, ConnectionResetError):
        hour.done["said again, as the connection had ended"] += 1
        status = await say()
    if status in {200, 202}:
        hour.accepted[buyer] += 1
    else:
        hour.done[f"a buyer was answered {status}"] += 1


# People


async def _person(hour: Hour, page: Page, name: str) -> None:
    """Take one of those who wait longest, and do something for them, until nobody speaks any more and nobody waits."""
    waits = page.locator(".queue-row[data-waits=true]")
    for number in range(10**6):
        if not (count := await waits.count()) and hour.all_said:
            return
        try:
            await page.keyboard.press("Alt+3")
            await waits.nth(int(count > 1 and hour.draw.random() < 0.3)).click(timeout=GIVES_UP_MS)
            await page.locator(".talk-log .row").first.wait_for(timeout=GIVES_UP_MS)
            await _serves(hour, page, f"{name}说的第{number}句")
        except BrowserError as problem:
            hour.done["gave up: " + str(problem).split("\n", 1)[0][:60]] += 1
        await asyncio.sleep(hour.draw.uniform(0.5, 2))


async def _serves(hour: Hour, page: Page, words: str) -> None:
    if hour.draw.random() < 0.3:
        await page.keyboard.press("Alt+t")
        hour.done["taken over"] += 1
    await page.locator("#desk-text").fill(words)
    await page.locator("#desk-text").press("Enter")
    kept = page.locator(".talk-log .row[data-author=staff]", has_text=words)
    hour.unsure.append(words)
    await kept.and_(page.locator("[data-id], [data-state=failed]")).wait_for(timeout=GIVES_UP_MS)
    hour.unsure.remove(words)
    failed = await kept.get_attribute("data-state") == "failed" and await kept.get_attribute("data-id") is None
    (hour.refused if failed else hour.answered).append(words)
    if failed:
        await page.locator("#desk-text").fill("")
        return
    await _and_then(hour, page)


async def _and_then(hour: Hour, page: Page) -> None:
    match hour.draw.choices(("nothing", "note", "hand back", "close"), (6, 2, 1, 2))[0]:
        case "note":
            await page.keyboard.press("Alt+n")
            await page.keyboard.type("先记一笔")
            await page.keyboard.press("Enter")
            hour.done["noted"] += 1
        case "hand back":
            await page.keyboard.press("Alt+b")
            hour.done["handed back"] += 1
        case "close":
            await page.keyboard.press("Alt+Escape")
            with suppress(BrowserError):  # somebody is owed an answer meanwhile: no
                await page.locator("#desk-dialog[open]").wait_for(timeout=500)
                await page.keyboard.press("Escape")
            hour.done["closed, or asked whether"] += 1


async def _sit_down(hour: Hour, browser: Browser, shop: Served, name: str) -> Page:
    async with open_database(f"sqlite:///{shop.folder}/bot.db") as database:
        person = await joins(database, "agent", clock=SystemClock(), name=name)
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await context.add_cookies([{"name": COOKIE, "value": person.token, "url": shop.url}])
    page = await context.new_page()

    def listen(message: ConsoleMessage) -> None:
        if any(rule in message.text for rule in BROKEN_RULES):
            hour.complaints.append(f"{name}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda problem: hour.complaints.append(f"{name}: {problem}"))
    await page.goto(f"{shop.url}/console/inbox?view=all")
    return page


# What is wrong in the end


def _what_is_wrong(connection: Connection, hour: Hour, shop: Served) -> list[str]:
    return [
        *_waited(connection),
        *_spoken_over(connection),
        *_lost_or_doubled(connection, hour, shop),
        *hour.complaints,
    ]


def _grouped(connection: Connection, *queries: Select[Any]) -> dict[int, list[Any]]:
    """Moments by conversation: each query gives both."""
    found: dict[int, list[Any]] = defaultdict(list)
    for query in queries:
        for talk, at in connection.execute(query):
            found[talk].append(at)
    return found


def _waited(connection: Connection) -> Iterator[str]:
    """Whom nobody said a word to within the line."""
    sent = (outbox.c.state == "sent", outbox.c.kind.not_in(NOTICES))
    words = _grouped(connection, select(outbox.c.conversation_id, outbox.c.first_sent_at).where(*sent))
    asked = select(inbox.c.conversation_id, inbox.c.received_at).where(_IS_BUYERS)
    for talk, at in connection.execute(asked):
        if not any(at <= word <= at + LINE for word in words[talk]):
            yield f"in conversation {talk} nobody said a word to what the buyer said at {at:%H:%M:%S}"


def _spoken_over(connection: Connection) -> Iterator[str]:
    """What the bot said while a person led, but for the one word by which it covers for them."""
    deed, ended = staff_action.c, select(invite.c.conversation_id, invite.c.closed_at)
    doing = select(deed.conversation_id, deed.at)
    led = _grouped(connection, doing.where(deed.verb.in_(("answer", "take_over"))))
    free = _grouped(connection, doing.where(deed.verb.in_(("hand_back", "close"))), ended)
    covers = _grouped(connection, select(rung.c.conversation_id, rung.c.fired_at).where(rung.c.action == "cover"))
    bots = outbox.c.kind.not_in((*NOTICES, "staff", "invite", "thanks")) & (outbox.c.state == "sent")
    for talk, at, words in connection.execute(
        select(outbox.c.conversation_id, outbox.c.created_at, outbox.c.text).where(bots)
    ):
        taken = max((each for each in led[talk] if each < at), default=None)
        if taken is None or any(taken <= each <= at for each in free[talk]):
            continue
        if not any(abs(each - at) < AT_ONCE for each in covers[talk]):
            deeds = connection.execute(select(deed.at, deed.verb).where(deed.conversation_id == talk).order_by(deed.at))
            done = ", ".join(f"{verb} {when:%H:%M:%S}" for when, verb in deeds)
            yield f"in conversation {talk} the bot said at {at:%H:%M:%S}, over a person: {words} ({done})"


def _lost_or_doubled(connection: Connection, hour: Hour, shop: Served) -> Iterator[str]:
    heard = select(conversation.c.external_id).join(inbox, inbox.c.conversation_id == conversation.c.id)
    counted = Counter[str](connection.execute(heard.where(_IS_BUYERS)).scalars())
    if counted != hour.accepted:
        yield f"kept {counted - hour.accepted} more and {hour.accepted - counted} fewer messages than were accepted"
    for state, count in connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)):
        if state not in {"sent", "cancelled", "unknown"}:
            yield f"{count} replies are {state}"
    people = select(outbox.c.text).where(outbox.c.kind == "staff", outbox.c.state == "sent")
    left = Counter[str](connection.execute(people).scalars())
    yield from (f"“{words}” left {left[words]} times" for words in hour.answered if left[words] != 1)
    yield from (f"“{words}” was refused and left" for words in hour.refused if left[words])
    yield from (f"“{words}” left {left[words]} times" for words in hour.unsure if left[words] > 1)
    here = select(outbox.c.state, func.count()).where(outbox.c.channel == "tea", outbox.c.kind.not_in(NOTICES))
    left_here = defaultdict[str, int](int, map(tuple, connection.execute(here.group_by(outbox.c.state))))
    sent, unsure, arrived = left_here["sent"], left_here["unknown"], len(shop.platform.heard())
    if not sent <= arrived <= sent + unsure:
        yield f"the platform heard {arrived} of {sent} bubbles, and perhaps of {unsure} more"


def _goes_on(connection: Connection) -> bool:
    """Whether anything is on its way, or anybody is owed a word."""
    on_its_way = select(outbox.c.id).where(outbox.c.state.in_(("queued", "sending")))
    owed = select(conversation.c.id).where(conversation.c.unanswered_since.is_not(None))
    return any(connection.execute(each.limit(1)).first() for each in (on_its_way, owed))


async def _settled(shop: Served, hour: Hour) -> list[str]:
    """Wait until nothing goes on any more, then look."""
    async with open_database(f"sqlite:///{shop.folder}/bot.db") as database:
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLES_WITHIN_SECONDS):
                while await database.read(_goes_on):  # noqa: ASYNC110 - another process does it
                    await asyncio.sleep(1)
        return await database.read(_what_is_wrong, hour, shop)


def _keep(shop: Served) -> str:
    """Where the shop's database stays to be looked at, after its folder is gone."""
    folder = tempfile.mkdtemp(prefix="hour-")
    with (
        closing(sqlite3.connect(shop.folder / "bot.db")) as found,
        closing(sqlite3.connect(f"{folder}/bot.db")) as copy,
    ):
        found.backup(copy)
    return folder


async def run(minutes: float, seed: int) -> int:
    """One hour, or as many minutes; prints what happened, and returns how much is wrong."""
    noon = SystemClock().now().hour - 12  # in a zone where it is midday: the platform's line runs by day alone
    noon -= noon == 8  # Etc/GMT+8 is refused, as whoever writes it means Shanghai
    async with served(SETTINGS.format(noon=noon)) as shop, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        draw = random.Random(seed)  # noqa: S311 - the same seed, the same buyers
        hour = Hour(draw=draw, ends_at=asyncio.get_running_loop().time() + 60 * minutes)
        pages = [await _sit_down(hour, browser, shop, name) for name in PEOPLE]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_buyers(hour, shop))
            for page, name in zip(pages, PEOPLE, strict=True):
                tasks.create_task(_person(hour, page, name))
        wrong = await _settled(shop, hour)
        await browser.close()
        kept = [f"the database is kept in {_keep(shop)}"] if wrong else []
    told = (
        f"{minutes:g} minutes, seed {seed}: {len(hour.accepted)} buyers said {hour.accepted.total()} things",
        f"people answered {len(hour.answered)} times and were refused {len(hour.refused)} times; {dict(hour.done)}",
        f"{len(wrong)} problems",
        *wrong[:40],
        *kept,
    )
    print(*told, sep="\n")  # noqa: T201 - its report
    return len(wrong)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=20_261_130)
    given = parser.parse_args()
    sys.exit(min(1, asyncio.run(run(given.minutes, given.seed))))
