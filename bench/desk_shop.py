"""A shop with a long past for the figures of the desk: 2,000 open conversations and as many messages as wanted."""

from __future__ import annotations

import random
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import func, select

from adapters.contract import Author, Reply, Text
from bot.clock import SystemClock
from bot.domain.search_words import words_of_message
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade
from bot.storage.search import index
from bot.storage.tables.desk import indexed
from bot.storage.tables.messages import conversation
from bot.storage.tables.messages import inbox as inbox_table
from bot.storage.tables.messages import outbox as outbox_table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database

OPEN, LONG = 2_000, 10_000
"""So many conversations are open, and the first of them has so many messages and as many replies."""
COMMON = ("快递", "发货", "退货", "包邮", "尺码", "颜色", "优惠", "发票", "换货", "地址", "什么时候", "怎么办")
RARE = "帐篷防潮垫"
REPLY = orjson.dumps(Reply(kind="answer", text=""))
AT_ONCE = 10_000


@asynccontextmanager
async def filled(url: str, messages: int, *, channel: str) -> AsyncIterator[Database]:
    """The shop's database, with this many messages on this channel."""
    now, talks, draw = SystemClock().now(), max(OPEN, messages // 10), random.Random(7)
    began = time.perf_counter()
    async with open_database(url) as database:
        await database.write(upgrade)
        for numbers in _portions(talks):
            await database.write(_talks, numbers, channel=channel, now=now)
            await database.write(_replies, [each for each in numbers if each > 1], channel=channel, now=now)
        for numbers in _portions(messages):
            await database.write(_messages, numbers, talks=talks, channel=channel, now=now, draw=draw)
        await database.write(_replies, LONG * [1], channel=channel, now=now)
        await database.write(lambda c: c.execute(indexed.insert().values(what="inbox", upto_id=messages)))
        await database.write(_number_on)
        print(f"{database.dialect}: filled with {messages:,} messages in {time.perf_counter() - began:.0f} s")
        yield database


def _number_on(connection: Connection) -> None:
    """Let PostgreSQL number what comes next after the rows that were written with a number."""
    if connection.dialect.name == "postgresql":
        for table in (conversation, inbox_table):
            counted = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(counted, select(func.max(table.c.id)).scalar_subquery())))


def _portions(most: int) -> Iterator[range]:
    for first in range(1, most + 1, AT_ONCE):
        yield range(first, min(first + AT_ONCE, most + 1))


def _messages(
    connection: Connection, numbers: range, *, talks: int, channel: str, now: datetime, draw: random.Random
) -> None:
    """Messages of many buyers in many words, each found by its words."""
    texts = {number: _words(number, draw) for number in numbers}
    connection.execute(
        inbox_table.insert(),
        [
            {
                "id": number,
                "channel": channel,
                "external_id": f"x{number}",
                "conversation_id": 1 if number <= LONG else 1 + number % talks,
                "author": "buyer",
                "kind": "message",
                "body": orjson.dumps({"author": Author(), "content": ["text", Text(text)], "surroundings": {}}),
                "raw": b"",
                "sent_at": now,
                "received_at": now,
                "state": "done",
            }
            for number, text in texts.items()
        ],
    )
    index.add(
        connection, [(index.number_of("inbox", number), words_of_message(text)) for number, text in texts.items()]
    )


def _words(number: int, draw: random.Random) -> str:
    words = "".join(draw.choices(COMMON, k=3)) + "".join(chr(draw.randrange(0x4E00, 0x4F00)) for _ in range(4))
    order = f" 订单{draw.randrange(10**15, 10**16)}" if number % 10 == 0 else ""
    return (RARE if number % 100_003 == 7 else "") + words + order


def _talks(connection: Connection, numbers: range, *, channel: str, now: datetime) -> None:
    connection.execute(
        conversation.insert(),
        [
            {
                "id": number,
                "channel": channel,
                "external_id": f"past-{number}",
                "buyer": f"b{number}",
                "buyer_name": f"买家{number}",
                "mode": "human" if number <= OPEN else "closed",
                "memory": b"",
                "created_at": now,
                "last_buyer_at": now,
                "unanswered_since": now if number <= OPEN and number % 3 else None,
            }
            for number in numbers
        ],
    )


def _replies(connection: Connection, talks: Iterable[int], *, channel: str, now: datetime) -> None:
    """One reply in each of these."""
    connection.execute(
        outbox_table.insert(),
        [
            {
                "conversation_id": talk,
                "channel": channel,
                "key": f"k{talk}-{number}",
                "epoch": 0,
                "episode": 1,
                "kind": "answer",
                "body": REPLY,
                "text": "默认发中通。",
                "state": "sent",
                "created_at": now,
                "not_before": now,
                "settled_at": now,
            }
            for number, talk in enumerate(talks)
        ],
    )
