"""The named conventions a contract chooses from; every answer names those it applied."""

from enum import StrEnum


class Method(StrEnum):
    """How the principal is paid back: 원리금균등, 원금균등, 만기일시, 체증식."""

    LEVEL_PAYMENT = "level_payment"
    LEVEL_PRINCIPAL = "level_principal"
    BULLET = "bullet"
    GRADUATED = "graduated"


class DayCount(StrEnum):
    """What part of a year a period is.

    `MONTHLY` is a twelfth whatever the month's length; `ACTUAL_365` days over 365; `ACTUAL_ACTUAL`
    days of a leap year over 366 and the others over 365.
    """

    MONTHLY = "monthly"
    ACTUAL_365 = "actual_365"
    ACTUAL_ACTUAL = "actual_actual"


class BusinessDay(StrEnum):
    """Where a payment goes whose due date is a holiday."""

    NONE = "none"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    PRECEDING = "preceding"


class AccrueTo(StrEnum):
    """Whether interest runs to the agreed due date or to the day that is actually paid."""

    DUE_DATE = "due_date"
    PAYMENT_DATE = "payment_date"


class RoundingMode(StrEnum):
    """Truncation (절사) or half-up rounding."""

    DOWN = "down"
    HALF_UP = "half_up"


class BalanceTracking(StrEnum):
    """Whether the balance carried to the next period is the rounded one that is shown.

    `CARRIED` keeps fractions of a won and rounds for display only, as consumer calculators do.
    """

    ROUNDED = "rounded"
    CARRIED = "carried"


class Residue(StrEnum):
    """Which instalment takes the won that equal parts leave over."""

    LAST = "last"
    FIRST = "first"


class FeeTiming(StrEnum):
    """A fee taken when the contract starts or with every instalment."""

    START = "start"
    EACH_PERIOD = "each_period"


class VatTiming(StrEnum):
    """A tax invoice with each instalment (장기할부판매) or one for everything at delivery."""

    PER_INSTALLMENT = "per_installment"
    AT_DELIVERY = "at_delivery"


class VatBase(StrEnum):
    """Whether installment interest is part of the tax base."""

    PRINCIPAL_AND_INTEREST = "principal_and_interest"
    PRINCIPAL = "principal"


class PrepaymentEffect(StrEnum):
    """A part prepayment keeps the payment and ends earlier, or keeps the term and pays less."""

    SHORTEN = "shorten"
    LOWER = "lower"


class RowKind(StrEnum):
    """An agreed instalment or a prepayment between two of them."""

    INSTALLMENT = "installment"
    PREPAYMENT = "prepayment"
