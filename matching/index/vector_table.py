"""Rows of vectors in contiguous matrices, each belonging to an owner."""

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
    """The rows as they were when the view was taken; `owners` is NOBODY where a row was given up.

    The rows of `base` come first; they may lie in a file that several processes share.
    """

    base: FloatArray
    added: FloatArray
    owners: NDArray[np.int32]

    def best(self, queries: FloatArray, owner_count: int) -> FloatArray:
        """For each owner the highest similarity of any of its rows to any query, ABSENT without rows."""
        similarities = np.concatenate([self.base @ queries.T, self.added @ queries.T])
        nearest = similarities[:, 0] if len(queries) == 1 else similarities.max(axis=1, initial=-np.inf)
        held = self.owners >= 0
        found = np.full(owner_count, ABSENT, np.float32)
        np.maximum.at(found, self.owners[held], np.round(nearest[held], DECIMALS))
        return found

    def rows_of(self, owner: int) -> FloatArray:
        """The vectors of one owner, in the order in which they were put."""
        held = self.owners == owner
        inherited = len(self.base)
        return np.concatenate([self.base[held[:inherited]], self.added[held[inherited:]]])

    def held(self) -> tuple[FloatArray, NDArray[np.int32]]:
        """The rows that have an owner, and their owners; the rows of one owner lie together."""
        held, inherited = self.owners != NOBODY, len(self.base)
        rows = np.concatenate([self.base[held[:inherited]], self.added[held[inherited:]]])
        return rows, self.owners[held]


class VectorTable:
    """Appends rows and never rewrites one that a view may still be reading.

    Rows given up stay in place until they are a third of the table; then the rest moves to a new matrix.
    A table may start from rows that lie in a file (`start_from`): they are read where they are, and what is
    added goes to memory of its own.
    """

    def __init__(self, dimensions: int) -> None:
        self._base = np.zeros((0, dimensions), np.float32)
        self._added = np.zeros((_FIRST_CAPACITY, dimensions), np.float32)
        self._owners = np.full(_FIRST_CAPACITY, NOBODY, np.int32)
        self._rows: dict[int, tuple[int, int]] = {}
        self._used = 0
        self._dead = 0

    def start_from(self, rows: FloatArray, owners: NDArray[np.int32]) -> None:
        """Take up, in an empty table, what another's view called `held`; the rows are not copied."""
        self._base, self._used = rows, len(rows)
        self._owners = np.full(len(rows) + _FIRST_CAPACITY, NOBODY, np.int32)
        self._owners[: len(rows)] = owners
        ends = [*(np.flatnonzero(np.diff(owners)) + 1).tolist(), len(owners)]
        starts = [0, *ends[:-1]]
        self._rows = {
            int(owners[start]): (start, end) for start, end in zip(starts, ends, strict=True) if end
        }

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
        inherited = len(self._base)
        self._added[start - inherited : end - inherited] = vectors
        self._owners[start:end] = owner
        self._rows[owner] = (start, end)
        self._used = end

    def drop(self, owner: int) -> None:
        """Gives up the owner's rows, if it has any."""
        start, end = self._rows.pop(owner, (0, 0))
        self._owners[start:end] = NOBODY
        self._dead += end - start
        if self._dead > max(_FEWEST_DEAD_ROWS, self._used // 3):
            self._move(len(self._owners))

    def view(self) -> TableView:
        """An immutable view of the present rows; the vectors are shared, not copied."""
        added = self._added[: self._used - len(self._base)]
        return TableView(self._base, added, self._owners[: self._used].copy())

    def _make_room(self, rows: int) -> None:
        needed = self._used + rows
        if needed > len(self._owners):
            self._grow(max(needed, len(self._base) + 2 * len(self._added)))

    def _grow(self, capacity: int) -> None:
        """Makes room behind the rows; what is inherited stays where it is, views keep what they had."""
        inherited = len(self._base)
        added = np.zeros((capacity - inherited, self._added.shape[1]), np.float32)
        added[: self._used - inherited] = self._added[: self._used - inherited]
        owners = np.full(capacity, NOBODY, np.int32)
        owners[: self._used] = self._owners[: self._used]
        self._added, self._owners = added, owners

    def _move(self, capacity: int) -> None:
        """Copies the rows that have an owner into a new matrix; views keep the old one."""
        kept = np.flatnonzero(self._owners[: self._used] != NOBODY)
        rows, held = self.view().held()
        matrix = np.zeros((capacity, rows.shape[1]), np.float32)
        owners = np.full(capacity, NOBODY, np.int32)
        matrix[: len(kept)] = rows
        owners[: len(kept)] = held
        starts = np.searchsorted(kept, [start for start, _ in self._rows.values()])
        self._rows = {
            owner: (int(moved), int(moved) + end - start)
            for (owner, (start, end)), moved in zip(self._rows.items(), starts, strict=True)
        }
        self._base = np.zeros((0, rows.shape[1]), np.float32)
        self._added, self._owners, self._used, self._dead = matrix, owners, len(kept), 0
