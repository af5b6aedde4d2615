"""What buyers say where patterns alone do not tell it: data that the code of a theme reads in its own way."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def list_of(theme: str) -> Mapping[str, Any]:
    """The data of a theme, as it stands in its file."""
    return tomllib.loads((files("knowledge.phrases.lists") / "zh" / f"{theme}.toml").read_text("utf-8"))
