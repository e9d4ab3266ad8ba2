"""What the tax service last said of each company's business number."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from service.db.tables.columns import written_at


class BusinessStatus(SQLModel, table=True):
    """The codes and names as the API gives them; a null code: asked, and nothing was said of it."""

    __tablename__ = "business_status"
    __table_args__ = (
        CheckConstraint("business_number ~ '^[0-9]{10}$'", name="business_status_number_digits"),
        CheckConstraint("source IN ('nts', 'demo')", name="business_status_source"),
        Index("business_status_checked", "checked_at"),
    )

    business_number: str = Field(primary_key=True)
    status_code: str | None = None
    status_name: str | None = None
    tax_type: str | None = None
    closed_on: date | None = None
    checked_at: datetime = written_at()
    source: str
