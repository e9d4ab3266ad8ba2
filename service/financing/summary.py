"""The figures that stand above a schedule, by name, in the order in which they are read."""

from service.financing.applied import applied_conventions
from service.financing.disclosure import Disclosure
from service.financing.rows import Schedule
from service.messages.financing import CONVENTIONS, METHODS

Figure = int | float | str


def summary_of(schedule: Schedule, rates: Disclosure) -> list[tuple[str, Figure]]:
    """(name in `messages.financing.SUMMARY`, figure): won as int, percent as float; zeros left out."""
    terms, totals = schedule.terms, schedule.totals
    figures: list[tuple[str, Figure | None]] = [
        ("price", terms.price_won if terms.price_won != terms.principal_won else None),
        ("down_payment", terms.down_payment_won or None),
        ("grant", terms.grant_won or None),
        ("principal", terms.principal_won),
        ("months", terms.months),
        ("method", METHODS[terms.method]),
        ("rate", float(terms.annual_rate_percent)),
        ("nominal_apr", rates.nominal_apr_percent),
        ("effective_rate", rates.effective_rate_percent),
        ("level_payment", schedule.level_payment_won),
        ("interest", totals.interest_won),
        ("fee", totals.fee_won or None),
        ("upfront_fee", totals.upfront_fee_won or None),
        ("vat", totals.vat_won or None),
        ("upfront_vat", totals.upfront_vat_won or None),
        ("total", totals.payment_won),
        *_conventions(schedule),
        ("calendar", schedule.calendar_version if terms.start_date else None),
    ]
    return [(name, figure) for name, figure in figures if figure is not None]


def _conventions(schedule: Schedule) -> list[tuple[str, str | None]]:
    """How it was computed, in words; what has no bearing on this contract is left out."""
    applied = applied_conventions(schedule)
    if not schedule.terms.start_date:
        del applied["business_day"]
    return [(name, words[str(applied[name])]) for name, words in CONVENTIONS.items() if name in applied]


def figure_text(figure: Figure) -> str:
    """The figure as a reader sees it."""
    if isinstance(figure, float):
        return f"{figure:.4f}".rstrip("0").rstrip(".")
    return f"{figure:,}" if isinstance(figure, int) else figure
