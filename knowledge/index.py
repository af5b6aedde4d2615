"""All example questions' pieces, weighted, in one postings index: which examples are like a question, and how much.

A rare piece weighs more than a common one. Rarity is counted over entries, not examples, so that the many ways of asking
for one thing do not make its own words look common.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge.pieces import BLOCKS, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type_of_floats = NDArray[np.float32]

EXAMPLES_COMPARED_ONE_BY_ONE = 4000
"""Up to so many examples each question is compared with all of them; above, with a shortlist."""
SHORTLISTED_EXAMPLES = 600
SHORTLISTED_ENTRIES = 60
POSTINGS_READ = 24_000
"""How many postings a shortlist may cost; the rarest pieces come first and tell most."""
_NEARLY_ZERO = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as the index knows it: its known pieces with their weights, and how much of each block is known."""

    numbers: NDArray[np.int64]
    weights: NDArray[np.float32]
    blocks: NDArray[np.int64]
    known: NDArray[np.float32]
    """For each block, the share of the question's weight whose pieces some example has."""


class _Numbering(dict[str, int]):
    """Numbers whatever it has not seen yet."""

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self)
        return number


class Index:
    """Immutable; safe to read from any thread. `entry_of` gives each example's entry, in ascending order."""

    def __init__(self, examples: Sequence[str], entry_of: NDArray[np.int64]) -> None:
        numbers, columns, rows, blocks_of = _numbered(examples)
        self._numbers = numbers
        self._block_of = blocks_of
        self._entry_of = entry_of
        self._examples = len(examples)
        entries = int(entry_of[-1]) + 1 if len(entry_of) else 0
        in_entries = np.unique(columns * entries + entry_of[rows]) // max(entries, 1)
        self._unseen = float(np.log((1 + entries) / 0.5))
        seen = np.bincount(in_entries, minlength=len(blocks_of))
        self._rarity = np.log((1 + entries) / (seen + 0.5)).astype(np.float32)
        self._post(columns, rows)

    def _post(self, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        size, examples = len(self._block_of), max(self._examples, 1)
        places, counts = np.unique(columns * examples + rows, return_counts=True)
        columns, rows = places // examples, places % examples
        weights = ((1 + np.log(counts)) * self._rarity[columns]).astype(np.float32)
        vectors = self._block_of[columns] * examples + rows
        lengths = np.sqrt(np.bincount(vectors, weights * weights, len(BLOCKS) * examples) + _NEARLY_ZERO)
        self._rows = rows.astype(np.int32)
        self._weights = (weights / lengths[vectors]).astype(np.float32)
        self._starts = _starts(columns, size)
        if self._examples > EXAMPLES_COMPARED_ONE_BY_ONE:
            order = np.argsort(self._rows, kind="stable")
            self._columns_by_row = columns[order].astype(np.int32)
            self._weights_by_row = self._weights[order]
            self._row_starts = _starts(rows, examples)

    def ask(self, folded: str) -> Asked:
        """The question's known pieces, weighted like the examples' are; what nobody has written counts as unknown."""
        numbers: list[int] = []
        counts: list[int] = []
        unknown = np.zeros(len(BLOCKS))
        for block, found in enumerate(pieces(folded)):
            known = self._numbers[block]
            for piece, count in Counter(found).items():
                number = known.get(piece)
                if number is None:
                    unknown[block] += self._unseen * self._unseen
                else:
                    numbers.append(number)
                    counts.append(count)
        return self._weighed(np.array(numbers, np.int64), np.array(counts, np.float32), unknown)

    def _weighed(self, numbers: NDArray[np.int64], counts: NDArray[np.float32], unknown: NDArray[np.float64]) -> Asked:
        blocks = self._block_of[numbers]
        weights = (1 + np.log(counts)) * self._rarity[numbers]
        known = np.bincount(blocks, weights * weights, len(BLOCKS))
        total = known + unknown + _NEARLY_ZERO
        return Asked(
            numbers=numbers,
            weights=(weights / np.sqrt(total)[blocks]).astype(np.float32),
            blocks=blocks,
            known=(known / total).astype(np.float32),
        )

    def shortlist(self, asked: Asked) -> NDArray[np.int64]:
        """The examples worth comparing, ascending: all of them, or those of the entries that share the rarest pieces."""
        if self._examples <= EXAMPLES_COMPARED_ONE_BY_ONE:
            return np.arange(self._examples)
        lengths = self._starts[asked.numbers + 1] - self._starts[asked.numbers]
        rarest_first = np.argsort(lengths, kind="stable")
        within = np.cumsum(lengths[rarest_first]) <= POSTINGS_READ
        within[:1] = True
        places, owner = _gather(self._starts, asked.numbers[rarest_first[within]])
        strengths = self._weights[places] * asked.weights[rarest_first[within]][owner]
        sums = np.bincount(self._rows[places], strengths, self._examples)
        return self._of_best_entries(np.flatnonzero(sums), sums)

    def _of_best_entries(self, rows: NDArray[np.int64], sums: NDArray[np.float64]) -> NDArray[np.int64]:
        if len(rows) > SHORTLISTED_EXAMPLES:
            rows = np.sort(rows[np.argpartition(-sums[rows], SHORTLISTED_EXAMPLES)[:SHORTLISTED_EXAMPLES]])
        return rows

    def likeness(self, asked: Asked, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """How like the question each of these examples is, block by block: cosines in [0, 1], blocks x examples."""
        if len(rows) == self._examples:
            return self._likeness_to_all(asked)
        places, owner = _gather(self._row_starts, rows)
        weight_of = np.zeros(len(self._block_of), np.float32)
        weight_of[asked.numbers] = asked.weights
        columns = self._columns_by_row[places]
        vectors = self._block_of[columns] * len(rows) + owner
        return _summed(vectors, self._weights_by_row[places] * weight_of[columns], len(rows))

    def _likeness_to_all(self, asked: Asked) -> NDArray[np.float32]:
        places, owner = _gather(self._starts, asked.numbers)
        vectors = asked.blocks[owner] * self._examples + self._rows[places]
        return _summed(vectors, self._weights[places] * asked.weights[owner], self._examples)


def _numbered(
    examples: Sequence[str],
) -> tuple[list[dict[str, int]], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    numberings = [_Numbering() for _ in BLOCKS]
    columns = [array("i") for _ in BLOCKS]
    lengths = [array("i") for _ in BLOCKS]
    for example in examples:
        for block, found in enumerate(pieces(example)):
            numbering = numberings[block]
            columns[block].extend([numbering[piece] for piece in found])
            lengths[block].append(len(found))
    offsets = np.cumsum([0, *(len(numbering) for numbering in numberings)])
    numbers = [
        {piece: int(offset) + number for piece, number in numbering.items()}
        for numbering, offset in zip(numberings, offsets, strict=False)
    ]
    rows = np.arange(len(examples))
    return (
        numbers,
        np.concatenate([np.array(column, np.int64) + offset for column, offset in zip(columns, offsets, strict=False)]),
        np.concatenate([np.repeat(rows, np.array(length, np.int64)) for length in lengths]),
        np.repeat(np.arange(len(BLOCKS)), [len(numbering) for numbering in numberings]),
    )


def _starts(columns: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=size))))


def _gather(starts: NDArray[np.int64], chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of all postings of the chosen lists, and for each place the position of its list in `chosen`."""
    lengths = starts[chosen + 1] - starts[chosen]
    ends = np.cumsum(lengths)
    owner = np.repeat(np.arange(len(chosen)), lengths)
    return np.arange(len(owner)) + (starts[chosen] - ends + lengths)[owner], owner


def _summed(vectors: NDArray[np.int64], strengths: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    return np.bincount(vectors, strengths, len(BLOCKS) * rows).reshape(len(BLOCKS), rows).astype(np.float32)
