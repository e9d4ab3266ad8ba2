"""Who may sign in: people and systems."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from service.db.tables.columns import foreign_key, identifier, instant, written_at

ROLES = ("supplier", "manufacturer", "account_manager", "admin")
_ROLE_CHECK = "role IN ('supplier', 'manufacturer', 'account_manager', 'admin')"


class Account(SQLModel, table=True):
    """A person. A supplier's or manufacturer's contact belongs to exactly that company."""

    __table_args__ = (
        Index("account_email_key", text("lower(email)"), unique=True),
        CheckConstraint(_ROLE_CHECK, name="account_role"),
        CheckConstraint(
            "(role = 'supplier') = (supplier_id IS NOT NULL) "
            "AND (role = 'manufacturer') = (manufacturer_id IS NOT NULL)",
            name="account_company",
        ),
    )

    id: UUID = identifier()
    email: str
    password_hash: str
    name: str
    phone: str | None = None
    role: str
    supplier_id: UUID | None = foreign_key("supplier.id", nullable=True)
    manufacturer_id: UUID | None = foreign_key("manufacturer.id", nullable=True)
    active: bool = True
    email_confirmed_at: datetime | None = instant()
    created_at: datetime = written_at()


class ApiKey(SQLModel, table=True):
    """A system's key: only its hash is kept, the prefix tells keys apart."""

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint(_ROLE_CHECK, name="api_key_role"),)

    id: UUID = identifier()
    name: str
    prefix: str
    key_hash: str = Field(unique=True)
    role: str
    created_at: datetime = written_at()
    last_used_at: datetime | None = instant()
    revoked_at: datetime | None = instant()
