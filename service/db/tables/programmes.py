"""Support programmes and fund terms: facts with a period and a source, never constants in code."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Column, Integer, String
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, won


class Programme(SQLModel, table=True):
    """지원사업. `terms` holds what differs between programmes: shares, caps, documents, eligibility."""

    code: str = Field(primary_key=True)
    name: str
    summary: str
    status: str
    valid_from: date | None = None
    valid_to: date | None = None
    terms: dict[str, Any] = document()
    source: dict[str, Any] = document()


class FundTerm(SQLModel, table=True):
    """상생협력펀드 조건: one row a fund and period.

    An application that is not disbursed within `application_days` expires. `overdue_addon_percent` is what an
    overdue instalment bears on top of the loan's rate.
    """

    __tablename__ = "fund_term"
    __table_args__ = (CheckConstraint("application_days > 0", name="fund_term_application_days"),)

    code: str = Field(primary_key=True)
    name: str
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    ceiling_won: int | None = won()
    per_company_limit_won: int | None = won()
    rate_reduction_percent_min: str | None = None
    rate_reduction_percent_max: str | None = None
    floor_rate_percent: str | None = None
    max_months: int | None = None
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default="1"))
    application_days: int = Field(default=60, sa_column=Column(Integer, nullable=False, server_default="60"))
    overdue_addon_percent: str = Field(
        default="3", sa_column=Column(String, nullable=False, server_default="3")
    )
    demo: bool = False
    reference_only: bool = False
    note: str | None = None
    source: dict[str, Any] = document()
