"""What a page shows of a schedule: every figure is the API's answer, put into the order of a reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.financing.answers import FundLoanAnswer, RowAnswer, ScheduleAnswer
from service.financing.conventions import Method, RowKind
from service.financing.disclosure import disclose
from service.financing.rows import Schedule
from service.financing.schedule import KOREAN_CALENDAR
from service.financing.summary import figure_text, summary_of
from service.messages.financing import CONVENTIONS, METHODS, SUMMARY
from service.messages.web import WEEKDAYS
from service.web.calculators.charts import ScheduleChart, schedule_chart

ROWS_SHOWN = 60
"""How many rows of a long table one page shows: five years, so that a page stays small."""

Answered = ScheduleAnswer | FundLoanAnswer


@dataclass(frozen=True)
class Line:
    """A row of the table. `moved` says why it is not paid on its due date."""

    row: RowAnswer
    is_prepayment: bool
    moved: str


@dataclass(frozen=True)
class RowsPage:
    """The rows that one page of the table shows, counted from 1, and where its other pages begin."""

    lines: Sequence[Line]
    first: int
    last: int
    count: int
    starts: Sequence[tuple[int, int]]

    @property
    def is_whole(self) -> bool:
        """Whether the table fits on the page."""
        return len(self.lines) == self.count


@dataclass(frozen=True)
class ScheduleView:
    """An answer with its chart and the conventions it was computed by."""

    answer: Answered
    schedule: Schedule
    chart: ScheduleChart
    conventions: Sequence[tuple[str, str]]

    @property
    def method(self) -> str:
        """How it is paid back, in words."""
        return METHODS[self.schedule.terms.method]

    @property
    def is_bullet(self) -> bool:
        """Whether only interest is paid before the end."""
        return self.schedule.terms.method is Method.BULLET

    @property
    def monthly_won(self) -> int | None:
        """What a level plan takes each month, the fee of every instalment included; None for other plans."""
        level = self.answer.level_payment_won
        return None if level is None else level + self.schedule.terms.period_fees_won

    @property
    def has_dates(self) -> bool:
        """Whether the rows have days."""
        return self.schedule.terms.start_date is not None

    @property
    def moved_count(self) -> int:
        """How many payments a holiday moves."""
        return sum(row.payment_date != row.due_date for row in self.answer.rows)

    @property
    def paid_with_vat_won(self) -> int:
        """Everything that is paid, tax included."""
        return self.answer.totals.payment_won + self.answer.totals.vat_won

    def every_row(self) -> RowsPage:
        """The table as a whole."""
        return self._page(1, len(self.answer.rows))

    def rows_from(self, first: int) -> RowsPage:
        """The page of the table that holds row `first`."""
        count = len(self.answer.rows)
        start = (min(max(first, 1), count) - 1) // ROWS_SHOWN * ROWS_SHOWN + 1
        return self._page(start, min(start + ROWS_SHOWN - 1, count))

    def _page(self, first: int, last: int) -> RowsPage:
        count = len(self.answer.rows)
        starts = [(begin, min(begin + ROWS_SHOWN - 1, count)) for begin in range(1, count + 1, ROWS_SHOWN)]
        lines = [_line(row) for row in self.answer.rows[first - 1 : last]]
        return RowsPage(lines, first, last, count, starts)


def view_of(schedule: Schedule, answer: Answered) -> ScheduleView:
    """The view of an answer and the schedule it was made from."""
    figures = summary_of(schedule, disclose(schedule))
    return ScheduleView(
        answer=answer,
        schedule=schedule,
        chart=schedule_chart(answer.rows, schedule.terms.principal_won),
        conventions=[(SUMMARY[name], figure_text(figure)) for name, figure in figures if name in CONVENTIONS],
    )


def _line(row: RowAnswer) -> Line:
    is_moved = row.due_date is not None and row.payment_date != row.due_date
    moved = _why_closed(row.due_date) if is_moved and row.due_date else ""
    return Line(row, row.kind is RowKind.PREPAYMENT, moved)


def _why_closed(day: date) -> str:
    return KOREAN_CALENDAR.holiday_name(day) or WEEKDAYS[day.weekday()]
