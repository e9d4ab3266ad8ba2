"""The figures above a schedule on paper: what was agreed, what it comes to, how it was computed."""

from datetime import date
from enum import StrEnum

import pytest

from service.financing.conventions import (
    BalanceTracking,
    BusinessDay,
    DayCount,
    Residue,
    RoundingMode,
    VatBase,
    VatTiming,
)
from service.financing.disclosure import disclose
from service.financing.schedule import build_schedule
from service.financing.summary import summary_of
from service.financing.terms import Rounding, Vat
from service.messages.financing import CONVENTIONS, SUMMARY
from tests.unit.financing.contracts import terms

START = date(2026, 1, 25)


def summary(**agreed: object) -> dict[str, object]:
    """The figures of a contract by name."""
    schedule = build_schedule(terms(**agreed))
    return dict(summary_of(schedule, disclose(schedule)))


def test_a_printed_schedule_says_how_it_was_computed() -> None:
    told = summary(start_date=START, vat=Vat(timing=VatTiming.PER_INSTALLMENT), residue=Residue.FIRST)

    assert told["day_count"] == "한 달을 1년의 12분의 1로"
    assert told["business_day"] == "다음 영업일에 납입"
    assert told["residue"] == "첫 회차에 더함"
    assert (told["vat_timing"], told["vat_base"]) == ("회차마다 발급", "원금과 이자")
    assert str(told["calendar"]).startswith("holidays")


def test_what_has_no_bearing_on_a_contract_is_left_out() -> None:
    told = summary()

    assert not {"business_day", "calendar", "vat_timing", "vat_base"} & told.keys()
    assert summary(rounding=Rounding(balance=BalanceTracking.CARRIED))["residue"] == "남지 않음"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("day_count", DayCount),
        ("business_day", BusinessDay),
        ("rounding_mode", RoundingMode),
        ("balance", BalanceTracking),
        ("residue", Residue),
        ("vat_timing", VatTiming),
        ("vat_base", VatBase),
    ],
)
def test_every_convention_has_its_words(name: str, values: type[StrEnum]) -> None:
    assert {str(value) for value in values} <= CONVENTIONS[name].keys()
    assert SUMMARY[name]
