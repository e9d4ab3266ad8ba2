"""One instalment of a disbursed loan: what of it was paid, whether it is late, the charge that it bears."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.financing.rows import ScheduleRow


class LineState(StrEnum):
    """How an instalment stands on a day. A due one may still be paid without a charge."""

    PAID = "paid"
    LATE = "late"
    DUE = "due"
    UPCOMING = "upcoming"


@dataclass(slots=True)
class Line:
    """A row of the schedule beside what was paid on it.

    The charge has been counted up to but not including `charged_until`.
    """

    row: ScheduleRow
    charged_until: date
    charge_won: int = 0
    charge_paid_won: int = 0
    interest_paid_won: int = 0
    principal_paid_won: int = 0
    paid_on: date | None = None

    @property
    def due_date(self) -> date:
        """The agreed day, bank holidays aside."""
        assert self.row.due_date is not None
        return self.row.due_date

    @property
    def payment_date(self) -> date:
        """The bank day on which it is paid at the latest; from then on it is late."""
        assert self.row.payment_date is not None
        return self.row.payment_date

    @property
    def unpaid_interest_won(self) -> int:
        """Its interest that is still to be paid."""
        return self.row.interest_won - self.interest_paid_won

    @property
    def unpaid_principal_won(self) -> int:
        """Its principal that is still to be paid."""
        return self.row.principal_won - self.principal_paid_won

    @property
    def unpaid_won(self) -> int:
        """What is still to be paid, its charge apart."""
        return self.unpaid_interest_won + self.unpaid_principal_won

    def pay_charge(self, most_won: int, day: date) -> int:
        """Pay its charge as far as `most_won` goes; what was taken of it."""
        part = min(most_won, max(self.charge_won - self.charge_paid_won, 0))
        self.charge_paid_won += part
        return self._taken(part, day)

    def pay_interest(self, most_won: int, day: date) -> int:
        """Pay its interest as far as `most_won` goes; what was taken of it."""
        if most_won < 0:  # a credit for what was paid in advance, to the line that holds it
            part = max(most_won, min(self.unpaid_interest_won, 0))
        else:
            part = min(most_won, self.unpaid_interest_won)
        self.interest_paid_won += part
        return self._taken(part, day)

    def pay_principal(self, most_won: int, day: date) -> int:
        """Pay its principal as far as `most_won` goes; what was taken of it."""
        part = min(most_won, self.unpaid_principal_won)
        self.principal_paid_won += part
        return self._taken(part, day)

    def _taken(self, part: int, day: date) -> int:
        if part:
            self.paid_on = day
        return part

    def state_on(self, day: date) -> LineState:
        """How it stands on that day."""
        if not self.unpaid_won:
            return LineState.PAID
        if self.payment_date < day:
            return LineState.LATE
        return LineState.DUE if self.due_date <= day else LineState.UPCOMING

    def days_late_on(self, day: date) -> int:
        """How late it was paid, or is on that day while it is not."""
        until = day if self.unpaid_won or self.paid_on is None else self.paid_on
        return max((until - self.payment_date).days, 0)


def line_of(row: ScheduleRow) -> Line:
    """A row of which nothing was paid yet; its charge counts from the day on which it is to be paid."""
    assert row.payment_date is not None
    return Line(row, charged_until=row.payment_date)


def lay(lines: Sequence[Line], pay: Callable[[Line, int, date], int], amount: int, day: date) -> None:
    """Lay an amount on these lines, in their order, each taking what `pay` takes of it."""
    for line in lines:
        amount -= pay(line, amount, day)
