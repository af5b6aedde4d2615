"""What stands in deploy/ works with the tools it is for, as far as they run here without being root of a machine.

Not shown here: the service under a running systemd, and the container built by a container engine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

from deploy.sbom import bill_of
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = ROOT / "deploy" / "xiaoer.service"
MOST_EXPOSED = 2.0
"""On systemd's scale from 0, safe, to 10."""
STARTS_WITHIN_SECONDS = 60


def instructions() -> list[tuple[str, str]]:
    """The container file's instructions and their words."""
    text = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def words_of(name: str) -> str:
    (found,) = [rest for word, rest in instructions() if word == name]
    return found


# The service


def test_systemd_understands_the_service(tmp_path: Path) -> None:
    unit = tmp_path / "xiaoer.service"
    unit.write_text(SERVICE.read_text("utf-8").replace("/opt/xiaoer/.venv/bin/xiaoer", sys.executable), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_service_may_do_little_beside_its_work() -> None:
    asked = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", str(SERVICE)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_service_starts_a_command_that_there_is() -> None:
    (command,) = re.findall(r"^ExecStart=\S*/xiaoer (.*)$", SERVICE.read_text("utf-8"), re.MULTILINE)
    words = [sys.executable, "-m", "bot", *command.split()[:1], "--help"]
    assert "--config" in subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


# The container


def test_what_the_container_copies_is_enough_to_serve(tmp_path: Path) -> None:
    """Replays the COPY, ENV, ENTRYPOINT and HEALTHCHECK instructions, with this environment's packages."""
    image, data = tmp_path / "image", tmp_path / "data"
    image.mkdir()
    data.mkdir()
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            for source in sources:
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, image / source)
    port = _free_port()
    told = dict(each.split("=", 1) for each in words_of("ENV").split())
    told = {name: value.replace("/var/lib/xiaoer", str(data)) for name, value in told.items()}
    told |= {"XIAOER_PORT": str(port), "XIAOER_HOST": "127.0.0.1", "PYTHONPATH": str(image), "PATH": os.environ["PATH"]}
    program, *words = json.loads(words_of("ENTRYPOINT"))
    assert program.endswith("/.venv/bin/xiaoer")
    command = [sys.executable, "-P", "-m", "bot", *words]
    with subprocess.Popen(command, cwd=data, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert b"127.0.0.1" in process.stdout.readline()
            check = json.loads(words_of("HEALTHCHECK").partition("CMD ")[2])
            asked = [sys.executable, *(word.replace(":8080", f":{port}") for word in check[1:])]
            subprocess.run(asked, check=True, capture_output=True)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STARTS_WITHIN_SECONDS)
    assert process.returncode == 0
    assert (data / "xiaoer.db").exists()


def test_the_container_runs_as_nobody_of_consequence_and_keeps_its_data_apart() -> None:
    assert int(words_of("USER")) > 1_000
    assert words_of("VOLUME") in words_of("ENV")
    assert words_of("STOPSIGNAL") == "SIGTERM"


# The bill of materials


def test_the_bill_is_that_of_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    bill = json.loads((ROOT / "deploy" / "sbom.json").read_text("utf-8"))
    assert bill == bill_of(lock, name="xiaoer", version=bill["metadata"]["component"]["version"]), "run make lock"
    pinned = re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE)
    assert [(each["name"], each["version"]) for each in bill["components"]] == pinned


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
