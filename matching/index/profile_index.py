"""The writer's side of the index."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, EmbeddedPassages, FloatArray, PassageKind
from matching.eligibility import ROW, row_of
from matching.index.growing import GrowingRows, GrowingThings
from matching.index.kinds import Kinds
from matching.index.places import Places
from matching.index.sentences import NO_SENTENCES, Sentences, packed
from matching.index.snapshot import SOLUTION_ROW, IndexSnapshot
from matching.index.vector_table import VectorTable
from matching.index.word_rows import WordRow, WordRows
from matching.text import lexical_text, processes_of_solution, solution_of_key


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedProfile:
    """A supplier with the vectors of its passages."""

    profile: CapabilityProfile
    embedded: EmbeddedPassages


@dataclass(frozen=True, slots=True, eq=False)
class KeptSupplier:
    """A supplier as the index keeps it beside its ranking vectors; `places` are those of its solutions."""

    slot: int
    profile: CapabilityProfile
    places: tuple[int, ...]
    processes: tuple[frozenset[str], ...]
    problem_keys: tuple[str, ...]
    sentences: Sentences
    words: WordRow


@dataclass(frozen=True, slots=True, eq=False)
class KeptRows:
    """What the rules and the kinds are read from, as a snapshot holds it."""

    suppliers: NDArray[np.void]
    solutions: NDArray[np.void]
    kinds: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class KeptVectors:
    """Ranking vectors with their owners, rows of one owner together, as `TableView.held` gives them."""

    solutions: tuple[FloatArray, NDArray[np.int32]]
    summaries: tuple[FloatArray, NDArray[np.int32]]
    problems: tuple[FloatArray, NDArray[np.int32]]


class ProfileIndex:
    """Holds embedded suppliers; `snapshot()` is what to search.

    Writers take a lock. A snapshot is made when first asked for after a change and then shared, so
    loading many suppliers costs one snapshot and reading costs none.
    """

    def __init__(self, encoder_name: str, dimensions: int) -> None:
        self.encoder_name = encoder_name
        self.dimensions = dimensions
        self._lock = threading.Lock()
        self._snapshot: IndexSnapshot | None = None
        self._slots: dict[str, int] = {}
        self._profiles = GrowingThings[CapabilityProfile | None](None)
        self._sentences = GrowingThings(NO_SENTENCES)
        self._slot_places, self._solution_places = Places(), Places()
        self._processes = GrowingThings(frozenset[str]())
        self._problem_keys = GrowingThings[tuple[str, ...]](())
        self._solutions_of = GrowingThings[tuple[int, ...]](())
        self._rows, self._solution_rows = GrowingRows(ROW), GrowingRows(SOLUTION_ROW)
        self._kinds = Kinds()
        self._solution_vectors = VectorTable(dimensions)
        self._summary_vectors = VectorTable(dimensions)
        self._problem_vectors = VectorTable(dimensions)
        self._words = WordRows()

    def __len__(self) -> int:
        """How many suppliers are in the index."""
        return len(self._slots)

    def __contains__(self, supplier_id: str) -> bool:
        """Whether this supplier is in the index."""
        return supplier_id in self._slots

    @property
    def supplier_ids(self) -> tuple[str, ...]:
        """Who is in the index."""
        return tuple(self._slots)

    def put(self, *entries: EmbeddedProfile) -> None:
        """Adds or replaces suppliers; raises ValueError on vectors of another length."""
        for entry in entries:
            if entry.embedded.vectors.shape[1] != self.dimensions:
                length = entry.embedded.vectors.shape[1]
                raise ValueError(f"vectors have {length} numbers, not {self.dimensions}")
        with self._lock:
            for entry in entries:
                self._put(entry)
            self._snapshot = None

    def remove(self, *supplier_ids: str) -> None:
        """Takes suppliers out; one that is not there is passed over."""
        with self._lock:
            for supplier_id in supplier_ids:
                slot = self._slots.pop(supplier_id, None)
                if slot is not None:
                    self._clear(slot)
                    self._slot_places.give_back(slot)
            self._snapshot = None

    def take_up(self, suppliers: Sequence[KeptSupplier], rows: KeptRows, vectors: KeptVectors) -> None:
        """Start, while empty, with what an index held before: no text is cut or counted, no vector copied."""
        with self._lock:
            self._rows.start_from(rows.suppliers)
            self._solution_rows.start_from(rows.solutions)
            self._kinds.take_up(rows.kinds)
            for kept in suppliers:
                self._take_up(kept)
            self._slot_places.take_up([kept.slot for kept in suppliers])
            self._solution_places.take_up([place for kept in suppliers for place in kept.places])
            self._words.take_up({kept.slot: kept.words for kept in suppliers})
            self._solution_vectors.start_from(*vectors.solutions)
            self._summary_vectors.start_from(*vectors.summaries)
            self._problem_vectors.start_from(*vectors.problems)
            self._snapshot = None

    def snapshot(self) -> IndexSnapshot:
        """The present state, unchanged by anything that is written later."""
        snapshot = self._snapshot
        if snapshot is None:
            with self._lock:
                snapshot = self._snapshot or self._take()
                self._snapshot = snapshot
        return snapshot

    def _take_up(self, kept: KeptSupplier) -> None:
        slot, profile = kept.slot, kept.profile
        self._slots[profile.supplier_id] = slot
        self._profiles[slot] = profile
        self._problem_keys[slot], self._sentences[slot] = kept.problem_keys, kept.sentences
        self._solutions_of[slot] = kept.places
        for place, processes in zip(kept.places, kept.processes, strict=True):
            self._processes[place] = processes

    def _put(self, entry: EmbeddedProfile) -> None:
        supplier_id = entry.profile.supplier_id
        slot = self._slots.get(supplier_id)
        if slot is None:
            slot = self._slots[supplier_id] = self._slot_places.take()
        else:
            self._clear(slot)
        self._profiles[slot] = entry.profile
        self._rows[slot] = row_of(entry.profile)
        of_kind = entry.embedded.of_kind
        self._summary_vectors.put(slot, of_kind(PassageKind.SUMMARY).vectors)
        problems = of_kind(PassageKind.REFERENCE_PROBLEM)
        self._problem_vectors.put(slot, problems.vectors)
        self._problem_keys[slot] = tuple(passage.key for passage in problems.passages)
        self._sentences[slot] = packed(of_kind(PassageKind.SUPPLIER_SENTENCE))
        self._put_solutions(slot, entry.profile, of_kind(PassageKind.SOLUTION))
        self._words.put(slot, lexical_text(entry.profile))

    def _put_solutions(self, slot: int, profile: CapabilityProfile, embedded: EmbeddedPassages) -> None:
        owners = [solution_of_key(passage.key) for passage in embedded.passages]
        places = []
        for solution in profile.solutions:
            place = self._solution_places.take()
            places.append(place)
            self._solution_rows[place] = (slot + 1, self._kinds.number_of(solution.categories))
            self._processes[place] = processes_of_solution(solution)
            rows = [row for row, owner in enumerate(owners) if owner == solution.id]
            self._solution_vectors.put(place, embedded.vectors[rows])
        self._solutions_of[slot] = tuple(places)

    def _clear(self, slot: int) -> None:
        self._rows.clear(slot)
        for place in self._solutions_of.pop(slot):
            self._solution_vectors.drop(place)
            self._solution_rows.clear(place)
            self._solution_places.give_back(place)
            self._processes.pop(place)
        self._summary_vectors.drop(slot)
        self._problem_vectors.drop(slot)
        self._words.drop(slot)
        self._profiles.pop(slot)
        self._problem_keys.pop(slot)
        self._sentences.pop(slot)

    def _take(self) -> IndexSnapshot:
        count, places = self._slot_places.count, self._solution_places.count
        return IndexSnapshot(
            profiles=self._profiles.copy(count),
            slots=dict(self._slots),
            rows=self._rows.copy(count),
            solutions=self._solution_rows.copy(places),
            kinds=self._kinds.copy(),
            solution_vectors=self._solution_vectors.view(),
            summary_vectors=self._summary_vectors.view(),
            problem_vectors=self._problem_vectors.view(),
            sentences=self._sentences.copy(count),
            words=self._words.view(count),
            solution_places=self._solutions_of.copy(count),
            solution_processes=self._processes.copy(places),
            problem_keys=self._problem_keys.copy(count),
            dimensions=self.dimensions,
        )
