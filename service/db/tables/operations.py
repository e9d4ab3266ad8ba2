"""What keeps the service honest: consents, audit, idempotency, jobs and uploads."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from service.db.tables.columns import document, foreign_key, identifier, instant, written_at


class ConsentRecord(SQLModel, table=True):
    """동의 기록: who agreed to what, to which text, when."""

    __tablename__ = "consent_record"

    id: UUID = identifier()
    account_id: UUID = foreign_key("account.id")
    purpose: str
    accepted: bool
    text_version: str
    recorded_at: datetime = written_at()


class AuditEvent(SQLModel, table=True):
    """One change of state: who did what to which thing, before and after."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("audit_event_subject", "subject_id", "occurred_at"),
        Index("audit_event_time", "occurred_at", "id"),
    )

    id: UUID = identifier()
    occurred_at: datetime = written_at()
    action: str
    actor: str
    subject_id: UUID = Field(sa_column=Column(postgresql.UUID(as_uuid=True), nullable=False))
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(postgresql.JSONB, nullable=True))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(postgresql.JSONB, nullable=True))


class IdempotencyRecord(SQLModel, table=True):
    """The answer to a POST that carried an Idempotency-Key, kept for a replay."""

    __tablename__ = "idempotency_record"

    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    status: int
    headers: dict[str, Any] = document()
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = written_at(index=True)


class JobStatus(StrEnum):
    """Where long work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Job(SQLModel, table=True):
    """Long work that a person waits for: its progress and its result."""

    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'succeeded', 'failed')", name="job_status"),
    )

    id: UUID = identifier()
    kind: str
    status: str = JobStatus.QUEUED.value
    requested_by: UUID | None = foreign_key("account.id", nullable=True)
    result: dict[str, Any] = document()
    created_at: datetime = written_at()
    finished_at: datetime | None = instant()


class ImportUpload(SQLModel, table=True):
    """An import whose lines have not all been taken; `header` is the first line of a CSV, else empty.

    Without a header it was begun by a version that kept the whole file in `content` and counted the lines
    that were taken in `next_line`.
    """

    __tablename__ = "import_upload"

    job_id: UUID = Field(sa_column=Column(postgresql.UUID(as_uuid=True), primary_key=True))
    kind: str
    file_format: str
    header: str | None = None
    content: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    next_line: int = 0


class ImportBatch(SQLModel, table=True):
    """Some lines of an uploaded file, as they came, until they have been taken."""

    __tablename__ = "import_batch"
    __table_args__ = (PrimaryKeyConstraint("job_id", "first_line"),)

    job_id: UUID = Field(
        sa_column=Column(
            postgresql.UUID(as_uuid=True),
            ForeignKey("import_upload.job_id", ondelete="CASCADE"),
            nullable=False,
        )
    )
    first_line: int
    lines: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ImportRejection(SQLModel, table=True):
    """A line that an import did not take, and why."""

    __tablename__ = "import_rejection"
    __table_args__ = (PrimaryKeyConstraint("job_id", "line"),)

    job_id: UUID = Field(
        sa_column=Column(
            postgresql.UUID(as_uuid=True), ForeignKey("job.id", ondelete="CASCADE"), nullable=False
        )
    )
    line: int
    code: str
    message: str
