"""Texts in pieces, cut as those of no shop in particular."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.language.segmentation import general_cutter
from knowledge.matching.features import pieces

if TYPE_CHECKING:
    from knowledge.matching.index import Pieces


def cut_up(folded: str) -> Pieces:
    return pieces(folded, general_cutter()(folded))
