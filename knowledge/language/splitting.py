"""One message → the questions in it. Cuts where people cut: at marks and numbers, line breaks, spaces, "还有"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.language.normalisation import without_list_numbers
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PARTS = 10
SHORTEST_PART_CHARACTERS = 2

_BREAKS = Phrase("splitting", "breaks")
_AS_ONE = Phrase("splitting", "as_one")


_JOINED = r"(?:\s|和|跟|与|或者?|还有|以及|[、，,])*"


def one_for_each(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The question for each of these names, where the text asks it of all: "毛衣和杯子多少钱". Else the text alone."""
    if len(names) > 1 and not _AS_ONE.says(text):
        name = "|".join(re.escape(each) for each in names)
        row = re.search(rf"(?:{name})(?:{_JOINED}(?:{name}))+", text, re.IGNORECASE)
        if row:
            return tuple(text.replace(row[0], each, 1) for each in re.findall(name, row[0], re.IGNORECASE))
    return (text,)


def split(text: str) -> tuple[str, ...]:
    """The parts of a message that could each be a question, in order; the whole message when there is only one.

    Cheap and generous: whether a part is a question is for the matcher to say, and a part that is none does no harm.
    """
    parts = [part.strip() for part in _BREAKS.pattern.split(without_list_numbers(text))]
    parts = [part for part in parts if len(part) >= SHORTEST_PART_CHARACTERS]
    return tuple(dict.fromkeys(parts))[:MOST_PARTS] if len(parts) > 1 else (text,)
