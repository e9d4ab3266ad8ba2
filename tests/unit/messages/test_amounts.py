"""Amounts as Korean readers see and write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.messages.amounts import read_won, won_reading, won_text


@pytest.mark.parametrize(
    ("amount", "reading"),
    [
        (0, "0원"),
        (9_999, "9,999원"),
        (12_345_678, "12,345,678원"),
        (12_000_000, "1,200만 원"),
        (30_000_000, "3,000만 원"),
        (100_000_000, "1억 원"),
        (120_000_000, "1억 2,000만 원"),
        (100_000_001, "100,000,001원"),
        (10_000_000_000_000, "10조 원"),
        (-120_000_000, "-1억 2,000만 원"),
    ],
)
def test_amounts_are_spoken_where_that_is_exact(amount: int, reading: str) -> None:
    assert won_reading(amount) == reading


def test_amounts_are_written_with_separators() -> None:
    assert won_text(12_000_000) == "12,000,000원"


@pytest.mark.parametrize(
    ("typed", "won"),
    [
        ("12000000", 12_000_000),
        ("12,000,000원", 12_000_000),
        ("1,200만", 12_000_000),
        ("1억 2천만", 120_000_000),
        ("1억 2,000만 원", 120_000_000),
        ("1.5억", 150_000_000),
        ("5백만원", 5_000_000),
        ("3천만", 30_000_000),
        ("1조 2억", 1_000_200_000_000),
        ("１２만", 120_000),  # full-width, as some input methods type
        ("0", 0),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, won: int) -> None:
    assert read_won(typed) == won


@pytest.mark.parametrize(
    "typed", ["", "원", "많이", "-5", "1e6", "2천만 억", "만", "12.34", "1.23456만", "1억 천"]
)
def test_what_says_no_amount_is_not_guessed(typed: str) -> None:
    assert read_won(typed) is None


@given(st.integers(0, 10**13))
def test_what_is_shown_can_be_typed(won: int) -> None:
    assert read_won(won_reading(won)) == won
