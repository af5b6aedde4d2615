"""What the bot says it can be asked about: only what the manual has."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.manual.entry import Entry, Manual

TOPICS_AT_MOST = 4


def topics(manual: Manual) -> tuple[str, ...]:
    """The first few topics that the manual has an entry on, in the order of `topics.toml`."""
    data = _data()
    entries = [entry for entry in manual.entries if entry.id not in data["apart"]]
    return tuple(each["name"] for each in data["topic"] if _is_there(each, entries))[:TOPICS_AT_MOST]


def can_ask(manual: Manual) -> str:
    """That buyers may ask, and about what: "发货、快递都可以问"; without any topic just that."""
    named = topics(manual)
    if not named:
        return "有问题可以直接问"
    return f"{'、'.join(named)}{'都' if len(named) > 1 else ''}可以直接问"


def _is_there(topic: dict[str, Any], entries: Iterable[Entry]) -> bool:
    return any(entry.group in topic["groups"] or _speaks_of(entry, topic["words"]) for entry in entries)


def _speaks_of(entry: Entry, words: Iterable[str]) -> bool:
    return any(word in text for word in words for text in (entry.title, *entry.questions))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("knowledge").joinpath("data", "topics.toml").read_text("utf-8"))
