"""Payments on a loan: in which order they pay what, and that every won of every order of events adds up."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.financing.arrears import arrears_on
from service.financing.conventions import Method, PrepaymentEffect, RowKind
from service.financing.fund_loan import FundRate, build_fund_loan
from service.fund.contract import Contract, loan_terms
from service.fund.loan_account import LoanAccount, Payment, PaymentRefusedError
from service.fund.loan_lines import LineState

RATE = FundRate(Fraction("5.2"), Fraction("1.5"), Fraction(1))
ADDON = Fraction(3)
STARTED = date(2026, 1, 26)
SHORTEN, LOWER = PrepaymentEffect.SHORTEN, PrepaymentEffect.LOWER


def contract(
    principal: int = 120_000_000,
    months: int = 12,
    method: Method = Method.LEVEL_PAYMENT,
    grace: int = 0,
    rate: FundRate = RATE,
) -> Contract:
    market = loan_terms(
        principal,
        months,
        rate.bank_rate_percent,
        method=method,
        grace_months=grace,
        payment_day=None,
        start_date=STARTED,
    )
    return Contract(market, rate, ADDON)


def paid(account: LoanAccount, day: date, amount: int, effect: PrepaymentEffect | None = None) -> Payment:
    payment = account.divide(day, amount, effect)
    account.take(payment)
    return payment


def pay_in_time(account: LoanAccount, instalments: int) -> None:
    for line in list(account.lines)[:instalments]:
        paid(account, line.payment_date, line.row.payment_won)


def test_paid_in_time_the_loan_is_the_schedule_and_ends_at_zero() -> None:
    account = LoanAccount(contract())
    pay_in_time(account, 12)
    assert account.is_settled
    assert account.next_payment_on is None
    assert {line.state_on(date(2030, 1, 1)) for line in account.lines} == {LineState.PAID}
    assert {account.charge_on(line, date(2030, 1, 1)) for line in account.lines} == {0}
    assert account.interest_saved_won == build_fund_loan(contract().market, RATE).interest_saved_won > 0


def test_a_due_date_on_a_holiday_bears_no_charge_until_the_bank_day_after() -> None:
    account = LoanAccount(contract())
    line = account.lines[3]
    assert (line.due_date, line.payment_date) == (date(2026, 5, 26), date(2026, 5, 26))
    line = account.lines[1]
    assert (line.due_date, line.payment_date) == (date(2026, 3, 26), date(2026, 3, 26))
    saturday = next(line for line in account.lines if line.payment_date != line.due_date)
    assert saturday.state_on(saturday.due_date) is LineState.DUE
    assert account.charge_on(saturday, saturday.payment_date) == 0
    assert account.charge_on(saturday, saturday.payment_date + timedelta(1)) > 0


def test_charges_of_missed_instalments_are_those_of_the_calculator() -> None:
    account, day = LoanAccount(contract()), date(2026, 6, 10)
    expected = arrears_on(account.schedule, day, first_missed=1, addon_percent=ADDON)
    settlement = account.settlement_on(day)
    assert settlement.overdue_charge_won == expected.charge_won > 0
    assert settlement.due_won == expected.owed_won
    assert len([line for line in account.lines if line.state_on(day) is LineState.LATE]) == len(expected.rows)


def test_a_loan_that_is_called_in_owes_what_the_calculator_says() -> None:
    account, day = LoanAccount(contract()), date(2026, 6, 10)
    expected = arrears_on(account.schedule, day, first_missed=1, addon_percent=ADDON, accelerated_on=day)
    assert account.settlement_on(day).accrued_interest_won == expected.accrued_interest_won > 0
    account.accelerate(day)
    assert account.settlement_on(day).total_won == expected.owed_won


def test_a_payment_pays_charges_then_interest_then_principal_the_oldest_first() -> None:
    account, day = LoanAccount(contract()), date(2026, 4, 10)  # two instalments late
    owed = account.settlement_on(day)
    assert paid(account, day, owed.overdue_charge_won) == Payment(day, owed.overdue_charge_won, 0, 0)
    assert paid(account, day, owed.interest_won + 1) == Payment(day, 0, owed.interest_won, 1)
    first, second = account.lines[:2]
    assert (first.interest_paid_won, first.principal_paid_won) == (first.row.interest_won, 1)
    assert (second.interest_paid_won, second.principal_paid_won) == (second.row.interest_won, 0)


def test_a_part_payment_lowers_what_the_charge_is_taken_on() -> None:
    account, late = LoanAccount(contract()), date(2026, 3, 18)
    line = account.lines[0]
    until = account.charge_on(line, late)
    paid(account, late, until + line.row.payment_won // 2)
    later = late + timedelta(73)  # a fifth of a year
    more = account.charge_on(line, later) - until
    rate = RATE.customer_rate_percent + ADDON
    assert more == line.unpaid_won * rate.numerator // (rate.denominator * 500)


def test_what_is_paid_too_early_without_a_wish_pays_the_next_instalment_in_advance() -> None:
    account = LoanAccount(contract())
    line = account.lines[0]
    payment = paid(account, line.due_date - timedelta(5), line.row.payment_won)
    assert (payment.interest_won, payment.principal_won) == (line.row.interest_won, line.row.principal_won)
    assert payment.early_won == 0
    assert line.state_on(line.due_date) is LineState.PAID
    assert account.schedule == LoanAccount(contract()).schedule
    assert account.next_payment_on == account.lines[1].payment_date


def test_an_early_repayment_settles_the_interest_so_far_and_then_shortens_or_lowers() -> None:
    day, amount = date(2026, 3, 10), 40_000_000
    accounts = {effect: LoanAccount(contract()) for effect in (SHORTEN, LOWER)}
    for effect, account in accounts.items():
        pay_in_time(account, 1)
        accrued = account.settlement_on(day).accrued_interest_won
        payment = paid(account, day, amount, effect)
        assert (payment.interest_won, payment.principal_won) == (accrued, amount - accrued)
        early = account.lines[1]
        assert early.row.kind is RowKind.PREPAYMENT
        assert (early.row.principal_won, early.row.interest_won) == (amount - accrued, accrued)
        assert early.state_on(day) is LineState.PAID
    shortened, lowered = accounts[SHORTEN], accounts[LOWER]
    level = LoanAccount(contract()).lines[1].row.payment_won
    assert len(shortened.lines) < len(lowered.lines) == 13
    assert shortened.lines[4].row.payment_won == level > lowered.lines[4].row.payment_won


def test_arrears_come_before_an_early_repayment() -> None:
    account, day = LoanAccount(contract()), date(2026, 3, 10)
    owed = account.settlement_on(day)
    payment = paid(account, day, owed.due_won + owed.accrued_interest_won + 1_000, LOWER)
    assert payment.overdue_charge_won == owed.overdue_charge_won > 0
    assert payment.early_won == 1_000
    assert account.settlement_on(day).due_won == 0


def test_too_little_for_an_early_repayment_pays_in_advance() -> None:
    account, day = LoanAccount(contract()), date(2026, 2, 20)
    accrued = account.settlement_on(day).accrued_interest_won
    payment = paid(account, day, accrued, SHORTEN)
    assert (payment.early_won, payment.effect) == (0, None)
    assert account.lines[0].interest_paid_won == accrued


def test_more_than_the_next_instalment_must_say_what_it_is_for() -> None:
    account, day = LoanAccount(contract()), date(2026, 3, 10)
    owed, following = account.settlement_on(day), account.lines[1].row
    most = owed.due_won + following.payment_won
    with pytest.raises(PaymentRefusedError, match="repayment_effect_required") as refusal:
        account.divide(day, most + 1, None)
    assert refusal.value.values == {"most": f"{most:,}"}
    assert paid(account, day, most).interest_won == owed.interest_won + following.interest_won


def test_interest_paid_in_advance_is_credited_when_the_loan_is_repaid_before_it_accrued() -> None:
    in_advance, plain = LoanAccount(contract()), LoanAccount(contract())
    day = date(2026, 2, 10)
    first = in_advance.lines[0].row
    paid(in_advance, date(2026, 2, 1), first.payment_won)
    left, whole = in_advance.settlement_on(day), plain.settlement_on(day)
    assert left.total_won == whole.total_won - first.payment_won
    payment = paid(in_advance, day, left.total_won)
    assert payment.interest_won == whole.accrued_interest_won - first.interest_won < 0
    assert in_advance.is_settled


def test_more_than_settles_the_loan_is_refused_with_what_does() -> None:
    account, day = LoanAccount(contract()), date(2026, 2, 10)
    settles = account.settlement_on(day).total_won
    with pytest.raises(PaymentRefusedError) as refusal:
        account.divide(day, settles + 1, None)
    assert refusal.value.values == {"day": "2026-02-10", "settlement": f"{settles:,}"}
    paid(account, day, settles)
    assert account.is_settled


def test_a_day_before_the_last_payment_is_refused() -> None:
    account = LoanAccount(contract())
    pay_in_time(account, 2)
    with pytest.raises(PaymentRefusedError, match="repayment_out_of_order"):
        account.divide(date(2026, 3, 1), 1, None)


def test_what_was_written_down_stays_when_a_charge_would_come_out_otherwise_today() -> None:
    """A holiday that is proclaimed later moves a payment date, but not the money that was paid."""
    account, day = LoanAccount(contract()), date(2026, 3, 10)
    account.take(Payment(day, 5_000, 0, 0))
    charge = account.charge_on(account.lines[0], day)
    assert charge > 5_000
    assert account.settlement_on(day).overdue_charge_won == charge - 5_000


METHODS = st.sampled_from([Method.LEVEL_PAYMENT, Method.LEVEL_PRINCIPAL, Method.BULLET])
RATES = st.builds(
    FundRate,
    st.integers(0, 2000).map(lambda hundredths: Fraction(hundredths, 100)),
    st.integers(0, 300).map(lambda hundredths: Fraction(hundredths, 100)),
)
CONTRACTS = st.builds(
    contract,
    principal=st.integers(1, 2_000_000_000),
    months=st.integers(1, 36),
    method=METHODS,
    rate=RATES,
)
STEPS = st.lists(
    st.tuples(st.integers(0, 75), st.integers(1, 10_000), st.sampled_from([None, SHORTEN, LOWER])),
    max_size=25,
)


def test_a_loan_that_is_called_in_is_due_as_a_whole_and_its_principal_bears_the_charge() -> None:
    """Two instalments missed, called in on 10 April, asked for 81 days later."""
    account, called_on, day = LoanAccount(contract()), date(2026, 4, 10), date(2026, 6, 30)
    before = account.settlement_on(called_on)
    account.accelerate(called_on)
    at_once, later = account.settlement_on(called_on), account.settlement_on(day)
    assert at_once.due_won == at_once.total_won == before.total_won
    assert at_once.principal_won == later.principal_won == 120_000_000
    assert later.interest_won == before.interest_won + before.accrued_interest_won
    rate = RATE.customer_rate_percent + ADDON
    whole = 120_000_000 * 81 * rate.numerator // (rate.denominator * 36_500)
    more = later.overdue_charge_won - before.overdue_charge_won
    assert whole - len(account.lines) <= more <= whole, "each line is truncated to the won"
    assert account.next_payment_on == account.lines[0].payment_date
    paid(account, day, later.total_won)
    assert account.is_settled


def test_interest_paid_in_advance_is_credited_when_the_loan_is_called_in() -> None:
    account, day = LoanAccount(contract()), date(2026, 2, 10)
    paid(account, date(2026, 2, 1), account.lines[0].row.payment_won)
    owed = account.settlement_on(day).total_won
    account.accelerate(day)
    assert account.settlement_on(day).total_won == owed
    assert paid(account, day, 1_000).interest_won < 0
    assert account.settlement_on(day).total_won == owed - 1_000


@settings(max_examples=300, deadline=None)
@given(contract=CONTRACTS, steps=STEPS, called_at=st.integers(0, 40))
def test_whatever_is_paid_whenever_every_won_adds_up(
    contract: Contract, steps: list[tuple[int, int, PrepaymentEffect | None]], called_at: int
) -> None:
    account, day = LoanAccount(contract), STARTED
    outstanding, payments = contract.market.principal_won, []
    for number, (days, share, effect) in enumerate(steps):
        day += timedelta(days)
        if number == called_at and day > account.earliest_day and account.settlement_on(day).total_won > 0:
            whole = account.settlement_on(day).total_won
            account.accelerate(day)
            assert account.settlement_on(day).total_won == whole
        settles = account.settlement_on(day).total_won
        amount = max(settles * share // 10_000, 1)
        try:
            payment = account.divide(day, amount, effect)
        except PaymentRefusedError:  # more than the next instalment, without a word what for
            payment = account.divide(day, amount, LOWER)
        account.take(payment)
        payments.append(payment)
        outstanding -= payment.principal_won
        assert min(payment.overdue_charge_won, payment.principal_won, outstanding) >= 0
        assert sum(line.unpaid_principal_won for line in account.lines) == outstanding
        assert account.settlement_on(day).total_won == settles - payment.amount_won
        if account.is_settled:
            assert outstanding == 0
            break
    assert account.interest_saved_won >= 0
    again = LoanAccount(contract, payments, account.accelerated_on)
    assert list(again.lines) == list(account.lines)
