"""What a schedule consists of, whatever file or page it ends up in."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import repeat
from typing import NamedTuple

from service.financing.conventions import RowKind
from service.financing.periods import Period
from service.financing.terms import Terms


class ScheduleRow(NamedTuple):
    """One cash event. An instalment carries its number, a prepayment that of the instalment before it.

    `payment_won` is principal + interest + fee; the tax stands beside it. `days` are those that
    interest ran since the event before.
    """

    number: int
    kind: RowKind
    due_date: date | None
    payment_date: date | None
    days: int | None
    opening_balance_won: int
    principal_won: int
    interest_won: int
    fee_won: int
    vat_won: int
    payment_won: int
    closing_balance_won: int
    tax_invoice_date: date | None


def rows_of(columns: Iterable[Sequence[object]]) -> tuple[ScheduleRow, ...]:
    """The rows whose fields stand in `columns`, in the order of ScheduleRow; twice as fast as its calls."""
    return tuple(map(tuple.__new__, repeat(ScheduleRow), zip(*columns, strict=True)))


class Totals(NamedTuple):
    """Sums over the contract, what is paid at its start included.

    `upfront_fee_won` and `upfront_vat_won` are the parts of fee and tax due at the start; they are
    in no row.
    """

    principal_won: int
    interest_won: int
    fee_won: int
    vat_won: int
    payment_won: int
    upfront_fee_won: int
    upfront_vat_won: int


class Schedule(NamedTuple):
    """Rows and totals of a contract, and what applying its conventions brought up.

    `rows` are every cash event in order. `level_payment_won` is the first equal payment of a level
    plan. `warnings` are codes.
    """

    terms: Terms
    rows: tuple[ScheduleRow, ...]
    periods: tuple[Period, ...]
    totals: Totals
    level_payment_won: int | None
    calendar_version: str
    warnings: tuple[str, ...]

    @property
    def first_payment_won(self) -> int:
        """What the first instalment costs."""
        return self.rows[0].payment_won

    @property
    def highest_payment_won(self) -> int:
        """The largest monthly burden, the last instalment and prepayments apart."""
        regular = [row.payment_won for row in self.rows[:-1] if row.kind is RowKind.INSTALLMENT]
        return max(regular, default=self.rows[-1].payment_won)
