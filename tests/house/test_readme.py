"""Both READMEs say the same, all that there is, and nothing that is not; what they show to type is typed here."""

from __future__ import annotations

import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click
import pytest

from bot.cli import main
from bot.config import SECTIONS, WEEKDAYS, Channel, OwnDates
from bot.metrics import Metrics
from tests.house.test_example_config import EXAMPLE, settings_of
from tests.house.tree import ROOT
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGLISH, CHINESE = READMES = ("README.md", "README.zh-CN.md")
NEEDED_METRICS = {
    "xiaoer_oldest_unanswered_seconds",
    "xiaoer_oldest_queued_seconds",
    "xiaoer_unknown_sends",
    "xiaoer_duplicates_refused",
    "xiaoer_lease_steals",
    "xiaoer_loop_lag_seconds",
    "xiaoer_first_answer_seconds",
}


def _text(readme: str) -> str:
    return (ROOT / readme).read_text("utf-8")


def _blocks(readme: str, language: str = r"\w+") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _text(readme), re.MULTILINE | re.DOTALL)


def _block_with(readme: str, part: str) -> str:
    (found,) = [block for block in _blocks(readme) if part in block]
    return found


def _settings_table(readme: str) -> dict[str, str]:
    """Each row's setting and default."""
    return dict(re.findall(r"^\| `([\w.]+)`[^|]* \| `?([^|]*?)`? \| [^|]+ \|$", _text(readme), re.MULTILINE))


# What they name


def test_both_readmes_show_the_same_to_type_and_the_same_names() -> None:
    assert _blocks(ENGLISH) == _blocks(CHINESE)
    names = {readme: set(re.findall(r"`([^`\n]+)`", _text(readme))) for readme in READMES}
    assert names[ENGLISH] == names[CHINESE]


@pytest.mark.parametrize("readme", READMES)
def test_every_file_that_is_named_is_there(readme: str) -> None:
    linked = re.findall(r"\]\((?!https?://)([^)#]+)\)", _text(readme))
    assert [path for path in linked if not (ROOT / path).exists()] == []


def _commands(group: click.Group, before: str = "xiaoer") -> Iterator[tuple[str, click.Command]]:
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from _commands(command, f"{before} {name}")
            elif command is not None:
                yield f"{before} {name}", command


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_told_with_its_options(readme: str) -> None:
    rows = re.findall(r"^\| `\.venv/bin/(xiaoer .*) \|$", _text(readme), re.MULTILINE)
    for name, command in _commands(main):
        (row,) = [row for row in rows if row.startswith((f"{name} ", f"{name}`"))]
        options = {each.opts[0] for each in command.params if isinstance(each, click.Option)}
        assert options - {"--config"} - set(re.findall(r"--[\w-]+", row)) == set(), name
    assert len(rows) == len(list(_commands(main)))


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_told_with_its_default(readme: str) -> None:
    table, defaults = _settings_table(readme), tomllib.loads(EXAMPLE)
    for section, model in SECTIONS.items():
        for key in model.model_fields.keys() - {"dates"} - set(WEEKDAYS[1:]):
            told = table[f"{section}.{key}"]
            if key != "monday":
                assert tomllib.loads(f"it = {told}")["it"] == defaults[section][key], key
    ours = Channel.model_fields.keys() - {"settings"}
    theirs = settings_of("webhook") | settings_of("web")
    assert (ours | theirs) - table.keys() == set()
    assert all(f"`{key}`" in _text(readme) for key in OwnDates.model_fields)


@pytest.mark.parametrize("readme", READMES)
def test_every_metric_is_told_and_those_a_supervisor_needs_are_there(readme: str) -> None:
    metrics = {family.name for family in Metrics().registry.collect()}
    assert NEEDED_METRICS - metrics == set()
    assert set(re.findall(r"`(xiaoer_\w+)`", _text(readme))) == metrics


# What they show to type


@contextmanager
def _typed(command: str) -> Iterator[subprocess.Popen[str]]:
    """A command in a terminal of its own, stopped at the end."""
    with subprocess.Popen(["bash", "-c", f"exec {command}"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_shop_that_is_connected_as_told_gets_the_answer(tmp_path: Path) -> None:
    port = _free_port()
    config = tmp_path / "config.toml"
    channel = _block_with(ENGLISH, 'platform = "webhook"').replace("127.0.0.1:9000", f"127.0.0.1:{port}")
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/shop.db"\n{channel}', "utf-8")
    receiver = _block_with(ENGLISH, "BaseHTTPRequestHandler").replace('"127.0.0.1", 9000', f'"127.0.0.1", {port}')
    (promised,) = set(re.findall(r'`"text":("[^`]+")`', _text(ENGLISH) + _text(CHINESE)))
    with _typed(receiver) as terminal, RealBot(config) as bot:
        asking = _block_with(ENGLISH, "curl").replace("http://127.0.0.1:8080", bot.url)
        first = subprocess.run(["bash", "-euo", "pipefail", "-c", asking], capture_output=True, text=True, check=True)
        again = subprocess.run(["sh", "-eu", "-c", asking], capture_output=True, text=True, check=True)
        assert terminal.stdout is not None
        heard = [terminal.stdout.readline() for _ in range(2)]
    assert first.stdout.strip() == _block_with(ENGLISH, '"accepted"').strip()
    assert again.stdout == '{"status":"duplicate"}'
    assert '"kind":"welcome"' in heard[0]
    assert f'"text":{promised}' in heard[1]


def test_the_chat_window_is_connected_as_told(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    channel = _block_with(ENGLISH, 'platform = "web"')
    config.write_text(channel, "utf-8")
    (table,) = tomllib.loads(channel)["channels"]
    assert f'/chat/{table["name"]}/embed.js"' in _block_with(ENGLISH, "<script")
    checked = subprocess.run(
        [sys.executable, "-m", "bot", "check", "--config", str(config)],
        cwd=ROOT,
        env={"XIAOER_DATABASE_URL": f"sqlite:///{tmp_path}/none.db"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_a_backup_that_is_made_as_told_is_whole(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    with closing(sqlite3.connect(tmp_path / "var/xiaoer.db")) as running:
        running.execute("PRAGMA journal_mode=WAL")
        running.execute("CREATE TABLE said (words TEXT)")
        running.execute("INSERT INTO said VALUES ('在吗')")
        running.commit()
        program, *arguments = shlex.split(_block_with(ENGLISH, "backup.db"))
        assert program == ".venv/bin/python"
        subprocess.run([sys.executable, *arguments], cwd=tmp_path, check=True)
    with closing(sqlite3.connect(tmp_path / "backup.db")) as kept:
        assert kept.execute("SELECT words FROM said").fetchall() == [("在吗",)]
