"""A question in doubt read without the very day, sum, number, place or figures in it, which choose the answer later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.entities.dates import on_usual_days
from knowledge.entities.money import without_sums
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from knowledge.entities.extract import Named
    from knowledge.entities.names import Names

_GONE_BY = ("昨", "前天", "大前", "上")
"""How the days begin that nothing can still be done by."""
_PIECES = Phrase("plainer", "number_of_pieces")
_PACKED = Phrase("plainer", "packed")
_ORDER_NUMBER = Phrase("plainer", "order_number")
_PARCEL_NUMBER = Phrase("plainer", "parcel_number")
_FIGURES = Phrase("plainer", "measurements")


def plainer(said: str, named: Named, names: Names) -> tuple[str, ...]:
    """The readings of a folded text, without the text itself. A place is first called by its province, then left out.

    A day that is asked about is as good as the one that is most asked about.
    """
    reading = _PACKED.pattern.sub("", said, count=1)
    if _speaks_of_a_day_ahead(named):
        reading = on_usual_days(reading, asked="明天", paid="今天")
    if named.amount_yuan is not None:
        reading = without_sums(reading)
    if named.quantity is not None:
        reading = _PIECES.pattern.sub("", reading, count=1)
    if named.order_number is not None:
        reading = _ORDER_NUMBER.pattern.sub("", reading, count=1)
    if named.parcel_number is not None:
        reading = _PARCEL_NUMBER.pattern.sub("", reading, count=1)
    if named.height_cm is not None or named.weight_kg is not None:
        reading = _FIGURES.pattern.sub("身高体重", reading, count=1)
    readings = [reading]
    if names.place and named.region is not None:
        readings = [reading.replace(names.place, named.region), reading.replace(names.place, "")]
    return tuple(dict.fromkeys(each for each in readings if each not in {"", said}))


def _speaks_of_a_day_ahead(named: Named) -> bool:
    day = named.day or named.paid_on
    return day is not None and not day.startswith(_GONE_BY)
