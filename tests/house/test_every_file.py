"""What no file of this repository may hold, and what every exception from a rule owes its reader."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import python_files, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

# Brackets around one letter keep these patterns from finding themselves.
UNWANTED = {
    "a promise to do it later": r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b|raise NotImplemente[d]",
    "the path of somebody's machine": r"(?<![\w.~/}-])/(home|root|Users|work|tmp|mnt|private|var/folders)/[\w.]",
    "a package registry": r"py[p]i\.|python[h]osted|np[m]js|registr[y]\.\w+\.\w|(?<!no-emit)-(extra-)?inde[x]-url",
    "a private key or a real secret": r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(ghp|glpat|xox[bp]|sk_live)[-_]\w{10}",
}
RULES_FOR_OTHERS = {"LICENSE"}
POSSESSIVE = re.compile(r"[)}](?:[*+?]|\{\d+(?:,\d*)?\})\+")
EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)")


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(UNWANTED[what])
    found = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts().items()
        if path not in RULES_FOR_OTHERS
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5, as Debian 12 has it, loses its place there; `(?>(…)*)` says the same and works."""
    found = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts().items()
        if path.startswith(("bot/", "knowledge/", "adapters/")) and path.endswith((".py", ".toml"))
        for number, line in enumerate(text.splitlines(), 1)
        if (path.endswith(".toml") or "re.compile" in line) and POSSESSIVE.search(line)
    ]
    assert found == []


def test_every_exception_from_a_rule_says_why() -> None:
    found = [
        f"{path}:{number}: {comment}"
        for path in python_files("")
        for number, comment in _comments(texts()[path])
        if _lacks_a_reason(comment)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("comment", "lacks"),
    [
        ("# noqa: S104", True),
        ("# noqa: S104, TRY004", True),
        ("# noqa: S104 - an address to refuse", False),
        ("# type: ignore[arg-type]", True),
        ("# type: ignore[arg-type, misc]", True),
        ("# type: ignore[arg-type]  # a test of wrong types", False),
        ("# type: ignore[arg-type]  # noqa: S104", True),
        ("# noqa", True),
        ("# pragma: no cover", True),
        ("# pragma: no cover - only on Windows", False),
        ("# nothing is ignored here", False),
    ],
)
def test_what_counts_as_a_reason(comment: str, *, lacks: bool) -> None:
    assert _lacks_a_reason(comment) is lacks


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _lacks_a_reason(comment: str) -> bool:
    """Take the marks and their codes away; what is left must be words."""
    if not EXCEPTION.search(comment):
        return False
    left = re.sub(r"noqa(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?", " ", comment)
    left = re.sub(r"type:\s*ignore(\[[\w, -]*\])?|pragma:\s*no cover", " ", left)
    return not re.search(r"\w{2,}.*\w{2,}", left)
