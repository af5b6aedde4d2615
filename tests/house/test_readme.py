"""README and docs say the same in both languages, and all that there is; what they show to type is typed here."""

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

from adapters.alerts import KINDS, settings_of_kind
from bot.cli import main
from bot.config import ALERT_EVENTS, SECTIONS, WEEKDAYS, AlertPeer, Channel, OwnDates
from bot.metrics import Metrics
from tests.house.test_example_config import EXAMPLE, settings_of
from tests.house.tree import ROOT
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOTH = ("", ".zh-CN")
"""What stands before `.md` for each language."""
PAGES = (
    "README",
    "docs/alerts",
    "docs/commands",
    "docs/proxies",
    "docs/reply-windows",
    "docs/running",
    "docs/settings",
    "docs/webhook",
)
README, WEBHOOK, RUNNING = "README.md", "docs/webhook.md", "docs/running.md"
NEEDED_METRICS = {
    "xiaoer_oldest_unanswered_seconds",
    "xiaoer_oldest_queued_seconds",
    "xiaoer_unknown_sends",
    "xiaoer_duplicates_refused",
    "xiaoer_lease_steals",
    "xiaoer_loop_lag_seconds",
    "xiaoer_first_answer_seconds",
}


def _text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def _blocks(page: str, language: str = r"\w+") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _text(page), re.MULTILINE | re.DOTALL)


def _block_with(page: str, part: str) -> str:
    (found,) = [block for block in _blocks(page) if part in block]
    return found


def _settings_table(page: str) -> dict[str, str]:
    """Each row's setting and default."""
    return dict(re.findall(r"^\| `([\w.]+)`[^|]* \| `?([^|]*?)`? \| [^|]+ \|$", _text(page), re.MULTILINE))


# What they name


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_show_the_same_to_type_and_the_same_names(page: str) -> None:
    english, chinese = (f"{page}{language}.md" for language in BOTH)
    assert _blocks(english) == _blocks(chinese)
    names = [set(re.findall(r"`([^`\n]+)`", _text(each))) for each in (english, chinese)]
    assert names[0] == names[1]


@pytest.mark.parametrize("language", BOTH)
def test_every_page_is_linked_from_the_readme(language: str) -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+\.md)\)", _text(f"README{language}.md")))
    assert {f"{page}{language}.md" for page in PAGES[1:]} - linked == set()
    shown = {str(path.relative_to(ROOT)).removesuffix(".md") for path in (ROOT / "docs").glob("*.md")}
    for_engineers = {"docs/decisions", "docs/adding-a-platform", "docs/security"}
    assert shown - for_engineers == {f"{page}{each}" for page in PAGES[1:] for each in BOTH}


@pytest.mark.parametrize("page", [f"{page}{language}.md" for page in PAGES for language in BOTH])
def test_every_file_that_is_named_is_there(page: str) -> None:
    linked = re.findall(r"\]\((?!https?://)([^)#]+)\)", _text(page))
    assert [path for path in linked if not ((ROOT / page).parent / path).exists()] == []


def _commands(group: click.Group, before: str = "xiaoer") -> Iterator[tuple[str, click.Command]]:
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from _commands(command, f"{before} {name}")
                if command.invoke_without_command:
                    yield f"{before} {name}", command
            elif command is not None:
                yield f"{before} {name}", command


@pytest.mark.parametrize("language", BOTH)
def test_every_command_is_told_with_its_options(language: str) -> None:
    rows = re.findall(r"^\| `\.venv/bin/(xiaoer .*) \|$", _text(f"docs/commands{language}.md"), re.MULTILINE)
    for name, command in _commands(main):
        (row,) = [row for row in rows if re.match(rf"{name}(`| [^a-z])", row)]
        options = {each.opts[0] for each in command.params if isinstance(each, click.Option)}
        assert options - {"--config"} - set(re.findall(r"--[\w-]+", row)) == set(), name
    assert len(rows) == len(list(_commands(main)))


@pytest.mark.parametrize("language", BOTH)
def test_every_setting_is_told_with_its_default(language: str) -> None:
    page = f"docs/settings{language}.md"
    table, defaults = _settings_table(page), tomllib.loads(EXAMPLE)
    for section, model in SECTIONS.items():
        for key in model.model_fields.keys() - {"dates"} - set(WEEKDAYS[1:]):
            told = table[f"{section}.{key}"]
            if key != "monday":
                assert tomllib.loads(f"it = {told}")["it"] == defaults[section][key], key
    ours = Channel.model_fields.keys() - {"settings"}
    theirs = settings_of("webhook") | settings_of("web")
    assert (ours | theirs) - table.keys() == set()
    assert all(f"`{key}`" in _text(page) for key in OwnDates.model_fields)


@pytest.mark.parametrize("language", BOTH)
def test_every_kind_of_alert_and_every_event_is_told(language: str) -> None:
    page = _text(f"docs/alerts{language}.md")
    rows = dict(re.findall(r'^\| `"(\w+)"` \| ([^|]+) \|', page, re.MULTILINE))
    assert {kind: set(re.findall(r"`(\w+)`", keys)) for kind, keys in rows.items()} == {
        kind: set(settings_of_kind(kind)) for kind in KINDS
    }
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(ALERT_EVENTS)
    assert [key for key in AlertPeer.model_fields.keys() - {"settings"} if not re.search(rf"\b{key}\b", page)] == []


@pytest.mark.parametrize("language", BOTH)
def test_every_metric_is_told_and_those_a_supervisor_needs_are_there(language: str) -> None:
    metrics = {family.name for family in Metrics().registry.collect()}
    assert NEEDED_METRICS - metrics == set()
    assert set(re.findall(r"`(xiaoer_\w+)`", _text(f"docs/running{language}.md"))) == metrics


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


def _run(*arguments: str, folder: Path) -> str:
    """What the command `xiaoer` prints there, with a database of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={"XIAOER_DATABASE_URL": f"sqlite:///{folder}/own.db", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_shop_that_is_connected_as_told_gets_the_answer(tmp_path: Path) -> None:
    port = _free_port()
    config = tmp_path / "config.toml"
    channel = _block_with(WEBHOOK, 'platform = "webhook"').replace("127.0.0.1:9000", f"127.0.0.1:{port}")
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/shop.db"\n{channel}', "utf-8")
    receiver = _block_with(WEBHOOK, "BaseHTTPRequestHandler").replace('"127.0.0.1", 9000', f'"127.0.0.1", {port}')
    (promised,) = set(re.findall(r'`"text":("[^`]+")`', _text(WEBHOOK)))
    with _typed(receiver) as terminal, RealBot(config) as bot:
        asking = _block_with(WEBHOOK, "curl").replace("http://127.0.0.1:8080", bot.url)
        first = subprocess.run(["bash", "-euo", "pipefail", "-c", asking], capture_output=True, text=True, check=True)
        again = subprocess.run(["sh", "-eu", "-c", asking], capture_output=True, text=True, check=True)
        assert terminal.stdout is not None
        heard = [terminal.stdout.readline() for _ in range(2)]
    assert first.stdout.strip() == _block_with(WEBHOOK, '"accepted"').strip()
    assert again.stdout == '{"status":"duplicate"}'
    assert '"kind":"welcome"' in heard[0]
    assert f'"text":{promised}' in heard[1]


def test_the_channels_are_connected_as_told(tmp_path: Path) -> None:
    window = _block_with(README, 'platform = "web"')
    webhook = _block_with(README, 'platform = "webhook"')
    (tmp_path / "config.toml").write_text(window + webhook, "utf-8")
    site, shop = tomllib.loads(window + webhook)["channels"]
    assert f'/chat/{site["name"]}/embed.js"' in _block_with(README, "<script")
    assert f"/webhooks/{shop['name']}`" in _text(README)
    assert "site (web), my-shop (webhook)" in _run("check", folder=tmp_path)


def test_an_own_list_is_imported_as_told(tmp_path: Path) -> None:
    listed = _block_with(README, "问题,答案")
    (tmp_path / "shop.csv").write_text(listed, "utf-8")
    first, *others = [_typed_to_xiaoer(line) for line in _block_with(README, "check shop.csv").splitlines()]
    assert "2 added" in _run(*first, folder=tmp_path)
    for arguments in others:
        _run(*arguments, "--new", folder=tmp_path)
    for line in _block_with(README, "export shop.xlsx").splitlines():
        _run(*_typed_to_xiaoer(line), folder=tmp_path)
    for row in listed.splitlines()[1:]:
        questions, answer = row.split(",")
        for question in questions.split("/"):
            assert answer in _run("ask", question, folder=tmp_path)


def _typed_to_xiaoer(line: str) -> list[str]:
    program, *arguments = shlex.split(line)
    assert program == ".venv/bin/xiaoer"
    return arguments


def test_a_backup_that_is_made_as_told_is_whole(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    with closing(sqlite3.connect(tmp_path / "var/xiaoer.db")) as running:
        running.execute("PRAGMA journal_mode=WAL")
        running.execute("CREATE TABLE said (words TEXT)")
        running.execute("INSERT INTO said VALUES ('在吗')")
        running.commit()
        program, *arguments = shlex.split(_block_with(RUNNING, "backup.db"))
        assert program == ".venv/bin/python"
        subprocess.run([sys.executable, *arguments], cwd=tmp_path, check=True)
    with closing(sqlite3.connect(tmp_path / "backup.db")) as kept:
        assert kept.execute("SELECT words FROM said").fetchall() == [("在吗",)]
