"""What of a manual is still an example that the program ships, invented for a shop that there is not.

`facts.toml` of the starter manual says which facts are inventions, and of what kind, by `invented`; what else stands
there are harmless defaults. Its products are inventions as a whole.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from knowledge.answers.facts import product_of
from knowledge.answers.templates import COMPUTED, variables_in
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from knowledge.manual.entry import Circumstances, Fact, Manual, Product

KEPT_BACK = frozenset({"address", "telephone", "price"})
"""The kinds with which a buyer would come to harm: no invention of these is ever sent to one."""
PRICE_ATTRIBUTE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What of a manual is as it was shipped: inventions to replace, and defaults to look over."""

    invented: tuple[Fact, ...]
    products: tuple[Product, ...]
    defaults: tuple[Fact, ...]


def as_shipped(manual: Manual) -> Shipped:
    """The facts that nobody has changed yet, and the products of the fictional shop."""
    kinds = _kinds()
    unchanged = _unchanged(manual)
    return Shipped(
        invented=tuple(fact for fact in unchanged if fact.name in kinds),
        products=tuple(product for product in manual.products if _is_invented(product)),
        defaults=tuple(fact for fact in unchanged if fact.name not in kinds),
    )


def shipped_value(name: str) -> str | None:
    """What the starter manual says of a fact; None when it has none of that name."""
    return _values().get(name)


def examples_in(manual: Manual, bubbles: Iterable[str], circumstances: Circumstances) -> tuple[str, ...]:
    """The titles of the invented addresses, telephones and prices that these bubbles would tell a buyer.

    A fact is told by its variable, by one that is worked out from it, or by another fact that holds its value.
    """
    names = variables_in(bubbles)
    if not names:
        return ()
    kept = {fact.name: fact for fact in _unchanged(manual) if _kinds().get(fact.name) in KEPT_BACK}
    told = {*names}.union(*(COMPUTED[name].facts for name in names if name in COMPUTED))
    held = "\n".join(fact.value for fact in manual.facts if fact.name in told)
    titles = [fact.title for name, fact in kept.items() if name in told or fact.value in held]
    product = product_of(manual, circumstances.product_id)
    if product and PRICE_ATTRIBUTE in names and has_invented_price(product):
        titles.append(f"{product.title}的价格")
    return tuple(titles)


def has_invented_price(product: Product) -> bool:
    """Whether this product costs what a product of the fictional shop costs."""
    ours = _products().get(product.id)
    price = product.attributes.get(PRICE_ATTRIBUTE)
    return ours is not None and price is not None and price == ours.attributes.get(PRICE_ATTRIBUTE)


def _unchanged(manual: Manual) -> list[Fact]:
    shipped = _values()
    return [fact for fact in manual.facts if fact.value.strip() and fact.value == shipped.get(fact.name)]


def _is_invented(product: Product) -> bool:
    """Whether something of it is still what was shipped: its name, or what is told of it."""
    ours = _products().get(product.id)
    return ours is not None and (
        product.title == ours.title or bool(set(product.attributes.items()) & set(ours.attributes.items()))
    )


@cache
def _kinds() -> Mapping[str, str]:
    """The invented facts, and of what kind each is."""
    return dict(_read_kinds())


def _read_kinds() -> Iterator[tuple[str, str]]:
    raw = tomllib.loads(files("knowledge").joinpath("starter", "facts.toml").read_text("utf-8"))
    return ((name, table["invented"]) for name, table in raw.items() if "invented" in table)


@cache
def _values() -> Mapping[str, str]:
    return {fact.name: fact.value for fact in starter_manual().facts}


@cache
def _products() -> Mapping[str, Product]:
    return {product.id: product for product in starter_manual().products}
