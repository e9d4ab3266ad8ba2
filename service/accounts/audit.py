"""The audit trail: one row for each change of state, and word of it to other systems."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.tables import Account, ApiKey, AuditEvent
from service.events.outbox import publish


def record_event(
    session: Session,
    actor: Actor,
    action: str,
    *subject_ids: UUID,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write `action` ("noun.verb") into the transaction of the change itself, for each that it is about.

    Every change passes here, so here other systems are told too, of what `service.events` makes public.
    """
    session.add_all(
        AuditEvent(
            action=action,
            actor=actor.label,
            subject_id=subject_id,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
        for subject_id in subject_ids
    )
    publish(session, action, subject_ids, after or {})


def names_of_actors(session: Session, labels: Iterable[str]) -> dict[str, str]:
    """What the people and keys behind labels of the trail are called; others have no name of their own."""
    kinds: dict[str, list[UUID]] = {"account": [], "api_key": []}
    for label in labels:
        kind, _, identifier = label.partition(":")
        if identifier and kind in kinds:
            kinds[kind].append(UUID(identifier))
    people = select(Account.id, Account.name).where(col(Account.id).in_(kinds["account"]))
    keys = select(ApiKey.id, ApiKey.name).where(col(ApiKey.id).in_(kinds["api_key"]))
    return {f"account:{id_}": name for id_, name in session.exec(people)} | {
        f"api_key:{id_}": name for id_, name in session.exec(keys)
    }
