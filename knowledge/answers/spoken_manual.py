"""The manual as this shop speaks it: its own name, and no wording that the program has given up."""

from __future__ import annotations

import dataclasses
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from knowledge.answers.invented import shipped_value
from knowledge.manual.entry import Fact
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.manual.entry import Answer, Line, Manual

NAME_FACT = "shop_name"
NAMELESS = "小店"
"""What a shop is called that has told its name nowhere."""
_Said = TypeVar("_Said", "Answer", "Line")


def spoken_manual(manual: Manual, shop_name: str = "") -> Manual:
    """The manual that answers buyers. `shop_name` is the configuration's, "" where that names none.

    The configuration wins over the fact `shop_name`: the chat window shows it, and it is never an example of ours. A
    line that the manual lacks, as it is older than the line, is the starter manual's.
    """
    return dataclasses.replace(
        manual,
        facts=_named(manual, shop_name),
        entries=tuple(
            dataclasses.replace(entry, answers=tuple(map(_renewed, entry.answers))) for entry in manual.entries
        ),
        lines=(*map(_renewed, manual.lines), *_newer_lines(manual)),
    )


def _named(manual: Manual, shop_name: str) -> tuple[Fact, ...]:
    others = tuple(fact for fact in manual.facts if fact.name != NAME_FACT)
    own = next((fact.value.strip() for fact in manual.facts if fact.name == NAME_FACT), "")
    name = shop_name or (NAMELESS if own in {"", shipped_value(NAME_FACT)} else own)
    return (Fact(name=NAME_FACT, title="店铺名", value=name), *others)


def _renewed(said: _Said) -> _Said:
    now = _former()
    if not any(bubble in now for bubble in said.bubbles):
        return said
    return dataclasses.replace(said, bubbles=tuple(now.get(bubble, bubble) for bubble in said.bubbles))


def _newer_lines(manual: Manual) -> tuple[Line, ...]:
    known = {line.id for line in manual.lines}
    return tuple(line for line in starter_manual().lines if line.id in NEWER_LINES - known)


NEWER_LINES = frozenset({"no-desk", "message-noted", "leave-message", "quota-ends", "holding-led"})
"""Lines that came after manuals had been exported; a manual without them can still be published."""


@cache
def _former() -> Mapping[str, str]:
    data = tomllib.loads(files("knowledge").joinpath("data", "former.toml").read_text("utf-8"))
    return {each["was"]: each["now"] for each in data["bubble"]}
