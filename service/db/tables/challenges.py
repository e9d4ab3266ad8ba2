"""Challenges: calls with criteria, what suppliers apply with, what reviewers who see no names think of it.

Which state a call is in stands in no column: it follows from its days and from what was done with it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from service.db.tables.columns import foreign_key, identifier, instant, words, written_at


def _list_of_parts() -> Any:
    """A JSON list that the database keeps whole; never null."""
    return Field(default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")))


class Challenge(SQLModel, table=True):
    """One call. `criteria`: name, description and weight in percent, in their order; they sum to 100.

    A draft until `published_at`, decided since `decided_at`. Both days count whole, in Korea.
    `departure_reason` says why those chosen are not the first of the ranking.
    """

    __table_args__ = (
        CheckConstraint("opens_on <= closes_on", name="challenge_days"),
        CheckConstraint("places > 0", name="challenge_places"),
        CheckConstraint("reviewers_per_application BETWEEN 1 AND 9", name="challenge_reviewers"),
        CheckConstraint("decided_at IS NULL OR published_at IS NOT NULL", name="challenge_decided"),
    )

    id: UUID = identifier()
    title: str
    purpose: str
    programme_code: str | None = Field(
        default=None, sa_column=Column(String, ForeignKey("programme.code"), nullable=True)
    )
    fields: list[str] = words()
    criteria: list[dict[str, Any]] = _list_of_parts()
    opens_on: date
    closes_on: date
    places: int
    reviewers_per_application: int
    published_at: datetime | None = instant()
    decided_at: datetime | None = instant()
    departure_reason: str | None = None
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()


class ChallengeDepartment(SQLModel, table=True):
    """A department of the host that may run a joint project; `mission` is what the matching reads."""

    __tablename__ = "challenge_department"
    __table_args__ = (UniqueConstraint("challenge_id", "position", name="challenge_department_position"),)

    id: UUID = identifier()
    challenge_id: UUID = foreign_key("challenge.id", index=False)
    position: int
    name: str
    mission: str


class ChallengeApplication(SQLModel, table=True):
    """What one supplier applies with; one that stands for each call. `chosen` is null until the decision."""

    __tablename__ = "challenge_application"
    __table_args__ = (
        CheckConstraint("department_id IS NULL OR chosen", name="challenge_application_department"),
        CheckConstraint("chosen IS NULL OR withdrawn_at IS NULL", name="challenge_application_chosen"),
        Index(
            "challenge_application_standing",
            "challenge_id",
            "supplier_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("challenge_application_list", "challenge_id", "id"),
    )

    id: UUID = identifier()
    challenge_id: UUID = foreign_key("challenge.id", index=False)
    supplier_id: UUID = foreign_key("supplier.id")
    field: str
    title: str
    problem: str
    proposal: str
    outcome: str
    withdrawn_at: datetime | None = instant()
    chosen: bool | None = None
    department_id: UUID | None = foreign_key("challenge_department.id", nullable=True, index=False)
    version: int = 1
    created_at: datetime = written_at()
    updated_at: datetime = written_at()


class ChallengeReview(SQLModel, table=True):
    """That a person reviews an application and, once submitted, what they think of it.

    `scores`: for each criterion its number from 1 on, a score from 1 to 5 and a comment.
    """

    __tablename__ = "challenge_review"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (scores = '[]'::jsonb)", name="challenge_review_scores"),
        UniqueConstraint("application_id", "reviewer_id", name="challenge_review_once"),
    )

    id: UUID = identifier()
    application_id: UUID = foreign_key("challenge_application.id", index=False)
    reviewer_id: UUID = foreign_key("account.id")
    scores: list[dict[str, Any]] = _list_of_parts()
    submitted_at: datetime | None = instant()
    version: int = 1
    created_at: datetime = written_at()


class ChallengeConflict(SQLModel, table=True):
    """That a reviewer is not impartial about a supplier, whether or not it applies.

    `recognised`: they named nobody but knew who wrote an application; who that is stays untold.
    """

    __tablename__ = "challenge_conflict"
    __table_args__ = (
        UniqueConstraint("challenge_id", "reviewer_id", "supplier_id", name="challenge_conflict_once"),
    )

    id: UUID = identifier()
    challenge_id: UUID = foreign_key("challenge.id", index=False)
    reviewer_id: UUID = foreign_key("account.id")
    supplier_id: UUID = foreign_key("supplier.id")
    reason: str
    recognised: bool = False
    declared_at: datetime = written_at()
