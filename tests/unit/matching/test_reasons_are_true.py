"""Reasons follow from what they name: without the named fact the contribution and the score are lower."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.domain import (
    CapabilityProfile,
    FloatArray,
    Match,
    NeedProfile,
    Reference,
    Solution,
    SupplierStatus,
    TrackRecord,
)
from matching.eligibility import RULES, exclusion_of
from matching.explanation import MOST_REASONS, WEAKEST_REASON
from matching.features import FEATURES
from matching.ranker import Ranker, score_of
from matching.recommender import Recommender
from matching.taxonomy import category_codes
from tests.factories.matching import REFERENCE, WMS, embedded_need, index_of, need, supplier

TODAY = date(2026, 11, 2)
RIVAL = supplier("rival", solutions=(WMS,), summary="창고 관리 회사입니다.", region="50")


@dataclass(frozen=True)
class KnownIntent:
    """Answers with given probabilities whatever the text."""

    known: Mapping[str, float] = field(default_factory=dict)
    categories: Sequence[str] = category_codes()

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> NDArray[np.float64]:
        return np.array([[self.known.get(code, 0.0) for code in self.categories]] * len(texts))


def explained(
    of_supplier: CapabilityProfile,
    of_need: NeedProfile,
    known: Mapping[str, float] | None = None,
    ranker: Ranker | None = None,
) -> Match:
    """How the list explains this supplier, beside one other."""
    made = Recommender(index_of(of_supplier, RIVAL), KnownIntent(known or {}), ranker or Ranker.expert())
    found = made.recommend(embedded_need(of_need), 10, TODAY)
    return next(match for match in found.matches if match.supplier_id == of_supplier.supplier_id)


def contribution(code: str, match: Match, ranker: Ranker | None = None) -> float:
    """What the features under this reason add, told or not."""
    weights = (ranker or Ranker.expert()).weights
    return sum(weights[each.name] * match.features[each.name] for each in FEATURES if each.reason == code)


# A supplier and a need that agree in nothing, so that a single fact makes the reason.
PLAIN = Solution(id="plain", name="", description="여러 회사가 쓰는 제품입니다.")
STRANGER = supplier("subject", solutions=(PLAIN,), summary="오래된 회사입니다.", region="50")
ASKING = need(
    title="", description="작업 일보를 종이에 쓰고 다음 날 엑셀로 옮깁니다.", industry="30", region="41"
)
PAPER_REFERENCE = Reference(
    id="paper",
    title="일보 전산화",
    problem="작업 일보를 종이에 쓰고 다음 날 옮겨 적었다.",
    outcome="없어졌다.",
)


def offering(**changes: Any) -> CapabilityProfile:
    return replace(STRANGER, solutions=(replace(PLAIN, **changes),))


def having(**changes: Any) -> CapabilityProfile:
    return replace(STRANGER, **changes)


@dataclass(frozen=True)
class Case:
    """A reason, the pair that has it, and the same pair without the fact that it names."""

    code: str
    of_supplier: CapabilityProfile
    without: CapabilityProfile
    of_need: NeedProfile = ASKING
    known: Mapping[str, float] = field(default_factory=dict)


CASES = {
    "the kind that is called for": Case(
        "category_fit", offering(categories=("MES",)), offering(categories=("XR",)), known={"MES": 0.8}
    ),
    "the kind that was asked for": Case(
        "declared_category",
        offering(categories=("MES",)),
        offering(categories=()),
        replace(ASKING, categories=("MES",)),
    ),
    "the text": Case(
        "text_fit",
        offering(description="작업 일보를 종이 대신 화면에 쓰고 엑셀로 옮깁니다."),
        offering(description="물을 데우는 기계입니다."),
    ),
    "the reference with that problem": Case(
        "similar_problem", having(references=(PAPER_REFERENCE,)), having(references=())
    ),
    "a reference with another problem": Case(
        "similar_problem",
        having(references=(PAPER_REFERENCE,)),
        having(references=(replace(PAPER_REFERENCE, problem=""),)),
    ),
    "the industry offered for": Case("industry_fit", offering(industries=("30",)), offering()),
    "another industry offered for": Case(
        "industry_fit", offering(industries=("30",)), offering(industries=("18",))
    ),
    "the industry of a reference": Case(
        "industry_fit",
        having(references=(replace(PAPER_REFERENCE, industry="30"),)),
        having(references=(PAPER_REFERENCE,)),
    ),
    "the process": Case(
        "process_fit", offering(processes=("사출",)), offering(), replace(ASKING, processes=("사출",))
    ),
    "the same region": Case("region_fit", having(region="41"), having(region="50")),
    "a bordering region": Case("region_fit", having(region="11"), having(region="50")),
    "the region where people must come": Case(
        "region_fit",
        having(region="41"),
        having(region="11"),
        replace(ASKING, needs_on_site_support=True),
    ),
    "a price range within the budget": Case(
        "budget_fit",
        offering(price_min_won=10_000_000, price_max_won=40_000_000),
        offering(),
        replace(ASKING, budget_won=50_000_000),
    ),
    "a price floor within the budget": Case(
        "budget_fit",
        offering(price_min_won=10_000_000, price_max_won=90_000_000),
        offering(price_min_won=55_000_000, price_max_won=90_000_000),
        replace(ASKING, budget_won=50_000_000),
    ),
    "the smart level": Case(
        "smart_level_fit",
        offering(smart_levels=("기초",)),
        offering(),
        replace(ASKING, smart_level="기초"),
    ),
    "the number of employees": Case("supplier_size", having(employee_count=80), having(employee_count=None)),
    "fewer employees": Case("supplier_size", having(employee_count=80), having(employee_count=8)),
    "the certifications": Case(
        "certification", having(certifications=("GS", "ISO9001", "VENTURE")), having()
    ),
    "the system in use": Case(
        "existing_systems",
        having(summary="오래된 회사입니다. 더존 ERP와 잇습니다."),
        having(summary="오래된 회사입니다. 케이크와 잇습니다."),
        replace(ASKING, existing_systems=("더존 ERP",)),
    ),
    "the introductions": Case(
        "track_record", having(track_record=TrackRecord(introduced=6, contracted=2)), having()
    ),
    "rejections against them": Case(
        "track_record",
        having(track_record=TrackRecord(introduced=6, contracted=2)),
        having(track_record=TrackRecord(introduced=6, contracted=2, rejected=20)),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_without_the_named_fact_contribution_and_score_are_lower(case: Case) -> None:
    before = explained(case.of_supplier, case.of_need, case.known)
    after = explained(case.without, case.of_need, case.known)
    told = {reason.code: reason.contribution for reason in before.reasons}
    assert told[case.code] == pytest.approx(contribution(case.code, before))
    assert contribution(case.code, after) < told[case.code] - 0.01
    assert after.score < before.score


def test_every_reason_that_can_be_told_has_a_case() -> None:
    assert {case.code for case in CASES.values()} == {each.reason for each in FEATURES} - {"load"}


def test_a_busy_supplier_is_scored_lower_and_load_is_never_told_as_a_reason() -> None:
    free, busy = having(capacity=4), having(capacity=4, active_projects=3)
    before, after = explained(free, ASKING), explained(busy, ASKING)
    assert after.log_odds < before.log_odds
    assert "load" not in {reason.code for reason in after.reasons}
    assert "busy" in {caution.code for caution in after.cautions}


def test_a_size_below_that_of_an_unknown_one_is_no_reason() -> None:
    """Naming three employees as a reason would be untrue: without the number the score is higher."""
    heavy = replace(Ranker.expert(), weights={**Ranker.expert().weights, "supplier_size": 2.0})
    small, unknown = having(employee_count=3), having(employee_count=None)
    assert explained(unknown, ASKING, ranker=heavy).score > explained(small, ASKING, ranker=heavy).score
    codes = {reason.code for reason in explained(small, ASKING, ranker=heavy).reasons}
    assert "supplier_size" not in codes


# Generated pairs.

CODES = st.sampled_from(("VISION", "MES", "WMS", "FEMS", "ROBOT"))
INDUSTRIES = st.sampled_from(("30", "30320", "25", "10", "18"))
REGIONS = st.sampled_from(("41", "11", "50", "43"))
TEXTS = st.sampled_from(
    (
        "작업 일보를 종이에 쓰고 다음 날 엑셀로 옮깁니다.",
        "전기요금이 많이 나오는데 어디서 쓰는지 모릅니다.",
        "더존 ERP와 이어지는 화면을 만듭니다.",
        "재고가 장부와 맞지 않아 날마다 찾습니다.",
        "사람이 없어 밤에는 기계를 세워 둡니다.",
    )
)
WON = st.integers(1, 20).map(lambda each: each * 10_000_000)
PRICES = st.one_of(
    st.just((None, None)),
    st.tuples(WON, WON).map(sorted).map(tuple),
    WON.map(lambda low: (low, None)),
    WON.map(lambda high: (None, high)),
)
LEVELS = st.lists(st.sampled_from(("기초", "중간1", "중간2")), unique=True, max_size=2).map(tuple)
PROCESSES = st.lists(st.sampled_from(("사출", "도금", "용접")), unique=True, max_size=2).map(tuple)


@st.composite
def suppliers(draw: st.DrawFn) -> CapabilityProfile:
    low, high = draw(PRICES)
    solution = Solution(
        id="solution",
        name="제품",
        description=draw(TEXTS),
        categories=tuple(draw(st.lists(CODES, unique=True, max_size=4))),
        industries=tuple(draw(st.lists(INDUSTRIES, unique=True, max_size=2))),
        processes=draw(PROCESSES),
        price_min_won=low,
        price_max_won=high,
        smart_levels=draw(LEVELS),
    )
    references = draw(
        st.lists(
            st.builds(
                Reference,
                id=st.just("one"),
                title=st.just("지난 구축"),
                problem=TEXTS,
                industry=st.none() | INDUSTRIES,
                completed_on=st.none() | st.just(date(2024, 5, 1)),
            ),
            max_size=1,
        )
    )
    return supplier(
        "subject",
        region=draw(REGIONS),
        summary=draw(TEXTS),
        solutions=(solution,),
        references=tuple(references),
        certifications=tuple(draw(st.lists(st.sampled_from(("GS", "VENTURE", "ISO9001")), unique=True))),
        employee_count=draw(st.none() | st.integers(1, 500)),
        capacity=draw(st.none() | st.just(5)),
        active_projects=draw(st.integers(0, 4)),
        track_record=TrackRecord(
            introduced=draw(st.integers(0, 9)), contracted=0, rejected=draw(st.integers(0, 9))
        ),
    )


NEEDS = st.builds(
    need,
    title=st.just(""),
    description=TEXTS,
    industry=INDUSTRIES,
    region=REGIONS,
    categories=st.lists(CODES, unique=True, max_size=2).map(tuple),
    processes=PROCESSES,
    budget_won=st.none() | WON.map(lambda won: won * 2),
    needs_on_site_support=st.booleans(),
    smart_level=st.none() | st.sampled_from(("기초", "중간1", "중간2")),
    existing_systems=st.sampled_from(((), ("더존 ERP",), ("더존 ERP", "이카운트"))),
)
KNOWN = st.dictionaries(CODES, st.floats(0.01, 0.99), max_size=5)
RANKERS = st.lists(st.floats(0.3, 3.0), min_size=len(FEATURES), max_size=len(FEATURES)).map(
    lambda factors: replace(
        Ranker.expert(),
        weights={
            name: weight * factor
            for (name, weight), factor in zip(Ranker.expert().weights.items(), factors, strict=True)
        },
    )
)


@given(suppliers(), NEEDS, KNOWN, RANKERS)
def test_the_reasons_add_up_to_the_log_odds(
    of_supplier: CapabilityProfile, of_need: NeedProfile, known: dict[str, float], ranker: Ranker
) -> None:
    if exclusion_of(of_supplier, of_need):
        return
    match = explained(of_supplier, of_need, known, ranker)
    assert sum(reason.contribution for reason in match.reasons) == pytest.approx(match.log_odds, abs=1e-6)
    assert match.score == pytest.approx(score_of(match.log_odds), abs=1e-12)
    by_reason: dict[str, float] = defaultdict(float)
    for code in {each.reason for each in FEATURES}:
        by_reason[code] = contribution(code, match, ranker)
    told = match.reasons[:-2]
    assert len(told) <= MOST_REASONS
    for reason in told:
        assert reason.contribution == pytest.approx(by_reason[reason.code], abs=1e-6)
        assert reason.contribution >= WEAKEST_REASON
    untold = sum(value for code, value in by_reason.items() if code not in {each.code for each in told})
    assert match.reasons[-2].contribution == pytest.approx(untold, abs=1e-6)
    assert match.reasons[-1].contribution == ranker.intercept


Pair = tuple[CapabilityProfile, NeedProfile]


def _solution_without(**changes: Any) -> Callable[[CapabilityProfile, NeedProfile, Mapping[str, Any]], Pair]:
    def remove(subject: CapabilityProfile, asked: NeedProfile, facts: Mapping[str, Any]) -> Pair:
        return replace(subject, solutions=(replace(subject.solutions[0], **changes),)), asked

    return remove


def _supplier_without(**changes: Any) -> Callable[[CapabilityProfile, NeedProfile, Mapping[str, Any]], Pair]:
    return lambda subject, asked, facts: (replace(subject, **changes), asked)


def _without_category(subject: CapabilityProfile, asked: NeedProfile, facts: Mapping[str, Any]) -> Pair:
    solution = subject.solutions[0]
    others = tuple(code for code in solution.categories if code != facts["category"])
    return replace(subject, solutions=(replace(solution, categories=others),)), asked


def _without_industry(subject: CapabilityProfile, asked: NeedProfile, facts: Mapping[str, Any]) -> Pair:
    changed = subject
    if "offered" in facts:
        changed = replace(changed, solutions=(replace(changed.solutions[0], industries=()),))
    if "references" in facts:
        silent = tuple(replace(each, industry=None) for each in changed.references)
        changed = replace(changed, references=silent)
    return changed, asked


REMOVED: dict[str, Callable[[CapabilityProfile, NeedProfile, Mapping[str, Any]], Pair]] = {
    "category_fit": _without_category,
    "declared_category": lambda subject, asked, facts: (subject, replace(asked, categories=())),
    "similar_problem": _supplier_without(references=()),
    "industry_fit": _without_industry,
    "process_fit": _solution_without(processes=()),
    "region_fit": lambda subject, asked, facts: (
        replace(subject, region="49" if asked.region != "49" else "41"),
        asked,
    ),
    "budget_fit": _solution_without(price_min_won=None, price_max_won=None),
    "smart_level_fit": _solution_without(smart_levels=()),
    "supplier_size": _supplier_without(employee_count=None),
    "certification": _supplier_without(certifications=()),
    "existing_systems": lambda subject, asked, facts: (subject, replace(asked, existing_systems=())),
    "track_record": _supplier_without(track_record=TrackRecord()),
}
NOT_IN_ANY_TEXT = {
    "declared_category", "region_fit", "budget_fit", "smart_level_fit", "supplier_size", "certification",
    "existing_systems", "track_record",
}  # fmt: skip
"""Taking these away leaves every text and hence every similarity as it was."""


@given(suppliers(), NEEDS, KNOWN, RANKERS)
def test_no_reason_is_told_whose_fact_does_not_help(
    of_supplier: CapabilityProfile, of_need: NeedProfile, known: dict[str, float], ranker: Ranker
) -> None:
    if exclusion_of(of_supplier, of_need):
        return
    match = explained(of_supplier, of_need, known, ranker)
    for reason in match.reasons[:-2]:
        if reason.code not in REMOVED:  # text_fit: any other text has some similarity of its own
            continue
        subject, asked = REMOVED[reason.code](of_supplier, of_need, reason.facts)
        after = explained(subject, asked, known, ranker)
        assert contribution(reason.code, after, ranker) < reason.contribution, reason
        if reason.code in NOT_IN_ANY_TEXT:
            assert after.log_odds < match.log_odds, reason


# Cautions and exclusions: what brings them about, and what ends them.

CAUTIONED: dict[str, tuple[CapabilityProfile, CapabilityProfile, NeedProfile, Mapping[str, float]]] = {
    "intent_uncertain": (
        offering(categories=("XR",)), offering(categories=("MES",)), ASKING, {"MES": 0.8, "XR": 0.1}
    ),
    "over_budget": (
        offering(price_min_won=55_000_000),
        offering(price_min_won=50_000_000, price_max_won=50_000_000),
        replace(ASKING, budget_won=50_000_000),
        {},
    ),
    "may_exceed_budget": (
        offering(price_min_won=10_000_000, price_max_won=50_000_001),
        offering(price_min_won=10_000_000, price_max_won=50_000_000),
        replace(ASKING, budget_won=50_000_000),
        {},
    ),
    "price_unknown": (
        offering(), offering(price_min_won=10_000_000), replace(ASKING, budget_won=50_000_000), {}
    ),
    "no_reference": (having(), having(references=(REFERENCE,)), ASKING, {}),
    "no_reference_in_industry": (
        having(references=(replace(REFERENCE, industry="18"),)),
        having(references=(replace(REFERENCE, industry="30"),)),
        ASKING,
        {},
    ),
    "busy": (
        having(capacity=4, active_projects=3), having(capacity=4, active_projects=2), ASKING, {}
    ),
    "far_region": (
        having(region="50"), having(region="11"), replace(ASKING, needs_on_site_support=True), {}
    ),
    "young_company": (
        having(founded_on=date(2023, 11, 3)), having(founded_on=date(2023, 11, 1)), ASKING, {}
    ),
    "unattended": (having(unattended=True), having(unattended=False), ASKING, {}),
}  # fmt: skip


@pytest.mark.parametrize("code", CAUTIONED)
def test_a_caution_ends_with_its_cause(code: str) -> None:
    due, mended, asked, known = CAUTIONED[code]
    assert code in {caution.code for caution in explained(due, asked, known).cautions}
    assert code not in {caution.code for caution in explained(mended, asked, known).cautions}


EXCLUDED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "not_approved": ({"status": SupplierStatus.PENDING}, {"status": SupplierStatus.APPROVED}, {}),
    "suspended": ({"status": SupplierStatus.SUSPENDED}, {"status": SupplierStatus.APPROVED}, {}),
    "same_business_number": (
        {"business_number": "120-81-47521"},
        {"business_number": "124-81-00998"},
        {"manufacturer_business_number": "120-81-47521"},
    ),
    "excluded_by_manufacturer": (
        {"supplier_id": "subject"},
        {"supplier_id": "another"},
        {"excluded_supplier_ids": ("subject",)},
    ),
    "region_not_served": ({"service_regions": ("11",)}, {"service_regions": ("11", "41")}, {}),
    "missing_certification": (
        {"certifications": ()},
        {"certifications": ("GS",)},
        {"required_certifications": ("GS",)},
    ),
    "over_budget": (
        {"solutions": (replace(PLAIN, price_min_won=60_000_001),)},
        {"solutions": (replace(PLAIN, price_min_won=60_000_000),)},
        {"budget_won": 50_000_000},
    ),
    "no_capacity": ({"capacity": 2, "active_projects": 2}, {"capacity": 3, "active_projects": 2}, {}),
}


@pytest.mark.parametrize("code", RULES)
def test_an_exclusion_ends_with_its_cause(code: str) -> None:
    broken, mended, of_need = EXCLUDED[code]
    asked = replace(ASKING, **of_need)
    made = Recommender(index_of(replace(STRANGER, **broken)), KnownIntent(), Ranker.expert())
    found = made.recommend(embedded_need(asked), 10, TODAY)
    assert {rule.code: rule.count for rule in found.excluded} == {code: 1}
    assert exclusion_of(replace(STRANGER, **mended), asked) is None
