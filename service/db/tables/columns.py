"""Column shapes that several tables share."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlmodel import Field

from service.kit import clock
from service.kit.ids import new_id


def identifier() -> Any:
    """A UUIDv7 primary key."""
    return Field(default_factory=new_id, sa_column=Column(UUID(as_uuid=True), primary_key=True))


def foreign_key(
    target: str, *, nullable: bool = False, index: bool = True, on_delete: str | None = None
) -> Any:
    """A reference to another table's id."""
    column = Column(
        UUID(as_uuid=True), ForeignKey(target, ondelete=on_delete), nullable=nullable, index=index
    )
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def words() -> Any:
    """A list of codes or words; never null."""
    return Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )


def document() -> Any:
    """A JSON object that the database keeps whole; never null."""
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'")))


def won() -> Any:
    """An optional amount of money in won."""
    return Field(default=None, sa_column=Column(BigInteger, nullable=True))


def written_at(*, index: bool = False) -> Any:
    """The instant at which the row was made."""
    return Field(
        default_factory=clock.now, sa_column=Column(DateTime(timezone=True), nullable=False, index=index)
    )


def instant() -> Any:
    """An optional instant."""
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=True))
