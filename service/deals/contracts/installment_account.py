"""The running account of a delivered contract: what fell due, what was paid on it, what settles it on a day.

Payments pay the oldest instalment first and, within one, its overdue charge, fee, interest, principal and
value added tax (비용, 이자, 원본의 순서: Civil Act art. 479; the tax last, as it bears no charge). The charge
is `financing.charges.overdue_charge` on the unpaid payment without its tax, as in `financing.arrears`.

What is paid beyond what fell due is laid on the instalments to come, up to the principal still outstanding:
so what settles never falls below what was paid in advance. More than that settles the contract early, to the
won, by the prepayment row of the calculator with its fee; or it is refused.

The schedule is that of a contract paid on time; being late shows in the charges. Nobody is late for a day on
which banks are closed by now: a line whose agreed day became a holiday is to be paid on the next bank day,
and comes to what was agreed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from service.financing.calendar import BusinessCalendar
from service.financing.charges import overdue_charge
from service.financing.conventions import BusinessDay
from service.financing.rows import Schedule, ScheduleRow
from service.financing.schedule import KOREAN_CALENDAR, build_schedule
from service.financing.terms import Prepayment, Terms


class PaymentRefusedError(ValueError):
    """A payment that the contract cannot take. `code` selects the sentence shown, `values` fill it."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class LineKind(StrEnum):
    """What is paid at the delivery, an agreed instalment, or the payment that settles early."""

    DELIVERY = "delivery"
    INSTALLMENT = "installment"
    PREPAYMENT = "prepayment"


class InstallmentState(StrEnum):
    """How a line stands on a day; one of which a part was paid is `part` until it is late."""

    DUE = "due"
    PART = "part"
    LATE = "late"
    PAID = "paid"


class Shares(NamedTuple):
    """An amount in parts, in the order in which they are paid."""

    overdue_charge_won: int = 0
    fee_won: int = 0
    interest_won: int = 0
    principal_won: int = 0
    vat_won: int = 0

    @property
    def total_won(self) -> int:
        """All parts."""
        return sum(self)

    def plus(self, other: "Shares") -> "Shares":
        """Both, part by part."""
        return Shares(*(one + two for one, two in zip(self, other, strict=True)))

    def less(self, other: "Shares") -> "Shares":
        """What is over the other, part by part."""
        return Shares(*(one - two for one, two in zip(self, other, strict=True)))

    def first(self, most_won: int) -> "Shares":
        """As much of it as so many won pay, in order."""
        taken = []
        for part in self:
            taken.append(min(part, most_won))
            most_won -= taken[-1]
        return Shares(*taken)


class Receipt(NamedTuple):
    """Money that came in."""

    received_on: date
    amount_won: int


@dataclass(slots=True)
class Line:
    """What is due at one time beside what was paid on it.

    `payment_date` is the last day on which it is paid in time, `falls_due` ends its period of interest. The
    charge has been counted up to but not including `charged_until`. The principal of the line of the
    delivery is the down payment.
    """

    number: int
    kind: LineKind
    due_date: date
    payment_date: date
    falls_due: date
    owed: Shares
    charged_until: date
    paid: Shares = field(default_factory=Shares)
    paid_on: date | None = None

    @property
    def unpaid(self) -> Shares:
        """What is still to be paid, the charge as far as it was counted."""
        return self.owed.less(self.paid)

    @property
    def unpaid_won(self) -> int:
        """What is still to be paid, its charge apart."""
        return self.unpaid.total_won - self.unpaid.overdue_charge_won

    @property
    def chargeable_won(self) -> int:
        """What bears a charge while it is late."""
        return self.unpaid_won - self.unpaid.vat_won

    def pay(self, most_won: int, day: date) -> int:
        """Pay it as far as `most_won` goes; what was taken of it."""
        taken = self.unpaid.first(most_won)
        if taken.total_won:
            self.paid, self.paid_on = self.paid.plus(taken), day
        return taken.total_won

    def state_on(self, day: date) -> InstallmentState:
        """How it stands on that day: late from the day after the one on which it is to be paid."""
        if not self.unpaid.total_won:
            return InstallmentState.PAID
        if self.payment_date < day:
            return InstallmentState.LATE
        return InstallmentState.PART if self.paid.total_won else InstallmentState.DUE

    def days_late_on(self, day: date) -> int:
        """How late it was paid, or is on that day while it is not."""
        until = day if self.unpaid.total_won or self.paid_on is None else self.paid_on
        return max((until - self.payment_date).days, 0)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settles a contract on a day: what fell due, and the rest at once with its fee, less what was
    paid in advance of instalments to come.
    """

    day: date
    due: Shares
    closing: Shares
    paid_in_advance_won: int

    @property
    def due_won(self) -> int:
        """What should have been paid by that day, its charges included."""
        return self.due.total_won

    @property
    def total_won(self) -> int:
        """What leaves nothing to pay."""
        return self.due_won + self.closing.total_won - self.paid_in_advance_won

    @property
    def most_in_advance_won(self) -> int:
        """The most that a payment may be that does not settle."""
        return self.due_won + max(self.closing.principal_won - self.paid_in_advance_won, 0)


class InstallmentAccount:
    """A contract from its delivery (`terms.start_date`) on, with its payments in order of their days.

    `overdue_addon_percent` is what a late instalment bears over the contract's own rate; `calendar` says on
    which days instalments are paid.
    """

    def __init__(
        self,
        terms: Terms,
        overdue_addon_percent: Fraction,
        receipts: Sequence[Receipt] = (),
        calendar: BusinessCalendar = KOREAN_CALENDAR,
    ) -> None:
        assert terms.start_date is not None
        self.terms = terms
        self.delivered_on: date = terms.start_date
        self.overdue_addon_percent = overdue_addon_percent
        self.calendar = calendar
        self.schedule = build_schedule(terms, calendar)
        self.lines = [*_at_delivery(self.schedule, self.delivered_on), *_instalments(self.schedule, calendar)]
        self.last_received_on: date | None = None
        for receipt in receipts:
            self.take(receipt)

    @property
    def earliest_day(self) -> date:
        """The day of the last payment or of the delivery: what came before is settled."""
        return self.last_received_on or self.delivered_on

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to pay."""
        return self.next_due_on is None

    @property
    def next_due_on(self) -> date | None:
        """When the oldest line is to be paid that is not paid yet."""
        return next((line.payment_date for line in self.lines if line.unpaid.total_won), None)

    @property
    def paid(self) -> Shares:
        """All that was paid, part by part."""
        return _sum(line.paid for line in self.lines)

    @property
    def outstanding_won(self) -> int:
        """What the schedule still asks for, charges apart."""
        return sum(line.unpaid_won for line in self.lines)

    def late_on(self, day: date) -> list[Line]:
        """The lines that are late on that day, their charges counted up to it."""
        self.charge_until(day)
        return [line for line in self.lines if line.state_on(day) is InstallmentState.LATE]

    def charge_until(self, day: date) -> None:
        """Count the charges of what is late up to that day."""
        for line in self.lines:
            days = (day - line.charged_until).days
            if days <= 0:
                continue
            if line.chargeable_won:
                rate, addon = self.terms.annual_rate_percent, self.overdue_addon_percent
                charge = overdue_charge(line.chargeable_won, rate, addon, days).charge_won
                line.owed = line.owed.plus(Shares(overdue_charge_won=charge))
            line.charged_until = day

    def settlement_on(self, day: date) -> Settlement:
        """What settles the contract on that day, if nothing else is paid before.

        Raises PaymentRefusedError for a day before the delivery or the last payment.
        """
        if day < self.earliest_day:
            raise PaymentRefusedError("contract_payment_out_of_order", earliest=self.earliest_day.isoformat())
        self.charge_until(day)
        due, upcoming = self._parted(day)
        closing = self._closing_row(day) if upcoming else None
        return Settlement(
            day=day,
            due=_sum(line.unpaid for line in due),
            closing=_owed(closing) if closing else Shares(),
            paid_in_advance_won=_sum(line.paid for line in upcoming).total_won,
        )

    def refuse_excess(self, receipt: Receipt) -> None:
        """Raises PaymentRefusedError for what `take` could not lay in full, naming what settles."""
        settlement = self.settlement_on(receipt.received_on)
        most = settlement.most_in_advance_won
        if receipt.amount_won > most and receipt.amount_won != settlement.total_won:
            raise PaymentRefusedError(
                "contract_payment_over_settlement",
                day=receipt.received_on.isoformat(),
                settlement=f"{settlement.total_won:,}",
                most=f"{most:,}",
            )

    def take(self, receipt: Receipt) -> None:
        """Lay a payment on the lines, the oldest first; the amount that settles closes the account."""
        day, left = receipt
        settlement = self.settlement_on(day)
        if left == settlement.total_won:
            self._close(day)
        for line in self.lines:
            left -= line.pay(left, day)
        self.last_received_on = day

    def _close(self, day: date) -> None:
        """What was to come gives way to one line for the rest, on which the advance payments count.

        An advance payment is never more than the principal, so the line takes all of it.
        """
        due, upcoming = self._parted(day)
        if not upcoming:
            return
        row = self._closing_row(day)
        if row is None:
            self.lines = due
            return
        closing = Line(row.number, LineKind.PREPAYMENT, day, day, day, _owed(row), day)
        closing.pay(_sum(line.paid for line in upcoming).total_won, day)
        self.lines = [*due, closing]

    def _closing_row(self, day: date) -> ScheduleRow | None:
        """The calculator's row for paying on that day all principal of the instalments to come, if any."""
        passed = sum(line.kind is LineKind.INSTALLMENT for line in self._parted(day)[0])
        balance = self.schedule.rows[passed].opening_balance_won
        if not balance:
            return None
        closed = replace(self.terms, prepayments=(Prepayment(day, balance),))
        return build_schedule(closed, self.calendar).rows[passed]

    def _parted(self, day: date) -> tuple[list[Line], list[Line]]:
        """The lines that fell due up to and on that day, and the later ones."""
        due = [line for line in self.lines if line.falls_due <= day]
        return due, self.lines[len(due) :]


def _at_delivery(schedule: Schedule, day: date) -> list[Line]:
    """Down payment, fees and tax that the delivery makes due; no line where there are none."""
    totals = schedule.totals
    owed = Shares(
        fee_won=totals.upfront_fee_won,
        principal_won=schedule.terms.down_payment_won,
        vat_won=totals.upfront_vat_won,
    )
    return [Line(0, LineKind.DELIVERY, day, day, day, owed, day)] if owed.total_won else []


def _instalments(schedule: Schedule, calendar: BusinessCalendar) -> list[Line]:
    moves = schedule.terms.business_day is not BusinessDay.NONE
    lines = []
    for row, period in zip(schedule.rows, schedule.periods, strict=False):
        assert row.due_date is not None
        assert row.payment_date is not None
        assert period.ends is not None
        day = calendar.open_from(row.payment_date) if moves else row.payment_date
        kind, owed = LineKind.INSTALLMENT, _owed(row)
        lines.append(Line(row.number, kind, row.due_date, day, period.ends, owed, day))
    return lines


def _owed(row: ScheduleRow) -> Shares:
    return Shares(0, row.fee_won, row.interest_won, row.principal_won, row.vat_won)


def _sum(shares: Iterable[Shares]) -> Shares:
    return reduce(Shares.plus, shares, Shares())
