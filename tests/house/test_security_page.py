"""docs/security.md names tests as its proofs: they are there."""

from __future__ import annotations

import re

from tests.house.tree import ROOT, python_files, texts


def test_every_test_that_it_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
    written = {found for path in python_files("tests") for found in re.findall(r"def (test_\w+)\(", texts()[path])}

    assert named
    assert named - written == set()


def test_every_file_that_it_names_is_there() -> None:
    named = re.findall(r"\]\(\.\./([\w/.]+)\)", (ROOT / "docs" / "security.md").read_text("utf-8"))

    assert [path for path in named if not (ROOT / path).is_file()] == []
