"""The buyer speaks of one of these words, and so asks for this part of what the entry is about."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, quoted
from knowledge.entities.names import names_in
from knowledge.language.normalisation import fold
from knowledge.reasons.faults import fault
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.faults import Fault
    from knowledge.reasons.reason import Reason

_SEVERAL = re.compile(r"[,，;；]|(?<=[一-鿿])\s+(?=[一-鿿])")
"""What stands between words that were meant apart, but are one word to the bot."""


def mentioned(when: When, manual: Manual, text: str) -> bool:
    """Whether a text holds one of the words, other than in the name of a product: 保温杯 asks nothing of 保温."""
    said = fold(text) if when.mentions else ""
    words = [word for word in _folded(when.mentions) if word in said]
    if not words:
        return False
    name = names_in(said, products=manual.products).product
    return not name or any(word in said.replace(name, " ") for word in words)


@lru_cache(maxsize=4096)
def _folded(mentions: frozenset[str]) -> tuple[str, ...]:
    return tuple(map(fold, mentions))


def _against(when: When, manual: Manual, circumstances: Circumstances) -> Reason | None:
    """The question, or what was told before it, has to hold one of the words."""
    told = (circumstances.text, circumstances.told)
    return None if any(mentioned(when, manual, said) for said in told if said) else because("not_mentioned")


def not_apart(words: Iterable[str]) -> Iterator[Fault]:
    """Of words that buyers should say, those that no buyer writes so."""
    return (fault("several_words", word=word) for word in sorted(words) if _SEVERAL.search(word))


MENTIONS = Condition(
    cells=(Cell(field="mentions", form="texts", faults=("blank_mention",)),),
    said=lambda when: because("mentions", words=quoted(when.mentions)),
    against=_against,
    is_spoken_of=mentioned,
    warnings=lambda when, _: not_apart(when.mentions),
)
