"""What a schedule consists of, whatever file or page it ends up in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
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


@dataclass(frozen=True)
class Schedule:
    """Rows and totals of a contract, and what applying its conventions brought up.

    `columns` hold the fields of ScheduleRow in its order; `rows` are made from them when asked for.
    `level_payment_won` is the first equal payment of a level plan. `warnings` are codes.
    """

    terms: Terms
    columns: tuple[Sequence[object], ...]
    periods: tuple[Period, ...]
    totals: Totals
    level_payment_won: int | None
    calendar_version: str
    warnings: tuple[str, ...]

    @cached_property
    def rows(self) -> tuple[ScheduleRow, ...]:
        """Every cash event in order."""
        return tuple(map(tuple.__new__, repeat(ScheduleRow), zip(*self.columns, strict=True)))

    @property
    def first_payment_won(self) -> int:
        """What the first instalment costs."""
        return self.rows[0].payment_won

    @property
    def highest_payment_won(self) -> int:
        """The largest monthly burden, the last instalment and prepayments apart."""
        regular = [row.payment_won for row in self.rows[:-1] if row.kind is RowKind.INSTALLMENT]
        return max(regular, default=self.rows[-1].payment_won)
