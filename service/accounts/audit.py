"""The audit trail: one row for each change of state."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.tables import AuditEvent


def record_event(
    session: Session,
    actor: Actor,
    action: str,
    subject_id: UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write `action` ("noun.verb") into the transaction of the change itself."""
    session.add(
        AuditEvent(
            action=action,
            actor=actor.label,
            subject_id=subject_id,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
    )
