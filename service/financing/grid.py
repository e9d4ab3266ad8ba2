"""The rows of a schedule as text, without columns that say nothing; what people read is made of it."""

from dataclasses import dataclass

from service.financing.disclosure import Disclosure
from service.financing.rows import Schedule, ScheduleRow
from service.financing.summary import figure_text, summary_of
from service.messages import sentence
from service.messages.financing import HEADINGS, KINDS, SUMMARY

_ALWAYS = frozenset(
    {"number", "opening_balance_won", "principal_won", "interest_won", "payment_won", "closing_balance_won"}
)


@dataclass(frozen=True, slots=True)
class Grid:
    """Summary figures with their labels, headings, one line of cells an event, totals, warnings."""

    figures: list[tuple[str, str]]
    headings: list[str]
    lines: list[list[str]]
    totals: list[str]
    warnings: list[str]


def grid_of(schedule: Schedule, rates: Disclosure) -> Grid:
    """The texts of a schedule in Korean."""
    shown = [name for name in ScheduleRow._fields if _says_something(name, schedule)]
    return Grid(
        figures=[(SUMMARY[name], figure_text(figure)) for name, figure in summary_of(schedule, rates)],
        headings=[HEADINGS[name] for name in shown],
        lines=[[_cell(name, getattr(row, name)) for name in shown] for row in schedule.rows],
        totals=[_total(name, schedule) for name in shown],
        warnings=[sentence(f"warning_{code}") for code in schedule.warnings],
    )


def _says_something(name: str, schedule: Schedule) -> bool:
    """No dates without a start, no fees or tax where there are none, no kind where all are alike."""
    if name == "kind":
        return bool(schedule.terms.prepayments)
    return name in _ALWAYS or any(getattr(row, name) for row in schedule.rows)


def _cell(name: str, value: object) -> str:
    if name == "kind":
        return KINDS[str(value)]
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


def _total(name: str, schedule: Schedule) -> str:
    if name == "number":
        return SUMMARY["totals"]
    if not name.endswith("_won") or "balance" in name:
        return ""
    return f"{sum(getattr(row, name) for row in schedule.rows):,}"
