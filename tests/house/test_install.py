"""`make install` puts in what the lock files name and nothing else, whatever newer versions an index holds."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pip
import pytest

from tests.house.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "xiaoer"
version = "0.1.0"
"""
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
BACKEND = """
from pathlib import Path
from zipfile import ZipFile

def build_editable(folder, settings=None, metadata=None):
    name = "xiaoer-0.1.0-py3-none-any.whl"
    with ZipFile(Path(folder) / name, "w") as wheel:
        wheel.writestr("xiaoer-0.1.0.dist-info/METADATA", METADATA)
        wheel.writestr("xiaoer-0.1.0.dist-info/WHEEL", WHEEL)
        wheel.writestr("xiaoer-0.1.0.dist-info/RECORD", "")
    return name
"""


def wheel(folder: Path, name: str, version: str, *more: str) -> str:
    """Put a package without code into the index; returns its line for a lock file."""
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    metadata = "\n".join(("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *more, ""))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{info}/METADATA", metadata)
        packed.writestr(f"{info}/WHEEL", WHEEL)
        packed.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


class Clone:
    """A fresh clone of a small project with our Makefile, and a folder of wheels for an index."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.index = folder / "clone", folder / "index"
        self.folder.mkdir()
        self.index.mkdir()
        shutil.copy(ROOT / "Makefile", self.folder)
        environment = self.folder / ".venv"
        venv.create(environment)
        (self.packages,) = environment.glob("lib/python*/site-packages")
        (self.packages / "pip").symlink_to(Path(pip.__file__).parent)  # installing one takes seconds
        needs = "Metadata-Version: 2.1\nName: xiaoer\nVersion: 0.1.0\nRequires-Dist: counter[fast]\n"
        (self.folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        (self.folder / "backend.py").write_text(f"METADATA, WHEEL = {needs!r}, {WHEEL!r}\n{BACKEND}", encoding="utf-8")

    def locks(self, run: Iterable[str], test: Iterable[str] = ()) -> None:
        (self.folder / "requirements.lock").write_text("\n".join(run) + "\n", encoding="utf-8")
        (self.folder / "requirements-test.lock").write_text("\n".join((*run, *test)) + "\n", encoding="utf-8")

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index), "PIP_NO_CACHE_DIR": "1"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE", "MFLAGS"))}
        return subprocess.run(
            ["make", target, f"PYTHON={sys.executable}"],
            cwd=self.folder,
            env={**clean, **offline},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def installed(self) -> dict[str, str]:
        found = distributions(path=[str(self.packages)])
        return {each.name: each.version for each in found if each.name != "xiaoer"}


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_newer_versions_of_any_package_and_of_extras_change_nothing(clone: Clone) -> None:
    extra = ("Provides-Extra: fast", 'Requires-Dist: speedups; extra == "fast"')
    run = (wheel(clone.index, "counter", "1.0", *extra), wheel(clone.index, "speedups", "1.0"))
    test = (wheel(clone.index, "tester", "1.0", "Requires-Dist: counter[fast]"),)
    clone.locks(run, test)
    for name, more in (("counter", extra), ("speedups", ()), ("tester", ("Requires-Dist: counter[fast]>=2",))):
        wheel(clone.index, name, "1.1", *more)
        wheel(clone.index, name, "2.0", *more)
    done = clone.make("install")
    assert done.returncode == 0, done.stdout + done.stderr
    assert clone.installed() == {"counter": "1.0", "speedups": "1.0"}
    done = clone.make("tools")
    assert done.returncode == 0, done.stdout + done.stderr
    assert clone.installed() == {"counter": "1.0", "speedups": "1.0", "tester": "1.0"}


def test_a_lock_that_leaves_a_package_out_is_told(clone: Clone) -> None:
    extra = ("Requires-Dist: speedups",)
    clone.locks([wheel(clone.index, "counter", "1.0", *extra)])
    wheel(clone.index, "speedups", "1.0")
    done = clone.make("install")
    assert done.returncode != 0
    assert "counter 1.0 requires speedups" in done.stdout + done.stderr
    assert "speedups" not in clone.installed()


def test_another_file_under_the_locked_version_is_refused(clone: Clone) -> None:
    clone.locks([wheel(clone.index, "counter", "1.0")])
    wheel(clone.index, "counter", "1.0", "Summary: another one")
    assert clone.make("install").returncode != 0
    assert clone.installed() == {}


def test_what_is_installed_here_has_all_that_it_needs() -> None:
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, encoding="utf-8", check=False)
    assert checked.returncode == 0, checked.stdout
