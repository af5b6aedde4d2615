"""Many open desks before a real process: how soon they show a message, and what they cost the bot. Times on the wall.

    python -m bench.bench_desks [--messages 200000] [--seconds 30] [--postgresql]

2,000 open conversations, 20 desks with a conversation open in each, 50 messages a second by signed webhooks. What
depends on the machine stands beside the same thing in the same run: with one desk, or with none.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import re
import tempfile
import time
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import uvloop

from bench.bench_message_path import CONNECTIONS, REFINED_WITHIN_SECONDS, drained, flood, messages
from bench.desk_shop import RARE, filled
from bench.load import FakePlatform, config, connect, free_port, message, percentile, process, report, signed_request
from bot.clock import SystemClock
from tests.people import joins
from tests.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from bench.load import Line
    from tests.people import Person

DESKS, PACE_A_SECOND = 20, 50
ACCEPTED = 202
LATE_MS, LAST_SECONDS, DRAINED_WITHIN_SECONDS = 1_000, 3.0, 60.0
PATH, QUESTION = "/webhooks/bench", "新疆包邮吗"
INBOX, QUEUE = ["/console/inbox"], ["/console/inbox/queue?view=all", "/console/inbox/queue?view=closed"]
SEARCHES = [f"/console/inbox/search?q={quote(words)}" for words in ("快递", "什么时候", RARE, "绝无此词")]
SHOWN = re.compile(rb'"buyer":"b-probe-(\d+)"')
LONGEST_MATCH = 40


@dataclass(frozen=True, kw_only=True)
class Server:
    """The process that is measured."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What it has worked so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Desk:
    """One person's open desk, which reads on. `first_seen` is when each message was in its list for the first time."""

    def __init__(self) -> None:
        self.first_seen: dict[int, float] = {}
        self.bytes = 0
        self._newest = 0

    async def follow(self, port: int, person: Person, path: str, *, looks: bool) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(_get(path, person))
            left = b""
            while part := await reader.read(2**16):
                self.bytes += len(part)
                if looks:
                    self._look(left + part)
                    left = part[-LONGEST_MATCH:]
        finally:
            writer.close()

    def _look(self, part: bytes) -> None:
        """The newest stands first: all that came before it are there too, on this page or below it."""
        now, newest = time.monotonic(), max((int(found[1]) for found in SHOWN.finditer(part)), default=0)
        for number in range(self._newest + 1, newest + 1):
            self.first_seen[number] = now
        self._newest = max(self._newest, newest)


def _get(path: str, person: Person) -> bytes:
    headers = "".join(f"{name}: {value}\r\n" for name, value in person.headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()


@asynccontextmanager
async def desks(port: int, people: Sequence[Person], *, looks: bool) -> AsyncIterator[list[Desk]]:
    """All these people sit at their desks, each with a conversation open; those who look see the newest of the bot."""
    opened = [Desk() for _ in people]
    view = "bot" if looks else "all"
    async with asyncio.TaskGroup() as tasks:
        following = [
            tasks.create_task(
                desk.follow(port, person, f"/console/inbox/events?view={view}&open={100 + number}", looks=looks)
            )
            for number, (desk, person) in enumerate(zip(opened, people, strict=True))
        ]
        while not all(desk.bytes for desk in opened):
            await asyncio.sleep(0.05)
        try:
            yield opened
        finally:
            for each in following:
                each.cancel()


async def reach(port: int, people: Sequence[Person], numbers: range) -> list[float]:
    """How many ms each of these messages took to each of these desks, in order; one that never came took for ever."""
    posted: dict[int, float] = {}
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in await connect(port, CONNECTIONS):
        free.put_nowait(line)

    async def post(number: int) -> None:
        posted[number] = time.monotonic()
        line = await free.get()
        assert await line.post(signed_request(PATH, *message(number, f"probe-{number}", QUESTION))) == ACCEPTED
        free.put_nowait(line)

    async with desks(port, people, looks=True) as opened:
        start = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for at, number in enumerate(numbers):
                await asyncio.sleep(max(0.0, start + at / PACE_A_SECOND - time.monotonic()))
                tasks.create_task(post(number))
        await asyncio.sleep(LAST_SECONDS)
    never = float("inf")
    return sorted(1000 * (desk.first_seen.get(each, never) - at) for desk in opened for each, at in posted.items())


async def asked(port: int, person: Person, paths: Sequence[str], times: int) -> list[float]:
    """How many ms an answer takes, in order, over a connection that is open already."""
    took = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        for path in itertools.islice(itertools.cycle(paths), times):
            began = time.monotonic()
            writer.write(_get(path, person))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"^http/1.1 200 .*content-length: (\d+)", head, re.DOTALL)
            assert length, head
            await reader.readexactly(int(length[1]))
            took.append(1000 * (time.monotonic() - began))
    return sorted(took)


async def pages(port: int, person: Person, *, beside: str, times: int) -> None:
    """The page of the desk with its first list, and finding by words."""
    for name, paths in (("page", INBOX), ("queue", QUEUE), ("search", SEARCHES)):
        tell(f"{name}, {beside}", await asked(port, person, paths, times))


async def reaching(server: Server, people: Sequence[Person], platform: FakePlatform, seconds: float) -> None:
    """No desk, one and all of them, each with the same number of messages; then the pages meanwhile."""
    port, count, first, costs = server.port, int(seconds * PACE_A_SECOND), 1, []
    for some in ([], people[:1], people):
        before, numbers = server.cpu_seconds(), range(first, first := first + count)
        among = await reach(port, some, numbers)
        await drained(platform, {f"m-{number}" for number in numbers}, DRAINED_WITHIN_SECONDS)
        costs.append(round(1000 * (server.cpu_seconds() - before) / count, 2))
        if len(some) == 1:
            alone = among
    print(f"CPU ms for a message and its answer, with no desk, one and {len(people)}: {costs}")
    report("desks_cpu_ms", no_desk=costs[0], one_desk=costs[1], all_desks=costs[2])
    tell("a message on one desk", alone)
    tell(
        f"a message on all of {len(people)} desks (at most 1,000)",
        among,
        ratio_to_one_desk=round(percentile(among, 0.99) / percentile(alone, 0.99), 2),
        late=sum(each > LATE_MS for each in among),
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reach(port, people, range(first, first + count)))
        await pages(port, people[0], beside=f"beside {len(people)} desks", times=int(2 * seconds))


async def answering(server: Server, people: Sequence[Person], platform: FakePlatform, seconds: float) -> None:
    """Answers a second without desks and with all of them, in turn: a machine is not equally fast all the time."""
    source, rates = messages(), {False: 0.0, True: 0.0}
    for with_desks in (False, True, True, False):
        async with desks(server.port, people if with_desks else [], looks=False):
            rates[with_desks] += await _answered(server.port, platform, source, seconds) / 2
    ratio = rates[True] / rates[False]
    alone, beside = round(rates[False]), round(rates[True])
    print(f"answered {alone}/s, beside {len(people)} desks {beside}/s   ratio {ratio:.2f} (at least .90)")
    report("desks_answering", per_second=alone, beside_desks=beside, ratio=round(ratio, 3))


async def _answered(port: int, platform: FakePlatform, source: Iterator[tuple[str, bytes]], seconds: float) -> float:
    """Answers a second, from the first message to the last answer; nothing may be lost."""
    start = time.monotonic()
    accepted = await flood(await connect(port, CONNECTIONS), PATH, seconds, source)
    await drained(platform, set(accepted), 2 * DRAINED_WITHIN_SECONDS)
    lost = accepted.keys() - platform.answered.keys()
    assert not lost, f"{len(lost)} lost"
    return len(accepted) / (max(platform.answered[each] for each in accepted) - start)


def tell(name: str, ms: list[float], **more: object) -> None:
    """One line for people and one for programs."""
    p50, p99 = round(percentile(ms, 0.5), 1), round(percentile(ms, 0.99), 1)
    print(f"{name:44} p50 {p50:8} ms   p99 {p99:8} ms   {more or ''}")
    report("desks", figure=name, p50_ms=p50, p99_ms=p99, n=len(ms), **more)


async def measure(url: str, folder: Path, count: int, seconds: float) -> None:
    """All figures on this database."""
    async with filled(url, count, channel="bench") as database:
        people = [await joins(database, "owner", clock=SystemClock()) for _ in range(DESKS)]
    async with FakePlatform().serving() as platform:
        port = free_port()
        file = config(folder, port=port, reply_port=platform.port, database_url=url)
        serve, ready_url = ("-m", "bot", "serve", "--config", str(file)), f"http://127.0.0.1:{port}/readyz"
        async with process(*serve, ready_url=ready_url) as (pid, _):
            server = Server(port=port, pid=pid)
            await asyncio.sleep(REFINED_WITHIN_SECONDS)
            await pages(port, people[0], beside="nothing else", times=int(4 * seconds))
            await reaching(server, people, platform, seconds)
            await answering(server, people, platform, seconds / 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(Postgres()).url() if given.postgresql else f"sqlite:///{folder / 'shop.db'}"
        uvloop.run(measure(url, folder, given.messages, given.seconds))


if __name__ == "__main__":
    main()
