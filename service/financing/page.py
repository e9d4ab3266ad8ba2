"""A schedule as a page to print, from the same rows as the files."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.financing.disclosure import Disclosure
from service.financing.grid import grid_of
from service.financing.rows import Schedule
from service.messages.amounts import won_reading
from service.messages.financing import SUMMARY

_TEMPLATES = Environment(
    loader=PackageLoader("service.financing"), autoescape=True, undefined=StrictUndefined, auto_reload=False
)


def schedule_page(schedule: Schedule, rates: Disclosure) -> str:
    """The whole page as HTML; it needs no script and no other file."""
    grid = grid_of(schedule, rates)
    return _TEMPLATES.get_template("schedule.html").render(
        labels=SUMMARY,
        principal=won_reading(schedule.terms.principal_won),
        figures=grid.figures,
        headings=grid.headings,
        lines=grid.lines,
        totals=grid.totals,
        warnings=grid.warnings,
    )
