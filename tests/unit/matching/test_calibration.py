"""Calibration: figures worked out by hand, judged pairs only, inferred kinds against labels."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain import InferredCategory, NeedProfile
from matching.evaluation import PRODUCT, WHOLE, Benchmark, BenchmarkDocument, Evaluation
from matching.evaluation.calibration import calibration, category_calibration, score_calibration
from matching.evaluation.rankings import Answer
from matching.metrics import Numbers, expected_calibration_error
from tests.factories.matching import need, supplier

NAN = math.nan


def array(*values: float) -> Numbers:
    return np.array(values, np.float64)


def test_calibration_error_is_the_gap_between_what_is_stated_and_what_happens() -> None:
    assert expected_calibration_error(array(1, 0, 1, 0), array(0.5, 0.5, 0.5, 0.5)) == pytest.approx(0.0)
    assert expected_calibration_error(array(0, 0, 0, 0), array(0.9, 0.9, 0.9, 0.9)) == pytest.approx(0.9)


def test_figures_follow_their_formulas() -> None:
    found = calibration("score", array(0.8, 0.8, 0.8, 0.2), array(1, 1, 0, 0))
    assert found is not None
    assert found.cases == 4
    assert found.share == pytest.approx(0.5)
    assert found.brier == pytest.approx((0.04 + 0.04 + 0.64 + 0.04) / 4)
    assert found.base_brier == pytest.approx(0.25)
    assert found.log_loss == pytest.approx(-(3 * math.log(0.8) + math.log(0.2)) / 4)
    assert found.calibration_error == pytest.approx((3 * (0.8 - 2 / 3) + 0.2) / 4)


def test_the_bins_hold_every_case_and_their_interval_the_share() -> None:
    found = calibration("score", array(0.0, 0.05, 0.95, 1.0), array(0, 0, 1, 0))
    assert found is not None
    assert [(row.low, row.high, row.cases) for row in found.bins] == [(0.0, 0.1, 2), (0.9, 1.0, 2)]
    last = found.bins[-1]
    assert (last.stated, last.observed) == (pytest.approx(0.975), pytest.approx(0.5))
    # Wilson's interval of 1 in 2, from its formula with z = 1.96.
    z = 1.959964
    middle, half = (0.5 + z**2 / 4) / (1 + z**2 / 2), z * math.sqrt(0.125 + z**2 / 16) / (1 + z**2 / 2)
    assert (last.observed_low, last.observed_high) == (
        pytest.approx(middle - half, abs=1e-5),
        pytest.approx(middle + half, abs=1e-5),
    )


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_bins_add_up_to_the_calibration_error(cases: list[tuple[float, bool]]) -> None:
    stated, observed = array(*(case[0] for case in cases)), array(*(case[1] for case in cases))
    found = calibration("score", stated, observed)
    assert found is not None
    assert sum(row.cases for row in found.bins) == found.cases == len(cases)
    gap = sum(abs(row.stated - row.observed) * row.cases for row in found.bins) / found.cases
    assert gap == pytest.approx(found.calibration_error)
    assert all(row.observed_low <= row.observed + 1e-12 for row in found.bins)
    assert all(row.observed_high >= row.observed - 1e-12 for row in found.bins)


def test_without_cases_there_is_nothing_to_say() -> None:
    assert calibration("score", array(), array()) is None


def evaluation(
    given: Sequence[Sequence[float]],
    stated: Sequence[Mapping[str, float]],
    labels: tuple[tuple[str, ...], ...],
    inferred: Mapping[str, float],
) -> Evaluation:
    """Two documents A and B; nan where nobody judged; the product stated these probabilities."""
    needs: tuple[NeedProfile, ...] = tuple(need(need_id=f"n{row}") for row in range(len(given)))
    documents = tuple(BenchmarkDocument(each, "글", "supplier_profile", supplier(each)) for each in "AB")
    found = tuple(InferredCategory(code, probability) for code, probability in inferred.items())
    answers = [Answer(np.zeros(2), 0.0, probabilities, found) for probabilities in stated]
    return Evaluation(WHOLE, Benchmark.of(needs, documents, np.array(given), labels), {PRODUCT: answers})


def test_only_judged_pairs_that_have_a_score_count_and_success_begins_at_grade_two() -> None:
    found = score_calibration(
        evaluation(
            given=[[3, 1], [2, NAN], [0, 2]],
            stated=[{"A": 0.9, "B": 0.3}, {"A": 0.8, "B": 0.7}, {"A": 0.1}],
            labels=((), (), ()),
            inferred={},
        )
    )
    assert found is not None
    assert found.cases == 4
    assert found.share == pytest.approx(2 / 4)
    assert found.brier == pytest.approx((0.01 + 0.09 + 0.04 + 0.01) / 4)


def test_inferred_kinds_are_checked_on_labelled_needs_only() -> None:
    found = category_calibration(
        evaluation(
            given=[[3, 0], [3, 0]],
            stated=[{}, {}],
            labels=(("VISION",), ()),
            inferred={"VISION": 0.7, "MES": 0.4},
        )
    )
    assert found is not None
    assert (found.subject, found.cases) == ("category", 2)
    assert found.brier == pytest.approx((0.09 + 0.16) / 2)


def test_a_ranking_that_states_no_probability_has_no_calibration() -> None:
    silent = evaluation([[3, 0]], [{}], ((),), {})
    assert score_calibration(silent) is None
    assert category_calibration(silent) is None
