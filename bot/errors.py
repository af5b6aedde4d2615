"""Errors that cross more than one floor of `bot`, named by what to do next.

CannotStart             something must be put right before the program can run; the command line prints the sentences
├── BadConfig           (bot.config) the configuration is wrong, with every problem at once
└── AlreadyRunning      another process serves from this SQLite file: stop it, or move to PostgreSQL
Unpublishable           the manual has mistakes that buyers would meet: mend them, nothing was changed
StorageDown             the database cannot be reached or written just now: keep the work and try again soon
TooBusy                 more arrived than can be kept: come back after `retry_after_seconds`
"""

from __future__ import annotations

import traceback
from pathlib import Path


class CannotStart(Exception):
    """The program refuses to start. `sentences` tell the owner what is wrong and what to do, one each."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class AlreadyRunning(CannotStart):
    """A second process asked to serve from a SQLite database that is in use."""


class Unpublishable(Exception):
    """A manual that must not be published; `problems` names all that stands against it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StorageDown(Exception):
    """The database did not take the work, and nothing of it was written."""


class TooBusy(Exception):
    """The queue in front of the database is full."""

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(f"too much at once; come back in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


def in_short(problem: BaseException) -> str:
    """What went wrong and where, without its words: these may hold what a buyer wrote."""
    frames = traceback.extract_tb(problem.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(problem).__name__}{where}"
