from __future__ import annotations

import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path


def status_of(url: str) -> int:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)
    connection.request("GET", parts.path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_shop_opens_in_one_command_and_closes_in_order(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "bot", "demo", "--port", "0", "--per-minute", "300"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as demo:
        assert demo.stdout is not None
        greeting = [demo.stdout.readline() for _ in range(5)]
        console = greeting[0].split()[-1]
        assert "店主 (owner)、小李 (agent)、小陈 (agent)" in greeting[1]
        assert status_of(f"{console}/sign-in") == 200
        assert status_of(greeting[3].split()[-1]) == 200
        asked, heard = set[str](), set[str]()
        while asked != {"market", "telegram", "site"} or heard != {"market", "telegram"}:
            line = demo.stdout.readline()
            assert line, "it ended by itself"
            (heard if "↳" in line else asked).add(line.split()[0])
            assert "refused" not in line
            assert "too fast" not in line
        demo.send_signal(signal.SIGTERM)
        demo.stdout.read()
        assert demo.wait(30) == 0
    assert (tmp_path / "var/demo/demo.db").exists()
