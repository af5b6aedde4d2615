"""One node of several on a PostgreSQL database, as a process of its own: prints its address when it is ready.

`python -m tests.node DATABASE_URL REPLY_URL [PORT]`. Its leases last two seconds, so that no test waits for long.
"""

from __future__ import annotations

import asyncio
import signal
import sys

import bot.storage.conversations
import bot.storage.engine.postgresql
import bot.storage.outbox
from bot.app import running
from bot.clock import SystemClock
from bot.config import Config
from bot.logs import configure
from tests.fakes import SECRET

LEASE_MS = 2_000


async def main(database_url: str, reply_url: str, port: str = "0") -> None:
    channel = {"secret": SECRET, "reply_url": reply_url, "allow_private_reply_url": True}
    config = Config.model_validate(
        {
            "server": {"port": int(port)},
            "database": {"url": database_url},
            "hours": {"every_day": ["00:00-24:00"], "country": ""},
            "conversation": {"patience_seconds": 0},
            "channels": [{"name": "tea", "platform": "webhook", "settings": channel}],
        }
    )
    configure(level="WARNING")
    told_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_stop.set)
    async with running(config, clock=SystemClock()) as node:
        print(node.url, flush=True)  # noqa: T201 - how the test learns the port
        await told_to_stop.wait()


if __name__ == "__main__":
    bot.storage.conversations.LEASE_MS = bot.storage.engine.postgresql.FROZEN_MS = LEASE_MS
    bot.storage.outbox.LEASE_MS = LEASE_MS  # type: ignore[attr-defined]  # patched for this process only
    asyncio.run(main(*sys.argv[1:]))
