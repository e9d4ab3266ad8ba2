"""What waits for account managers today, and what happened last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from service.accounts.actor import STAFF_ROLES
from service.db.tables import AuditEvent, Manufacturer, Need, Supplier
from service.kit import clock
from service.messages.privacy import ACTIONS

ANSWER_DUE = timedelta(days=7)
"""An introduction of which nothing was heard for longer is worth a call."""

_TOLD = ("supplier.", "manufacturer.", "need.", "match.")

# Introduced and beyond: the need has met somebody.
_WAITING = text("""
    WITH latest AS (
        SELECT DISTINCT ON (need_id, supplier_id) need_id, verdict, created_at
        FROM feedback ORDER BY need_id, supplier_id, created_at DESC, id DESC
    ), waiting AS (
        SELECT need.created_at,
               EXISTS (SELECT FROM recommendation_run AS run
                       WHERE run.need_id = need.id AND run.viewer_role = ANY(:staff)) AS listed,
               EXISTS (SELECT FROM latest WHERE latest.need_id = need.id
                       AND verdict IN ('introduced', 'proposed', 'contracted', 'completed')) AS introduced
        FROM need WHERE need.status = 'open'
    )
    SELECT 'approvals' AS kind, count(*) AS total, min(created_at) AS oldest
    FROM supplier WHERE status = 'pending'
    UNION ALL SELECT 'unlisted', count(*), min(created_at) FROM waiting WHERE NOT listed
    UNION ALL SELECT 'unintroduced', count(*), min(created_at) FROM waiting WHERE listed AND NOT introduced
    UNION ALL SELECT 'unanswered', count(*), min(created_at) FROM latest
              WHERE verdict = 'introduced' AND created_at <= :due
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of a kind waits, and for how many days the oldest of it has."""

    kind: str
    count: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Happening:
    """A change of state: what it was and whose; `kind` says what the subject is."""

    at: datetime
    text: str
    kind: str
    subject_id: UUID
    name: str


def waiting_now(session: Session) -> dict[str, Waiting]:
    """What waits, by kind: one query."""
    asked = {"staff": list(STAFF_ROLES), "due": clock.now() - ANSWER_DUE}
    rows = session.execute(_WAITING, asked).all()
    return {row.kind: Waiting(row.kind, row.total, _days_since(row.oldest)) for row in rows}


def latest_happenings(session: Session, limit: int = 12) -> list[Happening]:
    """The last changes of suppliers, manufacturers, needs and introductions, the newest first."""
    told = or_(*(col(AuditEvent.action).startswith(prefix) for prefix in _TOLD))
    events = session.exec(
        select(AuditEvent).where(told).order_by(col(AuditEvent.id).desc()).limit(limit)
    ).all()
    names = _names(session, [event.subject_id for event in events])
    return [
        Happening(event.occurred_at, ACTIONS.get(event.action, event.action), kind, event.subject_id, name)
        for event in events
        if (found := names.get(event.subject_id))
        for kind, name in [found]
    ]


def _names(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    named = (
        ("supplier", Supplier.id, Supplier.company_name),
        ("manufacturer", Manufacturer.id, Manufacturer.company_name),
        ("need", Need.id, Need.title),
    )
    return {
        one: (kind, name)
        for kind, identifier, title in named
        for one, name in session.exec(select(identifier, title).where(col(identifier).in_(ids)))
    }


def _days_since(at: datetime | None) -> int | None:
    return None if at is None else (clock.now() - at).days
