"""By what a question shows which product it can only be about, though it names none: 驼色, XXL, 起球.

A cue is a colour, a size, or the first part of a name (羊毛 of 羊毛毛衣, also called 毛衣) of one product alone.
Without a cue the words count that an answer is for, where it tells what one product alone has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.answers.facts import size_chart
from knowledge.language.normalisation import fold
from knowledge.manual.entry import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from knowledge.manual.entry import Entry, Manual, Product

COLOURS = "colours"
"""The attribute that lists a product's colours, parted by 、."""
_COLOUR = "色"
_SHORTEST_CUE_CHARACTERS = 2
_LATIN = re.compile(r"[a-z0-9]+")


def cues_of(manual: Manual) -> Mapping[str, str]:
    """Folded cue → the id of the only product that has it."""
    owners: dict[str, set[str]] = {}
    for product in manual.products:
        for cue in map(fold, _cues(manual, product)):
            owners.setdefault(cue, set()).add(product.id)
    return {cue: next(iter(ids)) for cue, ids in owners.items() if len(ids) == 1}


def _cues(manual: Manual, product: Product) -> Iterator[str]:
    chart = size_chart(manual, product.id)
    yield from (size.name for size in (chart.sizes if chart else ()))
    parts = (name.removesuffix(other) for name in product.aliases for other in product.aliases if name != other)
    colours = product.attributes.get(COLOURS, "").split("、")
    names = (
        *(part for part in parts if part not in product.aliases),
        *colours,
        *(colour.strip().removesuffix(_COLOUR) for colour in colours),
    )
    yield from (name for name in names if len(name) >= _SHORTEST_CUE_CHARACTERS)


def product_shown(said: str, entry: Entry, manual: Manual, cues: Mapping[str, str]) -> str | None:
    """The id of the only product that a folded question, which names none, can be about.

    None when it may be several, or when the entry does not tell them apart.
    """
    if not any(each.when.products for each in entry.answers):
        return None
    shown = {product for cue, product in cues.items() if _holds(said, cue)}
    return _only(shown or set(_told_by_words(said, entry, manual)))


def _told_by_words(said: str, entry: Entry, manual: Manual) -> Iterator[str]:
    """The products that have what the answers for the words of this question tell."""
    for each in entry.answers:
        if ANY in each.when.products and any(fold(word) in said for word in each.when.mentions):
            yield from (product.id for product in manual.products if each.when.knows <= product.attributes.keys())


def _holds(said: str, cue: str) -> bool:
    """Whether it is in it; a Latin one only as a whole word: XL is not in XXL."""
    if _LATIN.fullmatch(cue):
        return re.search(rf"(?<![a-z0-9]){cue}(?![a-z0-9])", said) is not None
    return cue in said


def _only(products: Iterable[str]) -> str | None:
    found = list(products)
    return found[0] if len(found) == 1 else None
