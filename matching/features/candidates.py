"""Feature rows of the suppliers worth a closer look."""

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

_COLUMN = {name: column for column, name in enumerate(FEATURE_NAMES)}


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """One row a solution: its supplier's slot, its place in the index, its features."""

    slots: NDArray[np.intp]
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
    words = lexical(snapshot, need, slots)
    owners, places, rows = [], [], []
    for slot, word_score in zip(slots.tolist(), words.tolist(), strict=True):
        profile = snapshot.profile(slot)
        shared = {**_supplier_features(need, profile), "lexical": word_score}
        for place, solution in zip(snapshot.solution_places[slot], profile.solutions, strict=True):
            if not is_affordable(need.profile, solution):
                continue
            features = {**shared, **_solution_features(need, solution, snapshot.solution_processes[place])}
            features |= {name: float(getattr(signals, name)[place]) for name in Signals.__slots__}
            owners.append(slot)
            places.append(place)
            rows.append([features[name] for name in FEATURE_NAMES])
    values = np.array(rows, np.float32).reshape(len(rows), len(FEATURE_NAMES))
    return Candidates(np.array(owners, np.intp), np.array(places, np.intp), values)


def _supplier_features(need: EmbeddedNeed, profile: CapabilityProfile) -> dict[str, float]:
    asked = need.profile
    return {
        "reference_industry": fit.reference_industry(asked, profile),
        "region_same": fit.region_same(asked, profile),
        "region_near": fit.region_near(asked, profile),
        "on_site_region": fit.on_site_region(asked, profile),
        "supplier_size": fit.supplier_size(profile),
        "certification": fit.certification(profile),
        "existing_systems": fit.existing_systems(asked, profile),
        "track_record": fit.track_record(profile.track_record),
        "load": fit.load(profile),
    }


def _solution_features(need: EmbeddedNeed, solution: Solution, processes: frozenset[str]) -> dict[str, float]:
    return {
        "industry_closeness": fit.industry_fit(need.profile, solution),
        "process_overlap": fit.process_overlap(need.processes, processes),
        "budget_fit": fit.budget_fit(need.profile, solution),
        "smart_level_fit": fit.smart_level_fit(need.profile, solution),
    }
