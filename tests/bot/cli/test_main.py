from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.cli import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer


def test_help_names_every_command_and_its_purpose(xiaoer: Xiaoer) -> None:
    result = xiaoer("--help")
    assert result.exit_code == 0
    for name, command in COMMANDS.items():
        assert name in result.stdout
        assert command.purpose.split(";")[0].split(",")[0] in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "words",
    [
        *((name,) for name in COMMANDS),
        *(("knowledge", name) for name in ("import", "export", "check")),
        *(("buyer", name) for name in ("export", "erase")),
        *(("poison", name) for name in ("list", "retry")),
        *(("staff", name) for name in ("list", "invite", "reset", "remove")),
        *(("platforms", name) for name in ("check", "connect")),
        *(("alerts", name) for name in ("list", "test")),
    ],
)
def test_every_command_has_help_with_examples(xiaoer: Xiaoer, words: tuple[str, ...]) -> None:
    result = xiaoer(*words, "--help")
    assert result.exit_code == 0
    assert "Examples:\n    xiaoer " in result.stdout
    alone = {("alerts",), ("buyer",), ("demo",), ("knowledge",), ("platforms",), ("poison",), ("staff",)}
    assert words in alone or "--config FILE" in result.stdout


def test_the_shell_can_complete_every_command(xiaoer: Xiaoer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_XIAOER_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "xiaoer ")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert [line.partition(",")[2] for line in xiaoer().stdout.splitlines()] == list(COMMANDS)


def test_an_unknown_command_is_a_mistake_in_use(xiaoer: Xiaoer) -> None:
    result = xiaoer("sreve")
    assert result.exit_code == 2
    assert "No such command 'sreve'" in result.stderr


def test_the_settings_may_be_named_before_the_command(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text('[shop]\nname = ""\n')
    for words in (("--config", "shop.toml", "migrate"), ("migrate", "--config", "shop.toml")):
        result = xiaoer(*words)
        assert result.exit_code == 1
        assert result.stderr.startswith("shop.name: ")


def test_settings_that_are_not_there_are_told_in_a_sentence(xiaoer: Xiaoer) -> None:
    result = xiaoer("migrate", "--config", "nowhere.toml")
    assert result.exit_code == 1
    assert result.stderr.startswith("nowhere.toml: there is no such file")


def test_python_m_bot_is_the_same_command_and_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-X", "importtime", "-m", "bot", "--version"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.startswith("xiaoer, version ")
    for library in ("aiohttp", "sqlalchemy", "openpyxl", "numpy", "pydantic"):
        assert f" {library}\n" not in done.stderr


def test_serving_loads_no_spreadsheets(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "bot", "serve", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert " aiohttp\n" in done.stderr
    assert " openpyxl\n" not in done.stderr
