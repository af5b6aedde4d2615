"""The very words by which a message names a product, a place and a courier, and the message without them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from knowledge.entities.couriers import courier_named
from knowledge.entities.regions import place_in
from knowledge.language.normalisation import fold
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.entities.regions import Place
    from knowledge.manual.entry import Product


class Names(NamedTuple):
    """The very words by which a folded text names a product, a place and a courier; empty for what it does not."""

    product: str = ""
    place: str = ""
    courier: str = ""

    def without(self, said: str) -> str:
        """The rest of the text."""
        for name in self:
            said = said.replace(name, " ") if name else said
        return " ".join(said.split())

    def instead_of(self, others: Names, said: str) -> str:
        """The text that holds the other names, with these where those of their kind stand, or else before it."""
        for name, other in zip(self, others, strict=True):
            if name:
                said = said.replace(other, name) if other else name + said
        return said

    def without_product(self, said: str) -> str:
        """The question as a buyer with that product in view asks it: "这款毛衣会起球吗" is "会起球吗"."""
        return _POINTING.without(said.replace(self.product, "", 1)).strip() if self.product else said


_Known = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Each product's id, title and aliases."""

_GOES_THERE = Phrase("named_place", "goes_there")
_IS_FROM = Phrase("named_place", "is_from")
_POINTING = Phrase("named_place", "pointing")
_KIND_CHARACTERS = 2


def names_in(said: str, *, products: Sequence[Product]) -> Names:
    """The names in a folded text, as they stand in it."""
    _, product = product_and_name(said, products)
    rest = said.replace(product, " ") if product else said
    place, courier = buyers_place(rest, products=products), courier_named(rest)
    return Names(
        product=product, place=rest[place.start : place.end] if place else "", courier=courier[0] if courier else ""
    )


def buyers_place(said: str, *, products: Sequence[Product]) -> Place | None:
    """The place that a folded text names, unless goods are from there: "毛衣是新疆的吗", "新疆的毛衣好看吗".

    A blank stands in the text where it names a product. Where something goes to a place, that is the buyer's.
    """
    place = place_in(said)
    if place is None or _GOES_THERE.says(said) or not said.startswith("的", place.end):
        return place
    is_of_goods = said[place.end + 1 : place.end + 2] in _goods(_known(products))
    return None if is_of_goods or _IS_FROM.pattern.search(said, 0, place.start) else place


@lru_cache(maxsize=32)
def _goods(known: _Known) -> frozenset[str]:
    """The blank for a product, and what products' names end with: one asks for "新疆的瓜" where there are 哈密瓜."""
    return frozenset((" ", *(name[-1] for name, _ in _names(known))))


def product_in(said: str, products: Sequence[Product]) -> str | None:
    """The id of the product that a folded text names by title or alias; the longest name wins.

    None when no product is named, or when the name belongs to more than one.
    """
    return product_and_name(said, products)[0]


def product_and_name(said: str, products: Sequence[Product]) -> tuple[str | None, str]:
    """Like `product_in`, with the name as it stands in the text; empty when no product is named."""
    for name, ids in _names(_known(products)):
        if name in said and _stands_alone(name, said):
            return (ids[0] if len(ids) == 1 else None), name
    return None, ""


def products_in(said: str, *, products: Sequence[Product]) -> frozenset[str]:
    """The ids of all products that a folded text speaks of, if only by what a name ends with: 数据线 of 100W数据线."""
    return frozenset(product_id for name, ids in _names(_known(products)) if _kind(name) in said for product_id in ids)


def _kind(name: str) -> str:
    end = name[-_KIND_CHARACTERS:]
    return name if end.isascii() else end


def _known(products: Sequence[Product]) -> _Known:
    return tuple((product.id, product.title, product.aliases) for product in products)


@lru_cache(maxsize=32)
def _names(known: _Known) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Folded name → the products it may mean, longest names first."""
    ids: dict[str, dict[str, None]] = {}
    for product_id, title, aliases in known:
        for name in map(fold, (title, *aliases)):
            if name:
                ids.setdefault(name, {})[product_id] = None
    return tuple((name, tuple(ids[name])) for name in sorted(ids, key=len, reverse=True))


def _stands_alone(name: str, said: str) -> bool:
    """A Latin name counts as a whole word only: "cup" is not named by "cupboard", but by "cups" it is."""
    return (
        re.search(rf"(?<![a-z0-9]){re.escape(name)}(?:s|es)?(?![a-z0-9])", said) is not None if name.isascii() else True
    )
