"""Value added tax on an installment sale.

Two or more instalments that run for a year or more from the day after delivery make a long-term
installment sale (장기할부판매): each due date is a time of supply with its own tax invoice. The
seller may also invoice everything at delivery. Whether installment interest belongs to the tax base
is a parameter; the usual reading includes it.
"""

from collections.abc import Callable
from datetime import date

from service.financing.calendar import years_after
from service.financing.conventions import VatBase, VatTiming
from service.financing.terms import Terms, Vat
from service.kit.won import round_down

RowTax = Callable[[int, int], int]
"""(principal, interest) of a row -> its tax."""


def row_tax(vat: Vat | None) -> RowTax | None:
    """The tax of each row, truncated to the won; None when no row carries a tax invoice."""
    if vat is None or vat.timing is VatTiming.AT_DELIVERY:
        return None
    rate = vat.rate_percent / 100
    with_interest = vat.base is VatBase.PRINCIPAL_AND_INTEREST

    def tax(principal: int, interest: int) -> int:
        base = max(principal + interest if with_interest else principal, 0)
        return round_down(base * rate.numerator, rate.denominator)

    return tax


def upfront_vat(terms: Terms, total_interest: int) -> int:
    """The tax due at delivery: on everything, or on what no instalment carries (down payment and grant)."""
    vat = terms.vat
    if vat is None:
        return 0
    base = terms.down_payment_won + terms.grant_won
    if vat.timing is VatTiming.AT_DELIVERY:
        base = terms.price_won
        if vat.base is VatBase.PRINCIPAL_AND_INTEREST:
            base += total_interest
    rate = vat.rate_percent / 100
    return round_down(base * rate.numerator, rate.denominator)


def is_long_term_sale(delivered_on: date, last_due_date: date, instalments: int) -> bool:
    """Whether a tax invoice per instalment is open to this sale (부가가치세법 시행규칙 제17조)."""
    return instalments >= 2 and last_due_date >= years_after(delivered_on, 1)
