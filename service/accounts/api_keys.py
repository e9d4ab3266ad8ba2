"""Keys of other systems: made, rotated, revoked; the secret is shown once and only its hash is kept."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, true

from service.accounts.actor import Actor, Role, hash_key
from service.accounts.audit import record_event
from service.accounts.schemas import ApiKeyInput
from service.db.rows import one_row
from service.db.tables import ApiKey
from service.kit import clock
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem, field_problem

KEY_PREFIX_LENGTH = 12
STAFF_ROLES = (Role.ACCOUNT_MANAGER, Role.ADMIN)


def issue_api_key(session: Session, actor: Actor, data: ApiKeyInput) -> tuple[ApiKey, str]:
    """A new key for a system, and its text, which is kept nowhere.

    An administrator makes keys that act as staff, a company's contact keys that act as its own
    company. Raises `Problem` 403 for a key of anyone else, 422 when an administrator names no role.
    """
    text = _new_text()
    record = ApiKey(
        name=data.name,
        prefix=text[:KEY_PREFIX_LENGTH],
        key_hash=hash_key(text),
        role=_role(actor, data.role).value,
        supplier_id=actor.supplier_id,
        manufacturer_id=actor.manufacturer_id,
        scopes=[scope.value for scope in dict.fromkeys(data.scopes)],
        created_by=actor.account_id,
    )
    session.add(record)
    session.flush()
    after = {"role": record.role, "scopes": record.scopes}
    record_event(session, actor, "api_key.created", record.id, after=after)
    return record, text


def rotate_api_key(session: Session, actor: Actor, record: ApiKey, overlap: timedelta) -> str:
    """A new text for a locked key; the one before is accepted for the overlap, any older one no more.

    Raises `Problem` 409 `key_revoked`.
    """
    if record.revoked_at is not None:
        raise Problem(409, "key_revoked")
    text = _new_text()
    record.previous_hash = record.key_hash
    record.previous_until = clock.now() + overlap
    record.key_hash, record.prefix = hash_key(text), text[:KEY_PREFIX_LENGTH]
    record.version += 1
    session.flush()
    until = record.previous_until.isoformat()
    record_event(session, actor, "api_key.rotated", record.id, after={"previous_until": until})
    return text


def revoke_api_key(session: Session, actor: Actor, record: ApiKey) -> None:
    """End a locked key at once, the text before its last rotation too."""
    if record.revoked_at is not None:
        return
    record.revoked_at = clock.now()
    record.version += 1
    session.flush()
    record_event(session, actor, "api_key.revoked", record.id)


def get_api_key(session: Session, actor: Actor, key_id: UUID, *, lock: bool = False) -> ApiKey:
    """A key that the actor may see, held against other changes with `lock`. Raises `Problem` 404."""
    return one_row(session, select(ApiKey).where(ApiKey.id == key_id, _visible_to(actor)), lock=lock)


def list_api_keys(
    session: Session, actor: Actor, limit: int, cursor: str | None
) -> tuple[Sequence[ApiKey], str | None]:
    """One page of the keys that the actor may see, revoked ones too, the oldest first."""
    statement = select(ApiKey).where(_visible_to(actor))
    if cursor is not None:
        statement = statement.where(col(ApiKey.id) > decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(ApiKey.id)).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row.id)))


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    """An administrator sees every key, a company its own."""
    if actor.role is Role.ADMIN:
        return true()
    company = ApiKey.supplier_id if actor.supplier_id else ApiKey.manufacturer_id
    return col(company) == (actor.supplier_id or actor.manufacturer_id)


def _role(actor: Actor, wanted: Role | None) -> Role:
    if actor.role is not Role.ADMIN:
        if wanted not in (None, actor.role):
            raise Problem(403, "forbidden")
        return actor.role
    if wanted not in STAFF_ROLES:
        raise field_problem("/role", "key_role_required")
    return wanted


def _new_text() -> str:
    return f"ak_{secrets.token_urlsafe(32)}"
