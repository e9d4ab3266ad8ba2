"""Fund loans, present values and ways to pay side by side."""

from datetime import date
from fractions import Fraction

import pytest

from service.financing.comparison import FundOption, LumpSum, Option, OptionKind, compare
from service.financing.disclosure import disclose
from service.financing.errors import TermsError
from service.financing.fund_loan import FundRate, build_fund_loan
from service.financing.present_value import amortise_discount, present_value_of
from service.financing.schedule import build_schedule
from service.financing.terms import Fee, Grant, RateChange
from tests.unit.financing.contracts import terms

FUND = FundRate(Fraction("4.97"), Fraction("3.06"))


def test_a_fund_loan_shows_what_it_saves_against_the_banks_rate() -> None:
    market = terms(annual_rate_percent=FUND.bank_rate_percent)

    loan = build_fund_loan(market, FUND)

    assert loan.customer_rate_percent == Fraction("1.91")
    assert loan.schedule == build_schedule(terms(annual_rate_percent=Fraction("1.91")))
    assert loan.market_total_interest_won == build_schedule(market).totals.interest_won
    assert loan.interest_saved_won == loan.market_total_interest_won - loan.schedule.totals.interest_won


def test_a_change_of_the_banks_rate_is_reduced_down_to_the_floor_too() -> None:
    rate = FundRate(Fraction(5), Fraction(2), Fraction("2.5"))
    change = RateChange(date(2026, 7, 25), Fraction(4))

    loan = build_fund_loan(
        terms(annual_rate_percent=Fraction(5), start_date=date(2026, 1, 25), rate_changes=(change,)), rate
    )

    assert loan.schedule.terms.rate_changes == (RateChange(date(2026, 7, 25), Fraction("2.5")),)


def test_cash_an_installment_and_a_fund_loan_are_ranked_by_present_value() -> None:
    ranked = compare(
        [
            Option("일시불", LumpSum(100_000_000)),
            Option("36개월 할부", terms()),
            Option("상생협력펀드", FundOption(terms(annual_rate_percent=FUND.bank_rate_percent), FUND)),
            Option("지원금 + 할부", terms(principal_won=50_000_000, grant=Grant("스마트공장", 50_000_000))),
        ],
        Fraction(6),
    )

    assert [place.outlay.name for place in ranked] == [
        "지원금 + 할부",
        "상생협력펀드",
        "36개월 할부",
        "일시불",
    ]
    assert [place.rank for place in ranked] == [1, 2, 3, 4]
    assert ranked[-1].outlay.kind is OptionKind.LUMP_SUM
    assert ranked[-1].outlay.present_value_won == 100_000_000
    assert ranked[2].outlay.monthly_burden_won == 2_974_692
    assert ranked[2].total_over_best_won == ranked[2].outlay.total_won - ranked[0].outlay.total_won
    assert ranked[2].outlay.effective_rate_percent == pytest.approx(4.5940, abs=1e-4)


def test_the_causes_of_a_difference_add_up_to_it() -> None:
    fee = Fee("보증료", 300_000)
    best, dearer = compare(
        [
            Option("할부", terms(principal_won=60_000_000, down_payment_won=45_000_000, fees=(fee,))),
            Option("지원금 + 할부", terms(principal_won=50_000_000, grant=Grant("스마트공장", 50_000_000))),
        ],
        Fraction(6),
    )

    assert best.outlay.name == "지원금 + 할부"
    assert sum(best.difference) == 0
    assert dearer.difference.price_won == 5_000_000
    assert dearer.difference.grant_won == 50_000_000
    assert dearer.difference.financing_cost_won == dearer.financing_cost_over_best_won > 0
    assert sum(dearer.difference) == dearer.present_value_over_best_won


def test_a_refused_option_is_pointed_at() -> None:
    costly = terms(annual_rate_percent=Fraction(20), fees=(Fee("보증료", 1_000_000),))

    with pytest.raises(TermsError) as refused:
        compare([Option("일시불", LumpSum(100)), Option("할부", costly)], Fraction(5))

    assert refused.value.pointer == "/options/1/fees"


def test_a_discount_is_amortised_by_the_effective_interest_method() -> None:
    discounted = amortise_discount(Fraction(10), [100_000, 100_000, 100_000, 100_000])

    assert (discounted.present_value_won, discounted.discount_won) == (348_685, 51_315)
    assert [(row.interest_won, row.carrying_won) for row in discounted.rows] == [
        (0, 248_685),
        (24_869, 173_554),
        (17_355, 90_909),
        (9_091, 0),
    ]


def test_discount_amortisation_ends_at_zero_and_adds_up() -> None:
    for cashflows in ([0, 5, 7, 11], [1], [0, 10**13, 0, 0], [3, 0, 0, 9]):
        discounted = amortise_discount(Fraction("7.3"), cashflows)
        assert discounted.rows[-1].carrying_won == 0
        assert sum(row.interest_won for row in discounted.rows) == discounted.discount_won


def test_a_schedule_with_an_odd_first_period_is_discounted_by_its_days() -> None:
    schedule = build_schedule(terms(months=1, start_date=date(2026, 1, 25), first_due_date=date(2026, 3, 10)))
    payment = schedule.rows[0].payment_won
    growth = (1 + 0.06 / 12) ** (12 * 44 / 365)

    assert present_value_of(schedule, Fraction(6)).value_won == round(payment / growth)


def test_rates_of_a_dated_contract_count_the_days_that_are_paid() -> None:
    rates = disclose(build_schedule(terms(start_date=date(2026, 1, 25))))

    assert rates.nominal_apr_percent == pytest.approx(4.49999, abs=1e-5)
    assert rates.effective_rate_percent == pytest.approx(4.5838, abs=0.02)


def test_a_loan_without_interest_or_fees_has_a_rate_of_zero() -> None:
    rates = disclose(build_schedule(terms(annual_rate_percent=Fraction(0))))

    assert rates.nominal_apr_percent == pytest.approx(0, abs=1e-9)
    assert rates.effective_rate_percent == pytest.approx(0, abs=1e-9)
