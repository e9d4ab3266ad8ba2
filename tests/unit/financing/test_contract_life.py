"""Odd first periods, chosen payment days, rate changes and prepayments."""

from datetime import date
from fractions import Fraction
from math import floor

import pytest

from service.financing.conventions import (
    AccrueTo,
    BusinessDay,
    DayCount,
    FeeTiming,
    Method,
    PrepaymentEffect,
    RowKind,
)
from service.financing.errors import TermsError
from service.financing.schedule import build_schedule
from service.financing.terms import Fee, Prepayment, PrepaymentFee, RateChange
from tests.unit.financing.contracts import terms

START = date(2026, 1, 25)


def test_a_chosen_payment_day_applies_from_the_month_after_the_start() -> None:
    rows = build_schedule(terms(start_date=START, payment_day=10, business_day=BusinessDay.NONE)).rows

    assert [row.due_date for row in rows[:2]] == [date(2026, 2, 10), date(2026, 3, 10)]
    assert rows[0].interest_won == floor(100_000_000 * Fraction("0.045") * 16 / 365)
    assert rows[1].interest_won == floor(rows[1].opening_balance_won * Fraction("0.045") / 12)


def test_a_payment_day_of_31_is_the_end_of_every_month() -> None:
    rows = build_schedule(terms(start_date=START, payment_day=31, months=3)).rows

    assert [row.due_date for row in rows] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_long_first_period_bears_interest_by_its_days() -> None:
    rows = build_schedule(terms(start_date=START, first_due_date=date(2026, 3, 25))).rows

    assert rows[0].days == 59
    assert rows[0].interest_won == floor(100_000_000 * Fraction("0.045") * 59 / 365)
    assert rows[1].due_date == date(2026, 4, 25)


def test_a_first_due_date_one_month_on_keeps_the_end_of_month_anchor() -> None:
    rows = build_schedule(terms(start_date=date(2024, 1, 31), first_due_date=date(2024, 2, 29))).rows

    assert rows[0].interest_won == 375_000
    assert rows[1].due_date == date(2024, 3, 31)


def test_interest_can_run_to_the_day_that_is_paid() -> None:
    to_due = build_schedule(terms(start_date=START, day_count=DayCount.ACTUAL_365, method=Method.BULLET))
    to_paid = build_schedule(
        terms(
            start_date=START,
            day_count=DayCount.ACTUAL_365,
            method=Method.BULLET,
            accrue_to=AccrueTo.PAYMENT_DATE,
        )
    )

    april = 2  # 25 April 2026 is a Saturday
    assert (to_due.rows[april].days, to_paid.rows[april].days) == (31, 33)
    assert (to_due.rows[april + 1].days, to_paid.rows[april + 1].days) == (30, 29)


def test_a_payment_that_would_move_before_the_loan_is_refused() -> None:
    saturday = date(2026, 4, 25)

    with pytest.raises(TermsError, match="dates_out_of_order"):
        build_schedule(
            terms(start_date=saturday, first_due_date=date(2026, 4, 26), business_day=BusinessDay.PRECEDING)
        )


def test_a_rate_change_on_a_due_date_recasts_the_next_payment() -> None:
    change = RateChange(date(2027, 1, 25), Fraction(6))

    rows = build_schedule(terms(start_date=START, rate_changes=(change,))).rows

    balance = rows[11].closing_balance_won
    monthly = Fraction(6, 1200)
    recast = floor(balance * monthly / (1 - (1 + monthly) ** -24))
    assert {row.payment_won for row in rows[:12]} == {2_974_692}
    assert {row.payment_won for row in rows[12:35]} == {recast}
    assert rows[12].interest_won == floor(balance * monthly)


def test_a_rate_change_inside_a_period_splits_its_interest_by_days_and_truncates_once() -> None:
    change = RateChange(date(2026, 7, 1), Fraction(4))

    for day_count, year in ((DayCount.MONTHLY, Fraction(12 * 30)), (DayCount.ACTUAL_365, Fraction(365))):
        row = build_schedule(terms(start_date=START, day_count=day_count, rate_changes=(change,))).rows[5]
        weighted = Fraction("0.045") * 6 + Fraction("0.04") * 24
        assert row.due_date == date(2026, 7, 25)
        assert row.interest_won == floor(row.opening_balance_won * weighted / year)


def test_a_bullet_keeps_its_principal_through_a_rate_change() -> None:
    change = RateChange(date(2026, 7, 25), Fraction(6))

    rows = build_schedule(terms(start_date=START, method=Method.BULLET, rate_changes=(change,))).rows

    assert (rows[5].payment_won, rows[6].payment_won) == (375_000, 500_000)
    assert rows[-1].payment_won == 100_500_000


def test_equal_principals_are_kept_through_a_rate_change() -> None:
    changes = (RateChange(date(2026, 7, 25), Fraction(6)), RateChange(date(2027, 7, 25), Fraction(3)))

    rows = build_schedule(terms(start_date=START, method=Method.LEVEL_PRINCIPAL, rate_changes=changes)).rows

    assert {row.principal_won for row in rows[:-1]} == {100_000_000 // 36}
    assert rows[6].interest_won == floor(rows[6].opening_balance_won * Fraction(6, 1200))
    assert rows[18].interest_won == floor(rows[18].opening_balance_won * Fraction(3, 1200))


def prepaid(on: date, amount: int, effect: PrepaymentEffect, **changed: object) -> list[tuple[int, int]]:
    schedule = build_schedule(
        terms(start_date=START, prepayments=(Prepayment(on, amount, effect),), **changed)
    )
    return [(row.number, row.payment_won) for row in schedule.rows if row.kind is RowKind.INSTALLMENT]


def test_a_part_prepayment_can_shorten_the_term() -> None:
    rows = prepaid(date(2026, 9, 25), 10_000_000, PrepaymentEffect.SHORTEN)

    assert {payment for _, payment in rows[:-1]} == {2_974_692}
    assert rows[-1][0] == 33
    assert 0 < rows[-1][1] <= 2_974_692


def test_a_part_prepayment_can_lower_the_payment() -> None:
    rows = prepaid(date(2026, 9, 25), 10_000_000, PrepaymentEffect.LOWER)

    assert rows[-1][0] == 36
    assert rows[7][1] == 2_974_692
    assert len({payment for _, payment in rows[8:-1]}) == 1
    assert rows[8][1] < 2_974_692


def test_a_shortened_contract_recast_later_keeps_its_shorter_term() -> None:
    rows = prepaid(
        date(2026, 9, 25),
        10_000_000,
        PrepaymentEffect.SHORTEN,
        rate_changes=(RateChange(date(2027, 1, 25), Fraction(6)),),
    )

    assert rows[-1][0] == 33


def test_a_prepayment_between_due_dates_settles_the_interest_so_far() -> None:
    schedule = build_schedule(
        terms(
            start_date=START,
            day_count=DayCount.ACTUAL_365,
            prepayments=(Prepayment(date(2026, 2, 4), 50_000_000),),
        )
    )
    early, first = schedule.rows[:2]

    assert (early.kind, early.number, early.days) == (RowKind.PREPAYMENT, 0, 10)
    assert early.interest_won == floor(100_000_000 * Fraction("0.045") * 10 / 365)
    assert (first.days, first.interest_won) == (21, floor(50_000_000 * Fraction("0.045") * 21 / 365))


def test_paying_everything_back_ends_the_contract_with_its_fee() -> None:
    schedule = build_schedule(
        terms(
            start_date=date(2024, 1, 15),
            method=Method.BULLET,
            prepayments=(Prepayment(date(2025, 1, 15), 100_000_000),),
            prepayment_fee=PrepaymentFee(Fraction("1.2")),
        )
    )

    assert len(schedule.rows) == 13
    assert schedule.rows[-1].fee_won == 799_270
    assert schedule.rows[-1].closing_balance_won == 0


def test_an_undone_loan_pays_no_prepayment_fee() -> None:
    schedule = build_schedule(
        terms(
            start_date=START,
            prepayments=(Prepayment(START, 100_000_000),),
            prepayment_fee=PrepaymentFee(Fraction("1.2")),
        )
    )

    assert schedule.totals.payment_won == 100_000_000


def test_fees_at_the_start_and_each_period_are_counted_where_they_are_paid() -> None:
    fees = (Fee("취급 수수료", 300_000), Fee("관리비", 10_000, FeeTiming.EACH_PERIOD))

    schedule = build_schedule(terms(fees=fees))

    assert {row.fee_won for row in schedule.rows} == {10_000}
    assert schedule.rows[0].payment_won == 2_984_692
    assert (schedule.totals.upfront_fee_won, schedule.totals.fee_won) == (300_000, 660_000)


def test_a_payment_in_tens_of_won_that_falls_below_its_interest_is_raised_to_it() -> None:
    schedule = build_schedule(
        terms(
            principal_won=10_900,
            months=480,
            annual_rate_percent=Fraction(12),
            day_count=DayCount.ACTUAL_365,
            start_date=START,
        )
    )

    assert min(row.principal_won for row in schedule.rows) == 0
    assert schedule.warnings == ("payment_raised_to_interest",)


@pytest.mark.parametrize("months", [1, 36, 480])
def test_one_won_is_repaid_whatever_the_term(months: int) -> None:
    rows = build_schedule(terms(principal_won=1, months=months, annual_rate_percent=Fraction(0))).rows

    assert [row.payment_won for row in rows] == [0] * (months - 1) + [1]


def test_a_loan_of_one_month_is_paid_at_once_with_its_interest() -> None:
    (row,) = build_schedule(terms(months=1)).rows

    assert (row.principal_won, row.interest_won, row.payment_won) == (100_000_000, 375_000, 100_375_000)
