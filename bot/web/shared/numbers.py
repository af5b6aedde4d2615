"""Numbers as addresses and forms bring them: what is none, or no database could hold, is nobody's."""

from __future__ import annotations

LONGEST_NUMBER = 18
"""Digits of the largest number that every database takes."""


def number_in(given: object) -> int | None:
    """Read a whole number of 0 or more; None for anything else."""
    text = given if isinstance(given, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
