"""Amounts as Korean readers see them."""

import pytest

from service.messages.amounts import won_reading, won_text


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
