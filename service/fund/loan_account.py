"""The running account of one disbursed loan: what fell due, what was paid on it, what settles it on a day.

Payments pay overdue charges, then interest, then principal (비용, 이자, 원본의 순서: Civil Act art. 479), the
oldest instalment first. What is left then, up to the next instalment, is paid in advance of it unless the
payer chooses otherwise; more is an early repayment, and the payer says which: it settles the interest of the
days so far, then lowers the principal, and shortens the term or lowers the instalments.

The schedule is that of a loan paid on time, its early repayments included; being late shows in the charges.

When the bank calls the loan in (기한이익 상실) everything is due on that day, with the interest of the days
so far. From then on only unpaid principal bears a charge, as in `financing.arrears`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.financing.charges import overdue_charge
from service.financing.conventions import PrepaymentEffect
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Prepayment
from service.fund.contract import Contract, balance_on, interest_saved, settled
from service.fund.loan_lines import Line, lay, line_of


class PaymentRefusedError(ValueError):
    """A payment that the loan cannot take. `code` selects the sentence shown, `values` fill it."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, divided. `early_won` is the principal of an early repayment, with what had been
    paid in advance of instalments not yet due.
    """

    paid_on: date
    overdue_charge_won: int
    interest_won: int
    principal_won: int
    early_won: int = 0
    effect: PrepaymentEffect | None = None

    @property
    def amount_won(self) -> int:
        """All of it."""
        return self.overdue_charge_won + self.interest_won + self.principal_won


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settles the loan on a day, part by part. `interest_won` and `principal_won` are of instalments
    that are due, `accrued_interest_won` runs since the last due date; what was paid in advance is taken off.
    """

    day: date
    overdue_charge_won: int
    interest_won: int
    principal_won: int
    accrued_interest_won: int
    remaining_principal_won: int

    @property
    def due_won(self) -> int:
        """What should have been paid by that day."""
        return self.overdue_charge_won + self.interest_won + self.principal_won

    @property
    def total_won(self) -> int:
        """What leaves nothing to pay."""
        return self.due_won + self.accrued_interest_won + self.remaining_principal_won


class LoanAccount:
    """A loan with its payments in the order in which they were made, and the day on which it was called in.

    Payments of that day came after it.
    """

    def __init__(
        self, contract: Contract, payments: Sequence[Payment] = (), accelerated_on: date | None = None
    ) -> None:
        self.contract = contract
        self.early: list[Prepayment] = []
        self.last_paid_on: date | None = None
        self.accelerated_on: date | None = None
        self._called: list[Prepayment] = []
        self._schedule = build_schedule(contract.terms)
        self._lines = [line_of(row) for row in self._schedule.rows]
        for payment in payments:
            if accelerated_on and not self.accelerated_on and payment.paid_on >= accelerated_on:
                self.accelerate(accelerated_on)
            self.take(payment)
        if accelerated_on and not self.accelerated_on:
            self.accelerate(accelerated_on)

    @property
    def schedule(self) -> Schedule:
        """The schedule as it is now."""
        return self._schedule

    @property
    def lines(self) -> Sequence[Line]:
        """Every row of it with what was paid."""
        return self._lines

    @property
    def earliest_day(self) -> date:
        """The day of what happened last: what came before it is settled."""
        known = (self.contract.disbursed_on, self.last_paid_on, self.accelerated_on)
        return max(day for day in known if day)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to pay."""
        return not any(line.unpaid_won for line in self._lines)

    @property
    def next_line(self) -> Line | None:
        """The oldest instalment that is not wholly paid yet."""
        return next((line for line in self._lines if line.unpaid_won), None)

    @property
    def next_payment_on(self) -> date | None:
        """When that is to be paid."""
        return self.next_line.payment_date if self.next_line else None

    @property
    def interest_saved_won(self) -> int:
        """See `contract.interest_saved`; of a loan that was called in as if it had been repaid then."""
        settled_on = self.last_paid_on if self.is_settled else None
        early = [*self.early, *self._called]
        return interest_saved(self.contract, early, self.accelerated_on if self._called else settled_on)

    def charge_on(self, line: Line, day: date) -> int:
        """The overdue charge of an instalment up to that day, paid or not."""
        days = (day - line.charged_until).days
        base = line.unpaid_won
        if self.accelerated_on:
            base = line.unpaid_principal_won + min(line.unpaid_interest_won, 0)
        if days <= 0 or base <= 0:
            return line.charge_won
        rate, addon = self.contract.rate.customer_rate_percent, self.contract.overdue_addon_percent
        return line.charge_won + overdue_charge(base, rate, addon, days).charge_won

    def unpaid_charge_on(self, line: Line, day: date) -> int:
        """What of that is still to be paid."""
        return max(self.charge_on(line, day) - line.charge_paid_won, 0)

    def settlement_on(self, day: date) -> Settlement:
        """What settles the loan on that day, if nothing else is paid before.

        Raises PaymentRefusedError for a day before the disbursement or the last payment.
        """
        if day < self.earliest_day:
            raise PaymentRefusedError("repayment_out_of_order", earliest=self.earliest_day.isoformat())
        due, upcoming = self._parted(day)
        remaining = balance_on(self._schedule, day)
        accrued = 0
        if remaining:
            terms = replace(self.contract.terms, prepayments=tuple(self.early))
            accrued = settled(terms, day).rows[-1].interest_won
        return Settlement(
            day=day,
            overdue_charge_won=sum(self.unpaid_charge_on(line, day) for line in self._lines),
            interest_won=sum(line.unpaid_interest_won for line in due),
            principal_won=sum(line.unpaid_principal_won for line in due),
            accrued_interest_won=accrued - sum(line.interest_paid_won for line in upcoming),
            remaining_principal_won=remaining - sum(line.principal_paid_won for line in upcoming),
        )

    def divide(self, day: date, amount_won: int, effect: PrepaymentEffect | None) -> Payment:
        """How an amount paid on that day is divided; without `effect` what is not due yet is paid in advance.

        Raises PaymentRefusedError for more than settles the loan, for a day before the last payment, and
        without `effect` for more than the next instalment takes.
        """
        settlement = self.settlement_on(day)
        if amount_won > settlement.total_won:
            raise PaymentRefusedError(
                "repayment_over_settlement", day=day.isoformat(), settlement=f"{settlement.total_won:,}"
            )
        charge = min(amount_won, settlement.overdue_charge_won)
        interest = min(amount_won - charge, settlement.interest_won)
        principal = min(amount_won - charge - interest, settlement.principal_won)
        left = amount_won - charge - interest - principal
        in_time = Payment(day, charge, interest, principal)
        if amount_won == settlement.total_won:
            return self._repaid_early(in_time, left, settlement, effect or PrepaymentEffect.SHORTEN)
        if left and effect and left + self._principal_ahead(day) > settlement.accrued_interest_won:
            return self._repaid_early(in_time, left, settlement, effect)
        return self._in_advance(in_time, left) if left else in_time

    def _principal_ahead(self, day: date) -> int:
        """Principal paid in advance of instalments that are not due on that day."""
        return sum(line.principal_paid_won for line in self._parted(day)[1])

    def _repaid_early(
        self, in_time: Payment, left: int, settlement: Settlement, effect: PrepaymentEffect
    ) -> Payment:
        principal = left - settlement.accrued_interest_won
        early = principal + self._principal_ahead(in_time.paid_on)
        if not early:  # every instalment had fallen due
            return in_time
        return replace(
            in_time,
            interest_won=in_time.interest_won + settlement.accrued_interest_won,
            principal_won=in_time.principal_won + principal,
            early_won=early,
            effect=effect,
        )

    def _in_advance(self, in_time: Payment, left: int) -> Payment:
        following = self._parted(in_time.paid_on)[1][0]
        if left > following.unpaid_won:
            most = in_time.amount_won + following.unpaid_won
            raise PaymentRefusedError("repayment_effect_required", most=f"{most:,}")
        interest = min(left, following.unpaid_interest_won)
        return replace(
            in_time,
            interest_won=in_time.interest_won + interest,
            principal_won=in_time.principal_won + left - interest,
        )

    def take(self, payment: Payment) -> None:
        """Lay a divided payment on the rows, the oldest first; an early repayment makes the schedule anew."""
        day = payment.paid_on
        self._charge_until(day)
        due, upcoming = self._parted(day)
        lay([*due, *upcoming], Line.pay_charge, payment.overdue_charge_won, day)
        if payment.early_won:  # only what leaves nothing due is early
            lay(due, Line.pay_interest, sum(line.unpaid_interest_won for line in due), day)
            lay(due, Line.pay_principal, sum(line.unpaid_principal_won for line in due), day)
        else:
            lay([*due, *upcoming], Line.pay_interest, payment.interest_won, day)
            lay([*due, *upcoming], Line.pay_principal, payment.principal_won, day)
        self.last_paid_on = day
        if payment.early_won:
            assert payment.effect is not None
            self.early.append(Prepayment(day, payment.early_won, payment.effect))
            self._rebuild(day)

    def accelerate(self, day: date) -> None:
        """The bank has called the loan in on that day: one line for all that was not due yet.

        Raises PaymentRefusedError for a day before what happened last, and where nothing would be left.
        """
        if self.settlement_on(day).total_won <= 0:
            raise PaymentRefusedError("acceleration_nothing_left")
        self._charge_until(day)
        due, upcoming = self._parted(day)
        balance = balance_on(self._schedule, day)
        self.accelerated_on = day
        if not balance:
            return
        self._called = [Prepayment(day, balance)]
        terms = replace(self.contract.terms, prepayments=(*self.early, *self._called))
        self._schedule = build_schedule(terms)
        rest = line_of(self._schedule.rows[len(due)])
        rest.interest_paid_won = sum(line.interest_paid_won for line in upcoming)
        rest.principal_paid_won = sum(line.principal_paid_won for line in upcoming)
        self._lines = [*due, rest]

    def _charge_until(self, day: date) -> None:
        """Count the charges of what is late up to that day."""
        for line in self._lines:
            line.charge_won = self.charge_on(line, day)
            line.charged_until = max(line.charged_until, day)

    def _rebuild(self, day: date) -> None:
        """The rows up to that day keep what was paid; the early repayment is a row that is paid."""
        terms = replace(self.contract.terms, prepayments=tuple(self.early))
        kept, self._schedule = self._lines, build_schedule(terms)
        passed = [line for line in kept if line.due_date <= day]
        rows = self._schedule.rows
        early = line_of(rows[len(passed)])
        early.interest_paid_won, early.principal_paid_won = early.row.interest_won, early.row.principal_won
        early.paid_on = day
        self._lines = [*passed, early, *(line_of(row) for row in rows[len(passed) + 1 :])]

    def _parted(self, day: date) -> tuple[list[Line], list[Line]]:
        """The rows that fell due up to and on that day, and the later ones."""
        due = [line for line in self._lines if line.due_date <= day]
        return due, self._lines[len(due) :]
