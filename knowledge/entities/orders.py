"""The number of an order or of a parcel that a message names. Nobody but a person can look either of them up."""

from __future__ import annotations

import re

from knowledge.phrases.phrase import Phrase

_LONG_NUMBER = re.compile(r"(?<![0-9a-z.])(?:\d{6}-\d{12,18}|\d{12,24})(?![0-9a-z])", re.IGNORECASE)
_ORDER_IS_MEANT = re.compile(r"[单單]")
_MAY_BE_AN_ORDER_DIGITS, _AN_ORDER_FOR_SURE_DIGITS = 12, 15

_PARCEL_NUMBER = Phrase("order_number", "parcel_number")
_AROUND_A_NUMBER = Phrase("order_number", "around_a_number")


def order_number_in(typed: str) -> str | None:
    """Fifteen digits or more, or twelve when the buyer speaks of an order: alone they are mostly a product's number.

    Eleven are a phone number, and letters in front make it a courier's number.
    """
    shortest = _MAY_BE_AN_ORDER_DIGITS if _ORDER_IS_MEANT.search(typed) else _AN_ORDER_FOR_SURE_DIGITS
    longest = max(_LONG_NUMBER.findall(typed), key=len, default="")
    return longest if len(longest) >= shortest else None


def parcel_number_in(typed: str) -> str | None:
    """A courier's letters with ten to fifteen digits, or that many digits behind a courier's name or "单号"."""
    found = _PARCEL_NUMBER.pattern.search(typed)
    return None if found is None else found[1] or found[0]


def only_tells_a_number(folded: str) -> bool:
    """Whether a text that names an order or a parcel asks nothing but to look it up: "帮我查下单号…"."""
    return _AROUND_A_NUMBER.says(folded)
