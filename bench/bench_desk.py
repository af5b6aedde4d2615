"""What each step of the desk costs in CPU time, however busy the machine is, and how long a search takes.

    python -m bench.bench_desk [--messages 1000000] [--postgresql]

2,000 open conversations: a page of the queue, a conversation of 10,000 messages from its end and far back, an answer,
a phrase found by its initials, and search over all messages through the product's own function, on the wall as well: a
server of its own works too.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from adapters.web.adapter import WebAdapter
from bench.desk_shop import LONG, OPEN, RARE, filled
from bench.load import percentile
from bot.actions.desk.answer_buyer import answer_buyer
from bot.clock import SystemClock
from bot.domain.accounts.staff import Staff
from bot.domain.channels.channel import Channel
from bot.domain.desk.conversations import Click, Done
from bot.domain.desk.phrases import Phrase, found
from bot.live import Bell, Live
from bot.storage.desk import queue, talk, tally
from bot.storage.desk.clicks import Clicks
from bot.storage.desk.replies import Said
from bot.storage.desk.views import Asking
from bot.storage.search import finding
from tests.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.storage.engine.database import Database

WHO = Staff(id=1, name="小李", role="owner")
CHANNELS = {"tea": Channel(name="tea", platform="web", adapter=WebAdapter(channel="tea"))}
PAGES = 20
PHRASES = 5_000
TITLES = ("快递", "发货", "退款", "包邮", "尺码", "颜色", "优惠", "发票", "换货", "地址")
SEARCHES = {"common": "快递", "four characters": "什么时候", "two words": "发票 换货", "rare": RARE, "none": "绝无此词"}


def tell(name: str, seconds: list[float], **more: object) -> None:
    """One line for people and one for programs."""
    ms = sorted(1000 * value for value in seconds)
    figures = {"p50_ms": round(percentile(ms, 0.5), 2), "p99_ms": round(percentile(ms, 0.99), 2), "n": len(ms)} | more
    print(f"{name:48} p50 {figures['p50_ms']:9} ms   p99 {figures['p99_ms']:9} ms   {more or ''}")
    print(orjson.dumps({"bench": "desk", "figure": name, **figures}).decode(), flush=True)


async def timed(
    times: int, work: Callable[[int], Awaitable[object]], clock: Callable[[], float] = time.process_time
) -> list[float]:
    """The CPU time of each, unless another clock is named: on a busy machine the hours on the wall say nothing."""
    took = []
    for number in range(times):
        began = clock()
        await work(number)
        took.append(clock() - began)
    return took


async def measure(url: str, messages: int) -> None:
    """All figures on this database."""
    async with filled(url, messages, channel="tea") as database:
        await measure_queue(database)
        await measure_conversation(database)
        await measure_phrases()
        await measure_search(database, messages)
        await measure_answer(database)


async def measure_queue(database: Database) -> None:
    clock, asking = SystemClock(), Asking(who=WHO)

    async def page(_: int) -> None:
        await database.read(queue.read_page, asking, "all", now=clock.now())

    async def over(_: int) -> None:
        await database.read(queue.read_page, asking, "closed", now=clock.now())

    async def counts(_: int) -> None:
        (await database.read(tally.read, now=clock.now())).counts(asking)

    tell(f"queue: a page of 50 among {OPEN:,} open", await timed(100, page))
    tell("queue: a page of those that are over", await timed(100, over))
    tell("queue: all counts", await timed(50, counts))


async def measure_conversation(database: Database) -> None:
    """The long conversation, opened, and read back from its end and from far away."""
    looking = talk.Looking(who=WHO, now=SystemClock().now(), title_of=str)

    async def view(_: int) -> None:
        await database.read(talk.read_view, 1, looking)

    async def back(place: str, pages: int) -> tuple[list[float], str]:
        took = []
        for _ in range(pages):
            began = time.process_time()
            older = await database.read(talk.read_page, 1, place, looking)
            took.append(time.process_time() - began)
            assert older is not None
            place = older.before
        return took, place

    opened = await database.read(talk.read_view, 1, looking)
    assert opened is not None
    near, place = await back(opened.page.before, PAGES)
    _, place = await back(place, (2 * LONG) // 50 - 3 * PAGES)
    far, _ = await back(place, PAGES)
    tell(f"conversation of {2 * LONG:,} bubbles: opened", await timed(50, view))
    tell("  a page back, from the end", near)
    tell("  a page back, near its beginning", far, ratio=round(sum(far) / sum(near), 2))


async def measure_search(database: Database, messages: int) -> None:
    for name, query in SEARCHES.items():

        async def search(_: int, query: str = query) -> None:
            await database.read(finding.find, query, who=WHO)

        tell(f"search, {name}, over {messages:,} (CPU)", await timed(50, search))
        tell(f"search, {name}, over {messages:,} (wall)", await timed(50, search, time.perf_counter))


async def measure_phrases() -> None:
    """What is typed is looked for in all phrases at each letter; how each looks is worked out once."""
    phrases = [
        Phrase(id=n, scope="shop", owner_id=0, title=f"{TITLES[n % len(TITLES)]}{n}", bubbles=(f"亲，这是第{n}条",))
        for n in range(PHRASES)
    ]

    async def look(_: int) -> None:
        found(phrases, "kd", most=20)

    await look(0)
    tell(f"a phrase among {PHRASES:,}, by its initials", await timed(100, look))


async def measure_answer(database: Database) -> None:
    """A person's answer, from the click to the commit."""
    clicks = Clicks(database=database, live=Live(), to_send=Bell(), clock=SystemClock())

    async def answer(number: int) -> None:
        click = Click(conversation_id=100 + number, seen_version=0, key=f"k{number}")
        done = await answer_buyer(
            clicks=clicks, who=WHO, click=click, said=Said(texts=("您好",)), channels=CHANNELS, undo_seconds=5
        )
        assert isinstance(done, Done)

    tell("a person's answer, committed", await timed(200, answer))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = stack.enter_context(Postgres()).url() if given.postgresql else f"sqlite:///{Path(folder) / 'shop.db'}"
        asyncio.run(measure(url, given.messages))


if __name__ == "__main__":
    main()
