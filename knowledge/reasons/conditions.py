"""The words for conditions: `conditions.zh.toml` and `conditions.en.toml` have them for each code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.reasons.faults import Language


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Every code's words in that language."""
    return tomllib.loads(files("knowledge.reasons").joinpath(f"conditions.{language}.toml").read_text("utf-8"))
