"""How soon a start is ready, and how much memory it holds before and after 50,000 messages."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path

import uvloop

from bench.bench_message_path import CONNECTIONS, drained, messages
from bench.load import FakePlatform, config, connect, free_port, memory_mb, process, report, signed_request

STARTS = 5
MESSAGES = 50_000
WARM_UP_MESSAGES = 5_000
REFINED_WITHIN_SECONDS = 60.0
SETTLED_WITHIN_SECONDS = 60.0
"""The bot rightly keeps quiet on some messages of so long a talk, so an answer to each is not waited for any longer."""


async def start_seconds() -> None:
    """The first start makes the database and loads the manual; the others find both."""
    took: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(STARTS):
            port = free_port()
            file = config(Path(folder), port=port, reply_port=port)
            ready = f"http://127.0.0.1:{port}/readyz"
            async with process("-m", "bot", "serve", "--config", str(file), ready_url=ready) as (_, seconds):
                took.append(seconds)
    later = statistics.median(took[1:])
    print(f"start to /readyz        first {took[0]:5.2f} s   later {later:5.2f} s (median of {STARTS - 1}; at most 2)")
    report("start", first_seconds=round(took[0], 2), later_seconds=round(later, 2))


async def memory() -> None:
    """Resident memory of the serving process once the matcher is refined, after a warm-up, and after all messages."""
    async with FakePlatform().serving() as platform:
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            file = config(Path(folder), port=port, reply_port=platform.port)
            ready = f"http://127.0.0.1:{port}/readyz"
            async with process("-m", "bot", "serve", "--config", str(file), ready_url=ready) as (bot, _):
                at_start = memory_mb(bot)
                await asyncio.sleep(REFINED_WITHIN_SECONDS)
                lines, source = await connect(port, CONNECTIONS), messages()

                async def post(how_many: int) -> None:
                    left = iter(range(how_many))
                    posted: set[str] = set()

                    async def one(line: object) -> None:
                        for _ in left:
                            message_id, body = next(source)
                            while await line.post(signed_request("/webhooks/bench", message_id, body)) != 202:  # type: ignore[attr-defined]  # a Line
                                await asyncio.sleep(0.1)
                            posted.add(message_id)
                            while len(posted) - len(platform.answered.keys() & posted) > 2_000:
                                await asyncio.sleep(0.05)

                    await asyncio.gather(*map(one, lines))
                    await drained(platform, posted, SETTLED_WITHIN_SECONDS)

                await post(WARM_UP_MESSAGES)
                warm = memory_mb(bot)
                await post(MESSAGES)
                after = memory_mb(bot)
    growth = 100 * (after / warm - 1)
    print(
        f"memory                  start {at_start:4.0f} MB (at most 180)   warm {warm:4.0f} MB   "
        f"after {MESSAGES} messages {after:4.0f} MB ({growth:+.0f} %, at most +15)"
    )
    report(
        "memory", start_mb=round(at_start), warm_mb=round(warm), after_mb=round(after), growth_percent=round(growth, 1)
    )


async def main() -> None:
    await start_seconds()
    await memory()


if __name__ == "__main__":
    uvloop.run(main())
