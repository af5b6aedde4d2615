"""What commands share: the option that names the settings, and the event loop they run on."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import uvloop

from bot.config import load

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.config import Config
    from knowledge.reasons.sentences import Language

T = TypeVar("T")
Decorated = TypeVar("Decorated", bound="Callable[..., Any]")

USUAL_FILE = Path("config.toml")
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
_NO_LANGUAGE = frozenset({"", "C", "POSIX"})


def config_option(command: Decorated) -> Decorated:
    """Give a command `--config FILE`; it is handed the file's path, or None for the built-in defaults."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        callback=_chosen,
        help="The shop's settings [default: config.toml in this folder when it exists, else built-in defaults].",
    )(command)


def _chosen(context: click.Context, _option: click.Parameter, given: Path | None) -> Path | None:
    """The file named after the command, or before it, or the usual one."""
    named: Path | None = given or context.find_root().params.get("config")
    return named or (USUAL_FILE if USUAL_FILE.exists() else None)


def settings(config_file: Path | None) -> Config:
    """Read the settings. Raises `BadConfig` with every problem."""
    return load(config_file, os.environ)


def reader_language() -> Language:
    """The language of sentences about files and manuals: the terminal's, and Chinese where it names none."""
    named = next((value for name in LOCALES if (value := os.environ.get(name))), "")
    return "zh" if named.partition(".")[0] in _NO_LANGUAGE or named.startswith("zh") else "en"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a fast event loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
