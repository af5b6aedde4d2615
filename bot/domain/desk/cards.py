"""Products and orders that people show to buyers: a card where the channel has cards, and in words elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.clean import is_clean_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PRODUCT, ORDER = "product", "order"
LONGEST_ORDER = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`name` is "product:ID" or "order:ID"; `title` is what a buyer reads."""

    name: str
    title: str


def cards_of(names: Iterable[str], titles: Mapping[str, str]) -> tuple[Card, ...] | None:
    """The cards of these names, with products by their `titles` (by id); None where one of them is of nothing."""
    cards = tuple(_card_of(name, titles) for name in names)
    found = tuple(card for card in cards if card is not None)
    return found if len(found) == len(cards) else None


def _card_of(name: str, titles: Mapping[str, str]) -> Card | None:
    kind, _, number = name.partition(":")
    if kind == PRODUCT and number in titles:
        return Card(name=name, title=titles[number])
    if kind == ORDER and is_clean_id(number, limit_characters=LONGEST_ORDER):
        return Card(name=name, title=number)
    return None
