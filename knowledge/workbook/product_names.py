"""Which product a cell means: by its id, its name or an alias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from knowledge.manual.entry import ANY
from knowledge.reasons.faults import fault
from knowledge.workbook.columns import ALIASES, NAME, cell_words
from knowledge.workbook.rows import APART

if TYPE_CHECKING:
    from knowledge.workbook.rows import Row

Called: TypeAlias = Mapping[str, Sequence[str]]
"""The ids of the products that each name may mean."""


def called(products: Mapping[str, Row]) -> Called:
    """What the names of products mean, by the rows that they stand in; an id means its own product before all else."""
    ids: dict[str, tuple[str, ...]] = {}
    for id_, row in products.items():
        for name in {row.text(NAME), *row.words(ALIASES)}:
            ids[name] = (*ids.get(name, ()), id_)
    return {**ids, **{id_: (id_,) for id_ in products}}


def is_clear(row: Row, column: str, said: str, names: Called) -> bool:
    """Whether a name means one product at most; a problem of the row where it means several."""
    meant = names.get(said, ())
    if len(meant) > 1:
        row.note(column, fault("name_of_several", name=said, ids=tuple(meant)))
    return len(meant) <= 1


def products_in(row: Row, column: str, names: Called | None) -> frozenset[str]:
    """The products that a cell names; none where the sheet that tells which there are is missing."""
    if names is None:
        return frozenset()
    named = [
        part.strip()
        for line in map(str.strip, row.text(column).split("\n"))
        for part in ((line,) if line in names else APART.split(line))
        if part.strip()
    ]
    return frozenset(product for said in named if (product := _meant(row, column, said, names)) is not None)


def _meant(row: Row, column: str, said: str, names: Called) -> str | None:
    if said in {cell_words().any_product, ANY}:
        return ANY
    if not names.get(said):
        row.note(column, fault("unknown_product", name=said, any=cell_words().any_product))
        return None
    return names[said][0] if is_clear(row, column, said, names) else None
