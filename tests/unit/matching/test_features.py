"""Features: what each measures, within its bounds, and neutral where nothing is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain import TrackRecord
from matching.features import FEATURE_NAMES, candidates, fit, shortlist
from matching.features.signals import category_fit, category_focus, scaled, signals
from matching.index.vector_table import ABSENT
from matching.prior import PRIOR
from matching.ranker import Ranker
from matching.retrieval import similarities
from matching.taxonomy import category_codes
from tests.factories.matching import REFERENCE, VISION, WMS, embedded_need, index_of, need, supplier

WON = st.none() | st.integers(0, 10**12)


@given(WON, WON, WON)
def test_budget_fit_lies_between_0_and_1(budget: int | None, low: int | None, high: int | None) -> None:
    value = fit.budget_fit(need(budget_won=budget), replace(VISION, price_min_won=low, price_max_won=high))
    assert 0.0 <= value <= 1.0


def test_budget_fit_falls_as_the_price_rises() -> None:
    asked = need(budget_won=100_000_000)
    ranges = [(30, 80), (30, 150), (90, 150), (110, 150), (125, 150)]
    values = [
        fit.budget_fit(asked, replace(VISION, price_min_won=a * 1_000_000, price_max_won=b * 1_000_000))
        for a, b in ranges
    ]
    assert values[0] == 1.0
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0.0


def test_what_is_unknown_is_neutral() -> None:
    assert fit.budget_fit(need(), VISION) == 0.5
    assert fit.smart_level_fit(need(), VISION) == 0.5
    assert fit.industry_fit(need(), replace(VISION, industries=())) == 0.5
    assert fit.supplier_size(supplier()) == 0.5
    assert fit.load(supplier(capacity=None, active_projects=9)) == 0.0


@pytest.mark.parametrize(("level", "value"), [("기초", 1.0), ("중간1", 1.0), ("중간2", 0.5), ("고도화", 0.0)])
def test_a_solution_fits_the_present_level_and_the_one_before_its_own(level: str, value: float) -> None:
    assert fit.smart_level_fit(need(smart_level=level), VISION) == value


def test_a_solution_for_the_next_level_fits() -> None:
    ahead = replace(VISION, smart_levels=("중간2",))
    values = [fit.smart_level_fit(need(smart_level=level), ahead) for level in ("기초", "중간1", "중간2")]
    assert values == [0.5, 1.0, 1.0]


def test_place_counts_more_when_somebody_must_come() -> None:
    here, near, far = supplier(region="41"), supplier(region="11"), supplier(region="50")
    on_site = need(needs_on_site_support=True)
    assert [fit.on_site_region(on_site, each) for each in (here, near, far)] == [1.0, 0.5, 0.0]
    assert [fit.on_site_region(need(), each) for each in (here, near, far)] == [0.0, 0.0, 0.0]


def test_a_young_track_record_stays_near_the_mean() -> None:
    lucky = fit.track_record(TrackRecord(introduced=1))
    proven = fit.track_record(TrackRecord(introduced=80, contracted=20))
    assert fit.track_record(TrackRecord()) == 0.0
    assert 0.0 < lucky < 0.1
    assert proven > 0.9
    assert fit.track_record(TrackRecord(rejected=50)) < -0.8


@given(st.sets(st.sampled_from("가나다라마"), max_size=5), st.sets(st.sampled_from("가나다라마"), max_size=5))
def test_process_overlap_is_a_share(wanted: set[str], offered: set[str]) -> None:
    value = fit.process_overlap(wanted, offered)
    assert 0.0 <= value <= 1.0
    assert (value > 0.0) == bool(wanted & offered)


def test_existing_systems_are_found_in_any_spelling() -> None:
    asked = need(existing_systems=("더존 ERP", "오라클"))
    assert fit.named_systems(asked, supplier(summary="더존 erp와 연동합니다.")) == ("더존 ERP",)
    assert fit.existing_systems(asked, supplier(summary="더존 erp와 연동합니다.")) == 0.5
    assert fit.existing_systems(need(), supplier()) == 0.0


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20))
def test_scaling_keeps_the_order_and_stays_between_0_and_1(values: list[float]) -> None:
    similarity = np.array([*values, ABSENT], np.float32)
    result = scaled(similarity, absent=0.3)
    assert np.all((result[:-1] >= -1e-6) & (result[:-1] <= 1 + 1e-6))
    assert result[-1] == np.float32(0.3)
    assert np.all(np.diff(result[:-1][np.argsort(similarity[:-1])]) >= -1e-6)


def test_a_lonely_supplier_is_neither_best_nor_worst() -> None:
    assert scaled(np.array([0.9], np.float32)).tolist() == [0.5]


def probabilities(**known: float) -> np.ndarray:
    """Probabilities by code, 0 for the rest."""
    return np.array([known.get(code, 0.0) for code in category_codes()], np.float32)


def offers(*codes: str) -> np.ndarray:
    """Which kinds are offered."""
    return np.array([code in codes for code in category_codes()], np.float32)


def test_offering_a_probable_kind_is_worth_its_probability() -> None:
    asked = probabilities(VISION=0.7, AI=0.5)
    offered = np.stack([offers("VISION"), offers("VISION", "AI"), offers("ERP"), offers()])
    assert category_fit(offered, asked) == pytest.approx([0.7, 0.85, 0.0, 0.0], abs=1e-5)


def test_offering_everything_is_worth_less_than_offering_the_right_kind() -> None:
    focus = category_focus(np.stack([offers("VISION"), offers(*category_codes())]), probabilities(VISION=0.9))
    assert focus[0] == pytest.approx(1.0)
    assert focus[1] < 0.3


def test_each_solution_of_a_shortlisted_supplier_becomes_a_row() -> None:
    snapshot = index_of(
        supplier("a", solutions=(VISION, WMS), references=(REFERENCE,)), supplier("b")
    ).snapshot()
    asked = embedded_need(need(categories=("VISION",), budget_won=100_000_000))
    seen = signals(snapshot, asked, probabilities(VISION=0.8), similarities(snapshot, asked))
    weights = Ranker.expert().weight_row
    slots = shortlist(snapshot, seen, weights, np.array([True, True]), size=10)
    found = candidates(snapshot, asked, seen, slots)
    assert found.values.shape == (3, len(FEATURE_NAMES))
    assert np.all((found.values >= -1.0) & (found.values <= 1.0 + 1e-6))
    vision, wms = (found.values[row] for row in range(2))
    column = FEATURE_NAMES.index
    assert vision[column("category_fit")] == pytest.approx(0.8)
    assert vision[column("declared_category_fit")] == 1.0
    assert wms[column("category_fit")] == wms[column("declared_category_fit")] == 0.0
    assert vision[column("reference_industry")] == 1.0
    assert vision[column("process_overlap")] == 1.0


def test_the_shortlist_keeps_to_those_allowed_and_prefers_the_right_kind() -> None:
    snapshot = index_of(
        supplier("a"), supplier("b", solutions=(WMS,)), supplier("c", solutions=(WMS,))
    ).snapshot()
    asked = embedded_need(need())
    seen = signals(snapshot, asked, probabilities(VISION=0.9), similarities(snapshot, asked))
    weights = Ranker.expert().weight_row
    everyone = np.ones(3, np.bool_)
    not_a = everyone.copy()
    not_a[snapshot.slots["a"]] = False
    assert shortlist(snapshot, seen, weights, everyone, 1).tolist() == [snapshot.slots["a"]]
    assert snapshot.slots["a"] not in shortlist(snapshot, seen, weights, not_a, 10)


def test_every_feature_has_an_expert_weight_with_its_reason() -> None:
    assert set(PRIOR) == set(FEATURE_NAMES)
    assert all(weight.why and weight.spread > 0 for weight in PRIOR.values())
