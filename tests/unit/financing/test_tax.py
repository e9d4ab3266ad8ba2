"""Value added tax per instalment and at delivery."""

from datetime import date
from fractions import Fraction

import pytest

from service.financing.conventions import VatBase, VatTiming
from service.financing.schedule import build_schedule
from service.financing.tax import is_long_term_sale
from service.financing.terms import Grant, Vat
from tests.unit.financing.contracts import terms


def test_each_instalment_carries_its_own_truncated_tax() -> None:
    schedule = build_schedule(terms(vat=Vat(), start_date=date(2026, 1, 25)))

    assert [row.vat_won for row in schedule.rows] == [row.payment_won // 10 for row in schedule.rows]
    assert [row.tax_invoice_date for row in schedule.rows] == [row.due_date for row in schedule.rows]
    assert schedule.totals.payment_won == 100_000_000 + schedule.totals.interest_won


def test_the_base_can_leave_interest_out() -> None:
    schedule = build_schedule(terms(vat=Vat(base=VatBase.PRINCIPAL)))

    assert [row.vat_won for row in schedule.rows] == [row.principal_won // 10 for row in schedule.rows]


def test_down_payment_and_grant_are_taxed_at_delivery() -> None:
    schedule = build_schedule(
        terms(vat=Vat(), down_payment_won=10_000_000, grant=Grant("스마트공장", 50_000_005))
    )

    assert schedule.totals.upfront_vat_won == 6_000_000
    assert schedule.totals.vat_won == 6_000_000 + sum(row.vat_won for row in schedule.rows)


@pytest.mark.parametrize(
    ("base", "expected"), [(VatBase.PRINCIPAL, 11_000_000), (VatBase.PRINCIPAL_AND_INTEREST, 11_708_890)]
)
def test_at_delivery_the_whole_price_is_taxed_at_once(base: VatBase, expected: int) -> None:
    schedule = build_schedule(
        terms(vat=Vat(timing=VatTiming.AT_DELIVERY, base=base), down_payment_won=10_000_000)
    )

    assert {row.vat_won for row in schedule.rows} == {0}
    assert schedule.totals.upfront_vat_won == schedule.totals.vat_won == expected


@pytest.mark.parametrize(
    ("last_due", "instalments", "is_long_term"),
    [(date(2027, 1, 25), 12, True), (date(2027, 1, 24), 12, False), (date(2028, 1, 25), 1, False)],
)
def test_a_long_term_sale_has_two_instalments_and_a_year_from_the_day_after_delivery(
    last_due: date, instalments: int, is_long_term: bool
) -> None:
    assert is_long_term_sale(date(2026, 1, 25), last_due, instalments) is is_long_term


def test_a_short_sale_is_warned_about() -> None:
    assert build_schedule(terms(months=11, vat=Vat())).warnings == ("vat_not_long_term_sale",)
    assert build_schedule(terms(months=12, vat=Vat(Fraction(10)))).warnings == ()
