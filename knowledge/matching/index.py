"""All example questions' features, weighted, in one postings index: which examples are like a question, and how much.

A rare feature weighs more than a common one. Rarity is counted over entries, not examples, so that the many ways of
asking for one thing do not make its own words look common.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knowledge.matching.features import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float32]
    Features = Sequence[Sequence[str]]

EXAMPLES_COMPARED_ONE_BY_ONE = 8000
"""Up to this many examples, each question is compared with all of them; above, with a shortlist."""
SHORTLISTED_EXAMPLES = 150
LIKELIEST_EXAMPLES = 50
"""This many get on a shortlist for themselves, the others for their entries: evidence is pooled, so that 150 examples
chosen like this answer better than the 250 likeliest."""
SIBLINGS = 3
"""How much more the mean of an entry's examples counts there than the example itself."""
POSTINGS_READ = 10_000
"""How many postings a shortlist may cost; the rarest features come first and tell most."""
_NEARLY_ZERO = 1e-9
_BLOCK_NUMBERS = np.arange(len(BLOCKS))


class Weighed(NamedTuple):
    """A text's known features with their weights; those of one block have length one, less what is unknown of it."""

    numbers: Integers
    weights: Floats
    blocks: Integers
    known: NDArray[np.float64]
    """For each block, the share of the text's weight whose features are known."""


class Vocabulary(NamedTuple):
    """The features of many texts, numbered block after block, and how rare each is."""

    numbers: Sequence[Mapping[str, int]]
    rarity: Floats
    unseen: float
    """The rarity of a feature that nobody has written."""

    def numbers_of(self, other: Vocabulary) -> Integers:
        """For each of the other's features in their order, its number here; one past the last where there is none."""
        unknown = len(self.rarity)
        return np.array(
            [
                known.get(feature, unknown)
                for known, theirs in zip(self.numbers, other.numbers, strict=True)
                for feature in theirs
            ],
            np.int64,
        )

    def weigh(self, found: Features) -> Weighed:
        """A text's features (see `features.features`) as this vocabulary knows them."""
        numbers: list[int] = []
        sizes: list[int] = []
        for known, block in zip(self.numbers, found, strict=True):
            before = len(numbers)
            numbers.extend([number for number in map(known.get, block) if number is not None])
            sizes.append(len(numbers) - before)
        known_ones = np.array(numbers, np.int64)
        blocks = np.repeat(_BLOCK_NUMBERS, sizes)
        weights = self.rarity[known_ones]
        unknown = np.array(list(map(len, found))) - sizes
        told = np.bincount(blocks, weights * weights, len(BLOCKS))
        total = told + unknown * self.unseen**2 + _NEARLY_ZERO
        return Weighed(known_ones, weights / np.sqrt(total).astype(np.float32)[blocks], blocks, told / total)


class Numbered(NamedTuple):
    """The features of many examples, as numbers: what an index is made of, and takes longest to make."""

    numbers: Sequence[Mapping[str, int]]
    """Piece → number for each block, counted on from block to block."""
    columns: NDArray[np.int32]
    """The number of every feature of every example."""
    rows: NDArray[np.int32]
    """Beside each, the number of its example."""


class Index:
    """Immutable; safe to read from any thread. `entry_of` gives each example's entry, in ascending order."""

    def __init__(self, examples: Iterable[Features] | Numbered, entry_of: Integers) -> None:
        self._examples = len(entry_of)
        numbers, columns, rows = examples if isinstance(examples, Numbered) else _numbered(examples)
        self._block_of = np.repeat(_BLOCK_NUMBERS, [len(known) for known in numbers])
        self._columns_by_row = columns[np.argsort(rows, kind="stable")]
        self._row_starts = _starts(rows, self._examples)
        order = np.argsort(columns, kind="stable")
        columns, self._rows = columns[order], rows[order]
        self._starts = _starts(columns, len(self._block_of))
        self._entry_of = entry_of
        self._sizes = np.bincount(entry_of)
        entries = len(self._sizes)
        seen = _entries_of_each(columns, entry_of[self._rows], len(self._block_of))
        rarity = np.log((1 + entries) / (seen + 0.5)).astype(np.float32)
        self.vocabulary = Vocabulary(numbers, rarity, float(np.log((1 + entries) / 0.5)))
        vectors = self._block_of[columns] * self._examples + self._rows
        lengths = np.bincount(vectors, (rarity * rarity)[columns], len(BLOCKS) * self._examples)
        self._scale = (1 / np.sqrt(lengths + _NEARLY_ZERO)).astype(np.float32).reshape(len(BLOCKS), self._examples)

    def __len__(self) -> int:
        return self._examples

    @property
    def numbered(self) -> Numbered:
        """What makes the same index again, example after example."""
        rows = np.repeat(np.arange(self._examples, dtype=np.int32), np.diff(self._row_starts))
        return Numbered(self.vocabulary.numbers, self._columns_by_row, rows)

    def examples(self, at_once: int) -> Iterator[tuple[int, NDArray[np.int32], Integers]]:
        """Examples, some at a time: the first one's number, the numbers of their features, and whose features they are.

        That counts the blocks of the first of these examples from 0 and goes on from there.
        """
        for start in range(0, self._examples, at_once):
            starts = self._row_starts[start : start + at_once + 1]
            columns = self._columns_by_row[starts[0] : starts[-1]]
            owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
            yield start, columns, owner * len(BLOCKS) + self._block_of[columns]

    def shortlist(self, asked: Weighed) -> Integers:
        """The examples worth comparing, ascending: all, or in a large index those of entries that share much."""
        if self._examples <= EXAMPLES_COMPARED_ONE_BY_ONE:
            return np.arange(self._examples)
        lengths = self._starts[asked.numbers + 1] - self._starts[asked.numbers]
        rarest_first = np.argsort(lengths, kind="stable")
        within = np.cumsum(lengths[rarest_first]) <= POSTINGS_READ
        within[:1] = True
        read = rarest_first[within]
        found = np.repeat(self._strengths(asked)[read], lengths[read])
        sums = np.bincount(self._rows_with(asked.numbers[read]), found, self._examples)
        rows = _not_zero(sums)
        if len(rows) <= SHORTLISTED_EXAMPLES:
            return rows
        shared, entries = sums[rows], self._entry_of[rows]
        of_entry = np.bincount(entries, shared, len(self._sizes)) / self._sizes
        worth = shared + SIBLINGS * of_entry[entries]
        worth[_largest(shared, LIKELIEST_EXAMPLES)] = np.inf
        return np.sort(rows[_largest(worth, SHORTLISTED_EXAMPLES)])

    def likeness(self, asked: Weighed, rows: Integers) -> Floats:
        """How like the text each of these examples is, block by block: cosines in [0, 1], blocks x examples."""
        if len(rows) == self._examples:
            return self._likeness_to_all(asked)
        starts = self._row_starts[rows]
        lengths = self._row_starts[rows + 1] - starts
        before = np.cumsum(lengths) - lengths
        columns = self._columns_by_row.take(np.arange(lengths.sum()) + np.repeat(starts - before, lengths))
        owner = np.repeat(np.arange(len(rows)), lengths)
        strength_of = np.zeros(len(self._block_of), np.float32)
        strength_of[asked.numbers] = self._strengths(asked)
        strengths = strength_of[columns]
        shared = _not_zero(strengths)
        vectors = self._block_of[columns[shared]] * len(rows) + owner[shared]
        return _summed(vectors, strengths[shared], self._scale[:, rows])

    def _likeness_to_all(self, asked: Weighed) -> Floats:
        lengths = self._starts[asked.numbers + 1] - self._starts[asked.numbers]
        vectors = np.repeat(asked.blocks * self._examples, lengths)
        vectors += self._rows_with(asked.numbers)
        return _summed(vectors, np.repeat(self._strengths(asked), lengths), self._scale)

    def _rows_with(self, numbers: Integers) -> NDArray[np.int32]:
        """The examples that have each of these features, feature after feature."""
        bounds = zip(self._starts[numbers].tolist(), self._starts[numbers + 1].tolist(), strict=True)
        return np.concatenate([self._rows[:0], *(self._rows[start:end] for start, end in bounds)])

    def _strengths(self, asked: Weighed) -> Floats:
        return asked.weights * self.vocabulary.rarity[asked.numbers]


def _largest(values: NDArray[Any], count: int) -> Integers:
    """The places of the `count` largest values, in no order."""
    largest: Integers = np.argpartition(values, -count)[-count:]
    return largest


class _Numbering(dict[str, int]):
    """Numbers whatever it has not seen yet."""

    def __missing__(self, feature: str) -> int:
        number = self[feature] = len(self)
        return number


def _numbered(examples: Iterable[Features]) -> Numbered:
    """All features of the first block, then all of the next."""
    numberings = [_Numbering() for _ in BLOCKS]
    columns = [array("i") for _ in BLOCKS]
    lengths = [array("i") for _ in BLOCKS]
    for example in examples:
        for block, found in enumerate(example):
            columns[block].extend(map(numberings[block].__getitem__, found))
            lengths[block].append(len(found))
    offsets = np.cumsum([0, *map(len, numberings)]).tolist()
    numbers = [
        {feature: offset + number for feature, number in numbering.items()}
        for numbering, offset in zip(numberings, offsets, strict=False)
    ]
    every = np.arange(len(lengths[0]), dtype=np.int32)
    return Numbered(
        numbers,
        np.concatenate([np.array(column, np.int32) + offset for column, offset in zip(columns, offsets, strict=False)]),
        np.concatenate([np.repeat(every, np.array(length, np.int32)) for length in lengths]),
    )


def _entries_of_each(columns: NDArray[np.int32], entries: Integers, size: int) -> Integers:
    """How many entries have each feature, given every occurrence, sorted by feature and then by entry."""
    is_new = np.ones(len(columns), bool)
    is_new[1:] = (columns[1:] != columns[:-1]) | (entries[1:] != entries[:-1])
    return np.bincount(columns[is_new], minlength=size)


def _starts(columns: Integers | NDArray[np.int32], size: int) -> Integers:
    return np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=size))))


def _not_zero(values: NDArray[Any]) -> Integers:
    """Where values are not 0; numpy finds that several times as fast among truths as among numbers."""
    return np.flatnonzero(values != 0)


def _summed(vectors: Integers, strengths: Floats, scale: Floats) -> Floats:
    return np.bincount(vectors, strengths, scale.size).reshape(scale.shape).astype(np.float32) * scale
