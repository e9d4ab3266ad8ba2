"""Whole won, rounded and read aloud."""

from fractions import Fraction

import pytest

from service.kit.won import round_down, round_half_up, won_reading, won_text


@pytest.mark.parametrize(
    ("amount", "reading"),
    [
        (0, "0 원"),
        (9_999, "9,999 원"),
        (12_000_000, "1,200만 원"),
        (120_000_000, "1억 2,000만 원"),
        (100_000_001, "1억 1 원"),
        (10_000_000_000_000, "10조 원"),
        (-120_000_000, "-1억 2,000만 원"),
    ],
)
def test_amounts_are_read_in_myriads(amount: int, reading: str) -> None:
    assert won_reading(amount) == reading


def test_amounts_are_written_with_separators() -> None:
    assert won_text(12_000_000) == "12,000,000원"


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
