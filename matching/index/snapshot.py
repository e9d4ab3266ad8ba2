"""What readers see of the index: one consistent state that no later write changes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, FloatArray, NeedProfile
from matching.eligibility import verdicts
from matching.index.sentences import Sentences
from matching.index.vector_table import ABSENT, TableView
from matching.index.word_rows import WordView

SOLUTION_ROW = np.dtype([("slot", np.int32), ("kinds", np.int32)])
"""A solution: its supplier's slot plus one (0 where there is none), and which row of `kinds` it offers."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A supplier found by a vector, with the cosine of its nearest text."""

    supplier_id: str
    similarity: float


@dataclass(frozen=True, eq=False)
class IndexSnapshot:
    """Suppliers by slot and their vectors; every array with one entry a supplier is indexed by slot."""

    profiles: tuple[CapabilityProfile | None, ...]
    slots: Mapping[str, int]
    rows: NDArray[np.void]
    solutions: NDArray[np.void]
    kinds: FloatArray
    """The combinations of categories that solutions offer, see `matching.index.kinds`."""

    solution_vectors: TableView
    summary_vectors: TableView
    problem_vectors: TableView
    sentences: tuple[Sentences, ...]
    words: WordView
    solution_places: tuple[tuple[int, ...], ...]
    solution_processes: tuple[frozenset[str], ...]
    problem_keys: tuple[tuple[str, ...], ...]
    dimensions: int

    def __len__(self) -> int:
        """How many suppliers there are."""
        return len(self.slots)

    def verdicts(self, need: NeedProfile) -> NDArray[np.int8]:
        """Eligibility of every slot, see `matching.eligibility.verdicts`."""
        return verdicts(self.rows, self.slots, need)

    def profile(self, slot: int) -> CapabilityProfile:
        """The supplier in a slot; raises LookupError when the slot is free."""
        profile = self.profiles[slot]
        if profile is None:
            raise LookupError(f"slot {slot} holds no supplier")
        return profile

    def solution_similarity(self, queries: FloatArray) -> FloatArray:
        """Nearest text of each solution, by place in `solutions`; ABSENT where there is none."""
        return self.solution_vectors.best(queries, len(self.solutions))

    def summary_similarity(self, queries: FloatArray) -> FloatArray:
        """Nearest part of each supplier's summary, by slot."""
        return self.summary_vectors.best(queries, len(self.profiles))

    def problem_similarity(self, queries: FloatArray) -> FloatArray:
        """Nearest problem among each supplier's references, by slot."""
        return self.problem_vectors.best(queries, len(self.profiles))

    def best_of_solutions(self, values: FloatArray) -> FloatArray:
        """The highest value among each supplier's solutions, by slot, from values by solution place."""
        owners = self.solutions["slot"] - 1
        held = owners >= 0
        best = np.full(len(self.profiles), ABSENT, np.float32)
        np.maximum.at(best, owners[held], values[held])
        return best

    def search(self, queries: FloatArray, k: int, allowed: NDArray[np.bool_] | None = None) -> list[Hit]:
        """The k suppliers whose nearest solution or summary is most similar, exact; ties by supplier id.

        `queries` has one unit vector a row; `allowed` masks slots.
        """
        similarity = np.maximum(
            self.best_of_solutions(self.solution_similarity(queries)), self.summary_similarity(queries)
        )
        if allowed is not None:
            similarity[~allowed] = ABSENT
        found = [
            Hit(self.profile(slot).supplier_id, float(similarity[slot])) for slot in top_slots(similarity, k)
        ]
        return sorted(found, key=lambda hit: (-hit.similarity, hit.supplier_id))[:k]


def top_slots(values: FloatArray, k: int) -> NDArray[np.intp]:
    """The slots of the k highest values and of all that tie with the last of them; ABSENT ones left out."""
    present = np.flatnonzero(values > ABSENT)
    if k <= 0:
        return present[:0]
    if len(present) <= k:
        return present
    threshold = np.partition(values[present], len(present) - k)[len(present) - k]
    kept: NDArray[np.intp] = present[values[present] >= threshold]
    return kept
