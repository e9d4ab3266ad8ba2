"""What companies are told inside the service."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import SQLModel

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
    CONTRACT_ACCEPTED = "contract_accepted"
    CONTRACT_DELIVERED = "contract_delivered"
    CONTRACT_SETTLED = "contract_settled"
    CONTRACT_CANCELLED = "contract_cancelled"
    CONTRACT_LAPSED = "contract_lapsed"


class Notification(SQLModel, table=True):
    """One thing that happened to a company, for all of its people. `facts` hold no personal data."""

    __table_args__ = (
        CheckConstraint("num_nonnulls(supplier_id, manufacturer_id) = 1", name="notification_company"),
        Index("notification_supplier", "supplier_id", "id"),
        Index("notification_manufacturer", "manufacturer_id", "id"),
    )

    id: UUID = identifier()
    supplier_id: UUID | None = foreign_key("supplier.id", nullable=True, index=False)
    manufacturer_id: UUID | None = foreign_key("manufacturer.id", nullable=True, index=False)
    code: str
    facts: dict[str, Any] = document()
    created_at: datetime = written_at()
    read_at: datetime | None = instant()
