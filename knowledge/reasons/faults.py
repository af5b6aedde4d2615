"""What is wrong with a file or a manual, as a code with its values, to be said in the reader's language.

The sentences stand in `faults.zh.toml` and `faults.en.toml`; the names in braces are the values. What a fault names out
of the file (a sheet, a column, a text) is quoted as it stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from knowledge.reasons.conditions import states_are
from knowledge.reasons.reason import Reason, told
from knowledge.reasons.sentences import sentences_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from knowledge.reasons.reason import Value
    from knowledge.reasons.sentences import Language

NAMED_AT_MOST = 8
"""So many names stand in one fault before it says how many there are."""


@dataclass(frozen=True, slots=True)
class Fault(Reason):
    """A reason why something is refused, or the place where it is wrong, which knows its own sentences."""

    def said(self, language: Language) -> str:
        """The sentence in that language."""
        return told(self, sentences(language))

    def __str__(self) -> str:
        """The sentence in the manual's own language."""
        return self.said("zh")


def fault(code: str, /, **values: Value) -> Fault:
    """The fault of that code. Several names (a tuple) are said one after another."""
    return Fault(code, tuple(values.items()))


def some(names: Collection[Value]) -> Value:
    """These names, and of many the first few."""
    first = tuple(names)[:NAMED_AT_MOST]
    return fault("some", names=first, count=len(names)) if len(names) > NAMED_AT_MOST else first


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Every code's sentence in that language, with what the states of conditions are called."""
    states = {f"code_{field}": words for field, words in states_are(language).items()}
    return {**sentences_of("knowledge.reasons", "faults", language), **states}
