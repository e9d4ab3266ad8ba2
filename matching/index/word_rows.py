"""Lexical counts of the suppliers, kept so that a change recounts one supplier only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.index.growing import GrowingThings
from matching.lexical import BUCKETS, LENGTH_WEIGHT, SATURATION, gram_counts


@dataclass(frozen=True, slots=True, eq=False)
class WordRow:
    """The hashed character n-grams of one text and how often each occurs."""

    grams: NDArray[np.int32]
    counts: NDArray[np.float32]

    length: float
    """All occurrences together."""

    @classmethod
    def of(cls, grams: NDArray[np.int32], counts: NDArray[np.float32]) -> "WordRow":
        """With its length counted."""
        return cls(grams, counts, float(counts.sum()))


NO_WORDS = WordRow.of(np.zeros(0, np.int32), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class WordView:
    """BM25 over chosen suppliers with the rarity of n-grams measured over all of them."""

    rows: tuple[WordRow | None, ...]
    inverse_frequency: NDArray[np.float32]
    mean_length: float

    def scores(self, query: str, slots: Sequence[int] | NDArray[np.intp]) -> NDArray[np.float32]:
        """Share of the query's rarity found in each supplier, 0 for nothing shared, seldom above 1."""
        asked = np.unique(gram_counts([query]).indices)
        whole = float(self.inverse_frequency[asked].sum())
        held = [(number, row) for number, slot in enumerate(slots) if (row := self.rows[slot]) is not None]
        if whole <= 0.0 or not held:
            return np.zeros(len(slots), np.float32)
        wanted = np.zeros(BUCKETS, np.bool_)
        wanted[asked] = True
        grams = np.concatenate([row.grams for _, row in held])
        shared = np.flatnonzero(wanted[grams])  # few of all
        rarity = self.inverse_frequency[grams[shared]]
        counts = np.concatenate([row.counts for _, row in held])[shared]
        sizes = [len(row.grams) for _, row in held]
        owners = np.repeat(np.arange(len(held), dtype=np.int32), sizes)[shared]
        lengths = np.array([row.length for _, row in held])
        damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / self.mean_length)
        found = rarity * counts * (SATURATION + 1) / (counts + damping[owners])
        scores = np.zeros(len(slots), np.float32)
        # `bincount` adds one after another, so that equal texts are equal wherever they stand.
        scores[[number for number, _ in held]] = np.bincount(owners, found, len(held)) / whole
        return scores


class WordRows:
    """Counts by slot and, kept up with them, in how many suppliers each n-gram occurs."""

    def __init__(self) -> None:
        self._rows = GrowingThings[WordRow | None](None)
        self._size = 0
        self._containing = np.zeros(BUCKETS, np.int32)
        self._total_length = 0.0

    def put(self, slot: int, text: str) -> None:
        """Counts the text for this slot in place of what it had."""
        self.drop(slot)
        counted = gram_counts([text])
        row = WordRow.of(counted.indices.astype(np.int32), counted.data.astype(np.float32))
        self._rows[slot] = row
        self._size += 1
        self._containing[row.grams] += 1
        self._total_length += row.length

    def take_up(self, rows: Mapping[int, WordRow]) -> None:
        """Start with texts that were counted before; for an object that holds none."""
        for slot, row in rows.items():
            self._rows[slot] = row
        self._size = len(rows)
        grams = [row.grams for row in rows.values()]
        if grams:
            self._containing = np.bincount(np.concatenate(grams), minlength=BUCKETS).astype(np.int32)
        self._total_length = sum(row.length for row in rows.values())

    def drop(self, slot: int) -> None:
        """Forgets the text of this slot, if it had one."""
        row = self._rows.pop(slot)
        if row is not None:
            self._size -= 1
            self._containing[row.grams] -= 1
            self._total_length -= row.length

    def view(self, slot_count: int) -> WordView:
        """What the scores need, independent of later changes."""
        size = self._size
        containing = self._containing.astype(np.float32)
        rarity = np.log1p((size - containing + 0.5) / (containing + 0.5))
        rows = self._rows.copy(slot_count)
        return WordView(rows, rarity, max(self._total_length / size, 1.0) if size else 1.0)
