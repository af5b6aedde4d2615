"""A phrase: the ways in which buyers say one thing, as patterns that stand in a data file with examples of yes and no.

A file is a theme. In `[fragments]` are named parts of patterns; each other table is a phrase:

    patterns  any of these is the phrase; `{name}` stands for a fragment, and a list of patterns for any of them
    unless    what is taken out of the text before it is looked at: it only sounds like the phrase
    reads     "whole": the text has to be the phrase and nothing else; "part": it stands somewhere in the text
    form      how the text is by then: "folded" (see `normalisation.fold`); "bare", folded and without marks; "typed",
              as the buyer wrote it; typed and "unspaced", with "no pauses" between words, or in "letters" alone
    yes, no   texts that say it and texts that do not, which a test tries

A pattern is one of Python's `re`. It is compiled when a text is first looked at, and not when the program starts.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.resources.abc import Traversable

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
_DEEPEST = 8
SHARED = "shared"
"""The theme whose fragments all others know."""


class BadPhrase(ValueError):
    """A data file has no such phrase, or names a fragment that it does not have."""


@dataclass(frozen=True)
class Phrase:
    """The phrase `name` of a theme. Nothing is read before it is asked about a text."""

    theme: str
    name: str

    def says(self, text: str) -> bool:
        """Whether the text says it, as a whole or in a part of it: whichever the data file tells."""
        return self._find(text if self._unless is None else self._unless.sub("", text)) is not None

    def without(self, text: str) -> str:
        """The text with the phrase taken out wherever it stands."""
        return self.pattern.sub("", text)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The patterns as one, for whoever needs to know where it stands."""
        return re.compile(self._alternatives("patterns"))

    @cached_property
    def _find(self) -> Callable[[str], re.Match[str] | None]:
        return self.pattern.fullmatch if self._table.get("reads") == "whole" else self.pattern.search

    @cached_property
    def _unless(self) -> re.Pattern[str] | None:
        return re.compile(self._alternatives("unless")) if "unless" in self._table else None

    @cached_property
    def _table(self) -> Mapping[str, Any]:
        try:
            table: Mapping[str, Any] = themes()[self.theme][self.name]
        except KeyError:
            raise BadPhrase(f"there is no phrase [{self.name}] in phrases/zh/{self.theme}.toml: add it") from None
        return table

    def _alternatives(self, key: str) -> str:
        return "|".join(_spelled_out(each, self.theme) for each in self._table[key])


@cache
def themes() -> Mapping[str, Mapping[str, Any]]:
    """All data files as they stand there, by theme."""
    folder = files("knowledge.phrases") / "zh"
    return {file.name.removesuffix(".toml"): _read(file) for file in folder.iterdir()}


def _read(file: Traversable) -> Mapping[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _spelled_out(pattern: str, theme: str, depth: int = 0) -> str:
    """The pattern with its fragments put in; one that holds itself has no end and is an error."""
    if depth > _DEEPEST:
        raise BadPhrase(f"a fragment of phrases/zh/{theme}.toml holds itself: {pattern[:60]}")
    return _FRAGMENT.sub(lambda named: _fragment(named[1], theme, depth), pattern)


def _fragment(name: str, theme: str, depth: int) -> str:
    found = (themes()[file].get("fragments", {}).get(name) for file in (theme, SHARED))
    fragment = next((each for each in found if each is not None), None)
    if fragment is None:
        raise BadPhrase(f"phrases/zh/{theme}.toml has no fragment named {name}: add it to its [fragments]")
    ways = [fragment] if isinstance(fragment, str) else fragment
    return f"(?:{'|'.join(_spelled_out(each, theme, depth + 1) for each in ways)})"
