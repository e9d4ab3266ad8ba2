"""Published and doubly computed tables, reproduced to the won."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from service.financing.amortisation import graduated_payments
from service.financing.calendar import BusinessCalendar, months_after
from service.financing.charges import overdue_charge, prepayment_charge
from service.financing.conventions import (
    BalanceTracking,
    BusinessDay,
    DayCount,
    Method,
    Residue,
    RoundingMode,
    RowKind,
)
from service.financing.fund_loan import FundRate
from service.financing.fund_terms import FundConditions
from service.financing.rates import dated_rate, growth_rate, united_states_apr
from service.financing.schedule import build_schedule
from service.financing.terms import Prepayment, Rounding, Step, Terms
from service.kit.won import round_half_up

GOLDEN = Path(__file__).parents[2] / "golden" / "loans"
METHODS = {
    "level": Method.LEVEL_PAYMENT,
    "equal_principal": Method.LEVEL_PRINCIPAL,
    "bullet": Method.BULLET,
}
DAY_COUNTS = {"act365": DayCount.ACTUAL_365, "actact_kr": DayCount.ACTUAL_ACTUAL}


def tables(family: str, *kinds: str) -> list[Any]:
    entries = json.loads((GOLDEN / f"{family}.json").read_text(encoding="utf-8"))
    chosen = [entry for entry in entries if {entry["kind"], entry.get("sub")} & set(kinds)]
    return [
        pytest.param(entry["inputs"], entry["expected"] | {"tolerance": entry["tolerance"]}, id=entry["id"])
        for entry in chosen
    ]


def terms_of(inputs: dict[str, Any], rounding: Rounding) -> Terms:
    start = inputs.get("start_date")
    return Terms(
        principal_won=int(inputs["principal"]),
        months=inputs.get("months") or inputs["periods"],
        annual_rate_percent=Fraction(inputs["annual_rate_pct"]),
        method=Method.GRADUATED if "step_pct" in inputs else METHODS[inputs["method"]],
        step=Step(Fraction(inputs["step_pct"])) if "step_pct" in inputs else None,
        grace_months=inputs.get("grace_months", 0),
        balloon_won=inputs.get("balloon", 0),
        residue=Residue(inputs.get("residue", "last")),
        start_date=date.fromisoformat(start) if start else None,
        day_count=DAY_COUNTS.get(inputs.get("day_count", ""), DayCount.MONTHLY),
        business_day=BusinessDay(inputs.get("roll", "none")),
        rounding=rounding,
    )


@pytest.mark.parametrize(("inputs", "expected"), tables("kr_own", "schedule"))
def test_a_korean_table_is_reproduced_row_by_row(inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    schedule = build_schedule(terms_of(inputs, Rounding(inputs.get("payment_unit", 1))))

    assert [
        {
            "n": row.number,
            "payment": str(row.payment_won),
            "principal": str(row.principal_won),
            "interest": str(row.interest_won),
            "balance": str(row.closing_balance_won),
        }
        | ({"due_date": str(row.due_date), "pay_date": str(row.payment_date)} if row.due_date else {})
        for row in schedule.rows
    ] == expected["rows"]
    assert schedule.totals.interest_won == int(expected["total_interest"])
    assert schedule.totals.payment_won == int(expected["total_paid"])
    if "payment" in expected:
        assert schedule.level_payment_won == int(expected["payment"])


@pytest.mark.parametrize(("inputs", "expected"), tables("korea", "schedule"))
def test_a_consumer_calculator_that_carries_fractions_is_reproduced(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    carried = Rounding(mode=RoundingMode.HALF_UP, balance=BalanceTracking.CARRIED)

    rows = build_schedule(terms_of(inputs, carried)).rows

    for shown in expected["rows"]:
        row = rows[shown["n"] - 1]
        assert {"payment": str(row.payment_won), "principal": str(row.principal_won)}.items() <= shown.items()


@pytest.mark.parametrize(("inputs", "expected"), tables("japan", "schedule"))
def test_agreed_yearly_principals_are_reproduced(inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    """A month at twelve times the rate stands for a year; each principal is paid back on its due date."""
    start, years = date(2000, 1, 1), inputs["periods"]
    agreed = [int(amount) for amount, count in inputs["principal_steps"] for _ in range(count)]
    dues = [months_after(start, year, 1) for year in range(1, years + 1)]
    terms = Terms(
        principal_won=int(inputs["principal"]),
        months=years,
        annual_rate_percent=12 * Fraction(inputs["annual_rate_pct"]),
        method=Method.BULLET,
        start_date=start,
        business_day=BusinessDay.NONE,
        rounding=Rounding(mode=RoundingMode.HALF_UP),
        prepayments=tuple(Prepayment(*each) for each in zip(dues[:-1], agreed[:-1], strict=True)),
    )

    rows = build_schedule(terms).rows

    interests = {row.number: row for row in rows if row.kind is RowKind.INSTALLMENT}
    for shown in expected["rows"]:
        row = interests[shown["n"]]
        assert str(row.opening_balance_won) == shown["opening_balance"]
        assert str(row.interest_won) == shown["interest"]
        assert str(row.interest_won + agreed[shown["n"] - 1]) == shown["payment"]


@pytest.mark.parametrize(("inputs", "expected"), tables("kr_own", "prepay_fee"))
def test_a_prepayment_fee_is_prorated_over_at_most_three_years(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    charge = prepayment_charge(
        inputs["amount"],
        Fraction(inputs["fee_rate_pct"]),
        start_date=date.fromisoformat(inputs["start_date"]),
        prepayment_date=date.fromisoformat(inputs["prepay_date"]),
        maturity_date=date.fromisoformat(inputs["maturity_date"]),
        max_years=inputs["max_years"],
    )

    assert (charge.remaining_days, charge.total_days) == (expected["remaining_days"], expected["total_days"])
    assert charge.fee_won == int(expected["fee"])


@pytest.mark.parametrize(("inputs", "expected"), tables("korea", "prepay_fee"))
def test_a_published_prepayment_fee_is_reproduced(inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    total = inputs["total_days"] or 365
    remaining = total if inputs["remaining_days"] is None else inputs["remaining_days"]
    start = date(2025, 1, 1)

    charge = prepayment_charge(
        int(inputs["amount"]),
        Fraction(inputs["fee_rate_pct"]),
        start_date=start,
        prepayment_date=date.fromordinal(start.toordinal() + total - remaining),
        maturity_date=date.fromordinal(start.toordinal() + total),
    )

    assert charge.fee_won == int(expected["fee"])


@pytest.mark.parametrize(("inputs", "expected"), tables("kr_own", "overdue") + tables("korea", "overdue"))
def test_an_overdue_charge_is_reproduced(inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    charge = overdue_charge(
        int(inputs["base"]),
        Fraction(inputs.get("contract_rate_pct") or inputs["annual_rate_pct"]),
        Fraction(inputs.get("addon_pct") or inputs["penalty_addon_pct"]),
        inputs["days"],
    )

    assert charge.charge_won == int(expected["amount"])
    assert charge.applied_rate_percent == Fraction(
        expected.get("applied_rate_pct", charge.applied_rate_percent)
    )


@pytest.mark.parametrize(("inputs", "expected"), tables("kr_own", "fund_rate"))
def test_a_fund_reduces_the_banks_rate_down_to_its_floor(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    rate = FundRate(*(Fraction(inputs[name]) for name in ("bank_rate_pct", "reduction_pctp", "floor_pct")))

    assert rate.customer_rate_percent == Fraction(expected["customer_rate_pct"])


@pytest.mark.parametrize(("inputs", "expected"), tables("kr_own", "pool"))
def test_a_fund_has_what_its_ceiling_leaves_beside_its_loans(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    fund = FundConditions(
        code="POOL",
        name="펀드",
        valid_from=date(2020, 1, 1),
        valid_to=None,
        ceiling_won=inputs["pool_limit"],
        company_limit_won=None,
        most_reduction_percent=None,
        floor_rate_percent=None,
        most_months=None,
    )

    available = fund.available_won(inputs["outstanding"])

    assert available == int(expected["available"])
    assert (inputs["requested"] <= available) is expected["approved"]


@pytest.mark.parametrize(("inputs", "expected"), tables("korea", "day_interest"))
def test_a_day_of_a_leap_year_bears_a_366th(inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    row = build_schedule(
        Terms(
            principal_won=int(inputs["principal"]),
            months=1,
            annual_rate_percent=Fraction(inputs["annual_rate_pct"]),
            start_date=date(2024, 3, 1),
            first_due_date=date(2024, 3, 2),
            day_count=DayCount.ACTUAL_ACTUAL,
            business_day=BusinessDay.NONE,
            rounding=Rounding(mode=RoundingMode.HALF_UP),
        )
    ).rows[0]

    assert row.interest_won == int(expected["interest"])


@pytest.mark.parametrize(("inputs", "expected"), tables("roll", "roll"))
def test_a_maturity_on_chuseok_moves_past_the_holidays(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    moved = BusinessCalendar().adjust(date.fromisoformat(inputs["date"]), BusinessDay(inputs["convention"]))

    assert moved.isoformat() == expected["date"]


@pytest.mark.parametrize(("inputs", "expected"), tables("gpm", "graduated"))
def test_a_published_graduated_plan_has_its_first_payment(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    cents = graduated_payments(
        int(Fraction(expected["principal"]) * 100),
        0,
        Fraction(inputs["annual_rate_pct"]) / 1200,
        inputs["periods"],
        Step(Fraction(inputs["step_pct"]), inputs["step_every"], inputs["steps"]),
        done=0,
        keep=round_half_up,
        unit=1,
    )

    assert cents[0] == 100 * int(inputs["first_payment"])


@pytest.mark.parametrize(("inputs", "expected"), tables("regz", "apr_regz"))
def test_an_apr_of_regulation_z_is_reproduced(inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    fraction = float(Fraction(inputs["first_payment_fraction"]))
    whole = inputs["first_payment_full_unit_periods"]
    payments = []
    for amount, count in inputs["payments"]:
        payments += [(float(amount), whole + later, fraction) for later in range(count)]
        whole += count

    apr = united_states_apr(float(inputs["amount"]), payments, inputs["unit_periods_per_year"])

    assert apr == pytest.approx(float(expected["apr_pct"]), abs=0.005)


@pytest.mark.parametrize(("inputs", "expected"), tables("eu", "apr_eu") + tables("excel", "xirr"))
def test_an_effective_rate_of_dated_payments_is_reproduced(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    (first, received), *paid = [(date.fromisoformat(day), int(amount)) for day, amount in inputs["flows"]]

    rate = dated_rate(-received, first, paid)

    if "rate" in expected:
        assert rate == pytest.approx(float(expected["rate"]), abs=float(expected["tolerance"]))
    else:
        assert f"{100 * rate:.1f}" == expected["rate_pct_1dp"]


def test_a_growth_rate_needs_money_received_and_paid_back() -> None:
    with pytest.raises(ValueError, match="rate_not_solvable"):
        growth_rate(0, [(1, 100)])


REPRODUCED_HERE = {
    *("schedule", "prepay_fee", "overdue", "fund_rate", "day_interest", "roll", "graduated"),
    *("apr_regz", "apr_eu", "xirr", "pool"),
}
REPRODUCED_ELSEWHERE = {"grant": "tests.unit.financing.test_planning"}


def test_no_table_is_left_without_a_test() -> None:
    entries = [
        entry for file in sorted(GOLDEN.glob("*.json")) for entry in json.loads(file.read_text("utf-8"))
    ]

    kinds = {entry.get("sub") or entry["kind"] for entry in entries}

    assert kinds == REPRODUCED_HERE | set(REPRODUCED_ELSEWHERE)
