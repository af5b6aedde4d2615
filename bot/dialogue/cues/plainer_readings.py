"""A question in doubt read without the very day, sum, number, place or figures in it, which choose the answer later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.entities.dates import on_usual_days
from knowledge.entities.money import without_sums
from knowledge.entities.numbers import THINGS

if TYPE_CHECKING:
    from knowledge.entities.extract import Named
    from knowledge.entities.names import Names

_GONE_BY = ("昨", "前天", "大前", "上")
"""How the days begin that nothing can still be done by."""
_PIECES = re.compile(rf"(?<![第几同哪每另上下这那某\d.])(?:\d{{1,5}}|[一二两三四五六七八九十百]+)[{THINGS}]")
_PACKED = re.compile(rf"\d{{1,4}}[{THINGS}斤]装的?")
_ORDER_NUMBER = re.compile(r"(?:是|为)?\s?(?:\d{6} )?\d{12,24}")
_PARCEL_NUMBER = re.compile(r"(?:是|为)?\s?[a-z]{0,5}\d{10,15}")
_FIGURES = re.compile(r"(?:\d[\d.]*(?:cm|kg|m|米|厘米|公分|公斤|千克|市?斤)?[\s/]*)+")


def plainer(said: str, named: Named, names: Names) -> tuple[str, ...]:
    """The readings of a folded text, without the text itself. A place is first called by its province, then left out.

    A day that is asked about is as good as the one that is most asked about.
    """
    reading = _PACKED.sub("", said, count=1)
    if _speaks_of_a_day_ahead(named):
        reading = on_usual_days(reading, asked="明天", paid="今天")
    if named.amount_yuan is not None:
        reading = without_sums(reading)
    if named.quantity is not None:
        reading = _PIECES.sub("", reading, count=1)
    if named.order_number is not None:
        reading = _ORDER_NUMBER.sub("", reading, count=1)
    if named.parcel_number is not None:
        reading = _PARCEL_NUMBER.sub("", reading, count=1)
    if named.height_cm is not None or named.weight_kg is not None:
        reading = _FIGURES.sub("身高体重", reading, count=1)
    readings = [reading]
    if names.place and named.region is not None:
        readings = [reading.replace(names.place, named.region), reading.replace(names.place, "")]
    return tuple(dict.fromkeys(each for each in readings if each not in {"", said}))


def _speaks_of_a_day_ahead(named: Named) -> bool:
    day = named.day or named.paid_on
    return day is not None and not day.startswith(_GONE_BY)
