"""Every reason why a need has too few suppliers is told in a sentence."""

from typing import get_args

import pytest

from matching.assignment import Shortage
from service.messages.assignments import short_text, unserved_text


@pytest.mark.parametrize("code", get_args(Shortage))
def test_a_need_without_and_one_with_too_few_suppliers_are_told(code: str) -> None:
    assert unserved_text(code, 0.3).endswith("주세요.")
    assert "2곳" in short_text(code, 2, 0.3)


def test_the_floor_is_named_as_it_was_asked() -> None:
    assert "0.25 이상" in unserved_text("no_candidate_above_floor", 0.25)
    assert "0.3 이상" in short_text("no_candidate_above_floor", 1, 0.30)
