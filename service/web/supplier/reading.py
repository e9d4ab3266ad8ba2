"""The panel beside the forms of a profile: how its texts are read, and what is missing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching.domain import CapabilityProfile, Reference, Solution
from matching.profile_gaps import Gap
from service.kit.problems import Problem
from service.messages.profiles import GAPS, GapText
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.profile_reading import ProfileReading, read_profile
from service.suppliers.schemas import SupplierProfileInput
from service.web.forms import Form
from service.web.typed_documents import document_of

MOST_GAPS = 7
"""How many a profile can have: references and their industries exclude each other."""


@dataclass(frozen=True, slots=True)
class GapShown:
    """A gap in words. `times` is by how much the odds grow at most, `part` its share of the largest gain."""

    text: GapText
    times: float
    part: float
    solutions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the panel shows; `reading` is None while the model loads."""

    reading: ProfileReading | None
    gaps: Sequence[GapShown]
    limited_regions: int

    @property
    def filled(self) -> int:
        """How many of the things that a profile can lack it has."""
        return MOST_GAPS - len(self.gaps)

    @property
    def most(self) -> int:
        """Of how many."""
        return MOST_GAPS


def reading_of_form(engine: MatchingEngine, form: Form) -> Reading:
    """The panel for a form that may be unfinished."""
    return _shown(engine, _profile(document_of(SupplierProfileInput, form.values)), most_solutions=5)


def gaps_of(engine: MatchingEngine, profile: CapabilityProfile) -> Reading:
    """The panel without the texts: reading them takes longer than all else."""
    return _shown(engine, profile, most_solutions=0)


def _shown(engine: MatchingEngine, profile: CapabilityProfile, most_solutions: int) -> Reading:
    limited = len(profile.service_regions)
    try:
        found = read_profile(engine, profile, most_solutions)
    except Problem as problem:
        if problem.status != 503:
            raise
        return Reading(None, [], limited)
    return Reading(found, _in_words(found.gaps), limited)


def _in_words(gaps: Sequence[Gap]) -> list[GapShown]:
    """The gaps in words, each beside the largest."""
    largest = max((gap.gain for gap in gaps), default=1.0)
    return [GapShown(GAPS[gap.code], math.exp(gap.gain), gap.gain / largest, gap.solutions) for gap in gaps]


def _profile(document: Mapping[str, Any]) -> CapabilityProfile:
    """What of an unfinished form can be read at all; the rest counts as empty."""
    return CapabilityProfile(
        supplier_id="",
        business_number="",
        company_name=_text(document, "company_name"),
        region="",
        summary=_text(document, "summary"),
        solutions=tuple(map(_solution, document.get("solutions", []))),
        references=tuple(map(_reference, document.get("references", []))),
        service_regions=tuple(document.get("service_regions", [])),
        certifications=tuple(document.get("certifications", [])),
        employee_count=_whole(document, "employee_count"),
    )


def _solution(row: Mapping[str, Any]) -> Solution:
    return Solution(
        id="",
        name=_text(row, "name"),
        description=_text(row, "description"),
        categories=tuple(row.get("categories", [])),
        industries=tuple(row.get("industries", [])),
        processes=tuple(row.get("processes", [])),
        price_min_won=_whole(row, "price_min_won"),
        price_max_won=_whole(row, "price_max_won"),
        smart_levels=tuple(row.get("smart_levels", [])),
    )


def _reference(row: Mapping[str, Any]) -> Reference:
    return Reference(
        id="",
        title=_text(row, "title"),
        problem=_text(row, "problem"),
        industry=_text(row, "industry") or None,
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()


def _whole(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) else None
