"""What an administrator looks through: the access log, the audit trail, destruction records, consents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text, tuple_
from sqlmodel import Session, col, select

from service.db.tables import AccessLogEntry, AuditEvent, DestructionRecord
from service.kit import clock
from service.kit.pages import Page, cut_page, decode_cursor, decode_uuid_cursor
from service.kit.problems import Problem
from service.messages.privacy import ACTIONS
from service.privacy.access_log import Purpose

MOST_EXPORTED = 100_000


class AccessAnswer(BaseModel):
    """One row of the access log."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    occurred_at: datetime
    actor: str
    actor_role: str
    subject_kind: str
    subject_ids: list[str]
    fields: list[str]
    form: str
    address: str
    purpose: str
    reason: str | None


class AuditAnswer(BaseModel):
    """One change of state."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    occurred_at: datetime
    action: str
    text: str
    actor: str
    subject_id: UUID
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class DestructionAnswer(BaseModel):
    """What was erased under which rule."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    rule: str
    kept_days: int
    basis: str
    count: int
    destroyed_at: datetime


class ConsentCountAnswer(BaseModel):
    """How many people with an open account agree to a purpose at present, by their last answer."""

    model_config = ConfigDict(from_attributes=True)

    purpose: str
    accepted: int
    refused: int


@dataclass(frozen=True)
class Days:
    """Whole days in Korea, both included; None bounds nothing."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AccessFilter:
    """What of the access log is asked for; None asks for everything."""

    actor: str | None = None
    subject_kind: str | None = None
    purpose: Purpose | None = None
    days: Days = Days()


@dataclass(frozen=True)
class AuditFilter:
    """What of the audit trail is asked for. `noun` is what an action is about, before its dot."""

    noun: str | None = None
    actor: str | None = None
    subject_id: UUID | None = None
    days: Days = Days()


def list_access_log(
    session: Session, wanted: AccessFilter, limit: int, cursor: str | None
) -> Page[AccessAnswer]:
    """One page of the access log, the newest row first."""
    statement = _accesses(wanted)
    if cursor is not None:
        statement = statement.where(col(AccessLogEntry.number) < _number(cursor))
    rows = session.exec(statement.limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda row: (str(row.number),))
    items = [AccessAnswer.model_validate(row) for row in shown]
    return Page[AccessAnswer](items=items, next_cursor=next_cursor)


def exported_access_log(session: Session, wanted: AccessFilter) -> Sequence[AccessLogEntry]:
    """All rows that were asked for, the newest first, at most `MOST_EXPORTED`."""
    found: Sequence[AccessLogEntry] = session.exec(_accesses(wanted).limit(MOST_EXPORTED)).all()
    return found


def list_audit_events(
    session: Session, wanted: AuditFilter, limit: int, cursor: str | None
) -> Page[AuditAnswer]:
    """One page of the audit trail, the newest event first."""
    statement = _within(select(AuditEvent), AuditEvent.occurred_at, wanted.days)
    if wanted.noun:
        statement = statement.where(col(AuditEvent.action).startswith(f"{wanted.noun}.", autoescape=True))
    if wanted.actor:
        statement = statement.where(AuditEvent.actor == wanted.actor)
    if wanted.subject_id:
        statement = statement.where(AuditEvent.subject_id == wanted.subject_id)
    position = (col(AuditEvent.occurred_at), col(AuditEvent.id))
    if cursor is not None:
        statement = statement.where(tuple_(*position) < tuple_(*_moment(cursor)))
    rows = session.exec(statement.order_by(*(each.desc() for each in position)).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda row: (row.occurred_at.isoformat(), str(row.id)))
    items = [AuditAnswer(**row.model_dump(), text=ACTIONS.get(row.action, row.action)) for row in shown]
    return Page[AuditAnswer](items=items, next_cursor=next_cursor)


def list_destruction_records(session: Session, limit: int, cursor: str | None) -> Page[DestructionAnswer]:
    """One page of the destruction records, the newest first."""
    statement = select(DestructionRecord)
    if cursor is not None:
        statement = statement.where(col(DestructionRecord.id) < decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(DestructionRecord.id).desc()).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda row: ("", str(row.id)))
    items = [DestructionAnswer.model_validate(row) for row in shown]
    return Page[DestructionAnswer](items=items, next_cursor=next_cursor)


def count_consents(session: Session) -> list[ConsentCountAnswer]:
    """How many agree to what, by purpose."""
    counted = text("""
        SELECT purpose, count(*) FILTER (WHERE accepted) AS accepted,
               count(*) FILTER (WHERE NOT accepted) AS refused
        FROM (SELECT DISTINCT ON (account_id, purpose) account_id, purpose, accepted FROM consent_record
              ORDER BY account_id, purpose, recorded_at DESC, id DESC) AS latest
        JOIN account ON account.id = latest.account_id AND account.active
        GROUP BY purpose ORDER BY purpose""")
    return [ConsentCountAnswer.model_validate(row) for row in session.execute(counted)]


def _accesses(wanted: AccessFilter) -> Any:
    statement = _within(select(AccessLogEntry), AccessLogEntry.occurred_at, wanted.days)
    if wanted.actor:
        statement = statement.where(AccessLogEntry.actor == wanted.actor)
    if wanted.subject_kind:
        statement = statement.where(AccessLogEntry.subject_kind == wanted.subject_kind)
    if wanted.purpose:
        statement = statement.where(AccessLogEntry.purpose == wanted.purpose.value)
    return statement.order_by(col(AccessLogEntry.number).desc())


def _within(statement: Any, column: Any, days: Days) -> Any:
    if days.since is not None:
        statement = statement.where(col(column) >= clock.midnight(days.since))
    if days.until is not None:
        statement = statement.where(col(column) < clock.midnight(days.until + timedelta(days=1)))
    return statement


def _number(cursor: str) -> int:
    value = decode_cursor(cursor, 1)[0]
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Problem(422, "cursor_invalid")
    return int(value)


def _moment(cursor: str) -> tuple[datetime, UUID]:
    at, last_id = decode_uuid_cursor(cursor)
    try:
        return datetime.fromisoformat(at), last_id
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error
