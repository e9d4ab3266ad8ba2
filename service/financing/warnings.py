"""What a contract's terms alone call for a warning about."""

from service.financing.conventions import BalanceTracking, Method, VatTiming
from service.financing.periods import Period
from service.financing.tax import is_long_term_sale
from service.financing.terms import Terms


def warnings_of(terms: Terms, periods: tuple[Period, ...]) -> list[str]:
    """The codes of those warnings, in the order in which they are shown."""
    codes = []
    if terms.rounding.balance is BalanceTracking.CARRIED:
        codes.append("carried_rows_do_not_add_up")
    if terms.grace_months == terms.months and terms.method is not Method.BULLET:
        codes.append("grace_makes_bullet")
    delivered_on, last_due = terms.start_date, periods[-1].due_date
    if terms.vat and terms.vat.timing is VatTiming.PER_INSTALLMENT:
        if delivered_on is None or last_due is None:
            is_long_term = terms.months >= 12
        else:
            is_long_term = is_long_term_sale(delivered_on, last_due, len(periods))
        if not is_long_term:
            codes.append("vat_not_long_term_sale")
    return codes
