"""What ranks: every set of weights that ever was, and which one was in use from when on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, foreign_key, identifier, written_at


class RankerVersion(SQLModel, table=True):
    """Weights of the ranker, learned or set by a person; never changed once written.

    `anchor_id` names the version around which they were learned, null for the expert's own weights, which
    live in code and have no row. `evaluation` holds how they compared with those in use then.
    """

    __tablename__ = "ranker_version"
    __table_args__ = (CheckConstraint("origin IN ('adjusted', 'fitted')", name="ranker_version_origin"),)

    id: UUID = identifier()
    name: str = Field(unique=True)
    origin: str
    weights: dict[str, Any] = document()
    anchor_id: UUID | None = foreign_key("ranker_version.id", nullable=True)
    evaluation: dict[str, Any] = document()
    note: str | None = None
    created_by: UUID | None = foreign_key("account.id", nullable=True)
    created_at: datetime = written_at()


class RankerActivation(SQLModel, table=True):
    """The weights in use from here on; null are the expert's. The last row is the present.

    While it is `pinned`, nightly learning stores and judges new weights but does not put them to use.
    """

    __tablename__ = "ranker_activation"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('promoted', 'adjusted', 'chosen', 'rolled_back')", name="ranker_activation_reason"
        ),
    )

    number: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    version_id: UUID | None = foreign_key("ranker_version.id", nullable=True)
    reason: str
    pinned: bool = False
    note: str | None = None
    activated_by: UUID | None = foreign_key("account.id", nullable=True)
    activated_at: datetime = written_at()
