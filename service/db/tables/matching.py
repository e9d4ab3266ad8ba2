"""What matching keeps: vectors, runs, and what account managers said of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, Column, Computed, Float, Index, PrimaryKeyConstraint, String, text
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, foreign_key, identifier, written_at


class Embedding(SQLModel, table=True):
    """The vector of one passage of a profile, under the name of the encoder that made it.

    `owner_id` is a supplier's or a need's id; `passage` is the passage's key inside that profile.
    """

    __table_args__ = (PrimaryKeyConstraint("owner_id", "model", "passage"),)

    owner_id: UUID = Field(sa_column=Column(postgresql.UUID(as_uuid=True), nullable=False))
    model: str
    passage: str
    text_hash: str
    vector: Any = Field(sa_column=Column(Vector(), nullable=False))


FIRST_TEN_SUPPLIERS = "jsonb_path_query_array(answer, '$.items[0 to 9].supplier_id')"
BEST_SCORE = "(answer #> '{items,0,score}')::float8"
TOP_CATEGORY = "answer #>> '{inferred_categories,0,category}'"


DEMO_MODEL = "demo"
"""Stands for the model of a list that none made: the demo's introductions. Nobody learns from such a list."""


class RecommendationRun(SQLModel, table=True):
    """What was shown, to whom, in which order, by which model, and why.

    The database itself keeps some of `answer` beside it, because counting over many runs must not read whole
    answers: `listed`, the ids of the first ten suppliers; `best_score`, null when nobody was found; and
    `top_category`, the likeliest one, null when none was likely.
    """

    __tablename__ = "recommendation_run"
    __table_args__ = (Index("recommendation_run_need", "need_id", "generated_at"),)

    id: UUID = identifier()
    need_id: UUID = foreign_key("need.id", index=False)
    requested_by: UUID | None = foreign_key("account.id", nullable=True)
    viewer_role: str
    model_version: str
    need_version: int
    answer: dict[str, Any] = document()
    listed: Any = Field(
        default=None,
        sa_column=Column(
            postgresql.JSONB(none_as_null=True), Computed(FIRST_TEN_SUPPLIERS, persisted=True), nullable=True
        ),
    )
    best_score: float | None = Field(
        default=None, sa_column=Column(Float, Computed(BEST_SCORE, persisted=True), nullable=True)
    )
    top_category: str | None = Field(
        default=None, sa_column=Column(String, Computed(TOP_CATEGORY, persisted=True), nullable=True)
    )
    generated_at: datetime = written_at(index=True)


class Verdict(StrEnum):
    """What an account manager decided about a candidate; the last one is where the pair stands."""

    SHORTLISTED = "shortlisted"
    INTRODUCED = "introduced"
    PROPOSED = "proposed"
    CONTRACTED = "contracted"
    COMPLETED = "completed"
    REJECTED = "rejected"


class Feedback(SQLModel, table=True):
    """A decision about one candidate of one run, with the position it was shown at."""

    __table_args__ = (
        CheckConstraint(
            "verdict IN ('shortlisted', 'introduced', 'proposed', 'contracted', 'completed', 'rejected')",
            name="feedback_verdict",
        ),
        Index("feedback_pair", "need_id", "supplier_id", text("created_at DESC"), text("id DESC")),
    )

    id: UUID = identifier()
    run_id: UUID = foreign_key("recommendation_run.id")
    need_id: UUID = foreign_key("need.id")
    supplier_id: UUID = foreign_key("supplier.id")
    account_id: UUID | None = foreign_key("account.id", nullable=True)
    position: int
    verdict: str
    reason_code: str | None = None
    comment: str | None = None
    created_at: datetime = written_at()
