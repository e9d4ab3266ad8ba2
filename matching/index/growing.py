"""A structured array that grows by doubling."""

import numpy as np
from numpy.typing import NDArray


class GrowingRows:
    """Rows of one dtype, set by place; `copy` is what a snapshot keeps."""

    def __init__(self, dtype: np.dtype[np.void]) -> None:
        self._rows = np.zeros(64, dtype)

    def __setitem__(self, place: int, row: tuple[object, ...]) -> None:
        """Writes a row, making room when the place is new."""
        if place >= len(self._rows):
            rows = np.zeros(max(place + 1, 2 * len(self._rows)), self._rows.dtype)
            rows[: len(self._rows)] = self._rows
            self._rows = rows
        self._rows[place] = row

    def clear(self, place: int) -> None:
        """Sets every field of a row to zero."""
        self._rows[place] = np.zeros((), self._rows.dtype)

    def copy(self, count: int) -> NDArray[np.void]:
        """The first rows, independent of later changes."""
        return self._rows[:count].copy()
