"""All example questions' pieces, weighted, in one postings index: which examples are like a question, and how much.

A rare piece weighs more than a common one. Rarity is counted over entries, not examples, so that the many ways of asking
for one thing do not make its own words look common.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.pieces import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float32]
    Pieces = Sequence[Sequence[str]]

EXAMPLES_COMPARED_ONE_BY_ONE = 4000
"""Up to so many examples each question is compared with all of them; above, with a shortlist."""
SHORTLISTED_EXAMPLES = 600
POSTINGS_READ = 24_000
"""How many postings a shortlist may cost; the rarest pieces come first and tell most."""
_NEARLY_ZERO = 1e-9
_BLOCK_NUMBERS = np.arange(len(BLOCKS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A text's known pieces with their weights; those of one block have length one, less what is unknown of it."""

    numbers: Integers
    weights: Floats
    blocks: Integers
    known: NDArray[np.float64]
    """For each block, the share of the text's weight whose pieces are known."""


class Vocabulary(NamedTuple):
    """The pieces of many texts, numbered block after block, and how rare each is."""

    numbers: Sequence[Mapping[str, int]]
    rarity: Floats
    unseen: float
    """The rarity of a piece that nobody has written."""

    def weigh(self, pieces: Pieces) -> Weighed:
        """A text's pieces (see `pieces.pieces`) as this vocabulary knows them. How often one occurs does not matter."""
        numbers: list[int] = []
        sizes: list[int] = []
        unknown: list[int] = []
        for known, found in zip(self.numbers, map(dict.fromkeys, pieces), strict=True):
            before = len(numbers)
            numbers.extend([known[piece] for piece in found if piece in known])
            sizes.append(len(numbers) - before)
            unknown.append(len(found) - sizes[-1])
        return self._weighed(np.array(numbers, np.int64), np.repeat(_BLOCK_NUMBERS, sizes), np.array(unknown))

    def _weighed(self, numbers: Integers, blocks: Integers, unknown: Integers) -> Weighed:
        weights = self.rarity[numbers]
        known = np.bincount(blocks, weights * weights, len(BLOCKS))
        total = known + unknown * self.unseen**2 + _NEARLY_ZERO
        return Weighed(
            numbers=numbers,
            weights=weights / np.sqrt(total).astype(np.float32)[blocks],
            blocks=blocks,
            known=known / total,
        )


class Index:
    """Immutable; safe to read from any thread. `entry_of` gives each example's entry, in ascending order."""

    def __init__(self, examples: Iterable[Pieces], entry_of: Integers) -> None:
        self._examples = len(entry_of)
        numbers, columns, rows = _numbered(examples)
        self._block_of = np.repeat(_BLOCK_NUMBERS, [len(known) for known in numbers])
        entries = int(entry_of[-1]) + 1 if len(entry_of) else 0
        in_entries = np.unique(columns * entries + entry_of[rows]) // max(entries, 1)
        seen = np.bincount(in_entries, minlength=len(self._block_of))
        rarity = np.log((1 + entries) / (seen + 0.5)).astype(np.float32)
        self.vocabulary = Vocabulary(numbers, rarity, float(np.log((1 + entries) / 0.5)))
        self._post(columns, rows)

    def _post(self, columns: Integers, rows: Integers) -> None:
        examples = max(self._examples, 1)
        places = np.unique(columns * examples + rows)
        columns, rows = places // examples, places % examples
        weights = self.vocabulary.rarity[columns]
        vectors = self._block_of[columns] * examples + rows
        lengths = np.sqrt(np.bincount(vectors, weights * weights, len(BLOCKS) * examples) + _NEARLY_ZERO)
        self._weights = (weights / lengths[vectors]).astype(np.float32)
        self._rows = rows.astype(np.int32)
        self._starts = _starts(columns, len(self._block_of))
        if self._examples > EXAMPLES_COMPARED_ONE_BY_ONE:
            order = np.argsort(self._rows, kind="stable")
            self._columns_by_row = columns[order].astype(np.int32)
            self._weights_by_row = self._weights[order]
            self._row_starts = _starts(rows, examples)

    def shortlist(self, asked: Weighed) -> Integers:
        """The examples worth comparing, ascending: all of them, or in a large index those that share its rarest pieces."""
        if self._examples <= EXAMPLES_COMPARED_ONE_BY_ONE:
            return np.arange(self._examples)
        lengths = self._starts[asked.numbers + 1] - self._starts[asked.numbers]
        rarest_first = np.argsort(lengths, kind="stable")
        within = np.cumsum(lengths[rarest_first]) <= POSTINGS_READ
        within[:1] = True
        read = rarest_first[within]
        places, owner = _gather(self._starts, asked.numbers[read])
        sums = np.bincount(self._rows[places], self._weights[places] * asked.weights[read][owner], self._examples)
        rows = np.flatnonzero(sums)
        if len(rows) > SHORTLISTED_EXAMPLES:
            best = np.argpartition(-sums[rows], SHORTLISTED_EXAMPLES)[:SHORTLISTED_EXAMPLES]
            rows = np.sort(rows[best])
        return rows

    def likeness(self, asked: Weighed, rows: Integers) -> Floats:
        """How like the text each of these examples is, block by block: cosines in [0, 1], blocks x examples."""
        if len(rows) == self._examples:
            return self._likeness_to_all(asked)
        places, owner = _gather(self._row_starts, rows)
        weight_of = np.zeros(len(self._block_of), np.float32)
        weight_of[asked.numbers] = asked.weights
        columns = self._columns_by_row[places]
        vectors = self._block_of[columns] * len(rows) + owner
        return _summed(vectors, self._weights_by_row[places] * weight_of[columns], len(rows))

    def _likeness_to_all(self, asked: Weighed) -> Floats:
        places, owner = _gather(self._starts, asked.numbers)
        vectors = asked.blocks[owner] * self._examples + self._rows[places]
        return _summed(vectors, self._weights[places] * asked.weights[owner], self._examples)


class _Numbering(dict[str, int]):
    """Numbers whatever it has not seen yet."""

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self)
        return number


def _numbered(examples: Iterable[Pieces]) -> tuple[list[dict[str, int]], Integers, Integers]:
    """Each block's numbering, and for every piece of every example its number and the example's."""
    numberings = [_Numbering() for _ in BLOCKS]
    columns = [array("i") for _ in BLOCKS]
    lengths = [array("i") for _ in BLOCKS]
    for example in examples:
        for block, found in enumerate(example):
            numbering = numberings[block]
            columns[block].extend([numbering[piece] for piece in found])
            lengths[block].append(len(found))
    offsets = np.cumsum([0, *map(len, numberings)]).tolist()
    numbers = [
        {piece: offset + number for piece, number in numbering.items()}
        for numbering, offset in zip(numberings, offsets, strict=False)
    ]
    every = np.arange(len(lengths[0]))
    return (
        numbers,
        np.concatenate([np.array(column, np.int64) + offset for column, offset in zip(columns, offsets, strict=False)]),
        np.concatenate([np.repeat(every, np.array(length, np.int64)) for length in lengths]),
    )


def _starts(columns: Integers, size: int) -> Integers:
    return np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=size))))


def _gather(starts: Integers, chosen: Integers) -> tuple[Integers, Integers]:
    """The places of all postings of the chosen lists, and for each place the position of its list in `chosen`."""
    lengths = starts[chosen + 1] - starts[chosen]
    ends = np.cumsum(lengths)
    owner = np.repeat(np.arange(len(chosen)), lengths)
    return np.arange(len(owner)) + (starts[chosen] - ends + lengths)[owner], owner


def _summed(vectors: Integers, strengths: Floats, rows: int) -> Floats:
    return np.bincount(vectors, strengths, len(BLOCKS) * rows).reshape(len(BLOCKS), rows).astype(np.float32)
