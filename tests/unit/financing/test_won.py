"""Whole won, rounded."""

from fractions import Fraction

import pytest

from service.kit.won import round_down, round_half_up


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit", "down", "half_up"),
    [
        (5, 2, 1, 2, 3),
        (7, 3, 1, 2, 2),
        (149, 10, 10, 10, 10),
        (15, 1, 10, 10, 20),
        (Fraction(5, 2), 1, 1, 2, 3),
    ],
)
def test_rounding_is_exact(
    numerator: int | Fraction, denominator: int, unit: int, down: int, half_up: int
) -> None:
    assert round_down(numerator, denominator, unit) == down
    assert round_half_up(numerator, denominator, unit) == half_up
