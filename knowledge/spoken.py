"""What the answers of each entry speak of: a buyer may ask in words that stand in an answer and in no question."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.facts import group_of_region, product_of
from knowledge.frames import subject_words
from knowledge.regions import region_in
from knowledge.text import fold
from knowledge.variables import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from knowledge.cutting import Cut
    from knowledge.entry import Answer, Entry, Manual, Product


class Spoken:
    """The answers of some of a manual's entries, to look words up in. Immutable; may be asked from any thread."""

    def __init__(self, manual: Manual, entries: Iterable[Entry], cut: Cut) -> None:
        self._cut = cut
        self._manual = manual
        self._entries = tuple(entries)
        self._texts = lru_cache(maxsize=256)(self._read)

    def of(self, folded: str, *, product_id: str | None) -> Mapping[str, tuple[str, ...]]:
        """Each entry whose answers, as they are for this product, hold words of a folded text, and those words.

        They are words by which one tells what a text is about, whole ones; a place where an answer is for it.
        """
        texts = self._texts(product_id)
        found: dict[str, tuple[str, ...]] = {}
        for word in subject_words(self._cut(folded)):
            region = region_in(word)
            for entry in self._entries:
                if word in texts[entry.id] or (region is not None and self._is_for(entry, region)):
                    found[entry.id] = (*found.get(entry.id, ()), word)
        return found

    def _read(self, product_id: str | None) -> Mapping[str, str]:
        product = product_of(self._manual, product_id)
        return {entry.id: "\n".join(map(fold, self._says(entry, product))) for entry in self._entries}

    def _says(self, entry: Entry, product: Product | None) -> Iterator[str]:
        for each in entry.answers:
            yield from each.when.mentions
            yield from self._bubbles(each, product)

    def _bubbles(self, answer: Answer, product: Product | None) -> Iterator[str]:
        """The bubbles that can be said when nothing but the product is known."""
        for bubble in answer.bubbles:
            texts, missing = filled(self._manual, (bubble,), product.attributes if product else {}, None)
            if not missing:
                yield from texts

    def _is_for(self, entry: Entry, region: str) -> bool:
        places = {region, group_of_region(self._manual, region)}
        return any(places & each.when.regions for each in entry.answers)
