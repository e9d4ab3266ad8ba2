"""Registrations that are not finished yet."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, written_at


class RegistrationDraft(SQLModel, table=True):
    """What somebody typed into the form so far, of companies only.

    The id is all that gives access to it and stands in a cookie: so it is random and does not tell the time.
    """

    __tablename__ = "registration_draft"

    id: UUID = Field(default_factory=uuid4, sa_column=Column(postgresql.UUID(as_uuid=True), primary_key=True))
    content: dict[str, Any] = document()
    saved_at: datetime = written_at(index=True)
