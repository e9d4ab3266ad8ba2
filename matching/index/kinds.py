"""Combinations of solution categories, each kept once.

Hundreds of thousands of solutions offer a few hundred combinations, so that whatever depends on what a
solution offers alone is computed for each combination and looked up for each solution.
"""

import numpy as np

from matching.domain import FloatArray
from matching.taxonomy import category_codes

_PLACE = {code: place for place, code in enumerate(category_codes())}

LATER_CATEGORY = 0.6
"""Weight of the categories that a solution names after its first, which is what it mainly is."""


def offered(codes: tuple[str, ...]) -> FloatArray:
    """How much a solution is of each category: 1 for the one named first, less for the others."""
    offered = np.zeros(len(_PLACE), np.float32)
    known = [_PLACE[code] for code in codes if code in _PLACE]
    offered[known] = LATER_CATEGORY
    offered[known[:1]] = 1.0
    return offered


class Kinds:
    """Numbers for combinations; one that was ever given out stays."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def number_of(self, codes: tuple[str, ...]) -> int:
        """The row of `copy` that says what these categories offer."""
        return self._numbers.setdefault(offered(codes).tobytes(), len(self._numbers))

    def take_up(self, kinds: FloatArray) -> None:
        """Start with what `copy` gave; for an object that gave out no number."""
        self._numbers = {row.tobytes(): number for number, row in enumerate(kinds)}

    def copy(self) -> FloatArray:
        """What each combination offers, see `offered`, by its number."""
        return np.frombuffer(b"".join(self._numbers), np.float32).reshape(-1, len(_PLACE))
