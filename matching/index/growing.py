"""A structured array that grows by doubling."""

import numpy as np
from numpy.typing import NDArray


class GrowingRows:
    """Rows of one dtype, set by place; `copy` is what a snapshot keeps."""

    def __init__(self, dtype: np.dtype[np.void]) -> None:
        self._rows = np.zeros(64, dtype)

    def start_from(self, rows: NDArray[np.void]) -> None:
        """Take up, while empty, what `copy` gave; the rows are copied."""
        self._make_room(len(rows))
        self._rows[: len(rows)] = rows

    def __setitem__(self, place: int, row: tuple[object, ...]) -> None:
        """Writes a row, making room when the place is new."""
        self._make_room(place + 1)
        self._rows[place] = row

    def clear(self, place: int) -> None:
        """Sets every field of a row to zero."""
        self._rows[place] = np.zeros((), self._rows.dtype)

    def copy(self, count: int) -> NDArray[np.void]:
        """The first rows, independent of later changes."""
        return self._rows[:count].copy()

    def _make_room(self, count: int) -> None:
        if count > len(self._rows):
            rows = np.zeros(max(count, 2 * len(self._rows)), self._rows.dtype)
            rows[: len(self._rows)] = self._rows
            self._rows = rows
