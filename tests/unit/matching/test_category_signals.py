"""What a solution names first is what it mainly is, and an unsure intent compares suppliers with care."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.features.signals import category_focus, category_signals, softened
from matching.taxonomy import category_codes
from tests.factories.matching import VISION, embedded_need, index_of, need, supplier


def inferred(**known: float) -> np.ndarray:
    return np.array([known.get(code, 0.02) for code in category_codes()], np.float32)


def focus_of(categories: tuple[str, ...], **known: float) -> float:
    snapshot = index_of(supplier("a", solutions=(replace(VISION, categories=categories),))).snapshot()
    seen = category_signals(snapshot.kinds, embedded_need(need()), inferred(**known))
    place = snapshot.solution_places[snapshot.slots["a"]][0]
    return float(seen["category_focus"][snapshot.solutions["kinds"][place]])


def test_the_main_category_of_a_solution_counts_more_than_one_it_names_later() -> None:
    assert focus_of(("VISION", "AI"), VISION=0.9) > focus_of(("AI", "VISION"), VISION=0.9)


def test_a_need_for_both_is_met_better_by_a_solution_that_is_both() -> None:
    both = {"VISION": 0.8, "AI": 0.7}
    assert focus_of(("VISION", "AI"), **both) > focus_of(("VISION",), **both)


def test_an_uncertain_intent_makes_suppliers_less_unequal() -> None:
    def gap(probability: float) -> float:
        return focus_of(("VISION",), VISION=probability) - focus_of(("ERP",), VISION=probability)

    assert 0.0 < gap(0.2) < gap(0.5) < gap(0.9)


@given(st.lists(st.floats(0.0, 1.0, width=32), min_size=2, max_size=27))
def test_softening_keeps_the_order_and_draws_towards_one_half(values: list[float]) -> None:
    given_values = np.array(values, np.float32)
    soft = softened(given_values)
    assert np.all(np.abs(soft - 0.5) <= np.abs(given_values - 0.5) + 1e-6)
    assert np.all(np.diff(soft[np.argsort(given_values)]) >= -1e-6)


def test_certainty_stays_certain() -> None:
    assert softened(np.array([0.0, 0.5, 1.0], np.float32)) == pytest.approx([0.0, 0.5, 1.0])


def test_focus_on_nothing_offered_is_zero() -> None:
    nothing = np.zeros((1, len(category_codes())), np.float32)
    assert category_focus(nothing, inferred(VISION=0.9)).tolist() == [0.0]
