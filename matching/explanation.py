"""Why a supplier is in the list: reasons that add up to its score, sentences that agree, and cautions.

Codes and facts only; the Korean sentences are written elsewhere from them.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import add

import numpy as np

from matching.diversity import KIND_COVER
from matching.domain import (
    CapabilityProfile,
    Caution,
    Evidence,
    Fact,
    FloatArray,
    InferredCategory,
    Note,
    Reason,
    Reference,
    Solution,
)
from matching.features import FEATURES, EmbeddedNeed, fit
from matching.index.sentences import Sentences
from matching.taxonomy import division_of, industry_closeness
from matching.text import lexical_form

MOST_REASONS = 5
WEAKEST_REASON = 0.1
"""Below this many log-odds a reason says nothing that would change a mind."""

MOST_EVIDENCE = 3
WORDS_TIP = 0.15
FARTHEST_BEHIND = 0.05
"""Cosines of e5 between sentences differ by a few hundredths only."""

NEAR_INDUSTRY = 0.6
"""Closeness of industries that share their division."""

BUSY_LOAD = 0.75
YOUNG_YEARS = 3
CERTAIN_PROBABILITY = 0.4
NAMED_PROBABILITY = 0.15
"""A kind less probable than this is not named as a reason."""

SIMILAR = 0.5
"""Above the middle of all suppliers for this need, a text may be called similar."""

_REASON_OF = {feature.name: feature.reason for feature in FEATURES}


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A need and the solution proposed for it, with what the explanation looks up."""

    need: EmbeddedNeed
    profile: CapabilityProfile
    solution: Solution
    processes: frozenset[str]
    nearest_reference: Reference | None
    inferred: tuple[InferredCategory, ...]
    features: Mapping[str, float]


def reasons(pair: Pair, contributions: Mapping[str, float], intercept: float) -> tuple[Reason, ...]:
    """The strongest reasons that have facts to tell, then `other` and `base`; they add up to the log-odds."""
    totals: dict[str, float] = defaultdict(float)
    for name, contribution in contributions.items():
        totals[_REASON_OF[name]] += contribution
    told = [
        Reason(code, total, facts)
        for code, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        if total >= WEAKEST_REASON and (facts := _FACTS[code](pair)) is not None
    ][:MOST_REASONS]
    rest = sum(totals.values()) - sum(reason.contribution for reason in told)
    return (*told, Reason("other", rest), Reason("base", intercept))


def evidence(need: EmbeddedNeed, sentences: Sentences) -> tuple[Evidence, ...]:
    """The best agreeing pairs of sentences, each sentence used once, the best pair first.

    Meaning decides, words in common tip the balance; pairs far behind the best one are not shown.
    """
    asked, texts = need.sentences, sentences.texts
    if not asked.passages or not texts:
        return ()
    similarity = sentences.similarity(asked.vectors)
    agreement = similarity + WORDS_TIP * _shared_pairs(texts, [p.text for p in asked.passages])
    found: list[Evidence] = []
    least = float(agreement.max()) - FARTHEST_BEHIND
    for _ in range(min(MOST_EVIDENCE, *agreement.shape)):
        row, column = divmod(int(np.argmax(agreement)), agreement.shape[1])
        if agreement[row, column] < least:
            break
        nearest = min(float(similarity[row, column]), 1.0)
        found.append(Evidence(asked.passages[column].text, texts[row], nearest))
        agreement[row, :] = agreement[:, column] = -np.inf
    return tuple(found)


def _shared_pairs(offered: Sequence[str], asked: Sequence[str]) -> FloatArray:
    """Share of the shorter sentence's letter pairs that the other one has too, shape (offered, asked)."""
    rows, columns = [_letter_pairs(text) for text in offered], [_letter_pairs(text) for text in asked]
    shares = [[len(row & column) / max(min(len(row), len(column)), 1) for column in columns] for row in rows]
    return np.array(shares, np.float32)


def _letter_pairs(text: str) -> frozenset[str]:
    form = lexical_form(text)
    return frozenset(filter(str.isalnum, map(add, form, form[1:])))


def cautions(pair: Pair, today: date) -> tuple[Caution, ...]:
    """What to check before the introduction."""
    return tuple(caution for rule in _CAUTIONS if (caution := rule(pair, today)) is not None)


def notes(pair: Pair, added_by: str | None) -> tuple[Note, ...]:
    """Under which rule of `matching.diversity` this supplier came in for one with a higher score."""
    if added_by is None:
        return ()
    return (Note(added_by, {"categories": pair.solution.categories} if added_by == KIND_COVER else {}),)


def _category_facts(pair: Pair) -> dict[str, Fact] | None:
    likely = [item for item in pair.inferred if item.probability >= NAMED_PROBABILITY]
    offered = [item for item in likely if item.category in pair.solution.categories]
    if not offered:
        return None
    best = max(offered, key=lambda item: item.probability)
    return {
        "category": best.category,
        "probability": round(best.probability, 3),
        "solution": pair.solution.name,
    }


def _declared_facts(pair: Pair) -> dict[str, Fact] | None:
    shared = tuple(code for code in pair.need.profile.categories if code in pair.solution.categories)
    return {"categories": shared, "solution": pair.solution.name} if shared else None


def _text_facts(pair: Pair) -> dict[str, Fact] | None:
    similar = max(pair.features["dense_solution"], pair.features["lexical"]) >= SIMILAR
    return {"solution": pair.solution.name} if similar else None


def _problem_facts(pair: Pair) -> dict[str, Fact] | None:
    reference = pair.nearest_reference
    if reference is None or pair.features["dense_reference_problem"] < SIMILAR:
        return None
    facts: dict[str, Fact] = {"reference": reference.title}
    if reference.completed_on:
        facts["year"] = reference.completed_on.year
    if reference.industry:
        facts["industry"] = reference.industry
    return facts


def _industry_facts(pair: Pair) -> dict[str, Fact] | None:
    asked = pair.need.profile.industry
    facts: dict[str, Fact] = {"industry": asked}
    if industry_closeness(asked, pair.solution.industries) >= NEAR_INDUSTRY:
        facts["offered"] = _nearest(asked, pair.solution.industries)
    known = tuple(item.industry for item in pair.profile.references if item.industry)
    if industry_closeness(asked, known) >= NEAR_INDUSTRY:
        facts["references"] = sum(industry_closeness(asked, (code,)) >= NEAR_INDUSTRY for code in known)
    return facts if len(facts) > 1 else None


def _nearest(asked: str, offered: tuple[str, ...]) -> str:
    return max(offered, key=lambda code: industry_closeness(asked, (code,)))


def _process_facts(pair: Pair) -> dict[str, Fact] | None:
    shared = tuple(sorted(pair.need.processes & pair.processes))
    return {"processes": shared} if shared else None


def _region_facts(pair: Pair) -> dict[str, Fact] | None:
    if not pair.features["region_same"] and not pair.features["region_near"]:
        return None
    return {
        "region": pair.profile.region,
        "need_region": pair.need.profile.region,
        "on_site": int(pair.need.profile.needs_on_site_support),
    }


def _budget_facts(pair: Pair) -> dict[str, Fact] | None:
    budget, low, high = pair.need.profile.budget_won, pair.solution.price_min_won, pair.solution.price_max_won
    floor = low if low is not None else high
    if budget is None or floor is None or floor > budget:
        return None
    facts: dict[str, Fact] = {"budget_won": budget}
    facts |= {"price_min_won": low} if low is not None else {}
    facts |= {"price_max_won": high} if high is not None else {}
    return facts


def _level_facts(pair: Pair) -> dict[str, Fact] | None:
    level = pair.need.profile.smart_level
    if not level or not pair.solution.smart_levels or pair.features["smart_level_fit"] < 1.0:
        return None
    return {"smart_level": level, "offered": pair.solution.smart_levels}


def _size_facts(pair: Pair) -> dict[str, Fact] | None:
    """Told only where the number helps: a very small company scores less than one that states no number."""
    count = pair.profile.employee_count
    return {"employee_count": count} if count and pair.features["supplier_size"] > fit.UNKNOWN else None


def _certification_facts(pair: Pair) -> dict[str, Fact] | None:
    return {"certifications": pair.profile.certifications} if pair.profile.certifications else None


def _systems_facts(pair: Pair) -> dict[str, Fact] | None:
    named = fit.named_systems(pair.need.profile, pair.profile)
    return {"systems": named} if named else None


def _track_facts(pair: Pair) -> dict[str, Fact] | None:
    record = pair.profile.track_record
    return {"introduced": record.introduced, "contracted": record.contracted} if record.introduced else None


_FACTS: dict[str, Callable[[Pair], dict[str, Fact] | None]] = {
    "category_fit": _category_facts,
    "declared_category": _declared_facts,
    "text_fit": _text_facts,
    "similar_problem": _problem_facts,
    "industry_fit": _industry_facts,
    "process_fit": _process_facts,
    "region_fit": _region_facts,
    "budget_fit": _budget_facts,
    "smart_level_fit": _level_facts,
    "supplier_size": _size_facts,
    "certification": _certification_facts,
    "existing_systems": _systems_facts,
    "track_record": _track_facts,
    "load": lambda pair: None,
}


def _over_budget(pair: Pair, _: date) -> Caution | None:
    budget, low, high = pair.need.profile.budget_won, pair.solution.price_min_won, pair.solution.price_max_won
    if budget is None or budget <= 0:
        return None
    if low is not None and low > budget:
        percent = -(-(low - budget) * 100 // budget)
        return Caution("over_budget", {"budget_won": budget, "price_min_won": low, "percent": percent})
    if high is not None and high > budget:
        return Caution("may_exceed_budget", {"budget_won": budget, "price_max_won": high})
    if low is None and high is None:
        return Caution("price_unknown")
    return None


def _no_reference_in_industry(pair: Pair, _: date) -> Caution | None:
    if not pair.profile.references:
        return Caution("no_reference")
    if pair.features["reference_industry"] >= NEAR_INDUSTRY:
        return None
    return Caution("no_reference_in_industry", {"industry": division_of(pair.need.profile.industry)})


def _busy(pair: Pair, _: date) -> Caution | None:
    capacity, active = pair.profile.capacity, pair.profile.active_projects
    if not capacity or active / capacity < BUSY_LOAD:
        return None
    return Caution("busy", {"active_projects": active, "capacity": capacity})


def _far_region(pair: Pair, _: date) -> Caution | None:
    near = pair.features["region_same"] or pair.features["region_near"]
    if near or not pair.need.profile.needs_on_site_support:
        return None
    return Caution("far_region", {"region": pair.profile.region, "need_region": pair.need.profile.region})


def _young_company(pair: Pair, today: date) -> Caution | None:
    founded = pair.profile.founded_on
    if founded is None or (today - founded).days >= YOUNG_YEARS * 365.25:
        return None
    return Caution("young_company", {"year": founded.year, "month": founded.month})


def _unattended(pair: Pair, _: date) -> Caution | None:
    return Caution("unattended") if pair.profile.unattended else None


def _intent_uncertain(pair: Pair, _: date) -> Caution | None:
    """Nothing is probable enough, or what is probable is not what this solution is."""
    declared = set(pair.need.profile.categories) & set(pair.solution.categories)
    offered = [i.probability for i in pair.inferred if i.category in pair.solution.categories]
    if declared or max(offered, default=0.0) >= CERTAIN_PROBABILITY:
        return None
    return Caution("intent_uncertain", {"categories": pair.solution.categories})


_CAUTIONS = (
    _unattended,
    _intent_uncertain,
    _over_budget,
    _no_reference_in_industry,
    _busy,
    _far_region,
    _young_company,
)
