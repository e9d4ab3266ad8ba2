"""The two sides of the alliance: suppliers with what they offer, manufacturers with what they need."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, FetchedValue, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.db.tables.columns import foreign_key, identifier, instant, won, words, written_at


class SupplierStatus(StrEnum):
    """Where a supplier stands; only approved ones are listed and recommended."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class NeedStatus(StrEnum):
    """Where a need stands. A contracted one occupies its supplier until it is closed."""

    OPEN = "open"
    CONTRACTED = "contracted"
    CLOSED = "closed"


class Supplier(SQLModel, table=True):
    """공급기업. `changed_in` is set by a trigger to the writing transaction's id: index copies poll it."""

    __table_args__ = (
        CheckConstraint("status IN ('pending', 'approved', 'rejected', 'suspended')", name="supplier_status"),
        CheckConstraint("business_number ~ '^[0-9]{10}$'", name="supplier_business_number_digits"),
        CheckConstraint("concurrent_project_capacity >= 0", name="supplier_capacity"),
        Index("supplier_directory", "status", "company_name", "id"),
        Index("supplier_changed_in", "changed_in"),
        Index(
            "supplier_search",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
    )

    id: UUID = identifier()
    business_number: str = Field(unique=True)
    company_name: str
    representative_name: str | None = None
    region: str
    address: str | None = None
    homepage: str | None = None
    employee_count: int | None = None
    founded_on: date | None = None
    summary: str
    service_regions: list[str] = words()
    certifications: list[str] = words()
    concurrent_project_capacity: int | None = None
    status: str = SupplierStatus.PENDING.value
    status_reason: str | None = None
    status_changed_at: datetime | None = instant()
    search_text: str = ""
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()
    changed_in: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger,
            nullable=False,
            server_default=text("(pg_current_xact_id()::text)::bigint"),
            server_onupdate=FetchedValue(),
        ),
    )


class Solution(SQLModel, table=True):
    """One thing that a supplier offers."""

    __table_args__ = (Index("solution_categories", "categories", postgresql_using="gin"),)

    id: UUID = identifier()
    supplier_id: UUID = foreign_key("supplier.id", on_delete="CASCADE")
    position: int
    name: str
    description: str
    categories: list[str] = words()
    industries: list[str] = words()
    processes: list[str] = words()
    smart_levels: list[str] = words()
    price_min_won: int | None = won()
    price_max_won: int | None = won()


class Reference(SQLModel, table=True):
    """A past installation: the problem it solved and the result."""

    id: UUID = identifier()
    supplier_id: UUID = foreign_key("supplier.id", on_delete="CASCADE")
    position: int
    title: str
    problem: str
    outcome: str | None = None
    industry: str | None = None
    completed_on: date | None = None


class Certificate(SQLModel, table=True):
    """The paper behind a certification: `certification` is a code, `expires_on` its last good day."""

    __table_args__ = (
        CheckConstraint("expires_on > issued_on", name="certificate_days"),
        UniqueConstraint("supplier_id", "certification", "number", name="certificate_once"),
        Index("certificate_expiry", "expires_on"),
    )

    id: UUID = identifier()
    supplier_id: UUID = foreign_key("supplier.id", on_delete="CASCADE")
    certification: str
    number: str
    issued_on: date
    expires_on: date
    version: int = 1
    warned_at: datetime | None = instant()
    created_at: datetime = written_at()


class Manufacturer(SQLModel, table=True):
    """수요기업."""

    __table_args__ = (
        CheckConstraint("business_number ~ '^[0-9]{10}$'", name="manufacturer_business_number_digits"),
    )

    id: UUID = identifier()
    business_number: str = Field(unique=True)
    company_name: str
    industry: str
    region: str
    employee_count: int | None = None
    annual_revenue_won: int | None = won()
    smart_level: str | None = None
    existing_systems: list[str] = words()
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()


class Need(SQLModel, table=True):
    """What a manufacturer wants solved.

    `categories_confirmed_at`: since when its own people stand by `categories` for the text as it is.
    """

    __table_args__ = (
        CheckConstraint("status IN ('open', 'contracted', 'closed')", name="need_status"),
        Index("need_list", "status", "created_at", "id"),
    )

    id: UUID = identifier()
    manufacturer_id: UUID = foreign_key("manufacturer.id")
    title: str
    description: str
    categories: list[str] = words()
    categories_confirmed_at: datetime | None = instant()
    processes: list[str] = words()
    budget_won: int | None = won()
    start_by: date | None = None
    required_certifications: list[str] = words()
    excluded_supplier_ids: list[str] = words()
    needs_on_site_support: bool = False
    status: str = NeedStatus.OPEN.value
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()
