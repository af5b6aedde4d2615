"""The command line in a folder of its own: `xiaoer("ask", "…")` in this process, `serve` in one of its own."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import pytest
from click.testing import CliRunner

from bot import logs
from bot.cli import main
from bot.cli.shared.options import LOCALES
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from click.testing import Result

    from knowledge.manual.entry import Manual

STOPS_WITHIN_SECONDS = 15


class Xiaoer(Protocol):
    def __call__(self, *words: str | Path, answers: str = "") -> Result: ...


@pytest.fixture
def xiaoer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Xiaoer]:
    """Run a command in an empty folder; what it logs goes where it went before."""
    monkeypatch.chdir(tmp_path)
    for name in LOCALES:
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*words: str | Path, answers: str = "") -> Result:
        given = list(map(str, words))
        return CliRunner().invoke(main, given, input=answers, catch_exceptions=False, prog_name="xiaoer")

    yield run
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = handlers, level
    for name in logs.CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET)


def shop_manual() -> Manual:
    """The small manual without what `knowledge import` would refuse: one wording for two entries."""
    manual = small_manual()
    entries = {entry.id: entry for entry in manual.entries}
    entries["towel-care"] = dataclasses.replace(entries["towel-care"], questions=("毛巾怎么洗", "毛巾能机洗吗"))
    return dataclasses.replace(manual, entries=tuple(entries.values()))


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    asyncio.run(stock(f"sqlite:///{path}", shop_manual()))
    return path


@pytest.fixture
def stocked(tmp_path: Path, shop_file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of this shop's own database, which holds revision 1 of its manual."""
    shutil.copy(shop_file, tmp_path / "shop.db")
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    monkeypatch.setenv("XIAOER_DATABASE_URL", url)
    return url


class Server:
    """`xiaoer serve` as a real process, with every warning an error."""

    def __init__(self, folder: Path) -> None:
        self._log: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "bot", "serve"],
            cwd=folder,
            env={"XIAOER_PORT": "0", **os.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def says(self) -> str:
        """Its next line on stdout; "" when there is none to come."""
        return next(self._lines(self.process.stdout), "").rstrip("\n")

    def logs(self, words: str) -> bool:
        """Wait until it says these words on stderr; False when it ends before."""
        for line in self._lines(self.process.stderr):
            self._log.append(line)
            if words in line:
                return True
        return False

    def ends(self) -> tuple[int, str]:
        """Its exit code and all that it said on stderr."""
        self._log += self._lines(self.process.stderr)
        return self.process.wait(STOPS_WITHIN_SECONDS), "".join(self._log)

    def stops(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to stop; then as `ends`."""
        self.process.send_signal(sign)
        return self.ends()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    @staticmethod
    def _lines(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


class Serve(Protocol):
    def __call__(self) -> Server: ...


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers in this test's folder, one log each; all are gone afterwards."""
    servers: list[Server] = []

    def start() -> Server:
        folder = tmp_path / f"server-{len(servers)}"
        folder.mkdir()
        servers.append(Server(folder))
        return servers[-1]

    yield start
    for each in servers:
        each.close()
