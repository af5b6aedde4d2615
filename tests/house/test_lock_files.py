from __future__ import annotations

import re
import tomllib

import pytest

from tests.house.tree import ROOT

LOCKS = ("requirements.lock", "requirements-test.lock")


def _text(lock: str) -> str:
    return (ROOT / lock).read_text("utf-8")


def _pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", _text(lock), re.MULTILINE))


def _wanted(extra: str | None) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    given = project["dependencies"] if extra is None else project["optional-dependencies"][extra]
    return {re.split(r"[\[<>=;! ]", each)[0].lower() for each in given}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    packages = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", _text(lock)).strip())
    bad = [each.splitlines()[0] for each in packages if not re.match(r"\S+==\S+( ; .*)? \\\n +--hash=sha256:", each)]
    assert len(packages) > 20
    assert bad == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_file_names_an_index_or_a_host(lock: str) -> None:
    named = re.findall(r"^\s*(-\w|--(?!hash=)\S+).*$|(\S*(?:://| @ )\S*)", _text(lock), re.MULTILINE)
    assert named == []


def test_what_the_project_needs_is_locked() -> None:
    assert _wanted(None) - _pinned("requirements.lock").keys() == set()
    assert (_wanted(None) | _wanted("test")) - _pinned("requirements-test.lock").keys() == set()


def test_tests_run_with_the_versions_that_shops_get() -> None:
    tested = _pinned("requirements-test.lock")
    differing = {name for name, version in _pinned("requirements.lock").items() if tested.get(name) != version}
    assert differing - {"setuptools"} == set()
