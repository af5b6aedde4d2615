"""The sentences of codes, as the data files have them: one for each code and language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@cache
def sentences_of(package: str, theme: str, language: Language) -> Mapping[str, str]:
    """Those of a theme, which are in a file for each language beside the modules of a package."""
    return tomllib.loads(files(package).joinpath(f"{theme}.{language}.toml").read_text("utf-8"))
