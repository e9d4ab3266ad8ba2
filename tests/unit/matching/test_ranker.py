"""The ranker: additive, calibrated, and moved by feedback as far as the feedback goes."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.features import FEATURE_NAMES
from matching.ranker import FeatureVersionError, Judgement, Ranker, fit, score_of

ROW = st.lists(st.floats(0, 1, width=32), min_size=len(FEATURE_NAMES), max_size=len(FEATURE_NAMES))


def features(**known: float) -> dict[str, float]:
    """A full set of features, 0 where not named."""
    return {name: known.get(name, 0.0) for name in FEATURE_NAMES}


@given(ROW)
def test_contributions_and_the_intercept_add_up_to_the_log_odds(row: list[float]) -> None:
    ranker = Ranker.expert()
    values = np.array([row], np.float32)
    total = sum(ranker.contributions(values[0]).values()) + ranker.intercept
    assert total == pytest.approx(float(ranker.log_odds(values)[0]), abs=1e-5)


@given(st.floats(-50, 50))
def test_a_score_is_a_probability(log_odds: float) -> None:
    assert 0.0 <= score_of(log_odds) <= 1.0


def test_without_feedback_the_expert_stands() -> None:
    expert, fitted = Ranker.expert(), fit([])
    assert fitted.weights == pytest.approx(expert.weights)
    assert fitted.intercept == pytest.approx(expert.intercept)


def judgements(count: int, seed: int = 1) -> list[Judgement]:
    """Decisions of somebody for whom the region is all that counts."""
    rng = np.random.default_rng(seed)
    rows = rng.uniform(0, 1, (count, len(FEATURE_NAMES)))
    made = []
    for row in rows:
        named = dict(zip(FEATURE_NAMES, row.tolist(), strict=True))
        near = rng.uniform() < score_of(8 * named["region_same"] - 4)
        made.append(Judgement(named, float(near)))
    return made


def test_ten_judgements_change_little_and_a_thousand_a_lot() -> None:
    expert = Ranker.expert().weights["region_same"]
    after_ten = fit(judgements(10)).weights["region_same"]
    after_thousand = fit(judgements(1000)).weights["region_same"]
    assert abs(after_ten - expert) < 0.15
    assert after_thousand - expert > 0.5


def test_fitting_is_deterministic() -> None:
    assert fit(judgements(50)) == fit(judgements(50))


def test_a_feature_that_helps_never_counts_against_a_supplier() -> None:
    contrary = [Judgement(features(region_same=1.0), 0.0)] * 500
    contrary += [Judgement(features(region_same=0.0), 1.0)] * 500
    assert fit(contrary).weights["region_same"] == 0.0


def test_what_was_picked_for_standing_first_earns_its_features_less() -> None:
    rng = np.random.default_rng(3)
    shown = []
    for position in list(range(1, 11)) * 60:
        named = features(
            process_overlap=1.0 if position <= 3 else 0.0, region_same=float(rng.uniform() < 0.5)
        )
        picked = rng.uniform() < score_of(1.0 - 1.2 * np.log2(position))
        shown.append(Judgement(named, float(picked), position=position))
    corrected = fit(shown)
    naive = fit([replace(judgement, position=None) for judgement in shown])
    assert corrected.weights["process_overlap"] < naive.weights["process_overlap"] - 0.2
    assert corrected.position_weight < naive.position_weight


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("completed", 1.0),
        ("contracted", 1.0),
        ("proposed", 1.0),
        ("introduced", 1.0),
        ("shortlisted", 1.0),
        ("rejected", 0.0),
        ("ignored", 0.0),
    ],
)
def test_verdicts_become_outcomes(verdict: str, outcome: float) -> None:
    assert Judgement.of_verdict(features(), verdict, 1).outcome == outcome


def test_the_further_an_introduction_came_the_more_it_says() -> None:
    further = ("shortlisted", "introduced", "proposed", "contracted")
    weights = [Judgement.of_verdict(features(), verdict, 1).weight for verdict in further]
    assert weights == sorted(set(weights))
    completed = Judgement.of_verdict(features(), "completed", 1)
    assert completed == Judgement.of_verdict(features(), "contracted", 1)


def test_a_stored_ranker_is_the_same_ranker() -> None:
    fitted = fit(judgements(20))
    stored = json.loads(json.dumps(fitted.as_json()))
    assert Ranker.from_json(stored) == fitted
    assert Ranker.from_json(stored).version == fitted.version
    assert fitted.version != Ranker.expert().version


def test_weights_of_other_features_are_refused() -> None:
    stored = Ranker.expert().as_json()
    with pytest.raises(FeatureVersionError):
        Ranker.from_json({**stored, "feature_version": 0})
    with pytest.raises(FeatureVersionError):
        Ranker.from_json({**stored, "weights": {"unknown": 1.0}})


def test_a_judgement_on_other_features_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly"):
        fit([Judgement({"region_same": 1.0}, 1.0)])
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit([Judgement(features(), 2.0)])
