"""A size chart in a shop's own words, and which of its sizes fit a height and a weight.

"S：身高150到158厘米、体重40到48公斤；M：…", "M码 158-164cm 96~110斤" and the like are read. A chart that leaves any
doubt about a figure is not read at all: a buyer is better shown the chart than told a wrong size.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Figure = Literal["height", "weight"]
Bounds = tuple[float, float]
WIDER_AT_MOST = 2
"""So many sizes the weight may be ahead of the height, and there is still a size to wear."""

_LETTERS = r"(?:\d?X{0,4}[SML])"
_NAME = re.compile(
    rf"(?<![A-Za-z\d.])(?:{_LETTERS}(?![A-Za-z])|(?i:{_LETTERS})(?=码|\s?:)|(?:\d{{2,3}}|[特加]?[大中小]|均)码)"
)
_UNIT = r"cm|厘米|公分|米|m(?![a-z])|kg|公斤|千克|市?斤"
_NUMBER = r"\d{1,3}(?:\.\d{1,2})?"
_RANGE = re.compile(
    rf"(?P<about>[^\d,;/、]{{0,6}})(?<![\d.])(?P<low>{_NUMBER})\s?(?P<first>{_UNIT})?\s?"
    rf"(?:(?:[-~—–]+|到|至)\s?(?P<high>{_NUMBER})\s?(?P<unit>{_UNIT})?|(?P<open>以上|以下|以内))",
    re.IGNORECASE,
)
_OF_THE_GOODS = re.compile(r"[围长宽肩袖胸腰臀厚]|[净毛自承载]重")
_KIND_AND_FACTOR: Mapping[str, tuple[Figure, float]] = MappingProxyType(
    {
        "cm": ("height", 1),
        "厘米": ("height", 1),
        "公分": ("height", 1),
        "米": ("height", 100),
        "m": ("height", 100),
        "kg": ("weight", 1),
        "公斤": ("weight", 1),
        "千克": ("weight", 1),
        "斤": ("weight", 0.5),
        "市斤": ("weight", 0.5),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One size and whom it fits, both ends included. None: the chart does not say."""

    name: str
    height_cm: Bounds | None = None
    weight_kg: Bounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeChart:
    """The sizes from small to large, each with the same figures."""

    sizes: tuple[Size, ...]

    @property
    def by_height(self) -> bool:
        """Whether one has to know the height."""
        return self.sizes[0].height_cm is not None

    @property
    def by_weight(self) -> bool:
        """Whether one has to know the weight."""
        return self.sizes[0].weight_kg is not None

    def fitting(self, *, height_cm: float | None, weight_kg: float | None) -> tuple[str, ...]:
        """The names of the sizes that fit, the larger first; more than one only on or between the bounds of two.

        Where height and weight speak for different sizes, but not far apart, it is the smallest that is neither too
        short nor too tight; the weight may be two sizes ahead, as a long sleeve is worn more easily than a tight one.
        Empty outside the chart, where they speak for sizes far apart, and while a figure is not known.
        """
        by_height = self._places([size.height_cm for size in self.sizes], height_cm)
        by_weight = self._places([size.weight_kg for size in self.sizes], weight_kg)
        pairs = [(tall, heavy) for tall in by_height for heavy in by_weight if -1 <= heavy - tall <= WIDER_AT_MOST]
        places = by_height & by_weight or {min(map(max, pairs))} if pairs else set()
        return tuple(self.sizes[place].name for place in sorted(places, reverse=True))

    def is_outside(self, *, height_cm: float | None, weight_kg: float | None) -> bool:
        """Whether no size fits, whatever is not known yet."""
        told = (
            ([size.height_cm for size in self.sizes], height_cm),
            ([size.weight_kg for size in self.sizes], weight_kg),
        )
        if any(value is not None and not self._places(bounds, value) for bounds, value in told):
            return True
        waits = (height_cm is None and self.by_height) or (weight_kg is None and self.by_weight)
        return not waits and not self.fitting(height_cm=height_cm, weight_kg=weight_kg)

    def _places(self, bounds: list[Bounds | None], value: float | None) -> set[int]:
        """The places of the sizes that take this value; of both neighbours where it falls between two."""
        known = [each for each in bounds if each is not None]
        if not known:  # the chart does not ask for it
            return set(range(len(bounds)))
        if value is None:
            return set()
        inside = {place for place, (low, high) in enumerate(known) if low <= value <= high}
        below = [place for place, (_, high) in enumerate(known) if high < value]
        above = [place for place, (low, _) in enumerate(known) if value < low]
        return inside or ({below[-1], above[0]} if below and above else set())


@lru_cache(maxsize=256)
def read_chart(text: str) -> SizeChart | None:
    """The size chart that a text holds; None when it holds none, or one that is not plain to read. Pure."""
    plain = unicodedata.normalize("NFKC", text)
    names = list(_NAME.finditer(plain))
    ends = [*(name.start() for name in names), len(plain)][1:]
    read = (_size(name[0], plain[name.end() : end]) for name, end in zip(names, ends, strict=True))
    sizes = [size for size in read if size is not None]
    kinds = {(size.height_cm is None, size.weight_kg is None) for size in sizes}
    if len(sizes) < len(names) or len(kinds) != 1 or len({size.name for size in sizes}) < len(sizes):
        return None
    chart = SizeChart(sizes=tuple(sorted(sizes, key=lambda size: (size.weight_kg or (), size.height_cm or ()))))
    return chart if chart.by_weight or "高" in plain else None  # centimetres alone may measure the goods


def is_unread_chart(text: str) -> bool:
    """Whether a text gives several sizes by height or weight, and still cannot be read as a chart."""
    told = unicodedata.normalize("NFKC", text)
    speaks_of_people = "身高" in told or "体重" in told
    return speaks_of_people and len(_NAME.findall(told)) > 1 and read_chart(text) is None


def _size(name: str, body: str) -> Size | None:
    """One size of a chart; None when it says nothing of the buyer, or one thing twice, or leaves a unit out."""
    found: dict[Figure, Bounds] = {}
    for each in _RANGE.finditer(body):
        if _OF_THE_GOODS.search(each["about"]):
            continue
        kind, factor = _kind_and_factor(each)
        if kind is None or kind in found:
            return None
        found[kind] = _bounds(each, factor)
    return Size(name=name.upper(), height_cm=found.get("height"), weight_kg=found.get("weight")) if found else None


def _kind_and_factor(found: re.Match[str]) -> tuple[Figure | None, float]:
    unit = found["unit"] or found["first"]
    if unit:
        return _KIND_AND_FACTOR[unit.lower()]
    return ("height", 1) if "高" in found["about"] else (None, 1)


def _bounds(found: re.Match[str], factor: float) -> Bounds:
    low = round(float(found["low"]) * factor, 2)
    if found["open"]:
        return (low, math.inf) if found["open"] == "以上" else (0, low)
    return low, round(float(found["high"]) * factor, 2)
