"""Present value and the amortisation of its discount (현재가치할인차금), effective interest method."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from service.financing.disclosure import months_of_rows
from service.financing.errors import TermsError
from service.financing.rows import Schedule
from service.financing.terms import check_won
from service.kit.won import round_half_up

MOST_PERIODS = 480
HIGHEST_DISCOUNT_PERCENT = Fraction(100)


@dataclass(frozen=True, slots=True)
class DiscountRow:
    """One period: interest added, cash taken, and the carrying amount that remains."""

    period: int
    interest_won: int
    cash_won: int
    carrying_won: int


@dataclass(frozen=True, slots=True)
class DiscountedCashflows:
    """Value today, what the cash exceeds it by, and how that difference becomes interest."""

    present_value_won: int
    discount_won: int
    rows: tuple[DiscountRow, ...]


@dataclass(frozen=True, slots=True)
class PresentValue:
    """What a schedule's payments are worth today at a discount rate, percent a year."""

    discount_rate_percent: Fraction
    value_won: int
    discount_won: int


def check_discount_rate(rate: Fraction, pointer: str) -> None:
    """Refuse a discount rate below 0 or above 100 percent; it is a company's own rate, not a lending rate."""
    if not 0 <= rate <= HIGHEST_DISCOUNT_PERCENT:
        raise TermsError("discount_rate_out_of_bounds", pointer, most=HIGHEST_DISCOUNT_PERCENT)


def amortise_discount(annual_rate_percent: Fraction, cashflows_won: Sequence[int]) -> DiscountedCashflows:
    """Yearly cash flows, the first at time 0 and deducted first.

    The present value is rounded half-up to the won, interest likewise, and the last period takes
    the residue so that the carrying amount ends at zero.
    """
    check_discount_rate(annual_rate_percent, "/annual_rate_percent")
    if not 1 <= len(cashflows_won) <= MOST_PERIODS:
        raise TermsError("count_out_of_bounds", "/cashflows_won", least=1, most=MOST_PERIODS)
    for index, cash in enumerate(cashflows_won):
        check_won(cash, f"/cashflows_won/{index}")
    growth = 1 + annual_rate_percent / 100
    value = Fraction(0)
    for cash in reversed(cashflows_won):
        value = value / growth + cash
    present_value = round_half_up(value.numerator, value.denominator)
    rows = _rows(present_value, annual_rate_percent / 100, cashflows_won)
    return DiscountedCashflows(present_value, sum(cashflows_won) - present_value, rows)


def _rows(present_value: int, rate: Fraction, cashflows: Sequence[int]) -> tuple[DiscountRow, ...]:
    carrying = present_value - cashflows[0]
    rows = [DiscountRow(0, 0, cashflows[0], carrying)]
    last_paid = max(index for index, cash in enumerate(cashflows) if cash or index == 0)
    for period, cash in enumerate(cashflows[1:], start=1):
        if period >= last_paid:
            interest = cash - carrying
        else:
            interest = round_half_up(carrying * rate.numerator, rate.denominator)
        carrying += interest - cash
        rows.append(DiscountRow(period, interest, cash, carrying))
    return tuple(rows)


def present_value_of(schedule: Schedule, discount_rate_percent: Fraction) -> PresentValue:
    """The rows' payments discounted monthly at a twelfth of the rate, half-up to the won."""
    check_discount_rate(discount_rate_percent, "/discount_rate_percent")
    payments = [row.payment_won for row in schedule.rows]
    value = discounted(discount_rate_percent, months_of_rows(schedule), payments)
    return PresentValue(discount_rate_percent, value, sum(payments) - value)


def discounted(rate_percent: Fraction, months: Sequence[float], payments: Sequence[int]) -> int:
    """What payments so many months ahead are worth today, half-up to the won; 60 digits inside."""
    with localcontext(prec=60):
        monthly = Decimal(rate_percent.numerator) / (rate_percent.denominator * 1200)
        growth = 1 + monthly
        worth = sum(
            (paid / growth ** _exponent(month) for month, paid in zip(months, payments, strict=True)),
            Decimal(0),
        )
        return int(worth.to_integral_value(ROUND_HALF_UP))


def _exponent(month: float) -> int | Decimal:
    return int(month) if month.is_integer() else Decimal(month)
