"""What is set by place and copied at once into a snapshot: rows of an array, or any things."""

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Thing = TypeVar("Thing")


class GrowingThings(Generic[Thing]):
    """One thing a place, `nothing` where there is none; `copy` is what a snapshot keeps.

    A list, since every change makes a tuple of all of them, which takes many times as long from a dictionary.
    """

    def __init__(self, nothing: Thing) -> None:
        self._nothing = nothing
        self._things: list[Thing] = []

    def __setitem__(self, place: int, thing: Thing) -> None:
        """Puts a thing there, making room when the place is new."""
        self._things += [self._nothing] * (place + 1 - len(self._things))
        self._things[place] = thing

    def pop(self, place: int) -> Thing:
        """Takes the thing from there; `nothing` where there is none."""
        if place >= len(self._things):
            return self._nothing
        taken, self._things[place] = self._things[place], self._nothing
        return taken

    def copy(self, count: int) -> tuple[Thing, ...]:
        """The things of the first places."""
        return (*self._things[:count], *[self._nothing] * (count - len(self._things)))


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
