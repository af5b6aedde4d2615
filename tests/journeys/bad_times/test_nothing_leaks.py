"""Words planted wherever strangers, buyers and platforms can put them, and searched for wherever we say something.

The whole program runs as a process, meets all that goes wrong, and afterwards its log, its output, its figures and its
refusals hold none of them.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
from contextlib import closing
from typing import Any

import asyncpg
import pytest
from aiohttp import ClientSession

from tests.fakes import Posted, Reaction
from tests.served import Served, served

PLACES = (
    *("text", "name", "buyer id", "message id", "conversation", "page", "query", "header", "cookie", "token", "secret"),
    *("visitor", "chat text", "malformed", "reply", "platform id", "password", "forwarded", "retry after", "kind"),
)
CANARIES = {place: f"canary{place.replace(' ', '')}13800138000" for place in PLACES}
SECRET_TEXT = base64.b64encode(f"{CANARIES['secret']}0123456789".encode()).decode()
VISITOR = f"{CANARIES['visitor']}-0123456789"
RAW = (
    "GET /?{c} HTTP/9.9\r\n\r\n",
    "{c}\r\n\r\n",
    "GET / HTTP/1.1\r\n{c} {c}\r\n\r\n",
    "POST /webhooks/tea HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n{c}\r\n",
    "POST /webhooks/tea HTTP/1.1\r\nHost: shop\r\nContent-Length: 900\r\n\r\n{c}",
    "GET /?token={c} HTTP/1.1\r\nHost: {c}\r\nCookie: xiaoer_try={c}\r\nConnection: close\r\n\r\n",
)


def found_in(told: str) -> set[str]:
    """The places whose word stands in what we said."""
    return {place for place, word in CANARIES.items() if word in told} | ({"secret"} if SECRET_TEXT in told else set())


async def _writes_raw(server: Served, words: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(words.format(c=CANARIES["malformed"]).encode())
    writer.write_eof()
    answer = await reader.read()
    writer.transport.abort()
    return answer.decode()


async def _says(server: Served, number: int, **more: Any) -> str:
    """A signed message that holds a word in each field. Returns the refusal, or nothing."""
    return _refusal(
        await server.platform.buyer_says(
            f"包邮吗 {CANARIES['text']} {number}",
            conversation=f"{CANARIES['conversation']}-{number}",
            message_id=f"{CANARIES['message id']}-{number}",
            buyer=CANARIES["buyer id"],
            name=CANARIES["name"],
            **{"came_from": {"page": f"https://shop.example/{CANARIES['page']}"}, **more},
        )
    )


def _refusal(answered: Any) -> str:
    return "" if answered.status < 400 else json.dumps(answered.json)


async def _strangers(server: Served, session: ClientSession) -> list[str]:
    """What a stranger is told who tries everything."""
    told = [await _writes_raw(server, words) for words in RAW]
    headers = {
        "X-Odd": CANARIES["header"],
        "Authorization": f"Bearer {CANARIES['token']}",
        "Cookie": f"xiaoer_try={CANARIES['cookie']}",
        "X-Forwarded-For": CANARIES["forwarded"],
        "Xiaoer-Visitor": CANARIES["header"] + "!",
        "webhook-id": CANARIES["header"],
        "webhook-timestamp": CANARIES["header"],
        "webhook-signature": f"v1,{CANARIES['header']}",
    }
    query = {"after": CANARIES["query"], "token": CANARIES["query"], "lang": CANARIES["query"]}
    for path in ("/", "/try", "/metrics", "/readyz", "/livez", "/chat/try", "/chat/site/events", "/webhooks/tea"):
        async with session.get(server.url + path, params=query, headers=headers) as answer:
            told.append(await answer.text())
    bodies = [
        {"text": CANARIES["chat text"]},
        {"visitor": CANARIES["kind"], "choice": CANARIES["kind"]},
        CANARIES["text"],
    ]
    for path in ("/webhooks/tea", "/chat/site/messages", "/try/staff"):
        for body in bodies:
            async with session.post(server.url + path, params=query, json=body, headers=headers) as answer:
                told.append(await answer.text())
    return told


async def _buyers(server: Served, session: ClientSession) -> list[str]:
    """What they are refused with, while the platform answers with all that it can."""
    words = CANARIES["reply"]
    server.platform.next_answers(
        Reaction(status=500, body=words.encode(), headers={"X": words}),
        Reaction(status=429, headers={"Retry-After": CANARIES["retry after"]}),
        Reaction(status=302, headers={"Location": f"http://127.0.0.1:9/{words}"}),
        Reaction(status=422, body=json.dumps({"error": words}).encode()),
        Reaction(status=200, body=json.dumps({"message_id": CANARIES["platform id"]}).encode()),
        Reaction(status=200, body=b"{" + words.encode()),
        Reaction(fault="reset"),
        Reaction(fault="reset_after"),
    )
    told = [await _says(server, number) for number in range(8)]
    told.append(await _says(server, 8, content={"kind": CANARIES["kind"], "text": CANARIES["text"]}))
    told.append(await _says(server, 9, content={"kind": "text", "text": [CANARIES["text"]]}))
    told.append(await _says(server, 10, author={"kind": CANARIES["kind"], "id": CANARIES["buyer id"]}))
    told.append(
        _refusal(await server.platform.deliver(CANARIES["kind"], {"conversation_id": CANARIES["conversation"]}))
    )
    unsigned = Posted(webhook_id="1", body=json.dumps({"type": CANARIES["text"]}).encode())
    told.append(_refusal(await server.platform.post(unsigned, headers={"webhook-id": CANARIES["header"]})))
    message = {"visitor": VISITOR, "message_id": CANARIES["message id"], "text": CANARIES["chat text"]}
    async with session.post(f"{server.url}/chat/site/messages", json=message) as answer:
        assert answer.status == 202
    return told


async def _trouble(server: Served, database_url: str) -> list[str]:
    """What is said when the database takes nothing more in, for a reason that nobody foresaw."""
    statements = [f"ALTER TABLE {table} RENAME COLUMN body TO gone" for table in ("outbox", "inbox")]
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as database, database:
            for statement in statements:
                database.execute(statement)
    else:
        connection = await asyncpg.connect(database_url)
        for statement in statements:  # each by itself: who holds one lock and waits for another can meet a deadlock
            await connection.execute(statement)
        await connection.close()
    return [await _says(server, number) for number in range(3)]


async def test_no_word_of_anybody_gets_out(database_url: str) -> None:
    with_secrets = served(secret=f"whsec_{SECRET_TEXT}", database_url=database_url)
    async with with_secrets as server, ClientSession() as session:
        told = [*await _strangers(server, session), *await _buyers(server, session)]
        await server.platform.hears(5, within_seconds=20)
        for path in ("/metrics", "/readyz"):
            async with session.get(server.url + path) as answer:
                told.append(await answer.text())
        log = server.log
    assert found_in(server.said + "".join(told)) == set()
    assert found_in(log) == set()


async def test_nor_when_the_database_refuses_for_a_reason_that_nobody_foresaw(database_url: str) -> None:
    async with served(secret=f"whsec_{SECRET_TEXT}", database_url=database_url) as server:
        told = await _trouble(server, database_url)
        log = server.log
    assert found_in("".join(told)) == set()
    assert found_in(log) == set()
    assert '"level":"error"' in log, "the trouble was not met"


async def test_a_database_out_of_reach_is_told_without_its_password() -> None:
    address = f"postgresql://shop:{CANARIES['password']}@127.0.0.1:1/shop"
    with pytest.raises(AssertionError, match="out of reach") as told:
        async with served(database_url=address):
            pass
    assert found_in(str(told.value)) == set()
