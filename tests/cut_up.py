"""Texts in pieces, cut as those of no shop in particular."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.language.segmentation import general_cutter
from knowledge.matching.features import features

if TYPE_CHECKING:
    from knowledge.matching.index import Features


def cut_up(folded: str) -> Features:
    return features(folded, general_cutter()(folded))
