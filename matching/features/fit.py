"""How well the facts of a need and of a supplier agree, one small rule each; 0 to 1 unless said."""

import math
from collections.abc import Collection

from matching.domain import CapabilityProfile, NeedProfile, Solution, TrackRecord
from matching.taxonomy import are_neighbours, current_region, industry_closeness, smart_level_order
from matching.text import lexical_form, lexical_text

UNKNOWN = 0.5
ENOUGH_SHARED_PROCESSES = 2
LARGE_SUPPLIER = 100
MANY_CERTIFICATIONS = 3
TRACK_RECORD_SHRINKAGE = 10.0
"""Decisions that an untried supplier is credited with, half of them good."""


def industry_fit(need: NeedProfile, solution: Solution) -> float:
    """Closeness along the KSIC tree; a solution for no industry in particular is neutral."""
    if not solution.industries:
        return UNKNOWN
    return industry_closeness(need.industry, solution.industries)


def reference_industry(need: NeedProfile, profile: CapabilityProfile) -> float:
    """Closeness of the nearest reference's industry; 0 without references."""
    known = tuple(reference.industry for reference in profile.references if reference.industry)
    return industry_closeness(need.industry, known)


def process_overlap(wanted: Collection[str], offered: Collection[str]) -> float:
    """Shared processes over those wanted; two shared ones are enough, none wanted is 0."""
    if not wanted:
        return 0.0
    shared = len(frozenset(wanted).intersection(offered))
    return min(1.0, shared / min(len(wanted), ENOUGH_SHARED_PROCESSES))


def region_same(need: NeedProfile, profile: CapabilityProfile) -> float:
    """1 when the supplier sits in the need's region."""
    return float(current_region(need.region) == current_region(profile.region))


def region_near(need: NeedProfile, profile: CapabilityProfile) -> float:
    """1 when the supplier sits in a bordering region."""
    return float(are_neighbours(need.region, profile.region))


def on_site_region(need: NeedProfile, profile: CapabilityProfile) -> float:
    """Nearness where people must come to the plant: same region 1, bordering one half, else 0."""
    if not need.needs_on_site_support:
        return 0.0
    return region_same(need, profile) + 0.5 * region_near(need, profile)


def budget_fit(need: NeedProfile, solution: Solution) -> float:
    """1 when the whole price range lies within the budget, falling to 0 as its floor passes it by a fifth."""
    if need.budget_won is None or (solution.price_min_won is None and solution.price_max_won is None):
        return UNKNOWN
    low = solution.price_min_won if solution.price_min_won is not None else 0
    high = solution.price_max_won if solution.price_max_won is not None else low
    if high <= need.budget_won:
        return 1.0
    if low <= need.budget_won:
        return 0.6 + 0.4 * (need.budget_won - low) / max(high - low, 1)
    return max(0.0, 0.5 - 2.5 * (low - need.budget_won) / max(need.budget_won, 1))


def smart_level_fit(need: NeedProfile, solution: Solution) -> float:
    """1 for a solution for the plant's level or the next one, half for one further step."""
    level = smart_level_order(need.smart_level) if need.smart_level else None
    offered = [order for name in solution.smart_levels if (order := smart_level_order(name))]
    if level is None or not offered:
        return UNKNOWN
    steps = min(max(order - level - 1, level - order, 0) for order in offered)
    return max(0.0, 1.0 - 0.5 * steps)


def supplier_size(profile: CapabilityProfile) -> float:
    """Employees on a log scale."""
    if profile.employee_count is None:
        return UNKNOWN
    return min(1.0, math.log1p(max(profile.employee_count, 0)) / math.log1p(LARGE_SUPPLIER))


def certification(profile: CapabilityProfile) -> float:
    """How many certifications, up to three."""
    return min(1.0, len(set(profile.certifications)) / MANY_CERTIFICATIONS)


def existing_systems(need: NeedProfile, profile: CapabilityProfile) -> float:
    """Share of the plant's systems whose name occurs at the supplier; 0 when the plant names none."""
    named = named_systems(need, profile)
    return len(named) / len(need.existing_systems) if named else 0.0


def named_systems(need: NeedProfile, profile: CapabilityProfile) -> tuple[str, ...]:
    """The plant's systems whose name occurs in the supplier's texts."""
    if not need.existing_systems:
        return ()
    words = lexical_form(lexical_text(profile))
    return tuple(name for name in need.existing_systems if (form := lexical_form(name)) and form in words)


def track_record(record: TrackRecord) -> float:
    """Good decisions less bad ones, from -1 to 1; few decisions stay near 0 (additive smoothing)."""
    good = record.introduced + record.contracted
    return (good - record.rejected) / (good + record.rejected + TRACK_RECORD_SHRINKAGE)


def load(profile: CapabilityProfile) -> float:
    """Share of the capacity that is taken; 0 when the capacity is unlimited or unknown."""
    if not profile.capacity:
        return 0.0
    return min(1.0, profile.active_projects / profile.capacity)
