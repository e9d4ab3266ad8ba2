"""What holds for every contract, over more than ten thousand generated ones."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.financing.conventions import (
    BalanceTracking,
    Method,
    Residue,
    RoundingMode,
    RowKind,
)
from service.financing.disclosure import disclose, months_of_rows
from service.financing.present_value import discounted, present_value_of
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Prepayment, PrepaymentFee, Rounding, Step, Terms
from tests.unit.financing.contracts import any_amount, any_life, any_rate, any_terms, built, terms
from tests.unit.financing.independent import half_up, monthly_rows, truncated
from tests.unit.financing.independent_life import life_of

REFUSED = ("step_never_amortises", "dates_out_of_order", "prepayment_over_balance")


def assert_sound(schedule: Schedule) -> None:
    """Every row and every total of a schedule adds up."""
    agreed, rows, totals = schedule.terms, schedule.rows, schedule.totals
    balance = agreed.principal_won
    for row in rows:
        assert row.opening_balance_won == balance
        balance -= row.principal_won
        assert row.closing_balance_won == balance
        assert row.payment_won == row.principal_won + row.interest_won + row.fee_won
        assert min(row[5:12]) >= 0
    assert balance == 0
    assert sum(row.principal_won for row in rows) == totals.principal_won == agreed.principal_won
    assert sum(row.interest_won for row in rows) == totals.interest_won
    assert sum(row.fee_won for row in rows) + totals.upfront_fee_won == totals.fee_won
    assert sum(row.vat_won for row in rows) + totals.upfront_vat_won == totals.vat_won
    assert totals.payment_won == totals.principal_won + totals.interest_won + totals.fee_won
    due = [row.due_date for row in rows if row.due_date and row.kind is RowKind.INSTALLMENT]
    assert due == sorted(due)


def assert_agreed_by_a_second_formulation(schedule: Schedule) -> None:
    """Every event, computed once more from the practice alone, is the same to the won and the day.

    Of payments of a few won several first ones leave the last equally near: those are left out.
    """
    agreed = schedule.terms
    moved = agreed.residue is Residue.FIRST and agreed.method in (Method.LEVEL_PAYMENT, Method.GRADUATED)
    if moved and agreed.principal_won < 100_000:
        return
    assert life_of(agreed) == [
        (
            row.number,
            row.due_date,
            row.payment_date,
            row.opening_balance_won,
            row.principal_won,
            row.interest_won,
            row.fee_won,
            row.vat_won,
        )
        for row in schedule.rows
    ]


@pytest.mark.parametrize("seed", range(4))
def test_every_row_adds_up_and_is_agreed_by_a_second_formulation(seed: int) -> None:
    random, sound = Random(f"terms {seed}"), 0
    while sound < 1_750:
        schedule = built(any_terms(random), *REFUSED)
        if schedule is None:
            continue
        assert_sound(schedule)
        assert_agreed_by_a_second_formulation(schedule)
        assert len(schedule.rows) == schedule.terms.months
        sound += 1


@pytest.mark.parametrize("seed", range(2))
def test_rate_changes_and_prepayments_are_agreed_by_a_second_formulation(seed: int) -> None:
    random, sound, with_events = Random(f"life {seed}"), 0, 0
    while sound < 1_500:
        agreed = any_terms(random)
        if agreed.start_date is None:
            continue
        changes, prepayments = any_life(random, agreed)
        fee = random.choice([None, PrepaymentFee(Fraction("1.2"), random.randint(1, 3))])
        life = replace(agreed, rate_changes=changes, prepayments=prepayments, prepayment_fee=fee)
        schedule = built(life, *REFUSED)
        if schedule is None:
            continue
        assert_sound(schedule)
        assert_agreed_by_a_second_formulation(schedule)
        sound += 1
        with_events += bool(changes or prepayments)
    assert with_events > 750


@pytest.mark.parametrize("method", list(Method))
def test_a_second_formulation_agrees_on_every_row(method: Method) -> None:
    random, agreed_on = Random(f"second {method}"), 0
    while agreed_on < 600:
        months = random.choice([1, 2, 3, 12, 24, 36, random.randint(1, 60)])
        principal, percent = any_amount(random), any_rate(random)
        grace = random.choice([0, 0, random.randint(0, months)])
        balloon = random.randint(0, principal) if method is not Method.BULLET and random.random() < 0.3 else 0
        balloon = 0 if method is Method.GRADUATED else balloon
        growth, every = Fraction(random.randint(100, 103), 100), random.choice([6, 12])
        unit, mode = random.choice([1, 10]), random.choice(list(RoundingMode))
        agreed = Terms(
            principal_won=principal,
            months=months,
            annual_rate_percent=percent,
            method=method,
            grace_months=grace,
            balloon_won=balloon,
            step=Step((growth - 1) * 100, every),
            rounding=Rounding(unit, mode),
        )
        schedule = built(agreed, "step_never_amortises")
        if schedule is None:
            continue
        rows = [(row.principal_won, row.interest_won, row.closing_balance_won) for row in schedule.rows]
        assert rows == monthly_rows(
            principal,
            percent,
            months,
            method=method,
            grace=grace,
            balloon=balloon,
            growth=growth if method is Method.GRADUATED else Fraction(1),
            every=every,
            unit=unit,
            rounded=half_up if mode is RoundingMode.HALF_UP else truncated,
        )
        agreed_on += 1


def test_the_column_by_column_path_equals_the_general_one() -> None:
    """Payments that grow by nothing are level ones, computed by the general path."""
    random = Random(3)
    for _ in range(1_000):
        level = replace(
            any_terms(random),
            method=Method.LEVEL_PAYMENT,
            grace_months=0,
            balloon_won=0,
            residue=Residue.LAST,
            rounding=Rounding(random.choice([1, 10])),
        )
        no_growth = Step(Fraction(0), allow_negative_amortisation=True)
        general = build_schedule(replace(level, method=Method.GRADUATED, step=no_growth))
        if min(row.principal_won for row in general.rows) >= 0:
            assert build_schedule(level).rows == general.rows
            assert build_schedule(level).totals == general.totals


def test_payments_discounted_at_the_nominal_rate_are_worth_the_loan() -> None:
    random, checked = Random(4), 0
    while checked < 1_000:
        agreed = replace(any_terms(random), fees=())
        schedule = built(agreed, *REFUSED)
        if schedule is None:
            continue
        rate = Fraction(disclose(schedule).nominal_apr_percent)
        payments = [row.payment_won for row in schedule.rows]
        worth = discounted(rate, months_of_rows(schedule), payments)
        assert abs(worth - agreed.principal_won) <= 1 + agreed.principal_won * 1e-12
        checked += 1


def test_a_truncated_schedule_is_worth_the_loan_at_the_agreed_rate_but_for_a_won_a_row() -> None:
    random = Random(5)
    for _ in range(500):
        agreed = terms(principal_won=any_amount(random), annual_rate_percent=any_rate(random))
        value = present_value_of(build_schedule(agreed), agreed.annual_rate_percent).value_won
        assert agreed.principal_won - agreed.months - 1 <= value <= agreed.principal_won


def test_prepaying_everything_on_day_0_costs_nothing() -> None:
    random = Random(6)
    for _ in range(300):
        agreed = any_terms(random)
        if agreed.start_date is None:
            continue
        everything = Prepayment(agreed.start_date, agreed.principal_won)
        schedule = built(replace(agreed, prepayments=(everything,)), "dates_out_of_order")
        if schedule is None:
            continue
        assert [row.kind for row in schedule.rows] == [RowKind.PREPAYMENT]
        assert schedule.totals.payment_won == agreed.principal_won


@given(
    principal=st.integers(1, 10**13),
    months=st.integers(1, 479),
    hundredths=st.integers(0, 2000),
    unit=st.sampled_from([1, 10]),
)
@settings(max_examples=300, deadline=None)
def test_a_month_more_never_raises_the_level_payment(
    principal: int, months: int, hundredths: int, unit: int
) -> None:
    agreed = terms(
        principal_won=principal,
        months=months,
        annual_rate_percent=Fraction(hundredths, 100),
        rounding=Rounding(unit),
    )

    now = build_schedule(agreed).level_payment_won
    later = build_schedule(replace(agreed, months=months + 1)).level_payment_won

    assert now is not None
    assert later is not None
    assert later <= now


@given(
    principal=st.integers(1, 10**13),
    months=st.integers(1, 60),
    hundredths=st.integers(0, 2000),
    method=st.sampled_from([Method.LEVEL_PAYMENT, Method.LEVEL_PRINCIPAL, Method.BULLET]),
    mode=st.sampled_from(list(RoundingMode)),
)
@settings(max_examples=200, deadline=None)
def test_carried_fractions_show_each_exact_amount_rounded_once(
    principal: int, months: int, hundredths: int, method: Method, mode: RoundingMode
) -> None:
    rounded = half_up if mode is RoundingMode.HALF_UP else truncated
    exact = monthly_rows(
        principal, Fraction(hundredths, 100), months, method=method, rounded=lambda amount, _unit=1: amount
    )

    rows = build_schedule(
        terms(
            principal_won=principal,
            months=months,
            annual_rate_percent=Fraction(hundredths, 100),
            method=method,
            rounding=Rounding(mode=mode, balance=BalanceTracking.CARRIED),
        )
    ).rows

    assert [(row.principal_won, row.interest_won, row.closing_balance_won) for row in rows] == [
        tuple(rounded(amount) for amount in amounts) for amounts in exact
    ]


@given(st.integers(1, 10**13), st.integers(1, 60), st.integers(0, 2000))
@settings(max_examples=200, deadline=None)
def test_the_residue_of_equal_principals_goes_into_the_first_on_request(
    principal: int, months: int, hundredths: int
) -> None:
    rows = build_schedule(
        terms(
            principal_won=principal,
            months=months,
            annual_rate_percent=Fraction(hundredths, 100),
            method=Method.LEVEL_PRINCIPAL,
            residue=Residue.FIRST,
        )
    ).rows

    assert {row.principal_won for row in rows[1:]} <= {principal // months}


def test_days_of_a_dated_contract_are_those_of_the_calendar() -> None:
    random = Random(7)
    for _ in range(300):
        agreed = any_terms(random)
        if agreed.start_date is None:
            continue
        schedule = built(agreed, *REFUSED)
        if schedule is None:
            continue
        last = schedule.periods[-1].ends
        assert last is not None
        assert agreed.start_date + timedelta(days=sum(row.days or 0 for row in schedule.rows)) == last
