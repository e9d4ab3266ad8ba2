"""Exposure is counted, and how evenly it is spread is measured."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.exposure import UNSEEN, Exposure, gini, top_share

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any)


def counts(*values: float) -> np.ndarray:
    """Lists of each supplier."""
    return np.array(values, float)


def test_the_fair_share_is_what_each_would_have_if_all_had_as_much() -> None:
    exposure = Exposure({"a": 9, "b": 1})
    assert exposure.fair_share(5) == 2.0
    assert (exposure.of("a"), exposure.of("nobody")) == (9, 0)
    assert UNSEEN.fair_share(5) == Exposure({"a": 1}).fair_share(0) == 0.0


def test_one_list_can_be_left_out_of_the_count() -> None:
    assert Exposure({"a": 2, "b": 1, "c": 4}).without(["a", "b", "new"]).lists == {"a": 1, "b": 0, "c": 4}


def test_gini_and_the_share_of_the_top_tenth_of_known_distributions() -> None:
    assert gini(counts(3, 3, 3, 3)) == pytest.approx(0.0)
    assert gini(counts(0, 0, 0, 8)) == pytest.approx(0.75)
    assert top_share(counts(*[1] * 9, 11)) == pytest.approx(0.55)
    assert top_share(counts(*[1] * 10, 10)) == pytest.approx(11 / 20)


def test_without_any_list_nothing_can_be_said() -> None:
    assert math.isnan(gini(counts(0, 0)))
    assert math.isnan(top_share(counts()))


@given(COUNTS, st.integers(2, 5))
def test_gini_lies_between_even_and_one_and_does_not_depend_on_the_unit(
    values: list[int], factor: int
) -> None:
    spread = gini(counts(*values))
    assert -1e-9 <= spread < 1
    assert gini(counts(*values) * factor) == pytest.approx(spread)


@given(COUNTS.filter(lambda values: max(values) - min(values) >= 2))
def test_giving_from_the_most_shown_to_the_least_shown_makes_it_more_even(values: list[int]) -> None:
    given_away = list(values)
    given_away[values.index(max(values))] -= 1
    given_away[values.index(min(values))] += 1
    assert gini(counts(*given_away)) < gini(counts(*values))
