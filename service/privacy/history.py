"""What happened to a company's record, for the company itself and for staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import tuple_
from sqlmodel import Session, col, or_, select

from service.accounts.actor import SYSTEM, Actor, Role
from service.db.tables import Account, AuditEvent
from service.kit.pages import Page, cut_page, decode_uuid_cursor
from service.kit.problems import Problem
from service.messages.privacy import ACTIONS

INTERNAL = "match."
"""What account managers decided about introductions is not told to the company."""


class HistoryItem(BaseModel):
    """One change of state; before and after hold what changed, without people."""

    id: UUID
    occurred_at: datetime
    action: str
    text: str
    by: Literal["company", "alliance", "system"] = Field(description="그 회사, 얼라이언스 담당자, 자동 작업")
    actor: str | None = Field(description="누구인지 (담당자만)")
    before: dict[str, Any] | None
    after: dict[str, Any] | None


HistoryPage = Page[HistoryItem]


def history_of(
    session: Session,
    actor: Actor,
    company_id: UUID,
    limit: int,
    cursor: str | None,
    *,
    about: Mapping[str, str] | None = None,
) -> HistoryPage:
    """One page of a company's changes, the newest first; who may see it was decided before.

    `about` asks for those of one thing: {"contract_id": "…"}.
    """
    statement = select(AuditEvent).where(AuditEvent.subject_id == company_id)
    if about is not None:
        statement = statement.where(col(AuditEvent.after).contains(about))
    if not actor.is_staff:
        statement = statement.where(~col(AuditEvent.action).startswith(INTERNAL))
    if cursor is not None:
        at, last_id = _position(cursor)
        statement = statement.where(
            tuple_(col(AuditEvent.occurred_at), col(AuditEvent.id)) < tuple_(at, last_id)
        )
    newest_first = (col(AuditEvent.occurred_at).desc(), col(AuditEvent.id).desc())
    rows = session.exec(statement.order_by(*newest_first).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda row: (row.occurred_at.isoformat(), str(row.id)))
    own = _labels_of_company(session, company_id)
    return HistoryPage(items=[_item(actor, row, own) for row in shown], next_cursor=next_cursor)


def _position(cursor: str) -> tuple[datetime, UUID]:
    at, last_id = decode_uuid_cursor(cursor)
    try:
        return datetime.fromisoformat(at), last_id
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error


def _labels_of_company(session: Session, company_id: UUID) -> set[str]:
    """How the trail names the company's own people; who registers has not signed in yet."""
    people = session.exec(
        select(Account.id).where(
            or_(col(Account.supplier_id) == company_id, col(Account.manufacturer_id) == company_id)
        )
    )
    return {f"account:{each}" for each in people} | {Role.ANONYMOUS.value}


def _item(actor: Actor, event: AuditEvent, own: set[str]) -> HistoryItem:
    by: Literal["company", "alliance", "system"] = "alliance"
    if event.actor in own:
        by = "company"
    elif event.actor == SYSTEM.label:
        by = "system"
    return HistoryItem(
        **event.model_dump(include={"id", "occurred_at", "action", "before", "after"}),
        text=ACTIONS.get(event.action, event.action),
        by=by,
        actor=event.actor if actor.is_staff else None,
    )
