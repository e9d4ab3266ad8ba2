"""Feature rows of the suppliers worth a closer look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, FloatArray, Solution
from matching.eligibility import is_affordable
from matching.features import fit
from matching.features.names import FEATURE_NAMES
from matching.features.need import EmbeddedNeed
from matching.features.signals import Signals, lexical
from matching.index import IndexSnapshot
from matching.index.snapshot import top_slots

OF_SUPPLIER: Mapping[str, Callable[[EmbeddedNeed, CapabilityProfile], float]] = {
    "reference_industry": lambda need, supplier: fit.reference_industry(need.profile, supplier),
    "region_same": lambda need, supplier: fit.region_same(need.profile, supplier),
    "region_near": lambda need, supplier: fit.region_near(need.profile, supplier),
    "on_site_region": lambda need, supplier: fit.on_site_region(need.profile, supplier),
    "supplier_size": lambda _, supplier: fit.supplier_size(supplier),
    "certification": lambda _, supplier: fit.certification(supplier),
    "existing_systems": lambda need, supplier: fit.existing_systems(need.profile, supplier),
    "track_record": lambda _, supplier: fit.track_record(supplier.track_record),
    "load": lambda _, supplier: fit.load(supplier),
}
"""The features that are the same for all solutions of a supplier."""

OF_SOLUTION: Mapping[str, Callable[[EmbeddedNeed, Solution, frozenset[str]], float]] = {
    "industry_closeness": lambda need, solution, _: fit.industry_fit(need.profile, solution),
    "process_overlap": lambda need, _, processes: fit.process_overlap(need.processes, processes),
    "budget_fit": lambda need, solution, _: fit.budget_fit(need.profile, solution),
    "smart_level_fit": lambda need, solution, _: fit.smart_level_fit(need.profile, solution),
}
"""Those of one solution and of the processes that it is for."""

_COLUMN = {name: column for column, name in enumerate(FEATURE_NAMES)}
_FACTS = [_COLUMN[name] for name in (*OF_SUPPLIER, *OF_SOLUTION)]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """One row a solution: its supplier and where that is in the index, the same of itself, its features."""

    suppliers: tuple[CapabilityProfile, ...]
    slots: NDArray[np.intp]
    solutions: tuple[Solution, ...]
    places: NDArray[np.intp]
    values: FloatArray


def shortlist(
    snapshot: IndexSnapshot, signals: Signals, weights: FloatArray, allowed: NDArray[np.bool_], size: int
) -> NDArray[np.intp]:
    """Slots of the allowed suppliers whose best solution promises most, by the signals and their weights."""
    promise = np.zeros(len(snapshot.solutions), np.float32)
    for name in Signals.__slots__:
        promise += weights[_COLUMN[name]] * getattr(signals, name)
    by_slot = snapshot.best_of_solutions(promise)
    by_slot[~allowed] = -np.inf
    return top_slots(by_slot, size)


def candidates(
    snapshot: IndexSnapshot, need: EmbeddedNeed, signals: Signals, slots: NDArray[np.intp]
) -> Candidates:
    """The features of every solution of these suppliers that the budget allows."""
    suppliers: list[CapabilityProfile] = []
    solutions: list[Solution] = []
    numbers, places, told = [], [], []
    for number, slot in enumerate(slots.tolist()):
        profile = snapshot.profile(slot)
        of_supplier = [measure(need, profile) for measure in OF_SUPPLIER.values()]
        for place, solution in zip(snapshot.solution_places[slot], profile.solutions, strict=True):
            if not is_affordable(need.profile, solution):
                continue
            processes = snapshot.solution_processes[place]
            of_solution = [measure(need, solution, processes) for measure in OF_SOLUTION.values()]
            suppliers.append(profile)
            solutions.append(solution)
            numbers.append(number)
            places.append(place)
            told.append(of_supplier + of_solution)
    at, places_held = np.array(numbers, np.intp), np.array(places, np.intp)
    values = np.empty((len(told), len(FEATURE_NAMES)), np.float32)
    values[:, _FACTS] = np.array(told, np.float32).reshape(len(told), len(_FACTS))
    values[:, _COLUMN["lexical"]] = lexical(snapshot, need, slots)[at]
    for name in Signals.__slots__:
        values[:, _COLUMN[name]] = getattr(signals, name)[places_held]
    return Candidates(tuple(suppliers), slots[at], tuple(solutions), places_held, values)
