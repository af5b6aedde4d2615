"""Anger and threats, of which a person should hear at once; and what only sounds like them."""

from __future__ import annotations

from functools import lru_cache

from knowledge.phrases.phrase import Phrase

_UPSET = Phrase("temper", "upset")
_SPEAKS_OF_ANGER = Phrase("temper", "speaks_of_anger")
_FURIOUS = Phrase("temper", "furious")


@lru_cache(maxsize=2048)  # earlier texts are looked at again with each question
def is_upset(folded: str) -> bool:
    """Whether the words are angry or threaten: a person should see them now."""
    return _UPSET.says(folded)


def is_calm(folded: str) -> bool:
    """Whether the words speak of anger without any: praise, worry and denial are no complaint."""
    return _SPEAKS_OF_ANGER.says(folded) and not is_upset(folded)


def looks_furious(text: str) -> bool:
    """Whether a face or a gesture of anger stands in the text as it was typed: folding takes them away."""
    return _FURIOUS.says(text)
