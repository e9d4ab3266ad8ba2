"""Who may sign in: people and systems."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, text
from sqlmodel import Field, SQLModel

from service.db.tables.columns import foreign_key, identifier, instant, words, written_at
from service.kit import clock

ROLES = ("supplier", "manufacturer", "account_manager", "admin")
_ROLE_CHECK = "role IN ('supplier', 'manufacturer', 'account_manager', 'admin')"
_COMPANY_CHECK = (
    "(role = 'supplier') = (supplier_id IS NOT NULL) "
    "AND (role = 'manufacturer') = (manufacturer_id IS NOT NULL)"
)


class Account(SQLModel, table=True):
    """A person. A supplier's or manufacturer's contact belongs to exactly that company.

    `closed_by_alliance`: staff closed it, and no colleague opens it again. `stake_supplier_id` is the
    supplier that a member of staff has a part in, as an administrator wrote it down: that person decides
    nothing about it.
    """

    __table_args__ = (
        Index("account_email_key", text("lower(email)"), unique=True),
        CheckConstraint(_ROLE_CHECK, name="account_role"),
        CheckConstraint(_COMPANY_CHECK, name="account_company"),
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
    closed_by_alliance: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    email_confirmed_at: datetime | None = instant()
    stake_supplier_id: UUID | None = foreign_key("supplier.id", nullable=True)
    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    created_at: datetime = written_at()


class ApiKey(SQLModel, table=True):
    """A system's key: only its hash is kept, the prefix tells keys apart.

    After a rotation the hash before is accepted until `previous_until`.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint(_ROLE_CHECK, name="api_key_role"),
        CheckConstraint(_COMPANY_CHECK, name="api_key_company"),
    )

    id: UUID = identifier()
    name: str
    prefix: str
    key_hash: str = Field(unique=True)
    previous_hash: str | None = Field(default=None, unique=True)
    previous_until: datetime | None = instant()
    role: str
    supplier_id: UUID | None = foreign_key("supplier.id", nullable=True)
    manufacturer_id: UUID | None = foreign_key("manufacturer.id", nullable=True)
    scopes: list[str] = words()
    created_by: UUID | None = foreign_key("account.id", nullable=True)
    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    created_at: datetime = written_at()
    last_used_at: datetime | None = instant()
    revoked_at: datetime | None = instant()


class AccountSession(SQLModel, table=True):
    """One sign-in of a person on one device, until it is revoked or runs out.

    Of the device only the family of its software and the network part of its address are kept.
    `generation` counts the refreshes: the refresh token of an earlier one is a stolen one.
    """

    __tablename__ = "account_session"
    __table_args__ = (Index("account_session_account", "account_id", "id"),)

    id: UUID = identifier()
    account_id: UUID = foreign_key("account.id", index=False)
    created_at: datetime = written_at()
    last_used_at: datetime = written_at()
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))
    revoked_at: datetime | None = instant()
    generation: int = 1
    agent: str
    network: str


class LinkPurpose(StrEnum):
    """What a mailed link is for."""

    RESET = "reset"
    CONFIRMATION = "confirmation"
    INVITATION = "invitation"


class AccountLink(SQLModel, table=True):
    """A link that was mailed: good once, until it expires. Its signed token is kept nowhere.

    Without an account it stands for a request for an address that nobody has: the same work is done
    for it, so that the time of the answer tells nothing, and no mail is sent.
    """

    __tablename__ = "account_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('reset', 'confirmation', 'invitation')", name="account_link_purpose"),
    )

    id: UUID = identifier()
    account_id: UUID | None = foreign_key("account.id", nullable=True)
    purpose: str
    created_at: datetime = written_at()
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))
    used_at: datetime | None = instant()


class SignInThrottle(SQLModel, table=True):
    """Failed sign-ins of one account from one address, of one address, or of one account.

    `who` is a keyed hash: neither an address nor an e-mail address can be read from this table.
    """

    __tablename__ = "sign_in_throttle"

    who: str = Field(primary_key=True)
    failures: int
    last_failed_at: datetime = Field(
        default_factory=clock.now, sa_column=Column(DateTime(timezone=True), nullable=False, index=True)
    )
    blocked_until: datetime | None = instant()
