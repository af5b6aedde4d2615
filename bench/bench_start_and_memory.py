"""How soon a start is ready and a question is answered, and how much memory is held before and after 50,000 messages.

Times of a start stand beside the time that importing the same libraries takes on the same machine in the same run.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.bench_message_path import CONNECTIONS, drained, messages
from bench.load import ROOT, FakePlatform, config, connect, free_port, memory_mb, process, report, signed_request

STARTS = 5
QUESTION = "新疆包邮吗"
LIBRARIES_OF = """import sys, {command}
told = {{name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}}
print(*(name for name, file in told.items() if "site-packages" in file and not name.startswith("__editable__")))"""
IMPORTING = "import sys, importlib\nfor name in sys.argv[1:]: importlib.import_module(name)"
MESSAGES = 50_000
WARM_UP_MESSAGES = 5_000
REFINED_WITHIN_SECONDS = 60.0
SETTLED_WITHIN_SECONDS = 60.0
"""The bot rightly keeps quiet on some messages of so long a talk, so an answer to each is not waited for any longer."""


def libraries_of(command: str) -> list[str]:
    """The modules of other people's libraries that a command of `bot.cli` has loaded once it begins."""
    found = _run("-c", LIBRARIES_OF.format(command=command))
    return found.stdout.decode().split()


def seconds_of(*arguments: str) -> float:
    """How long a process of its own takes."""
    begun = time.monotonic()
    _run(*arguments)
    return time.monotonic() - begun


def _run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=ROOT, env=os.environ)


def ask_seconds() -> None:
    """One question to the starter manual, and importing the same libraries, in turn."""
    libraries = libraries_of("bot.cli.ask")
    with tempfile.TemporaryDirectory() as folder:
        file = str(config(Path(folder), port=0, reply_port=1))
        pairs = [
            (seconds_of("-m", "bot", "ask", QUESTION, "--config", file), seconds_of("-c", IMPORTING, *libraries))
            for _ in range(STARTS)
        ]
    asking, importing = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(
        f"one question            {asking:5.2f} s   {asking / importing:.1f} x importing its libraries (at most 1.5 s)"
    )
    report("ask", seconds=round(asking, 2), to_imports=round(asking / importing, 2))


async def start_seconds() -> None:
    """The first start makes the database and loads the manual; the others find both."""
    libraries = libraries_of("bot.cli.serve")
    took: list[float] = []
    imports: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(STARTS):
            port = free_port()
            file = config(Path(folder), port=port, reply_port=port)
            ready = f"http://127.0.0.1:{port}/readyz"
            async with process("-m", "bot", "serve", "--config", str(file), ready_url=ready) as (_, seconds):
                took.append(seconds)
            imports.append(seconds_of("-c", IMPORTING, *libraries))
    later, importing = statistics.median(took[1:]), statistics.median(imports[1:])
    print(
        f"start to /readyz        first {took[0]:5.2f} s   later {later:5.2f} s (median of {STARTS - 1}; at most 2)   "
        f"{later / importing:.1f} x importing its libraries (at most 2.5)"
    )
    report(
        "start",
        first_seconds=round(took[0], 2),
        later_seconds=round(later, 2),
        to_imports=round(later / importing, 2),
    )


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
    ask_seconds()
    await start_seconds()
    await memory()


if __name__ == "__main__":
    uvloop.run(main())
