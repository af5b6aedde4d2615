from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from bot.storage.engine.database import open_database
from bot.storage.tables.messages import manual_revision

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from tests.bot.cli.conftest import Serve, Xiaoer

READY = re.compile(r"小二已就绪 / Xiaoer is ready:  (http://127\.0\.0\.1:\d+/\?token=[\w-]{32})")


def address_of(line: str) -> str:
    found = READY.fullmatch(line)
    assert found is not None, line
    return found[1]


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_the_try_out_page_is_and_stops_when_asked(serve: Serve, sign: signal.Signals) -> None:
    server = serve()
    page = address_of(server.says())
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(page) as answer:
        assert answer.url.endswith("/try")
        assert "data-chat" in answer.read().decode()
    code, said = server.stops(sign)
    assert code == 0
    assert [json.loads(line)["event"] for line in said.splitlines()][-2:] == ["stopping", "stopped"]


def test_an_empty_folder_is_enough_to_start(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    address_of(server.says())
    assert (tmp_path / "server-0" / "var" / "xiaoer.db").exists()
    assert server.stops()[0] == 0


def test_the_first_line_that_anybody_reads_is_the_friendly_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "serve"]
    environment = {**os.environ, "XIAOER_PORT": "0"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        address_of(server.stdout.readline().rstrip("\n"))
        server.terminate()


@pytest.mark.usefixtures("stocked")
def test_a_second_one_on_the_same_sqlite_file_is_refused_in_a_sentence(serve: Serve) -> None:
    first = serve()
    address_of(first.says())
    code, said = serve().ends()
    assert code == 1
    assert "another xiaoer is already serving from" in said
    assert "stop it first, or use PostgreSQL" in said
    assert "Traceback" not in said
    assert first.stops()[0] == 0


@pytest.mark.usefixtures("stocked")
def test_a_port_in_use_is_one_clear_sentence(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("XIAOER_PORT", str(port))
        code, said = serve().ends()
    assert code == 1
    assert f"port {port} on 127.0.0.1 is in use by another program" in said.splitlines()[-1]
    assert "Traceback" not in said


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("192.0.2.1", "192.0.2.1 is not an address of this machine"),
        ("no such host", "nobody knows the address of no such host"),
    ],
)
def test_a_host_that_is_not_ours_is_one_clear_sentence(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str, sentence: str
) -> None:
    monkeypatch.setenv("XIAOER_HOST", host)
    code, said = serve().ends()
    assert code == 1
    assert said.splitlines()[-1].startswith(sentence)
    assert "Traceback" not in said


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.2", "127.0.0.2")])  # noqa: S104 - shown, not bound to
def test_the_address_is_one_that_a_browser_here_can_open(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str, shown: str
) -> None:
    monkeypatch.setenv("XIAOER_HOST", host)
    server = serve()
    assert f"ready:  http://{shown}:" in server.says()
    assert server.stops()[0] == 0


def test_a_mistake_of_ours_is_logged_with_its_trace_and_ends_it(serve: Serve, stocked: str) -> None:
    def damage(connection: Connection) -> None:
        connection.execute(manual_revision.update().values(content=b"no manual at all"))

    asyncio.run(_write(stocked, damage))
    server = serve()
    assert server.says() == ""
    code, said = server.ends()
    assert code == 1
    *log, sentence = said.splitlines()
    assert "zlib.error" in json.loads(log[-1])["trouble"]
    assert sentence.startswith("stopped by the error above")


def test_a_database_out_of_reach_is_one_clear_sentence(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_DATABASE_URL", "postgresql://xiaoer:hush-hush@127.0.0.1:1/shop")
    code, said = serve().ends()
    assert code == 1
    assert said.startswith("the database is out of reach")
    assert "Traceback" not in said
    assert "hush-hush" not in said


def test_bad_settings_are_told_at_once_and_nothing_starts(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[server]\nport = "front"\n[shop]\ntimezone = "Asia/Shanghia"\n')
    result = xiaoer("serve")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["server.port", "shop.timezone"]
    assert not (tmp_path / "var").exists()


async def _write(url: str, work: object) -> None:
    async with open_database(url) as database:
        await database.write(work)  # type: ignore[arg-type]  # the work returns nothing
