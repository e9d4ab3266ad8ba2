"""What companies and staff are told inside the service, and how each person wants it mailed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, text
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, foreign_key, identifier, instant, written_at


class NotificationCode(StrEnum):
    """What happened; `service.messages.notifications` says it."""

    SUPPLIER_APPROVED = "supplier_approved"
    SUPPLIER_REJECTED = "supplier_rejected"
    SUPPLIER_SUSPENDED = "supplier_suspended"
    INTRODUCED_TO_MANUFACTURER = "introduced_to_manufacturer"
    INTRODUCED_TO_SUPPLIER = "introduced_to_supplier"
    CERTIFICATE_EXPIRES_SOON = "certificate_expires_soon"
    CERTIFICATE_EXPIRED = "certificate_expired"
    FUND_LOAN_APPROVED = "fund_loan_approved"
    FUND_LOAN_DECLINED = "fund_loan_declined"
    FUND_LOAN_DISBURSED = "fund_loan_disbursed"
    FUND_LOAN_EXPIRED = "fund_loan_expired"
    FUND_LOAN_ACCELERATED = "fund_loan_accelerated"
    CONTRACT_QUOTED = "contract_quoted"
    CONTRACT_QUOTE_CHANGED = "contract_quote_changed"
    CONTRACT_ACCEPTED = "contract_accepted"
    CONTRACT_DELIVERED = "contract_delivered"
    CONTRACT_SETTLED = "contract_settled"
    CONTRACT_CANCELLED = "contract_cancelled"
    CONTRACT_LAPSED = "contract_lapsed"
    WEBHOOK_GONE = "webhook_gone"
    WEBHOOK_FAILING = "webhook_failing"
    CHALLENGE_CHOSEN = "challenge_chosen"
    CHALLENGE_NOT_CHOSEN = "challenge_not_chosen"
    INSTALMENT_DUE_SOON = "instalment_due_soon"
    INSTALMENT_LATE = "instalment_late"
    SUPPLIER_WAITS = "supplier_waits"
    NEED_WRITTEN = "need_written"
    CONTRACT_TO_RECORD = "contract_to_record"
    CONTRACT_LATE = "contract_late"
    FUND_LOAN_WAITS = "fund_loan_waits"
    REVIEW_ASSIGNED = "review_assigned"


class Notification(SQLModel, table=True):
    """One thing that happened, told to all of a company, to everyone of a staff role, or to one person.

    It is read for all of them as soon as one of them has read it. `facts` hold no personal data.
    """

    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(supplier_id, manufacturer_id, role, account_id) = 1", name="notification_company"
        ),
        CheckConstraint("role IN ('account_manager', 'admin')", name="notification_role"),
        Index("notification_supplier", "supplier_id", "id"),
        Index("notification_manufacturer", "manufacturer_id", "id"),
        Index("notification_of_role", "role", "id", postgresql_where=text("role IS NOT NULL")),
        Index(
            "notification_unread_of_role",
            "role",
            postgresql_where=text("role IS NOT NULL AND read_at IS NULL"),
        ),
        Index("notification_of_person", "account_id", "id", postgresql_where=text("account_id IS NOT NULL")),
    )

    id: UUID = identifier()
    supplier_id: UUID | None = foreign_key("supplier.id", nullable=True, index=False)
    manufacturer_id: UUID | None = foreign_key("manufacturer.id", nullable=True, index=False)
    role: str | None = None
    account_id: UUID | None = foreign_key("account.id", nullable=True, index=False, on_delete="CASCADE")
    code: str
    facts: dict[str, Any] = document()
    created_at: datetime = written_at()
    read_at: datetime | None = instant()


class MailFrequency(StrEnum):
    """How often a person is mailed what the company was told."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


class MailChoice(SQLModel, table=True):
    """How a person wants it, and how far the mail has come; whoever never chose has the default and no row.

    What was told before `told_until` is mailed no more. `mailed_on` is the last day on which a digest was
    taken up for sending: there is one a day at most.
    """

    __tablename__ = "mail_choice"
    __table_args__ = (
        CheckConstraint("frequency IN ('at_once', 'daily', 'weekly', 'none')", name="mail_choice_frequency"),
    )

    account_id: UUID = Field(
        sa_column=Column(
            postgresql.UUID(as_uuid=True), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
        )
    )
    frequency: str = MailFrequency.DAILY.value
    told_until: datetime | None = instant()
    mailed_on: date | None = None
    version: int = 1
