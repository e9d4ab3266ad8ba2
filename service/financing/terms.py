"""What a contract agrees on, checked once when it is made."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from service.financing.calendar import LAST_CALENDAR_YEAR, months_after
from service.financing.conventions import (
    AccrueTo,
    BalanceTracking,
    BusinessDay,
    DayCount,
    FeeTiming,
    Method,
    PrepaymentEffect,
    Residue,
    RoundingMode,
    VatBase,
    VatTiming,
)
from service.financing.errors import TermsError
from service.financing.percent import percent_text

MOST_WON = 10_000_000_000_000
MOST_MONTHS = 480
EARLIEST_YEAR = 1950
LEGAL_CAP_PERCENT = Fraction(20)
"""Highest interest a year, 이자제한법 제2조 and its decree, since 2021-07-07."""

PREPAYMENT_FEE_YEARS = 3
"""No prepayment fee after this many years, 금융소비자보호법 제20조."""


@dataclass(frozen=True, slots=True)
class Step:
    """체증식: the payment grows by `percent` every `every_months`, at most `times` times.

    A payment below its interest raises the balance and is refused unless
    `allow_negative_amortisation` says that this is agreed.
    """

    percent: Fraction
    every_months: int = 12
    times: int | None = None
    allow_negative_amortisation: bool = False


@dataclass(frozen=True, slots=True)
class Rounding:
    """Instalments in multiples of `payment_unit_won`; interest is always whole won."""

    payment_unit_won: int = 1
    mode: RoundingMode = RoundingMode.DOWN
    balance: BalanceTracking = BalanceTracking.ROUNDED


@dataclass(frozen=True, slots=True)
class Vat:
    """Value added tax on the sale behind an installment contract."""

    rate_percent: Fraction = Fraction(10)
    timing: VatTiming = VatTiming.PER_INSTALLMENT
    base: VatBase = VatBase.PRINCIPAL_AND_INTEREST


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge beside interest; it counts as interest against the legal cap."""

    name: str
    amount_won: int
    when: FeeTiming = FeeTiming.START


@dataclass(frozen=True, slots=True)
class Grant:
    """The part of the price that a support programme pays."""

    programme: str
    amount_won: int


@dataclass(frozen=True, slots=True)
class RateChange:
    """A new rate from a day on; the payment is computed anew for the rest of the term."""

    effective_from: date
    annual_rate_percent: Fraction


@dataclass(frozen=True, slots=True)
class Prepayment:
    """Principal paid back early. Interest accrued so far is settled with it."""

    on: date
    amount_won: int
    effect: PrepaymentEffect = PrepaymentEffect.SHORTEN


@dataclass(frozen=True, slots=True)
class PrepaymentFee:
    """중도상환수수료: the rate, and for how many years it may be charged."""

    rate_percent: Fraction
    max_years: int = PREPAYMENT_FEE_YEARS


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one contract. Amounts are won, rates percent a year.

    Raises TermsError for anything that cannot be computed or that the law forbids. Without
    `start_date` a contract has no dates and counts months.
    """

    principal_won: int
    months: int
    annual_rate_percent: Fraction
    method: Method = Method.LEVEL_PAYMENT
    grace_months: int = 0
    balloon_won: int = 0
    step: Step | None = None
    start_date: date | None = None
    first_due_date: date | None = None
    payment_day: int | None = None
    rounding: Rounding = field(default_factory=Rounding)
    residue: Residue = Residue.LAST
    day_count: DayCount = DayCount.MONTHLY
    business_day: BusinessDay = BusinessDay.FOLLOWING
    accrue_to: AccrueTo = AccrueTo.DUE_DATE
    down_payment_won: int = 0
    grant: Grant | None = None
    vat: Vat | None = None
    fees: tuple[Fee, ...] = ()
    rate_changes: tuple[RateChange, ...] = ()
    prepayments: tuple[Prepayment, ...] = ()
    prepayment_fee: PrepaymentFee | None = None

    def __post_init__(self) -> None:
        _check_amounts(self)
        _check_method(self)
        _check_charges(self)
        _check_dates(self)
        if self.rate_changes:
            _check_rate_changes(self)
        if self.prepayments:
            _check_prepayments(self)

    @property
    def grant_won(self) -> int:
        """What the support programme pays of the price."""
        return self.grant.amount_won if self.grant else 0

    @property
    def price_won(self) -> int:
        """What the supplier receives for the goods: principal, down payment and grant."""
        return self.principal_won + self.down_payment_won + self.grant_won

    @property
    def start_fees_won(self) -> int:
        """Fees taken when the contract starts."""
        return sum(fee.amount_won for fee in self.fees if fee.when is FeeTiming.START)

    @property
    def period_fees_won(self) -> int:
        """Fees taken with every instalment."""
        return sum(fee.amount_won for fee in self.fees if fee.when is FeeTiming.EACH_PERIOD)


def financed_principal(price_won: int, down_payment_won: int, grant_won: int) -> int:
    """What is left to finance. Raises TermsError `principal_not_positive`."""
    principal = price_won - down_payment_won - grant_won
    if principal <= 0:
        raise TermsError("principal_not_positive", "/price_won")
    return principal


def check_won(amount: int, pointer: str, least: int = 0) -> None:
    """Refuse what is not an integer between `least` and ten trillion won."""
    if type(amount) is not int:
        raise TermsError("won_not_integer", pointer)
    if not least <= amount <= MOST_WON:
        raise TermsError("won_out_of_bounds", pointer, least=f"{least:,}", most=f"{MOST_WON:,}")


def check_count(value: int, pointer: str, least: int, most: int) -> None:
    """Refuse what is not an integer between `least` and `most`."""
    if type(value) is not int or not least <= value <= most:
        raise TermsError("count_out_of_bounds", pointer, least=least, most=most)


def check_rate(rate: Fraction, pointer: str) -> None:
    """Refuse a rate that is negative, not exact, or over the legal cap."""
    if not isinstance(rate, Fraction):
        raise TermsError("rate_malformed", pointer)
    if rate < 0:
        raise TermsError("rate_negative", pointer)
    if rate > LEGAL_CAP_PERCENT:
        raise TermsError(
            "rate_over_legal_cap", pointer, cap=percent_text(LEGAL_CAP_PERCENT), rate=percent_text(rate)
        )


def _check_amounts(terms: Terms) -> None:
    if type(terms.principal_won) is int and terms.principal_won <= 0:
        raise TermsError("principal_not_positive", "/principal_won")
    check_won(terms.principal_won, "/principal_won", least=1)
    check_count(terms.months, "/months", 1, MOST_MONTHS)
    check_rate(terms.annual_rate_percent, "/annual_rate_percent")
    check_won(terms.down_payment_won, "/down_payment_won")
    if terms.grant:
        check_won(terms.grant.amount_won, "/grant/amount_won")
    if terms.rounding.payment_unit_won not in (1, 10):
        raise TermsError("payment_unit_unknown", "/rounding/payment_unit_won")
    if terms.rounding.payment_unit_won > 1 and terms.rounding.balance is BalanceTracking.CARRIED:
        raise TermsError("payment_unit_with_carried_balance", "/rounding/payment_unit_won")


def _check_method(terms: Terms) -> None:
    if type(terms.grace_months) is not int or terms.grace_months < 0:
        raise TermsError("count_out_of_bounds", "/grace_months", least=0, most=terms.months)
    if terms.grace_months > terms.months:
        raise TermsError("grace_over_term", "/grace_months", months=terms.months)
    check_won(terms.balloon_won, "/balloon_won")
    if terms.balloon_won > terms.principal_won:
        raise TermsError("balloon_over_principal", "/balloon_won", principal=f"{terms.principal_won:,}")
    if terms.balloon_won and terms.method is Method.BULLET:
        raise TermsError("balloon_with_bullet", "/balloon_won")
    if terms.method is Method.GRADUATED:
        _check_step(terms.step)


def _check_step(step: Step | None) -> None:
    if step is None:
        raise TermsError("step_required", "/step")
    if not isinstance(step.percent, Fraction) or not 0 <= step.percent <= 100:
        raise TermsError("step_out_of_bounds", "/step/percent")
    check_count(step.every_months, "/step/every_months", 1, MOST_MONTHS)
    if step.times is not None:
        check_count(step.times, "/step/times", 0, MOST_MONTHS)


def _check_charges(terms: Terms) -> None:
    if terms.vat and not 0 <= terms.vat.rate_percent <= 100:
        raise TermsError("vat_out_of_bounds", "/vat/rate_percent")
    for index, fee in enumerate(terms.fees):
        check_won(fee.amount_won, f"/fees/{index}/amount_won")
    if terms.fees and terms.start_fees_won >= terms.principal_won:
        raise TermsError("fees_over_principal", "/fees")
    if terms.prepayment_fee:
        check_rate(terms.prepayment_fee.rate_percent, "/prepayment_fee/rate_percent")
        check_count(terms.prepayment_fee.max_years, "/prepayment_fee/max_years", 1, PREPAYMENT_FEE_YEARS)


def _check_dates(terms: Terms) -> None:
    if terms.start_date is None:
        needs_date = (
            terms.day_count is not DayCount.MONTHLY
            or terms.first_due_date
            or terms.payment_day is not None
            or terms.rate_changes
            or terms.prepayments
        )
        if needs_date:
            raise TermsError("start_date_required", "/start_date")
        return
    check_day(terms.start_date, "/start_date", room_for_months=terms.months + 13)
    if terms.payment_day is not None:
        check_count(terms.payment_day, "/payment_day", 1, 31)
    if terms.first_due_date is not None:
        _check_first_due_date(terms.start_date, terms.first_due_date, terms.payment_day)


def check_day(day: date, pointer: str, room_for_months: int = 0) -> None:
    """Refuse days for which bank holidays are not known, the months that follow included."""
    last = day.year * 12 + day.month + room_for_months
    if day.year < EARLIEST_YEAR or last > LAST_CALENDAR_YEAR * 12:
        raise TermsError("date_out_of_range", pointer, earliest=EARLIEST_YEAR, latest=LAST_CALENDAR_YEAR)


def _check_first_due_date(start: date, first: date, payment_day: int | None) -> None:
    if first <= start:
        raise TermsError("dates_out_of_order", "/first_due_date")
    if first > months_after(start, 12, start.day):
        raise TermsError("first_due_date_too_far", "/first_due_date")
    if payment_day is not None and first != months_after(first, 0, payment_day):
        raise TermsError("payment_day_mismatch", "/payment_day")


def _check_rate_changes(terms: Terms) -> None:
    previous = terms.start_date
    for index, change in enumerate(terms.rate_changes):
        check_rate(change.annual_rate_percent, f"/rate_changes/{index}/annual_rate_percent")
        too_early = previous and (
            change.effective_from <= previous if index else change.effective_from < previous
        )
        if too_early:
            raise TermsError("dates_out_of_order", f"/rate_changes/{index}/from")
        previous = change.effective_from


def _check_prepayments(terms: Terms) -> None:
    previous = terms.start_date
    for index, prepayment in enumerate(terms.prepayments):
        check_won(prepayment.amount_won, f"/prepayments/{index}/amount_won", least=1)
        if previous and prepayment.on < previous:
            raise TermsError("dates_out_of_order", f"/prepayments/{index}/date")
        previous = prepayment.on
