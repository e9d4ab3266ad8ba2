"""Hard rules: who may not be recommended for a need, each with its code, for all suppliers at once.

A supplier counts under the first rule that it breaks, in the order of `RULES`.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, Exclusion, NeedProfile, Solution, SupplierStatus
from matching.taxonomy import certifications, current_region, regions

BUDGET_TOLERANCE = 1.2
"""A price floor up to a fifth over the budget is a caution, beyond it an exclusion."""

RULES = (
    "not_approved",
    "suspended",
    "same_business_number",
    "excluded_by_manufacturer",
    "region_not_served",
    "missing_certification",
    "over_budget",
    "no_capacity",
)
ELIGIBLE = -1

ROW = np.dtype(
    [
        ("present", np.bool_),
        ("not_approved", np.bool_),
        ("suspended", np.bool_),
        ("business_number", np.int64),
        ("served_regions", np.uint32),
        ("price_floor_won", np.int64),
        ("no_capacity", np.bool_),
        ("certifications", np.uint64),
    ]
)
"""What the rules need of one supplier, so that they run over one array for everybody."""

_ALL_REGIONS = 2**32 - 1
_REGION_BITS = {region.code: 1 << place for place, region in enumerate(regions())}
_CERTIFICATION_BITS = {known.code: 1 << place for place, known in enumerate(certifications())}
_UNKNOWN_CERTIFICATION = 1 << 63
"""Required by a need, a code that is on no list is held by nobody."""

Rows = NDArray[np.void]
Slots = Mapping[str, int]
"""The row of each supplier id."""
Mask = NDArray[np.bool_]


def row_of(profile: CapabilityProfile) -> tuple[bool, bool, bool, int, int, int, bool, int]:
    """The fields of `ROW` for a supplier."""
    return (
        True,
        profile.status not in (SupplierStatus.APPROVED, SupplierStatus.SUSPENDED),
        profile.status == SupplierStatus.SUSPENDED,
        _digits(profile.business_number),
        _region_bits(profile.service_regions) or _ALL_REGIONS,
        min((solution.price_min_won or 0 for solution in profile.solutions), default=0),
        profile.free_capacity == 0,
        _bits(profile.certifications, _CERTIFICATION_BITS),
    )


def verdicts(rows: Rows, slots: Slots, need: NeedProfile) -> NDArray[np.int8]:
    """For each row the place in `RULES` of the first rule that it breaks, or ELIGIBLE.

    Rows that hold no supplier are not eligible under any rule; ignore them by `present`.
    """
    verdict = np.full(len(rows), ELIGIBLE, np.int8)
    for place in range(len(RULES) - 1, -1, -1):
        verdict[_BROKEN[RULES[place]](rows, slots, need)] = place
    return verdict


def exclusions(verdict: NDArray[np.int8], rows: Rows) -> tuple[Exclusion, ...]:
    """The rules that excluded somebody, with how many, in the order of `RULES`."""
    broken = verdict[rows["present"] & (verdict != ELIGIBLE)]
    counts = np.bincount(broken, minlength=len(RULES)).tolist()
    return tuple(Exclusion(code, count) for code, count in zip(RULES, counts, strict=True) if count)


def approved_count(rows: Rows) -> int:
    """How many suppliers an account manager approved and has not suspended, whatever the need."""
    return int(np.count_nonzero(rows["present"] & ~rows["not_approved"] & ~rows["suspended"]))


def exclusion_of(profile: CapabilityProfile, need: NeedProfile) -> str | None:
    """The code of the first rule that this supplier breaks for this need; None when it is eligible."""
    verdict = int(verdicts(np.array([row_of(profile)], ROW), {profile.supplier_id: 0}, need)[0])
    return None if verdict == ELIGIBLE else RULES[verdict]


def _same_business_number(rows: Rows, _: Slots, need: NeedProfile) -> Mask:
    number = _digits(need.manufacturer_business_number or "")
    return np.asarray(rows["business_number"] == number) & (number > 0)


def _excluded(rows: Rows, slots: Slots, need: NeedProfile) -> Mask:
    broken = np.zeros(len(rows), np.bool_)
    broken[[slots[each] for each in need.excluded_supplier_ids if each in slots]] = True
    return broken


def _region_not_served(rows: Rows, _: Slots, need: NeedProfile) -> Mask:
    bit = _region_bits((need.region,))
    return np.asarray(rows["served_regions"] & np.uint32(bit) == 0) & (bit > 0)


def _missing_certification(rows: Rows, _: Slots, need: NeedProfile) -> Mask:
    required = np.uint64(_bits(need.required_certifications, _CERTIFICATION_BITS, _UNKNOWN_CERTIFICATION))
    return np.asarray(rows["certifications"] & required != required)


def is_affordable(need: NeedProfile, solution: Solution) -> bool:
    """Whether the price floor of a solution, where it has one, lies within the budget and its tolerance."""
    most = most_won(need)
    return most is None or (solution.price_min_won or 0) <= most


def _over_budget(rows: Rows, _: Slots, need: NeedProfile) -> Mask:
    most = most_won(need)
    if most is None:
        return np.zeros(len(rows), np.bool_)
    return np.asarray(rows["price_floor_won"] > most)


def most_won(need: NeedProfile) -> int | None:
    """The highest price floor that is no exclusion; None without a budget."""
    return None if need.budget_won is None else math.floor(need.budget_won * BUDGET_TOLERANCE)


_BROKEN: dict[str, Callable[[Rows, Slots, NeedProfile], Mask]] = {
    "not_approved": lambda rows, _, need: np.asarray(rows["not_approved"]),
    "suspended": lambda rows, _, need: np.asarray(rows["suspended"]),
    "same_business_number": _same_business_number,
    "excluded_by_manufacturer": _excluded,
    "region_not_served": _region_not_served,
    "missing_certification": _missing_certification,
    "over_budget": _over_budget,
    "no_capacity": lambda rows, _, need: np.asarray(rows["no_capacity"]),
}


def _digits(business_number: str) -> int:
    return int(re.sub(r"\D", "", business_number) or 0)


def _region_bits(codes: Sequence[str]) -> int:
    return _bits(map(current_region, codes), _REGION_BITS)


def _bits(codes: Iterable[str], known: Mapping[str, int], unknown: int = 0) -> int:
    bits = 0
    for code in codes:
        bits |= known.get(code, unknown)
    return bits
