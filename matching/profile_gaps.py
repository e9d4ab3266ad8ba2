"""What a supplier left empty, and the most that filling it could add to its log-odds.

Each gap is tied to the features that would read the field. A gain is an upper bound: the weight times the
way from the value of an empty field to the best one. It comes only with needs that what was filled in fits;
for others the field may take away as much (a price over the budget, references to other problems).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matching.domain import CapabilityProfile
from matching.features import fit
from matching.features.signals import WITHOUT_REFERENCE
from matching.text import processes_of_solution


@dataclass(frozen=True, slots=True)
class Gap:
    """A field left empty; `solutions` names the solutions that lack it, none where it is the company's."""

    code: str
    gain: float
    solutions: tuple[str, ...] = ()


def profile_gaps(profile: CapabilityProfile, weights: Mapping[str, float]) -> tuple[Gap, ...]:
    """The gaps, the one that could gain most first; `weights` are the ranker's, by feature."""
    found = (*_of_company(profile, weights), *_of_solutions(profile, weights))
    return tuple(sorted((gap for gap in found if gap.gain > 0), key=lambda gap: (-gap.gain, gap.code)))


def _of_company(profile: CapabilityProfile, weights: Mapping[str, float]) -> list[Gap]:
    gaps = []
    known = weights["reference_industry"]
    if not profile.references:
        gaps.append(Gap("references", weights["dense_reference_problem"] * (1 - WITHOUT_REFERENCE) + known))
    elif not any(reference.industry for reference in profile.references):
        gaps.append(Gap("reference_industries", known))
    if profile.employee_count is None:
        gaps.append(Gap("employee_count", weights["supplier_size"] * (1 - fit.UNKNOWN)))
    gaps.append(Gap("certifications", weights["certification"] * (1 - fit.certification(profile))))
    return gaps


def _of_solutions(profile: CapabilityProfile, weights: Mapping[str, float]) -> list[Gap]:
    offered = profile.solutions
    half = 1 - fit.UNKNOWN
    lacking = {
        "prices": [s for s in offered if s.price_min_won is None and s.price_max_won is None],
        "industries": [s for s in offered if not s.industries],
        "processes": [s for s in offered if not processes_of_solution(s)],
        "smart_levels": [s for s in offered if not s.smart_levels],
    }
    gains = {
        "prices": weights["budget_fit"] * half,
        "industries": weights["industry_closeness"] * half,
        "processes": weights["process_overlap"],
        "smart_levels": weights["smart_level_fit"] * half,
    }
    return [
        Gap(code, gains[code], tuple(solution.name for solution in solutions))
        for code, solutions in lacking.items()
        if solutions
    ]
