"""The recipes of docs/proxies.md, run by nginx and HAProxy themselves before a bot that is set up as told there."""

from __future__ import annotations

import asyncio
import io
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, TCPConnector
from PIL import Image

from tests.house.tree import ROOT
from tests.real_bot import TRY_TOKEN, RealBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

PROXIES = ("nginx", "haproxy")
WITH_ADMINS_PROGRAMS = os.environ["PATH"] + ":/usr/sbin"
LIMIT = 10
CONFIG = """
{told}
public_try_out = false
port = 0

[database]
url = "sqlite:///{folder}/bot.db"

[[channels]]
name = "site"
platform = "web"
messages_per_minute = 1
"""
NGINX = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {block}
}}
"""
SILENT = {
    "nginx": "server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {bot}; proxy_http_version 1.1; }} }}",
    "haproxy": "defaults\n mode http\n timeout connect 5s\n timeout client 9s\n timeout server 9s\n"
    "frontend f\n bind 127.0.0.1:{port}\n http-request set-header Host {host}\n default_backend b\n"
    "backend b\n server s {host}\n",
}
"""Proxies whose owner has told them nothing: they speak HTTP/1.1 and do not say that they are there."""


def recipe(language: str, number: int = 0) -> str:
    """A block of the document; both languages have the same ones."""
    found = [
        re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "docs" / name).read_text("utf-8"), re.MULTILINE | re.DOTALL)
        for name in ("proxies.md", "proxies.zh-CN.md")
    ]
    assert found[0] == found[1]
    return str(found[0][number])


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A bot behind a proxy, and sessions of visitors who come from different addresses."""

    program: str
    url: str
    tls: ssl.SSLContext

    def visitor(self, address: str = "127.0.0.1", **headers: str) -> ClientSession:
        connector = TCPConnector(ssl=self.tls, local_addr=(address, 0), force_close=True)
        return ClientSession(base_url=self.url, connector=connector, headers={"Host": "chat.shop.example", **headers})


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with chat.pem (certificate and key, as HAProxy wants them) and chat.key."""
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=chat.shop.example"]
    subprocess.run([*made, "-keyout", folder / "chat.key", "-out", folder / "own.pem"], check=True, capture_output=True)
    (folder / "chat.pem").write_bytes((folder / "own.pem").read_bytes() + (folder / "chat.key").read_bytes())
    return folder


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBot]:
    folder = tmp_path_factory.mktemp("behind")
    config = folder / "config.toml"
    config.write_text(CONFIG.format(told=recipe("toml"), folder=folder), "utf-8")
    with RealBot(config) as running:
        yield running


@asynccontextmanager
async def run_proxy(program: str, text: str, folder: Path, port: int) -> AsyncIterator[None]:
    """The program itself, until the block ends; it takes connections when the block begins."""
    path = shutil.which(program, path=WITH_ADMINS_PROGRAMS)
    assert path is not None, f"{program} is not installed: make chromium"
    config = folder / f"{program}.conf"
    config.write_text(NGINX.format(folder=folder, block=text) if program == "nginx" else text, "utf-8")
    words = ["-p", str(folder), "-c", str(config)] if program == "nginx" else ["-db", "-f", str(config)]
    process = await asyncio.create_subprocess_exec(path, *words, stderr=subprocess.PIPE)
    try:
        async with asyncio.timeout(20):
            while not _listens(port):
                assert process.returncode is None, await process.communicate()
                await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(params=PROXIES)
async def behind(
    request: pytest.FixtureRequest, tmp_path: Path, certificate: Path, bot: RealBot
) -> AsyncIterator[Behind]:
    port = _free_port()
    text = recipe(request.param).replace("http://127.0.0.1:8080", bot.url)
    text = text.replace("127.0.0.1:8080", bot.url.removeprefix("http://")).replace("/etc/ssl", str(certificate))
    text = re.sub(r"(listen |bind :)443", lambda found: f"{found[1].replace(':', '127.0.0.1:')}{port}", text)
    text = text.replace(f"listen {port}", f"listen 127.0.0.1:{port}")
    tls = ssl.create_default_context(cafile=str(certificate / "own.pem"))
    tls.check_hostname = False
    async with run_proxy(request.param, text, tmp_path, port):
        yield Behind(program=request.param, url=f"https://127.0.0.1:{port}", tls=tls)


async def say(session: ClientSession, forged: Sequence[tuple[str, str]] = ()) -> int:
    """One message of a visitor who was never here before."""
    message = {"message_id": "m-1", "visitor": secrets.token_hex(16), "text": "在吗"}
    async with session.post("/chat/site/messages", json=message, headers=forged) as answer:
        return answer.status


async def ask(session: ClientSession, path: str) -> int:
    async with session.get(path) as answer:
        return answer.status


FORGED: Mapping[str, Callable[[str], list[tuple[str, str]]]] = {
    "one line": lambda it: [("X-Forwarded-For", it)],
    "several lines": lambda it: [("X-Forwarded-For", it), ("X-Forwarded-For", "2001:db8::1"), ("X-Real-IP", it)],
    "as if by a proxy of ours": lambda it: [("X-Forwarded-For", f"{it}, 127.0.0.1"), ("Forwarded", f"for={it}")],
}


async def test_the_window_and_its_stream_come_through(behind: Behind) -> None:
    async with behind.visitor("127.0.0.9") as session:
        async with session.get("/chat/site") as answer:
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"]
        visitor = {"Xiaoer-Visitor": secrets.token_hex(16)}
        async with asyncio.timeout(10), session.get("/chat/site/events", headers=visitor) as stream:
            assert await stream.content.readline() == b"retry: 1000\n"


async def test_a_picture_from_a_phone_comes_through(behind: Behind) -> None:
    drawn = io.BytesIO()
    Image.effect_noise((1_200, 1_200), sigma=100).save(drawn, "PNG")
    assert len(drawn.getvalue()) > 1_000_000
    told = {"Xiaoer-Visitor": secrets.token_hex(16), "Content-Type": "image/png"}
    async with (
        behind.visitor("127.0.0.7") as session,
        session.post("/chat/site/pictures", data=io.BytesIO(drawn.getvalue()), headers=told) as answer,
    ):
        assert answer.status == 201


@pytest.mark.parametrize("kind", FORGED)
async def test_forged_addresses_lift_no_limit(behind: Behind, kind: str) -> None:
    network = f"127.{1 + PROXIES.index(behind.program)}.{list(FORGED).index(kind)}"
    began = time.monotonic()
    async with behind.visitor(f"{network}.1") as session:
        taken = [await say(session, FORGED[kind](f"203.0.113.{number}")) for number in range(60)]
    grown_again = int((time.monotonic() - began) * LIMIT / 60)
    assert LIMIT <= taken.count(202) <= LIMIT + grown_again
    assert taken.count(202) + taken.count(429) == 60
    async with behind.visitor(f"{network}.2") as another:
        assert await say(another) == 202


async def test_what_is_not_for_buyers_stays_inside(behind: Behind) -> None:
    async with behind.visitor("127.0.0.8", Cookie=f"xiaoer_try={TRY_TOKEN}") as session:
        assert [await ask(session, path) for path in ("/metrics", "/try", "/chat/try")] == [404, 403, 404]
        async with session.get("/readyz") as answer:
            assert (answer.status, await answer.text()) == (200, "ready\n")


@pytest.mark.parametrize("program", PROXIES)
async def test_a_proxy_that_says_nothing_of_itself_opens_nothing(program: str, tmp_path: Path, bot: RealBot) -> None:
    port = _free_port()
    text = SILENT[program].format(port=port, bot=bot.url, host=bot.url.removeprefix("http://"))
    async with run_proxy(program, text, tmp_path, port), ClientSession(base_url=f"http://127.0.0.1:{port}") as session:
        assert [await ask(session, path) for path in ("/try", "/chat/try", "/")] == [403, 404, 403]


async def test_below_a_path_the_window_is_whole(tmp_path: Path, bot: RealBot) -> None:
    port = _free_port()
    block = recipe("nginx", 1).replace("http://127.0.0.1:8080", bot.url)
    text = f"server {{ listen 127.0.0.1:{port}; {block} }}"
    async with run_proxy("nginx", text, tmp_path, port), ClientSession(base_url=f"http://127.0.0.1:{port}") as session:
        async with session.get("/kefu/chat/site") as answer:
            links = re.findall(r'(?:src|href)="\.\./([^"]+)"', await answer.text())
        assert len(links) > 5
        assert [link for link in links if await ask(session, f"/kefu/{link}") != 200] == []
        assert await ask(session, "/kefu/chat/site/embed.js") == 200
