"""Rows of vectors in one contiguous matrix, each belonging to an owner."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.domain import FloatArray

NOBODY = -1
ABSENT = np.float32(-np.inf)
DECIMALS = 5
"""The last bits of a product depend on where its row lies; without them equal texts are equal anywhere."""

_FIRST_CAPACITY = 64
_FEWEST_DEAD_ROWS = 1024


@dataclass(frozen=True, slots=True, eq=False)
class TableView:
    """The rows as they were when the view was taken; `owners` is NOBODY where a row was given up."""

    matrix: FloatArray
    owners: NDArray[np.int32]

    def best(self, queries: FloatArray, owner_count: int) -> FloatArray:
        """For each owner the highest similarity of any of its rows to any query, ABSENT without rows."""
        similarities = self.matrix @ queries.T
        nearest = similarities[:, 0] if len(queries) == 1 else similarities.max(axis=1, initial=-np.inf)
        held = self.owners >= 0
        found = np.full(owner_count, ABSENT, np.float32)
        np.maximum.at(found, self.owners[held], np.round(nearest[held], DECIMALS))
        return found

    def rows_of(self, owner: int) -> FloatArray:
        """The vectors of one owner, in the order in which they were put."""
        return np.asarray(self.matrix[self.owners == owner])

    def by_owner(self) -> dict[int, FloatArray]:
        """The vectors of every owner, found in one pass."""
        order = np.argsort(self.owners, kind="stable")
        owners, starts = np.unique(self.owners[order], return_index=True)
        groups = np.split(order, starts[1:])
        return {int(owner): self.matrix[rows] for owner, rows in zip(owners, groups, strict=False)}


class VectorTable:
    """Appends rows and never rewrites one that a view may still be reading.

    Rows given up stay in place until they are a third of the table; then the rest moves to a new matrix.
    """

    def __init__(self, dimensions: int) -> None:
        self._matrix = np.zeros((_FIRST_CAPACITY, dimensions), np.float32)
        self._owners = np.full(_FIRST_CAPACITY, NOBODY, np.int32)
        self._rows: dict[int, tuple[int, int]] = {}
        self._used = 0
        self._dead = 0

    def __len__(self) -> int:
        """Rows that have an owner."""
        return self._used - self._dead

    def put(self, owner: int, vectors: FloatArray) -> None:
        """Gives the owner these rows in place of any it had."""
        self.drop(owner)
        if not len(vectors):
            return
        self._make_room(len(vectors))
        start, end = self._used, self._used + len(vectors)
        self._matrix[start:end] = vectors
        self._owners[start:end] = owner
        self._rows[owner] = (start, end)
        self._used = end

    def drop(self, owner: int) -> None:
        """Gives up the owner's rows, if it has any."""
        start, end = self._rows.pop(owner, (0, 0))
        self._owners[start:end] = NOBODY
        self._dead += end - start
        if self._dead > max(_FEWEST_DEAD_ROWS, self._used // 3):
            self._move(len(self._matrix))

    def view(self) -> TableView:
        """An immutable view of the present rows; the vectors are shared, not copied."""
        return TableView(self._matrix[: self._used], self._owners[: self._used].copy())

    def _make_room(self, rows: int) -> None:
        needed = self._used + rows
        if needed > len(self._matrix):
            self._move(max(needed, 2 * len(self._matrix)))

    def _move(self, capacity: int) -> None:
        """Copies the rows that have an owner into a new matrix; views keep the old one."""
        kept = np.flatnonzero(self._owners[: self._used] != NOBODY)
        matrix = np.zeros((capacity, self._matrix.shape[1]), np.float32)
        owners = np.full(capacity, NOBODY, np.int32)
        matrix[: len(kept)] = self._matrix[kept]
        owners[: len(kept)] = self._owners[kept]
        starts = np.searchsorted(kept, [start for start, _ in self._rows.values()])
        self._rows = {
            owner: (int(moved), int(moved) + end - start)
            for (owner, (start, end)), moved in zip(self._rows.items(), starts, strict=True)
        }
        self._matrix, self._owners, self._used, self._dead = matrix, owners, len(kept), 0
