"""Whoever posts too much is told so: also a client that reads no answer before it has sent everything."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from yarl import URL

if TYPE_CHECKING:
    from tests.real_bot import RealBot

MB = 1_000_000
PIECE = b"x" * 64 * 1024
TOLD = b'{"error": "the body is larger than 256 kB"}'
WEBHOOK, PICTURES = "/webhooks/middleware", "/chat/site/pictures"


async def _posts(web_bot: RealBot, path: str, size: int, *, headers: dict[str, str], pause_seconds: float = 0) -> bytes:
    """The whole answer that a plain socket gets, once it has sent everything at its pace."""
    url = URL(web_bot.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    lines = {"Host": f"{url.host}:{url.port}", "Content-Length": str(size), "Connection": "close", **headers}
    writer.write(
        "\r\n".join([f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items())]).encode()
    )
    writer.write(b"\r\n\r\n")
    for start in range(0, size, len(PIECE)):
        writer.write(PIECE[: size - start])
        await writer.drain()
        if pause_seconds:
            await asyncio.sleep(pause_seconds)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_delivery_far_too_large_is_refused_in_words(web_bot: RealBot) -> None:
    answer = await _posts(web_bot, WEBHOOK, 40 * MB, headers={"Content-Type": "application/json"})
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(TOLD)


async def test_one_that_comes_slowly_is_refused_in_words(web_bot: RealBot) -> None:
    answer = await _posts(web_bot, WEBHOOK, 3 * MB, headers={}, pause_seconds=0.06)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(TOLD)


async def test_pictures_are_taken_to_their_limit_and_refused_in_words_above_it(web_bot: RealBot) -> None:
    headers = {"Content-Type": "image/jpeg", "Xiaoer-Visitor": "v" * 32, "Sec-Fetch-Site": "same-origin"}
    most = await _posts(web_bot, PICTURES, 10 * 1024 * 1024, headers=headers)
    assert most.startswith(b"HTTP/1.1 422 "), "it is no picture, and was read as far as that"
    answer = await _posts(web_bot, PICTURES, 30 * MB, headers=headers)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"at most 10 MB")
