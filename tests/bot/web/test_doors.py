from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.web.doors import client_address, is_our_page, is_this_machine, read_json_body

if TYPE_CHECKING:
    from aiohttp.pytest_plugin import AiohttpClient
    from aiohttp.test_utils import TestClient

    Client = TestClient[web.Request, web.Application]


async def _tell(request: web.Request) -> web.Response:
    told = {"machine": is_this_machine(request), "page": is_our_page(request), "address": client_address(request)}
    return web.json_response(told)


async def _read(request: web.Request) -> web.Response:
    return web.Response(body=await read_json_body(request, {"X-Content-Type-Options": "nosniff"}))


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> Client:
    app = web.Application()
    app.add_routes([web.get("/", _tell), web.post("/", _read)])
    return await aiohttp_client(app)


async def _told(client: Client, **headers: str) -> dict[str, object]:
    async with client.get("/", headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        told: dict[str, object] = await answer.json()
        return told


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080", "127.8.9.1"])
async def test_a_browser_on_this_machine_that_asks_for_it_by_name_is_at_home(client: Client, host: str) -> None:
    assert (await _told(client, Host=host))["machine"] is True


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.4:8080", "[::1", ""])
async def test_a_name_that_another_site_pointed_here_is_not(client: Client, host: str) -> None:
    assert (await _told(client, Host=host))["machine"] is False


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "Via", "X_Real_IP", "X_Forwarded_Host"])
async def test_nor_is_who_comes_through_a_proxy(client: Client, header: str) -> None:
    assert (await _told(client, **{header: "203.0.113.9"}))["machine"] is False


async def test_nor_is_a_proxy_that_gives_itself_away_by_its_old_protocol(client: Client) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")

    answer = await reader.read()

    writer.close()
    await writer.wait_closed()
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["machine"] is False


async def test_only_our_own_page_counts_as_ours(client: Client) -> None:
    assert (await _told(client, Sec_Fetch_Site="same-origin"))["page"] is True
    assert (await _told(client, Sec_Fetch_Site="cross-site", Origin="https://evil.example"))["page"] is False
    assert (await _told(client, Sec_Fetch_Site="same-site"))["page"] is False
    assert (await _told(client, Host="bot.example", Origin="https://bot.example"))["page"] is True
    assert (await _told(client, Host="bot.example", Origin="https://evil.example"))["page"] is False
    assert (await _told(client, Host="bot.example", Origin="null"))["page"] is False
    assert (await _told(client))["page"] is True


async def test_buyers_are_counted_by_the_address_that_the_shops_own_proxy_saw(client: Client) -> None:
    assert (await _told(client))["address"] == "127.0.0.1"
    assert (await _told(client, X_Forwarded_For="10.9.9.9, 203.0.113.9"))["address"] == "203.0.113.9"
    assert (await _told(client, X_Forwarded_For=""))["address"] == "127.0.0.1"


async def test_a_post_must_be_plain_json_of_our_page_and_of_a_sensible_size(client: Client) -> None:
    as_json = {"Content-Type": "application/json"}

    async def status(body: bytes, headers: dict[str, str]) -> int:
        async with client.post("/", data=body, headers=headers) as answer:
            return answer.status

    assert await status(b"{}", as_json) == 200
    assert await status(b"{}", {"Content-Type": "text/plain"}) == 415
    assert await status(b"{}", {**as_json, "Content-Encoding": "identity"}) == 415
    assert await status(b"{}", {**as_json, "Sec-Fetch-Site": "cross-site"}) == 403
    assert await status(b" " * (256 * 1024 + 1), as_json) == 413
