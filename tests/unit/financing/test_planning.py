"""Solved backwards, in batches, in arrears, and with a grant."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

import pytest

import seed_data
from service.financing.arrears import OverdueBase, arrears_on
from service.financing.conventions import DayCount, Method
from service.financing.errors import TermsError
from service.financing.fund_loan import FundRate
from service.financing.fund_terms import FundConditions, check_conditions, conditions_on
from service.financing.grants import GrantRow, find_grant_row, share_cost
from service.financing.quotes import Quote, quote_all
from service.financing.schedule import build_schedule
from service.financing.solving import implied_rate, largest_principal, shortest_term
from service.financing.terms import Fee, Prepayment, Rounding
from tests.unit.financing.contracts import any_terms, built, terms
from tests.unit.financing.test_golden_tables import tables

START = date(2026, 1, 25)


@pytest.mark.parametrize("method", [Method.LEVEL_PAYMENT, Method.LEVEL_PRINCIPAL, Method.BULLET])
def test_the_largest_principal_fits_the_budget_and_one_won_more_does_not(method: Method) -> None:
    schedule = largest_principal(terms(method=method), 3_000_000)

    assert schedule.highest_payment_won <= 3_000_000
    larger = replace(schedule.terms, principal_won=schedule.terms.principal_won + 1)
    assert build_schedule(larger).highest_payment_won > 3_000_000


@pytest.mark.parametrize("budget", [2_974_692, 2_974_691, 5_000_000, 100_375_000])
def test_the_shortest_term_fits_the_budget_and_a_month_less_does_not(budget: int) -> None:
    schedule = shortest_term(terms(months=480), budget)

    assert schedule.level_payment_won is not None
    assert schedule.level_payment_won <= budget
    if schedule.terms.months > 1:
        shorter = build_schedule(replace(schedule.terms, months=schedule.terms.months - 1))
        assert shorter.level_payment_won is not None
        assert shorter.level_payment_won > budget


def test_a_budget_below_the_interest_is_refused() -> None:
    with pytest.raises(TermsError, match="budget_too_small"):
        shortest_term(terms(months=480), 375_000)


@pytest.mark.parametrize("rate", ["0", "4.5", "3.1234", "20"])
def test_the_rate_behind_a_total_is_found_again(rate: str) -> None:
    total = build_schedule(terms(annual_rate_percent=Fraction(rate))).totals.payment_won

    found = implied_rate(terms(), total)

    assert found.totals.payment_won == total
    assert abs(found.terms.annual_rate_percent - Fraction(rate)) < Fraction(1, 100_000)


@pytest.mark.parametrize(
    ("total", "code"), [(99_999_999, "total_below_principal"), (200_000_000, "total_too_large")]
)
def test_a_total_that_no_allowed_rate_gives_is_refused(total: int, code: str) -> None:
    with pytest.raises(TermsError, match=code):
        implied_rate(terms(), total)


def test_solving_refuses_contracts_with_events() -> None:
    agreed = terms(start_date=START, prepayments=(Prepayment(START, 1),))

    with pytest.raises(TermsError, match="solved_without_events"):
        largest_principal(agreed, 1_000_000)


def test_many_quotes_are_those_of_the_engine_one_by_one() -> None:
    random = Random(8)
    contracts = [any_terms(random) for _ in range(800)]
    contracts += [
        terms(principal_won=random.randint(1, 10**12), months=random.randint(1, 480)) for _ in range(200)
    ]
    contracts.append(
        terms(principal_won=11_890, months=480, annual_rate_percent=Fraction(12), rounding=Rounding(10))
    )
    contracts.append(terms(annual_rate_percent=Fraction(20), fees=(Fee("보증료", 10**6),)))

    quotes = quote_all(contracts)

    assert isinstance(quotes[-1], TermsError)
    assert isinstance(quotes[-2], Quote)
    assert quotes[-2].warnings == ("payment_raised_to_interest",)
    for agreed, quote in zip(contracts[:-1], quotes[:-1], strict=True):
        schedule = built(agreed, "step_never_amortises", "dates_out_of_order")
        if schedule is None or isinstance(quote, TermsError):
            assert isinstance(quote, TermsError)
            continue
        last = schedule.rows[-1].payment_won
        assert quote == Quote(schedule.level_payment_won, last, schedule.totals, schedule.warnings)


def test_before_acceleration_each_missed_instalment_bears_overdue_interest() -> None:
    schedule = build_schedule(terms(start_date=START))

    owed = arrears_on(schedule, date(2026, 6, 1), first_missed=3, addon_percent=Fraction(3))

    rate = Fraction("7.5") / 100
    assert [(row.number, row.since, row.days) for row in owed.rows] == [
        (3, date(2026, 4, 27), 35),  # 25 April is a Saturday: no late interest until Monday
        (4, date(2026, 5, 26), 6),  # 25 May is a substitute holiday
    ]
    assert [row.charge_won for row in owed.rows] == [floor(2_974_692 * rate * days / 365) for days in (35, 6)]
    assert owed.owed_won == 2 * 2_974_692 + owed.charge_won
    assert not owed.accelerated


def test_after_acceleration_the_whole_principal_bears_it() -> None:
    schedule = build_schedule(terms(start_date=START, day_count=DayCount.ACTUAL_365))

    owed = arrears_on(
        schedule,
        date(2026, 7, 1),
        first_missed=3,
        addon_percent=Fraction(3),
        accelerated_on=date(2026, 6, 15),
    )

    outstanding = schedule.rows[2].opening_balance_won
    rate = Fraction("7.5") / 100
    assert [row.base for row in owed.rows] == [OverdueBase.INSTALLMENT] * 2 + [OverdueBase.PRINCIPAL]
    assert owed.rows[-1].charge_won == floor(outstanding * rate * 16 / 365)
    not_due = schedule.rows[4].opening_balance_won  # what was missed bears overdue interest instead
    assert owed.accrued_interest_won == floor(not_due * Fraction("0.045") * 21 / 365)
    missed_interest = schedule.rows[2].interest_won + schedule.rows[3].interest_won
    assert owed.owed_won == outstanding + missed_interest + owed.accrued_interest_won + owed.charge_won


def test_the_overdue_rate_stops_at_the_legal_cap() -> None:
    schedule = build_schedule(terms(start_date=START, annual_rate_percent=Fraction(19)))

    owed = arrears_on(schedule, date(2026, 6, 1), first_missed=3, addon_percent=Fraction(3))

    assert owed.applied_rate_percent == 20


def test_a_larger_surcharge_than_the_law_allows_is_refused() -> None:
    schedule = build_schedule(terms(start_date=START))

    with pytest.raises(TermsError, match="overdue_addon_over_limit"):
        arrears_on(schedule, date(2026, 6, 1), first_missed=1, addon_percent=Fraction("3.1"))


def seeded_rows(code: str) -> list[GrantRow]:
    programme = next(each for each in seed_data.programmes() if each["code"] == code)
    return [GrantRow.of(row) for row in programme["grant_rows"]]


PRINTED_LEVELS = {
    "고도화(중간 수준 이상)": "고도화",
    "선도형(정부일반형)": "고도화",
    "고도화 동일수준 재신청": "동일수준",
}


@pytest.mark.parametrize(("inputs", "expected"), tables("grant", "grant"))
def test_a_grant_is_the_share_up_to_the_cap_of_its_published_row(
    inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    track, _, level = inputs["level"].rpartition("유형1 ")
    code = "WIN_WIN_SMART_FACTORY_GRANT" if track else "SMART_FACTORY_GRANT"
    year = 2022 if track else int(inputs["year"])

    row = find_grant_row(
        seeded_rows(code), code, year, PRINTED_LEVELS.get(level, level), "상생형 유형1" if track else None
    )

    assert row.government_share_percent == int(inputs["government_share_pct"])
    assert row.government_cap_won == int(inputs["cap"])
    assert share_cost(row, int(inputs["project_cost"])).government_won == int(expected["grant"])


@pytest.mark.parametrize(
    ("code", "year", "level", "track", "cost", "government", "host"),
    [
        ("SMART_FACTORY_GRANT", 2021, "고도화2", None, 1_000_000_000, 400_000_000, 0),
        ("SMART_FACTORY_GRANT", 2023, "동일수준", None, 60_000_000, 30_000_000, 0),
        ("WIN_WIN_SMART_FACTORY_GRANT", 2022, "고도화1", None, 300_000_000, 90_000_000, 90_000_000),
        ("WIN_WIN_SMART_FACTORY_GRANT", 2022, "기초", "상생형 유형2", 30_000_000, 10_000_000, 10_000_000),
        ("CHUNGBUK_SMALL_FACTORY_2025", 2025, "기초", None, 30_000_000, 27_000_000, 0),
    ],
)
def test_published_rows_divide_a_projects_cost(
    code: str, year: int, level: str, track: str | None, cost: int, government: int, host: int
) -> None:
    shares = share_cost(find_grant_row(seeded_rows(code), code, year, level, track), cost)

    assert (shares.government_won, shares.host_won) == (government, host)
    assert shares.own_won == cost - government - host


@pytest.mark.parametrize(
    ("year", "level", "code"), [(2030, "기초", "grant_unknown"), (2022, "기초", "grant_track_required")]
)
def test_a_grant_without_one_published_row_is_refused(year: int, level: str, code: str) -> None:
    with pytest.raises(TermsError, match=code):
        find_grant_row(seeded_rows("WIN_WIN_SMART_FACTORY_GRANT"), "상생형", year, level, None)


FUND = FundConditions(
    code="DEMO",
    name="시연용 펀드",
    valid_from=date(2020, 9, 1),
    valid_to=date(2026, 12, 31),
    ceiling_won=100_000_000_000,
    company_limit_won=1_000_000_000,
    most_reduction_percent=Fraction("1.5"),
    floor_rate_percent=Fraction(1),
    most_months=36,
)


def test_a_fund_without_a_limit_a_company_lends_up_to_its_ceiling() -> None:
    fund, rate = replace(FUND, company_limit_won=None), FundRate(Fraction(5), Fraction("1.5"), Fraction(1))

    check_conditions(fund, terms(principal_won=100_000_000_000), rate)
    with pytest.raises(TermsError, match="fund_over_ceiling"):
        check_conditions(fund, terms(principal_won=100_000_000_001), rate)


def test_a_fund_lends_only_while_its_conditions_are_valid() -> None:
    assert conditions_on([FUND], "DEMO", date(2026, 12, 31)) is FUND
    with pytest.raises(TermsError, match="fund_terms_not_valid"):
        conditions_on([FUND], "DEMO", date(2027, 1, 1))
    with pytest.raises(TermsError, match="fund_unknown"):
        conditions_on([FUND], "OTHER", START)


@pytest.mark.parametrize(
    ("changed", "reduction", "floor", "code"),
    [
        ({"principal_won": 1_000_000_001}, "1.5", "1", "fund_over_company_limit"),
        ({"months": 37}, "1.5", "1", "fund_over_months"),
        ({}, "1.6", "1", "fund_reduction_over_limit"),
        ({}, "1.5", "0.9", "fund_floor"),
    ],
)
def test_a_loan_outside_the_conditions_of_its_fund_is_refused(
    changed: dict[str, Any], reduction: str, floor: str, code: str
) -> None:
    rate = FundRate(Fraction(5), Fraction(reduction), Fraction(floor))

    with pytest.raises(TermsError, match=code):
        check_conditions(FUND, terms(**changed), rate)
    check_conditions(FUND, terms(), FundRate(Fraction(5), Fraction("1.5"), Fraction(1)))
