"""Digital clusters: groups of manufacturers with alike needs, kept from run to run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, text
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, foreign_key, identifier, instant, words, written_at


class Cluster(SQLModel, table=True):
    """디지털 클러스터. `content` holds what the members share and who could serve them.

    An open one is listed by `position`; a closed one keeps its row, so that an old link can be answered.
    """

    __table_args__ = (
        Index("cluster_list", "position", "id", postgresql_where=text("closed_at IS NULL")),
        Index("cluster_name_key", "name", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: UUID = identifier()
    name: str
    position: int
    main_category: str
    need_count: int
    manufacturer_count: int
    content: dict[str, Any] = document()
    quality: dict[str, Any] = document()
    version: int = 1
    made_at: datetime = written_at()
    refreshed_at: datetime = written_at()
    closed_at: datetime | None = instant()


class ClusterMember(SQLModel, table=True):
    """A need in a cluster, and through it its manufacturer."""

    __tablename__ = "cluster_member"

    cluster_id: UUID = Field(
        sa_column=Column(
            postgresql.UUID(as_uuid=True), ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True
        )
    )
    need_id: UUID = Field(
        sa_column=Column(postgresql.UUID(as_uuid=True), ForeignKey("need.id"), primary_key=True)
    )
    manufacturer_id: UUID = foreign_key("manufacturer.id")


class ClusteringRun(SQLModel, table=True):
    """One grouping of all open needs: how good it was, what stayed outside, and why there is none if so."""

    __tablename__ = "clustering_run"

    id: UUID = identifier()
    made_at: datetime = written_at(index=True)
    need_count: int
    cluster_count: int
    outside_need_ids: list[str] = words()
    silhouette: float | None = None
    stability: float | None = None
    reason: str | None = None
