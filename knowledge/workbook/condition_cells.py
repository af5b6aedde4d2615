"""The conditions of an answer in the cells of its row: each written by the form of its field, and read again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from knowledge.answers.conditions import CONDITIONS
from knowledge.entities.regions import place_in, region_names
from knowledge.manual.entry import ALWAYS, ANY, When
from knowledge.reasons.conditions import sentences
from knowledge.reasons.faults import fault
from knowledge.workbook.columns import ANSWERS, cell_words, layouts
from knowledge.workbook.product_names import products_in
from knowledge.workbook.rows import cell_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from knowledge.answers.conditions.condition import Cell, Form, States
    from knowledge.workbook.product_names import Called
    from knowledge.workbook.rows import Row

_BETWEEN = "、"


@cache
def condition_cells() -> tuple[Cell, ...]:
    """The cells of all conditions, in the order of their columns."""
    cells = {cell.field: cell for condition in CONDITIONS for cell in condition.cells}
    return tuple(cells[column.key] for column in layouts()[ANSWERS].columns if column.key in cells)


def cells_of(when: When) -> tuple[str, ...]:
    """The conditions as staff read them, one text for each cell; empty where nothing is asked about."""
    return tuple(_cell_of(getattr(when, cell.field), cell) for cell in condition_cells())


def _cell_of(value: Any, cell: Cell) -> str:  # noqa: ANN401 - as the field of `When` says
    return "" if value == getattr(ALWAYS, cell.field) else _FORMS[cell.form].write(value, cell)


def when_of(row: Row, products: Called | None) -> When | None:
    """The conditions that a row names; None, with its problems noted, where they refuse to exist together."""
    return row.make(
        lambda: When(**{cell.field: _FORMS[cell.form].read(row, cell, products) for cell in condition_cells()})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a value is written in a cell, and read from it."""

    write: Callable[[Any, Cell], str]
    read: Callable[[Row, Cell, Called | None], Any]


def _states_written(names: frozenset[str], cell: Cell) -> str:
    said = {name: word for word, name in _named(cell.states).items()}
    return _BETWEEN.join(sorted(said.get(name, name) for name in names))


def _states_read(row: Row, cell: Cell, _: Called | None) -> frozenset[str]:
    return row.codes(cell.field, _named(cell.states))


def _named(states: States) -> Mapping[str, str]:
    """What staff write → the state."""
    return {sentences("zh")[states.code(name)]: name for name in states.names}


def _products_written(products: frozenset[str], _: Cell) -> str:
    return "\n".join(sorted(cell_words().any_product if product == ANY else product for product in products))


def _regions_read(row: Row, cell: Cell, _: Called | None) -> frozenset[str]:
    together = cell_words().regions_together
    said = (part for each in row.parts(cell.field) for part in together.get(each, (each,)))
    return frozenset(_region(row, cell, part) for part in said)


def _region(row: Row, cell: Cell, said: str) -> str:
    if said in region_names() or said in cell.states.names:
        return said
    place = place_in(said)
    if place is not None and place.city is None and (place.start, place.end) == (0, len(said)):
        return place.region
    groups = _named(cell.states)
    if said not in groups:
        row.note(cell.field, fault("unknown_region", text=said, known=(*groups, *cell_words().regions_together)))
    return groups.get(said, said)


_FORMS: Mapping[Form, _Form] = MappingProxyType(
    {
        "texts": _Form(
            write=lambda texts, _: cell_of(sorted(texts)),
            read=lambda row, cell, _: frozenset(row.words(cell.field)),
        ),
        "names": _Form(
            write=lambda names, _: _BETWEEN.join(sorted(names)),
            read=lambda row, cell, _: frozenset(row.parts(cell.field)),
        ),
        "states": _Form(write=_states_written, read=_states_read),
        "day": _Form(
            write=lambda day, _: day.isoformat(),
            read=lambda row, cell, _: row.day(cell.field),
        ),
        "times": _Form(
            write=lambda times, _: str(times),
            read=lambda row, cell, _: row.number_of_times(cell.field),
        ),
        "products": _Form(
            write=_products_written,
            read=lambda row, cell, products: products_in(row, cell.field, products),
        ),
        "regions": _Form(write=_states_written, read=_regions_read),
    }
)
