"""How payments are laid on the lines of a contract: nothing lost, nothing negative, to the won."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.deals.contracts.installment_account import (
    InstallmentAccount,
    InstallmentState,
    LineKind,
    PaymentRefusedError,
    Receipt,
    Shares,
)
from service.financing.charges import overdue_charge, prepayment_charge
from service.financing.conventions import FeeTiming, Method, VatTiming
from service.financing.schedule import build_schedule
from service.financing.terms import Fee, PrepaymentFee, Terms, Vat

DELIVERED_ON = date(2026, 1, 26)
ADDON = Fraction(3)


def terms(**changes: Any) -> Terms:
    """Sixty million won over a year, with the tax and a fee in each instalment."""
    agreed: dict[str, Any] = {
        "principal_won": 60_000_000,
        "months": 12,
        "annual_rate_percent": Fraction("4.5"),
        "start_date": DELIVERED_ON,
        "vat": Vat(),
        "fees": (Fee("관리", 10_000, FeeTiming.EACH_PERIOD),),
    }
    return Terms(**agreed | changes)


def account(*receipts: Receipt, **changes: Any) -> InstallmentAccount:
    return InstallmentAccount(terms(**changes), ADDON, receipts)


def test_an_instalment_is_paid_in_the_order_of_the_civil_act_with_the_tax_last() -> None:
    row = build_schedule(terms()).rows[0]
    assert row.payment_date is not None
    day = row.payment_date + timedelta(days=30)
    charge = overdue_charge(row.payment_won, Fraction("4.5"), ADDON, 30).charge_won
    owed = [charge, row.fee_won, row.interest_won, row.principal_won, row.vat_won]
    for parts in range(1, 6):
        assert list(account(Receipt(day, sum(owed[:parts]))).paid) == owed[:parts] + [0] * (5 - parts)


def test_the_lines_are_those_of_the_calculator() -> None:
    found = account(down_payment_won=5_000_000)
    first, *instalments = found.lines
    totals = found.schedule.totals
    assert first.kind is LineKind.DELIVERY
    assert first.owed == Shares(principal_won=5_000_000, vat_won=totals.upfront_vat_won)
    assert [tuple(line.owed)[1:] for line in instalments] == [
        (row.fee_won, row.interest_won, row.principal_won, row.vat_won) for row in found.schedule.rows
    ]


def test_tax_at_the_delivery_is_one_line_of_that_day() -> None:
    found = account(vat=Vat(timing=VatTiming.AT_DELIVERY))
    first, *instalments = found.lines
    assert (first.kind, first.payment_date) == (LineKind.DELIVERY, DELIVERED_ON)
    assert first.owed == Shares(vat_won=found.schedule.totals.vat_won)
    assert not any(line.owed.vat_won for line in instalments)


def test_a_line_is_due_then_partly_paid_then_late_then_paid() -> None:
    row = build_schedule(terms()).rows[0]
    due = row.payment_date
    assert due is not None
    next_day, part = due + timedelta(days=1), Receipt(due, 1_000_000)
    assert account().lines[0].state_on(due) is InstallmentState.DUE
    assert account(part).lines[0].state_on(due) is InstallmentState.PART
    late = account(part).lines[0]
    assert (late.state_on(next_day), late.days_late_on(next_day)) == (InstallmentState.LATE, 1)
    whole = Receipt(due, row.payment_won + row.vat_won)
    assert account(whole).lines[0].state_on(next_day) is InstallmentState.PAID


def test_settling_early_costs_the_rest_the_interest_so_far_and_the_agreed_fee() -> None:
    agreed: dict[str, Any] = {"prepayment_fee": PrepaymentFee(Fraction("1.2")), "fees": (), "vat": None}
    day = date(2026, 4, 10)
    rows = build_schedule(terms(**agreed)).rows
    found = account(**agreed)
    for row in rows[:2]:
        assert row.payment_date is not None
        found.take(Receipt(row.payment_date, row.payment_won))
    left = rows[1].closing_balance_won
    fee = prepayment_charge(
        left,
        Fraction("1.2"),
        start_date=DELIVERED_ON,
        prepayment_date=day,
        maturity_date=date(2027, 1, 26),
    ).fee_won
    settlement = found.settlement_on(day)
    assert (settlement.due_won, settlement.closing.principal_won) == (0, left)
    assert 0 < settlement.closing.interest_won < rows[2].interest_won
    assert settlement.total_won == left + settlement.closing.interest_won + fee
    found.take(Receipt(day, settlement.total_won))
    assert found.is_settled
    assert found.lines[-1].kind is LineKind.PREPAYMENT


def test_more_than_can_be_laid_is_refused_with_the_amount_that_settles() -> None:
    found = account()
    settlement = found.settlement_on(DELIVERED_ON)
    with pytest.raises(PaymentRefusedError) as refused:
        found.refuse_excess(Receipt(DELIVERED_ON, settlement.total_won + 1))
    assert refused.value.values["settlement"] == f"{settlement.total_won:,}"


agreements = st.fixed_dictionaries(
    {
        "principal_won": st.integers(100_000, 500_000_000),
        "months": st.integers(1, 36),
        "annual_rate_percent": st.sampled_from([Fraction(0), Fraction("4.5"), Fraction(17)]),
        "method": st.sampled_from([Method.LEVEL_PAYMENT, Method.LEVEL_PRINCIPAL, Method.BULLET]),
        "down_payment_won": st.sampled_from([0, 3_000_000]),
        "vat": st.sampled_from([None, Vat(), Vat(timing=VatTiming.AT_DELIVERY)]),
        "fees": st.sampled_from([(), (Fee("관리", 7, FeeTiming.EACH_PERIOD), Fee("설정", 9))]),
        "prepayment_fee": st.sampled_from([None, PrepaymentFee(Fraction(3))]),
        "start_date": st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    }
)
steps = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 1000)), max_size=30)


@given(agreements, steps, st.integers(0, 400))
def test_whatever_is_paid_stands_on_the_lines_once_and_settles_exactly_at_their_end(
    agreed: dict[str, Any], payments: list[tuple[int, int]], wait: int
) -> None:
    """Payments of some thousandths of what settles, some days apart, and then all of the rest."""
    found = InstallmentAccount(Terms(**agreed), ADDON)
    day, received = found.delivered_on, 0
    for days, thousandths in payments:
        day += timedelta(days=days)
        settlement = found.settlement_on(day)
        amount = max(settlement.total_won * thousandths // 1000, 1)
        if found.is_settled:
            break
        if settlement.most_in_advance_won < amount < settlement.total_won:
            amount = settlement.total_won
        found.refuse_excess(Receipt(day, amount))
        found.take(Receipt(day, amount))
        received += amount
        assert found.paid.total_won == received
        for line in found.lines:
            assert min(line.paid) >= 0
            assert min(line.unpaid) >= 0
        assert found.is_settled is all(line.state_on(day) is InstallmentState.PAID for line in found.lines)
        assert found.is_settled is (amount == settlement.total_won)
    if not found.is_settled:
        day += timedelta(days=wait)
        rest = found.settlement_on(day).total_won
        assert rest > 0
        found.take(Receipt(day, rest))
        received += rest
    assert found.is_settled
    assert found.paid.total_won == received == sum(line.owed.total_won for line in found.lines)
