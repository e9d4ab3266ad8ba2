"""What is refused, with its code and where it stands."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from service.financing.conventions import BalanceTracking, DayCount, Method
from service.financing.disclosure import disclose
from service.financing.errors import TermsError
from service.financing.percent import parse_percent, percent_text
from service.financing.schedule import build_schedule
from service.financing.terms import (
    Fee,
    Grant,
    Prepayment,
    PrepaymentFee,
    RateChange,
    Rounding,
    Step,
    Vat,
    financed_principal,
)
from service.messages import sentence
from tests.unit.financing.contracts import terms

START = date(2026, 1, 25)

REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"principal_won": 0}, "principal_not_positive", "/principal_won"),
    ({"principal_won": -1}, "principal_not_positive", "/principal_won"),
    ({"principal_won": 1e8}, "won_not_integer", "/principal_won"),
    ({"principal_won": True}, "won_not_integer", "/principal_won"),
    ({"principal_won": 10**13 + 1}, "won_out_of_bounds", "/principal_won"),
    ({"months": 0}, "count_out_of_bounds", "/months"),
    ({"months": 481}, "count_out_of_bounds", "/months"),
    ({"annual_rate_percent": 4.5}, "rate_malformed", "/annual_rate_percent"),
    ({"annual_rate_percent": Fraction(-1)}, "rate_negative", "/annual_rate_percent"),
    ({"annual_rate_percent": Fraction("20.0001")}, "rate_over_legal_cap", "/annual_rate_percent"),
    ({"grace_months": 37}, "grace_over_term", "/grace_months"),
    ({"grace_months": -1}, "count_out_of_bounds", "/grace_months"),
    ({"balloon_won": 100_000_001}, "balloon_over_principal", "/balloon_won"),
    ({"balloon_won": 1, "method": Method.BULLET}, "balloon_with_bullet", "/balloon_won"),
    ({"method": Method.GRADUATED}, "step_required", "/step"),
    ({"method": Method.GRADUATED, "step": Step(Fraction(101))}, "step_out_of_bounds", "/step/percent"),
    (
        {"method": Method.GRADUATED, "step": Step(Fraction(1), 0)},
        "count_out_of_bounds",
        "/step/every_months",
    ),
    ({"rounding": Rounding(100)}, "payment_unit_unknown", "/rounding/payment_unit_won"),
    (
        {"rounding": Rounding(10, balance=BalanceTracking.CARRIED)},
        "payment_unit_with_carried_balance",
        "/rounding/payment_unit_won",
    ),
    ({"day_count": DayCount.ACTUAL_365}, "start_date_required", "/start_date"),
    ({"payment_day": 5}, "start_date_required", "/start_date"),
    ({"start_date": date(2099, 1, 1)}, "date_out_of_range", "/start_date"),
    ({"start_date": START, "first_due_date": START}, "dates_out_of_order", "/first_due_date"),
    ({"start_date": START, "first_due_date": date(2027, 1, 26)}, "first_due_date_too_far", "/first_due_date"),
    (
        {"start_date": START, "first_due_date": date(2026, 3, 5), "payment_day": 6},
        "payment_day_mismatch",
        "/payment_day",
    ),
    ({"start_date": START, "payment_day": 32}, "count_out_of_bounds", "/payment_day"),
    ({"vat": Vat(Fraction(101))}, "vat_out_of_bounds", "/vat/rate_percent"),
    ({"fees": (Fee("보증료", 100_000_000),)}, "fees_over_principal", "/fees"),
    ({"fees": (Fee("보증료", -1),)}, "won_out_of_bounds", "/fees/0/amount_won"),
    ({"grant": Grant("스마트공장", -1)}, "won_out_of_bounds", "/grant/amount_won"),
    ({"prepayment_fee": PrepaymentFee(Fraction(1), 4)}, "count_out_of_bounds", "/prepayment_fee/max_years"),
    (
        {"start_date": START, "rate_changes": (RateChange(date(2026, 1, 24), Fraction(4)),)},
        "dates_out_of_order",
        "/rate_changes/0/from",
    ),
    (
        {"start_date": START, "rate_changes": (RateChange(date(2026, 2, 1), Fraction(21)),)},
        "rate_over_legal_cap",
        "/rate_changes/0/annual_rate_percent",
    ),
    (
        {"start_date": START, "rate_changes": (RateChange(date(2026, 2, 1), Fraction(4)),) * 2},
        "dates_out_of_order",
        "/rate_changes/1/from",
    ),
    (
        {"start_date": START, "prepayments": (Prepayment(date(2026, 1, 24), 1),)},
        "dates_out_of_order",
        "/prepayments/0/date",
    ),
]


@pytest.mark.parametrize(("changed", "code", "pointer"), REFUSALS)
def test_terms_are_refused_with_a_code_a_pointer_and_a_sentence(
    changed: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(TermsError) as refused:
        terms(**changed)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)
    assert sentence(code, **refused.value.values).endswith((".", '"'))


def test_a_prepayment_above_the_balance_is_refused_with_the_balance() -> None:
    agreed = terms(start_date=START, prepayments=(Prepayment(START, 100_000_001),))

    with pytest.raises(TermsError) as refused:
        build_schedule(agreed)

    assert refused.value.code == "prepayment_over_balance"
    assert refused.value.pointer == "/prepayments/0/amount_won"
    assert refused.value.values == {"balance": "100,000,000"}


def test_a_prepayment_after_the_loan_was_paid_off_is_refused() -> None:
    agreed = terms(start_date=START, prepayments=(Prepayment(date(2029, 2, 1), 1),))

    with pytest.raises(TermsError, match="prepayment_over_balance"):
        build_schedule(agreed)


def test_growing_payments_that_do_not_cover_the_first_interest_are_refused() -> None:
    agreed = terms(
        months=360, annual_rate_percent=Fraction("12.75"), method=Method.GRADUATED, step=Step(Fraction(7))
    )

    with pytest.raises(TermsError, match="step_never_amortises"):
        build_schedule(agreed)


def test_growing_payments_below_the_interest_raise_the_balance_where_that_is_agreed() -> None:
    step = Step(Fraction(7), 12, times=5, allow_negative_amortisation=True)
    agreed = terms(months=360, annual_rate_percent=Fraction("12.75"), method=Method.GRADUATED, step=step)

    schedule = build_schedule(agreed)

    assert schedule.rows[0].principal_won < 0
    assert schedule.warnings == ("negative_amortisation",)
    assert sum(row.principal_won for row in schedule.rows) == 100_000_000


def test_fees_that_lift_a_loan_over_the_legal_cap_are_refused_and_the_rate_is_shown() -> None:
    agreed = terms(annual_rate_percent=Fraction(19), fees=(Fee("취급 수수료", 2_000_000),))

    with pytest.raises(TermsError) as refused:
        disclose(build_schedule(agreed))

    assert (refused.value.code, refused.value.pointer) == ("rate_over_legal_cap", "/fees")
    assert refused.value.values["rate"] == "20.4712"


def test_a_loan_at_the_legal_cap_without_fees_is_allowed() -> None:
    rates = disclose(build_schedule(terms(annual_rate_percent=Fraction(20))))

    assert rates.nominal_apr_percent == pytest.approx(20, abs=1e-4)


def test_nothing_left_to_finance_is_refused() -> None:
    with pytest.raises(TermsError, match="principal_not_positive"):
        financed_principal(100, 60, 40)


@pytest.mark.parametrize("text", ["4.5", "0", "20", "4.50", "1.0000000001"])
def test_rates_are_exact(text: str) -> None:
    assert parse_percent(text) == Fraction(text)


@pytest.mark.parametrize("text", ["", "4,5", "-1", "1e1", "4.", ".5", "4.5%", "٤", "1.00000000001"])
def test_rates_of_another_shape_are_refused(text: str) -> None:
    with pytest.raises(TermsError, match="rate_malformed"):
        parse_percent(text)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(9, 2), "4.50"),
        (Fraction(1, 3), "0.33333333"),
        (4.5, "4.50"),
        (-1e-12, "0.00"),
        (20.0, "20.00"),
    ],
)
def test_rates_are_shown_with_two_to_eight_decimals(rate: Fraction | float, shown: str) -> None:
    assert percent_text(rate) == shown
