"""The name of every convention that made a schedule what it is."""

from service.financing.conventions import AccrueTo, BalanceTracking, DayCount, Method, VatTiming
from service.financing.periods import payment_anchor
from service.financing.rows import Schedule
from service.financing.terms import Terms

Applied = dict[str, str | int]


def applied_conventions(schedule: Schedule) -> Applied:
    """Convention by its field's name; `nominal_apr` and the like name how a shown figure is defined."""
    terms = schedule.terms
    applied: Applied = {
        "method": terms.method.value,
        "day_count": terms.day_count.value,
        "first_period": _first_period(schedule),
        "business_day": terms.business_day.value,
        "accrue_to": _accrual_end(schedule),
        "rounding_mode": terms.rounding.mode.value,
        "payment_unit_won": terms.rounding.payment_unit_won,
        "interest_unit_won": 1,
        "balance": terms.rounding.balance.value,
        "residue": "none" if terms.rounding.balance is BalanceTracking.CARRIED else terms.residue.value,
        "nominal_apr": "12_times_monthly_irr_fees_included",
        "effective_rate": "xirr_actual_365" if terms.start_date else "compounded_monthly_irr",
        "discounting": "monthly_at_a_twelfth_of_the_rate",
        "calendar": schedule.calendar_version,
    }
    if terms.start_date:
        _, anchor = payment_anchor(terms.start_date, terms.first_due_date, terms.payment_day)
        applied |= {"payment_day": anchor, "first_due_date": _first_due_date(terms)}
    if terms.vat:
        applied |= {
            "vat_timing": terms.vat.timing.value,
            "vat_base": terms.vat.base.value,
            "vat_rounding": "down",
        }
        if terms.down_payment_won or terms.grant_won:
            applied["vat_of_down_payment_and_grant"] = VatTiming.AT_DELIVERY.value
    if terms.rate_changes:
        applied["rate_change"] = _rate_change(terms)
    if terms.day_count is DayCount.MONTHLY and (terms.rate_changes or terms.prepayments):
        applied["part_of_a_month"] = "twelfth_shared_by_days"
    if terms.prepayments:
        applied["prepayment"] = "interest_settled_to_date"
        applied["prepayment_fee"] = "prorated_by_days_within_three_years" if terms.prepayment_fee else "none"
    return applied


def _first_due_date(terms: Terms) -> str:
    if terms.first_due_date:
        return "given"
    return "payment_day_of_next_month" if terms.payment_day else "one_month_after_start"


def _rate_change(terms: Terms) -> str:
    """Equal principals are agreed whatever the rate, and a bullet is one principal: only interest changes."""
    if terms.method in (Method.LEVEL_PRINCIPAL, Method.BULLET):
        return "interest_split_by_days"
    return "interest_split_by_days_and_payment_recast"


def _accrual_end(schedule: Schedule) -> str:
    """Months have no days: with them interest runs to the due date whatever was asked."""
    months = schedule.terms.day_count is DayCount.MONTHLY
    return (AccrueTo.DUE_DATE if months else schedule.terms.accrue_to).value


def _first_period(schedule: Schedule) -> str:
    if schedule.terms.day_count is not DayCount.MONTHLY:
        return schedule.terms.day_count.value
    return "month" if schedule.periods[0].is_month else "actual_days_over_365"
