from __future__ import annotations

import asyncio
import ipaddress
import json
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.web.shared.doors import Doors, is_our_page, is_this_machine, read_json_body

if TYPE_CHECKING:
    from aiohttp.pytest_plugin import AiohttpClient
    from aiohttp.test_utils import TestClient

    Client = TestClient[web.Request, web.Application]


DOORS = Doors(trusted_proxies=tuple(map(ipaddress.ip_network, ("127.0.0.1", "10.0.0.0/8"))))


async def _tell(request: web.Request) -> web.Response:
    told = {"machine": is_this_machine(request), "page": is_our_page(request), "address": DOORS.address_of(request)}
    told["https"] = DOORS.is_https(request)
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


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ([], "127.0.0.1"),
        ([""], "127.0.0.1"),
        (["203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, 10.1.2.3"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9", "10.1.2.3,127.0.0.1"], "203.0.113.9"),
        (["1.1.1.1, somebody, 10.1.2.3"], "10.1.2.3"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["[2001:db8:1:2:3::4]:4711"], "2001:db8:1:2::/64"),
        (["2001:db8:1:2:ffff::1"], "2001:db8:1:2::/64"),
        (["2001:db8:1:3::1"], "2001:db8:1:3::/64"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["fe80::1%eth0"], "fe80::/64"),
        (["10.9.9.9"], "10.9.9.9"),
    ],
)
async def test_buyers_are_counted_by_the_address_that_proxies_of_ours_saw(
    client: Client, lines: list[str], address: str
) -> None:
    async with client.get("/", headers=[("X-Forwarded-For", line) for line in lines]) as answer:
        assert (await answer.json())["address"] == address


@pytest.mark.parametrize("peer", ["", "10.0.0.0/8"])
async def test_what_a_stranger_says_of_his_address_counts_for_nothing_and_is_told_once(
    aiohttp_client: AiohttpClient, caplog: pytest.LogCaptureFixture, peer: str
) -> None:
    doors = Doors(trusted_proxies=tuple(map(ipaddress.ip_network, filter(None, [peer]))))

    async def tell(request: web.Request) -> web.Response:
        return web.Response(text=f"{doors.address_of(request)} {doors.is_https(request)}")

    app = web.Application()
    app.router.add_get("/", tell)
    client = await aiohttp_client(app)
    for _ in range(2):
        forged = {"X-Forwarded-For": "10.1.1.1", "X-Forwarded-Proto": "https"}
        assert await (await client.get("/", headers=forged)).text() == "127.0.0.1 False"
    assert [record.levelname for record in caplog.records if record.name == "bot.web.shared.doors"] == ["WARNING"]


async def test_a_proxy_of_ours_says_whether_the_browser_speaks_tls(client: Client) -> None:
    assert (await _told(client))["https"] is False
    assert (await _told(client, X_Forwarded_Proto="https"))["https"] is True
    assert (await _told(client, X_Forwarded_Proto="https, http"))["https"] is False


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
