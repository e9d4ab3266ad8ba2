"""A purchase with a grant: every won of the price is paid by exactly one party."""

from fractions import Fraction
from random import Random

import pytest

from service.financing.errors import TermsError
from service.financing.grants import GrantRow
from service.financing.own_share import plan_purchase
from tests.unit.financing.contracts import any_amount, any_rate

HALF = GrantRow(2022, "정부형", "기초", Fraction(50), 50_000_000, None, None, {})


@pytest.mark.parametrize("seed", range(300))
def test_every_won_of_the_price_is_paid_by_exactly_one_party(seed: int) -> None:
    random = Random(seed)
    months = random.randint(1, 60)
    price = months * 1000 + any_amount(random, 10**12)  # enough for a won a month
    plan = plan_purchase(price, any_grant(random), months, any_rate(random))
    shares = plan.shares
    assert shares.government_won + shares.host_won + shares.own_won == price
    assert min(shares.government_won, shares.host_won, shares.own_won) >= 0
    rows = plan.schedule.rows if plan.schedule else ()
    assert sum(row.principal_won for row in rows) == shares.own_won
    assert sum(row.payment_won for row in rows) == plan.paid_won


def any_grant(random: Random) -> GrantRow | None:
    """A grant of any share, with a cap and a host or without, or none."""
    cap = random.choice([None, any_amount(random)])
    host = random.choice([None, Fraction(random.randint(0, 60))])
    row = GrantRow(2022, "정부형", "기초", Fraction(random.randint(0, 100)), cap, host, None, {})
    return random.choice([None, row])


def test_the_cap_of_the_grant_holds() -> None:
    plan = plan_purchase(120_000_000, HALF, 36, Fraction("4.5"))
    assert (plan.shares.government_won, plan.shares.own_won) == (50_000_000, 70_000_000)
    assert plan.paid_won == 74_962_232


def test_without_a_grant_the_company_pays_all() -> None:
    assert plan_purchase(1_000_000, None, 10, Fraction(0)).shares.own_won == 1_000_000


def test_where_the_grant_pays_all_nothing_is_spread() -> None:
    everything = GrantRow(2022, "정부형", "기초", Fraction(100), None, None, None, {})
    plan = plan_purchase(1_000_000, everything, 10, Fraction(5))
    assert (plan.schedule, plan.paid_won) == (None, 0)


def test_nothing_costs_nothing() -> None:
    with pytest.raises(TermsError):
        plan_purchase(0, None, 10, Fraction(5))
