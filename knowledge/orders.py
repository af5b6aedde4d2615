"""The order number that a message names."""

from __future__ import annotations

import re

_LONG_NUMBER = re.compile(r"(?<![0-9a-z.])(?:\d{6}-\d{12,18}|\d{12,24})(?![0-9a-z])", re.IGNORECASE)
_ORDER_IS_MEANT = re.compile(r"[单單]")
_MAY_BE_AN_ORDER_DIGITS, _AN_ORDER_FOR_SURE_DIGITS = 12, 15


def order_number_in(typed: str) -> str | None:
    """Fifteen digits or more, or twelve when the buyer speaks of an order: alone they are mostly a product's number.

    Eleven are a phone number, and letters in front make it a courier's number.
    """
    shortest = _MAY_BE_AN_ORDER_DIGITS if _ORDER_IS_MEANT.search(typed) else _AN_ORDER_FOR_SURE_DIGITS
    longest = max(_LONG_NUMBER.findall(typed), key=len, default="")
    return longest if len(longest) >= shortest else None
