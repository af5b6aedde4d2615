"""What somebody most likely meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, at_least: float = 0.6) -> str:
    """Ask back with the known word that is most like it; "" where none is."""
    close = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=at_least)
    return f'did you mean "{close[0]}"?' if close else ""
