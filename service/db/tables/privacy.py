"""접속기록, 파기 기록: what shows that personal data was dealt with as promised.

Neither is ever changed; only what of the access log is past its period is removed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from service.db.tables.columns import identifier, instant, words, written_at


class AccessLogEntry(SQLModel, table=True):
    """접속기록: who saw whose personal data, which of it, from where and why.

    Each row holds the hash over its own content and the hash of the row before; the database refuses to
    change one, and to remove one within two years.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        CheckConstraint("form IN ('masked', 'full')", name="access_log_form"),
        CheckConstraint("number > 0", name="access_log_number"),
    )

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    occurred_at: datetime = written_at()
    actor: str
    actor_role: str
    subject_kind: str
    subject_ids: list[str] = words()
    fields: list[str] = words()
    form: str
    address: str
    purpose: str
    reason: str | None = None
    previous_hash: str
    hash: str


class DestructionRecord(SQLModel, table=True):
    """파기 기록: what was erased, how much of it, under which rule; nothing of what it was.

    Where the access log was cut, `anchor` is the head of what was erased: the chain goes on from there.
    """

    __tablename__ = "destruction_record"

    id: UUID = identifier()
    rule: str
    kept_days: int
    basis: str
    count: int
    anchor: str | None = None
    destroyed_at: datetime = written_at()


class AccountClosure(SQLModel, table=True):
    """A person's wish to have the account closed and their data erased."""

    __tablename__ = "account_closure"

    account_id: UUID = Field(
        sa_column=Column(postgresql.UUID(as_uuid=True), ForeignKey("account.id"), primary_key=True)
    )
    requested_at: datetime = written_at()
    erased_at: datetime | None = instant()
