"""Installment contracts between the two companies of a match, the money that came in, the reminders.

What is due, paid or late stands in no table: it follows from the terms, the delivery day, the days on which
instalments are paid and the payments.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, foreign_key, identifier, written_at


class ContractState(StrEnum):
    """Where a contract stands; the last three are its ends."""

    QUOTED = "quoted"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class ReminderChannel(StrEnum):
    """How somebody who pays late was reached."""

    TELEPHONE = "telephone"
    MAIL = "mail"
    LETTER = "letter"


class Contract(SQLModel, table=True):
    """One quote and what becomes of it.

    `terms` is the input of the installment calculator; the delivery sets its start date. `next_due_on` is
    the day of the oldest instalment that is not wholly paid, so that late contracts are found by index.
    `payment_days` maps each due date to the day on which it is paid, as the calendar of `calendar_version`
    had it when the delivery was recorded: a holiday proclaimed later changes nothing that was charged.
    `reminded_of` is the payment day of which the manufacturer was reminded last, `late_told_of` the one with
    which the lateness began that everyone was told of, null while nothing is late.
    """

    __table_args__ = (
        CheckConstraint(
            "state IN ('quoted', 'accepted', 'delivered', 'settled', 'cancelled', 'lapsed')",
            name="contract_state",
        ),
        CheckConstraint("price_won > 0 AND grant_won >= 0", name="contract_amounts"),
        CheckConstraint(
            "state NOT IN ('accepted', 'delivered', 'settled') OR accepted_on IS NOT NULL",
            name="contract_accepted",
        ),
        CheckConstraint(
            "state NOT IN ('delivered', 'settled') OR delivered_on IS NOT NULL", name="contract_delivered"
        ),
        CheckConstraint(
            "(state IN ('settled', 'cancelled', 'lapsed')) = (closed_on IS NOT NULL)", name="contract_closed"
        ),
        Index("contract_list", "state", "id"),
        Index("contract_next_due", "next_due_on", "id", postgresql_where=text("state = 'delivered'")),
        Index(
            "contract_in_force",
            "need_id",
            "supplier_id",
            unique=True,
            postgresql_where=text("state IN ('accepted', 'delivered')"),
        ),
    )

    id: UUID = identifier()
    need_id: UUID = foreign_key("need.id")
    supplier_id: UUID = foreign_key("supplier.id")
    manufacturer_id: UUID = foreign_key("manufacturer.id")
    programme: str
    terms: dict[str, Any] = document()
    overdue_addon_percent: str
    price_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    grant_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    state: str = ContractState.QUOTED.value
    state_reason: str | None = None
    quoted_on: date
    valid_until: date
    accepted_on: date | None = None
    delivered_on: date | None = None
    closed_on: date | None = None
    next_due_on: date | None = None
    payment_days: dict[str, str] = document()
    calendar_version: str | None = None
    reminded_of: date | None = None
    late_told_of: date | None = None
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()


class ContractPayment(SQLModel, table=True):
    """Money that came in for a contract, or the reversal of such a row: then the amount is negative.

    The database refuses to change or remove one. `number` is its place among those of the contract.
    """

    __tablename__ = "contract_payment"
    __table_args__ = (
        CheckConstraint("(reversal_of IS NULL) = (amount_won > 0)", name="contract_payment_amount"),
        CheckConstraint("amount_won <> 0", name="contract_payment_not_zero"),
        Index("contract_payment_number", "contract_id", "number", unique=True),
        Index("contract_payment_reversed_once", "reversal_of", unique=True),
    )

    id: UUID = identifier()
    contract_id: UUID = foreign_key("contract.id", index=False)
    number: int
    received_on: date
    amount_won: int = Field(sa_column=Column(BigInteger, nullable=False))
    reference: str | None = None
    reversal_of: UUID | None = foreign_key("contract_payment.id", nullable=True, index=False)
    reason: str | None = None
    recorded_at: datetime = written_at()


class ContractReminder(SQLModel, table=True):
    """That staff reminded a manufacturer of a contract, and what it agreed to; who did stands in the trail.

    Nobody's name: whom to call is said by the company's account, where people who leave are forgotten.
    """

    __tablename__ = "contract_reminder"
    __table_args__ = (
        CheckConstraint("channel IN ('telephone', 'mail', 'letter')", name="contract_reminder_channel"),
        Index("contract_reminder_list", "contract_id", "id"),
    )

    id: UUID = identifier()
    contract_id: UUID = foreign_key("contract.id", index=False)
    made_on: date
    channel: str
    agreed: str | None = None
    promised_on: date | None = None
    recorded_at: datetime = written_at()
