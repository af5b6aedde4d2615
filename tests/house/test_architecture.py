"""ARCHITECTURE.md says where everything is: what it names is there, and what is there is named."""

from __future__ import annotations

import re

from tests.house.tree import ROOT, files, folders


def _where_is() -> str:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    section = re.search(r"^## Where is.*?(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert section, 'ARCHITECTURE.md has no section "## Where is …"'
    return section[0]


def _named() -> set[str]:
    """The paths in the first column of the table."""
    rows = re.findall(r"^\| (`[^|]+) \|", _where_is(), re.MULTILINE)
    return {path for row in rows for path in re.findall(r"`([^`]+)`", row)}


def test_every_path_it_names_is_there() -> None:
    everywhere = {path for path in re.findall(r"`([\w./-]+)`", _where_is()) if "/" in path}
    assert _named()
    assert (_named() | everywhere) - folders() - set(files()) == set()


def test_every_folder_at_the_top_is_named() -> None:
    top = {folder for folder in folders() if re.fullmatch(r"\w+/", folder)}
    assert top - {f"{path.split('/')[0]}/" for path in _named() if "/" in path} == set()


def test_every_package_is_named() -> None:
    inside = re.compile(r"((?:bot|adapters|knowledge)/(?:\w+/)+)__init__\.py")
    packages = {found[1] for path in files() if (found := inside.fullmatch(path))}
    assert packages - _named() == set()


def test_every_file_beside_the_floors_is_named() -> None:
    beside = {path for path in files() if re.fullmatch(r"bot/[a-z]\w*\.py", path)}
    assert beside - _named() == set()
