"""How often suppliers were in recent lists, and how evenly.

What counts as recent and as a list is for the caller to say; here are only the counts.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Exposure:
    """In how many recent lists each supplier was; one that is not named was in none."""

    lists: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def places(self) -> int:
        """All places in all recent lists."""
        return sum(self.lists.values())

    def of(self, supplier_id: str) -> int:
        """The recent lists that this supplier was in."""
        return self.lists.get(supplier_id, 0)

    def fair_share(self, suppliers: int) -> float:
        """The lists that each of so many suppliers would be in if all were in as many."""
        return self.places / suppliers if suppliers else 0.0

    def without(self, supplier_ids: Collection[str]) -> "Exposure":
        """As if one list with these suppliers had not been."""
        counted = {each: self.lists[each] - 1 for each in supplier_ids if self.lists.get(each)}
        return Exposure({**self.lists, **counted}) if counted else self


UNSEEN = Exposure()
"""Nobody was in any list."""


def gini(counts: NDArray[np.float64]) -> float:
    """Gini coefficient: 0 when all have as much, near 1 when one has everything; nan without any."""
    if counts.size == 0 or counts.sum() == 0:
        return float("nan")
    ordered = np.sort(counts)
    rank = np.arange(1, counts.size + 1)
    return float(2 * (rank @ ordered) / (counts.size * ordered.sum()) - (counts.size + 1) / counts.size)


def top_share(counts: NDArray[np.float64], share: float = 0.1) -> float:
    """Part of all that the given share of suppliers with most has, rounded up to whole suppliers."""
    if counts.size == 0 or counts.sum() == 0:
        return float("nan")
    most = int(np.ceil(share * counts.size))
    return float(np.sort(counts)[::-1][:most].sum() / counts.sum())
