"""Batches equal the exact engine to the won."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from service.financing.batch import RATE_UNITS, LevelQuotes, level_rows, level_totals
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Rounding, Terms
from tests.unit.financing.contracts import any_amount


def quotes_and_schedules(seed: str, count: int, unit: int) -> tuple[LevelQuotes, list[Schedule]]:
    random = Random(seed)
    principals = [any_amount(random) for _ in range(count)]
    rates = [random.choice([0, 45_000, 200_000, random.randint(0, 200_000)]) for _ in range(count)]
    months = [random.choice([1, 2, 36, random.randint(1, 480)]) for _ in range(count)]
    schedules = [
        build_schedule(
            Terms(
                principal_won=principal,
                months=term,
                annual_rate_percent=Fraction(rate, RATE_UNITS),
                rounding=Rounding(unit),
            )
        )
        for principal, rate, term in zip(principals, rates, months, strict=True)
    ]
    columns = (np.array(column, dtype=np.int64) for column in (principals, rates, months))
    return LevelQuotes(*columns, payment_unit_won=unit), schedules


@pytest.mark.parametrize("unit", [1, 10])
def test_totals_of_a_batch_are_those_of_the_engine(unit: int) -> None:
    quotes, schedules = quotes_and_schedules("totals", 3_000, unit)

    totals = level_totals(quotes)

    assert totals.level_payments_won.tolist() == [schedule.level_payment_won for schedule in schedules]
    assert totals.last_payments_won.tolist() == [schedule.rows[-1].payment_won for schedule in schedules]
    assert totals.interest_won.tolist() == [schedule.totals.interest_won for schedule in schedules]


@pytest.mark.parametrize("unit", [1, 10])
def test_rows_of_a_batch_are_those_of_the_engine(unit: int) -> None:
    quotes, schedules = quotes_and_schedules("rows", 400, unit)

    rows = level_rows(quotes)

    for lane, schedule in enumerate(schedules):
        term = schedule.terms.months
        assert rows.interest_won[:term, lane].tolist() == [row.interest_won for row in schedule.rows]
        assert rows.principal_won[:term, lane].tolist() == [row.principal_won for row in schedule.rows]
        assert rows.closing_balance_won[:term, lane].tolist() == [
            row.closing_balance_won for row in schedule.rows
        ]
        assert not rows.interest_won[term:, lane].any()


def test_the_largest_loan_at_the_highest_rate_does_not_overflow() -> None:
    principal, rate, months = (np.array([value], dtype=np.int64) for value in (10**13, 200_000, 480))

    totals = level_totals(LevelQuotes(principal, rate, months))

    exact = build_schedule(Terms(principal_won=10**13, months=480, annual_rate_percent=Fraction(20)))
    assert totals.interest_won.tolist() == [exact.totals.interest_won]
