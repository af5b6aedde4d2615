"""Every platform looks alike, and its payloads are recorded, tested by name and harmless."""

from __future__ import annotations

import ast
import base64
import binascii
import re
import tomllib

import pytest

from adapters import PLATFORMS, load_platform, needs_of
from adapters.contract import BadSettings
from tests.house.tree import ROOT, files

FILES = {"__init__.py", "adapter.py", "payloads.py"}
NO_PLATFORMS = {"alerts", "simulation", "wechat"}
"""Adapters for people of the shop, for buyers who are not real, and what platforms of one house have in common."""
FOLDERS = sorted({path.split("/")[1] for path in files() if re.fullmatch(r"adapters/\w+/.+", path)} - NO_PLATFORMS)
RECORDED = [path for path in files() if re.fullmatch(r"tests/adapters/\w+/payloads/.+", path)]

PERSONAL = {
    "a phone number": r"(?<!\d)(\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)",
    "a mail address": r"[\w.+-]+@[\w-]+\.\w+",
    "an identity card": r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)",
    "a street address": r"[路街巷道弄]\s*\d+\s*号|\d+\s*(号楼|单元|栋|幢|室)",
    "a key of a secret": r'"[\w-]*(token|secret|password|passwd|authorization|cookie|api_?key)[\w-]*"\s*:',
    "a secret": r"whsec_|\bBearer\b|\beyJ\w{8}|\b(ghp|sk|pk|xox[bp])_\w{8}",
    "a host that may exist": r"https?://(?![\w.-]*(\.example|\blocalhost|127\.0\.0\.1)(?![\w.]))",
}


def test_every_folder_is_a_platform_and_every_platform_has_a_folder() -> None:
    assert set(FOLDERS) == {name.replace("-", "_") for name in PLATFORMS}


def test_the_rest_of_the_bot_may_import_none() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [forbidden] = [each["forbidden_modules"] for each in contracts if "which platforms there are" in each["name"]]
    assert set(forbidden) == {f"adapters.{folder}" for folder in FOLDERS}


@pytest.mark.parametrize("platform", FOLDERS)
def test_a_platform_folder_has_the_same_files_as_every_other(platform: str) -> None:
    assert {path.split("/")[2] for path in files() if path.startswith(f"adapters/{platform}/")} == FILES


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_says_what_it_needs(platform: str) -> None:
    needs = needs_of(platform)
    missing: set[str] = set()
    try:
        load_platform(platform).configure(channel="tea", settings={})
    except BadSettings as bad:
        missing = {each.field for each in bad.problems}
    assert missing == set(needs)
    assert all(where and not where.endswith(".") for where in needs.values())


@pytest.mark.parametrize("platform", FOLDERS)
def test_a_platform_has_recorded_payloads_each_with_a_test_of_its_name(platform: str) -> None:
    folder = ROOT / "tests/adapters" / platform
    recorded = {path.stem for path in (folder / "payloads").iterdir()}
    tree = ast.parse((folder / f"test_{platform}_payloads.py").read_text("utf-8"))
    tested = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    assert recorded
    assert [name for name in sorted(recorded) if f"test_{name}" not in tested] == []


@pytest.mark.parametrize("what", PERSONAL)
def test_no_recorded_payload_holds(what: str) -> None:
    assert [path for path in RECORDED if re.search(PERSONAL[what], (ROOT / path).read_text("utf-8"))] == []


def test_no_recorded_payload_holds_what_looks_like_a_key() -> None:
    """A long unbroken row of letters and figures could open something; one that says it is an example cannot."""
    found = [
        f"{path}: {word}"
        for path in RECORDED
        for word in re.findall(r"[A-Za-z0-9_+/-]{28,}", (ROOT / path).read_text("utf-8"))
        if not _says_example(word)
    ]
    assert found == []


def _says_example(word: str) -> bool:
    if re.fullmatch(r"[a-z]{2,12}(_[a-z]{2,12})+", word):
        return True  # the name of a field or an event
    try:
        decoded = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except binascii.Error:
        decoded = b""
    return b"example" in decoded or "example" in word


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("打13800138000给我", "a phone number"),
        ("+86 138-0013-8000", "a phone number"),
        ("010-12345678", "a phone number"),
        ("写到 wang@mail.example 吧", "a mail address"),
        ("文三路 20 号", "a street address"),
        ('"access_token": "x"', "a key of a secret"),
        ("whsec_abc", "a secret"),
        ("https://img.shop.com/a.jpg", "a host that may exist"),
        ("https://shop.example.com/a.jpg", "a host that may exist"),
    ],
)
def test_what_would_be_found(text: str, what: str) -> None:
    assert re.search(PERSONAL[what], text)


def test_a_host_of_an_example_is_let_through() -> None:
    assert not re.search(PERSONAL["a host that may exist"], "https://img.shop.example/2026/11/cup.jpg")
