"""The height and weight that a buyer tells, in whatever units and order."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from knowledge.entities.numbers import digit_of, numbers_in
from knowledge.language.normalisation import fold
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

    from knowledge.entities.numbers import Number

_SIZE_IS_ASKED = Phrase("measurement", "size_is_asked")
_HEIGHT_COMES = Phrase("measurement", "height_comes")
_WEIGHT_COMES = Phrase("measurement", "weight_comes")
_SOMETHING_ELSE_IS_LONG = Phrase("measurement", "something_else_is_long")
_METRES_AND_REST = Phrase("measurement", "metres_and_rest")
_METRES = Phrase("measurement", "metres")
_CENTIMETRES = Phrase("measurement", "centimetres")
_WEIGHT_UNIT = Phrase("measurement", "weight_unit")
_PAIR = Phrase("measurement", "pair")
_WEIGHT_FIRST = Phrase("measurement", "weight_first")
_OWN_HEIGHT = Phrase("measurement", "own_height")
_SOMEBODY_ELSE = Phrase("measurement", "somebody_else")
_ONLY_FIGURES = Phrase("measurement", "only_figures")
_PLAINLY_A_FIGURE = Phrase("measurement", "plainly_a_figure")
_WHAT_FITS = Phrase("measurement", "what_fits")
_SHORTEST_CM, _TALLEST_CM = 50, 230
_TALLEST_METRES = 3
_LIGHTEST_KG, _HEAVIEST_KG = 3, 200
_JIN_FROM = 80
"""A weight without a unit is jin (half a kilogram) from here on, and kilograms below."""


def in_centimetres(said: str) -> str:
    """The text with heights like "1米65", whose two numbers are one, as "165cm"."""
    return _METRES_AND_REST.pattern.sub(_metres_and_rest, said)


def _metres_and_rest(found: re.Match[str]) -> str:
    metres, rest = digit_of(found[1]), "".join(str(digit_of(letter)) for letter in found[2])
    return f"{metres * 100 + int(rest.ljust(2, '0'))}cm"


def height_in(said: str, numbers: Sequence[Number]) -> int | None:
    """The height in centimetres that a folded text tells, which `in_centimetres` has read.

    A length counts where a size or a weight is spoken of, or a bare number behind it can be the weight.
    """
    has_weight = any(_WEIGHT_UNIT.pattern.match(number.after) for number in numbers)
    if not (has_weight or _SIZE_IS_ASKED.says(said) or any(pair[2] for pair in _PAIR.pattern.finditer(said))):
        return None
    return _likely_height((*_heights(said, numbers), *(int(found[1]) for found in _OWN_HEIGHT.pattern.finditer(said))))


def _likely_height(found: Iterable[int]) -> int | None:
    return next((height for height in found if _SHORTEST_CM <= height <= _TALLEST_CM), None)


def _likely_weight(found: Iterable[float]) -> float | None:
    return next((weight for weight in found if _LIGHTEST_KG <= weight <= _HEAVIEST_KG), None)


def _heights(said: str, numbers: Sequence[Number]) -> Iterator[int]:
    """Every reading of a height, the surest first: "身高165", "1.65米", "165cm", "165 110斤", "110斤165"."""
    for number in numbers:
        if _HEIGHT_COMES.says(number.before):
            yield _centimetres(number.value)
    for number in numbers:
        if _METRES.pattern.match(number.after):
            yield int(number.value * 100)
        if _CENTIMETRES.pattern.match(number.after) and not _SOMETHING_ELSE_IS_LONG.says(number.before):
            yield int(number.value)
    for kind in (_PAIR, _WEIGHT_FIRST):
        yield from (int(found[1]) for found in kind.pattern.finditer(said))


def weight_in(said: str, numbers: Sequence[Number], height_cm: int | None) -> float | None:
    """The weight in kilograms that a folded text tells, where a size or a height is spoken of."""
    if height_cm is None and not _SIZE_IS_ASKED.says(said):
        return None
    return _likely_weight(_weights(said, numbers))


def _weights(said: str, numbers: Sequence[Number]) -> Iterator[float]:
    """Every reading of a weight, the surest first: "110斤", "55kg", "体重110", "165 110"."""
    for number in numbers:
        unit = _WEIGHT_UNIT.pattern.match(number.after)
        if unit:
            yield float(number.value if unit[1] else number.value / 2)
    for number in numbers:
        if _WEIGHT_COMES.says(number.before):
            yield _without_unit(number.value)
    for pair in _PAIR.pattern.finditer(said):
        yield _without_unit(Decimal(pair[3]))


def _without_unit(weight: Decimal) -> float:
    return float(weight if weight < _JIN_FROM else weight / 2)


_BARE_HEIGHT_FROM_CM = 130


def asks_what_fits(said: str) -> bool:
    """Whether a folded text asks for the size of somebody who wears it, rather than how large a thing is."""
    return _WHAT_FITS.says(said)


class Measurements(NamedTuple):
    """A buyer's height and weight, as far as they were told."""

    height_cm: int | None = None
    weight_kg: float | None = None


def measurements_told(text: str, *, height_is_known: bool) -> Measurements:
    """The height and weight in a text that holds nothing else ("165 110斤", "1米65", "那我哥170 130呢"). Pure.

    For the answer of somebody who was asked for them: of one bare number, the height is known or it is below 130 where
    it is a weight; of two, the height comes first. Of somebody else both must be told: the other one would be wrong.
    """
    said = fold(text)
    if not _ONLY_FIGURES.says(said):
        return Measurements()
    told = _read(in_centimetres(said), height_is_known=height_is_known)
    return Measurements() if _SOMEBODY_ELSE.says(said) and None in told else told


def measurements_around(texts: Iterable[str], *, before: Iterable[str] = ()) -> Measurements:
    """The figures in messages of their own around one that asks for a size: "我160", "穿什么码", "110斤".

    Of the messages `before` these only what plainly is a figure of the buyer's.
    """
    said = [fold(text) for text in texts]
    if not any(map(_SIZE_IS_ASKED.pattern.search, said)):
        return Measurements()
    told = [*filter(_PLAINLY_A_FIGURE.pattern.search, before), *said]
    return measurements_told(" ".join(filter(_ONLY_FIGURES.pattern.fullmatch, told)), height_is_known=False)


def _read(said: str, *, height_is_known: bool) -> Measurements:
    numbers = numbers_in(said)
    height, weight = _likely_height(_heights(said, numbers)), _likely_weight(_weights(said, numbers))
    bare = [number.value for number in numbers if _is_bare(number)]
    if height is None and bare and not (weight is None and len(bare) == 1 and _is_weight(bare[0], height_is_known)):
        height = _likely_height([_centimetres(bare.pop(0))])
    if weight is None and len(bare) == 1:
        weight = _likely_weight([_without_unit(bare[0])])
    return Measurements(height_cm=height, weight_kg=weight)


def _is_bare(number: Number) -> bool:
    has_unit = any(unit.pattern.match(number.after) for unit in (_METRES, _CENTIMETRES, _WEIGHT_UNIT))
    is_called = any(name.says(number.before) for name in (_HEIGHT_COMES, _WEIGHT_COMES))
    return len(number.text) > 1 and not has_unit and not is_called


def _is_weight(value: Decimal, height_is_known: bool) -> bool:  # noqa: FBT001 - what is known, not a switch
    return value >= _TALLEST_METRES and (height_is_known or value < _BARE_HEIGHT_FROM_CM)


def _centimetres(value: Decimal) -> int:
    return int(value * 100 if value < _TALLEST_METRES else value)
