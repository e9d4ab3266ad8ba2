"""Who is asking: the actor of a request, and the roles an endpoint accepts."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
from sqlalchemy import update
from sqlmodel import Session, col, select

from service.accounts.tokens import TokenError, read_token
from service.db.session import DbSession
from service.db.tables import Account, ApiKey
from service.kit import clock
from service.kit.problems import Problem


class Role(StrEnum):
    """What an actor may do."""

    ANONYMOUS = "anonymous"
    SUPPLIER = "supplier"
    MANUFACTURER = "manufacturer"
    ACCOUNT_MANAGER = "account_manager"
    ADMIN = "admin"


STAFF_ROLES = (Role.ACCOUNT_MANAGER, Role.ADMIN)
"""Those who introduce."""


@dataclass(frozen=True)
class Actor:
    """The person or system behind a request."""

    role: Role
    account_id: UUID | None = None
    supplier_id: UUID | None = None
    manufacturer_id: UUID | None = None
    api_key_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        """True for account managers and administrators."""
        return self.role in STAFF_ROLES

    @property
    def label(self) -> str:
        """How the audit trail names the actor: an id, never a name or an address."""
        if self.account_id:
            return f"account:{self.account_id}"
        return f"api_key:{self.api_key_id}" if self.api_key_id else self.role.value


KEY_USE_GRAIN = timedelta(minutes=1)

ANONYMOUS = Actor(Role.ANONYMOUS)
SYSTEM = Actor(Role.ADMIN)

_bearer = OAuth2PasswordBearer("/v1/auth/token", auto_error=False)
_api_key = APIKeyHeader(name="X-API-Key", auto_error=False)


def current_actor(
    request: Request,
    session: DbSession,
    token: Annotated[str | None, Security(_bearer)],
    api_key: Annotated[str | None, Security(_api_key)],
) -> Actor:
    """The actor that the request's token or key stands for; anonymous without either.

    Raises `Problem` 401 when a token or key is given and is not valid.
    """
    if token is not None:
        return _actor_of_token(session, token, request.app.state.signing_key)
    if api_key is not None:
        return _actor_of_key(session, api_key)
    return ANONYMOUS


CurrentActor = Annotated[Actor, Depends(current_actor)]


def require(*roles: Role) -> Callable[[Actor], Actor]:
    """A dependency that lets only these roles in: 401 without sign-in, 403 with another role."""

    def allowed(actor: CurrentActor) -> Actor:
        if actor.role in roles:
            return actor
        if actor.role is Role.ANONYMOUS:
            raise Problem(401, "sign_in_required", headers={"WWW-Authenticate": "Bearer"})
        raise Problem(403, "forbidden")

    return allowed


Staff = Annotated[Actor, Depends(require(*STAFF_ROLES))]
Administrator = Annotated[Actor, Depends(require(Role.ADMIN))]
SignedIn = Annotated[
    Actor, Depends(require(Role.SUPPLIER, Role.MANUFACTURER, Role.ACCOUNT_MANAGER, Role.ADMIN))
]


def hash_key(key: str) -> str:
    """What is kept of an API key; the key itself is long and random, so one SHA-256 is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def _actor_of_token(session: Session, token: str, signing_key: str) -> Actor:
    try:
        account = session.get(Account, read_token(token, signing_key))
    except TokenError:
        account = None
    if account is None or not account.active:
        raise Problem(401, "token_invalid", headers={"WWW-Authenticate": "Bearer"})
    return Actor(Role(account.role), account.id, account.supplier_id, account.manufacturer_id)


def _note_use(session: Session, key: ApiKey) -> None:
    """Once a minute, and never waiting: requests of one system must not queue behind this row."""
    if key.last_used_at is not None and key.last_used_at > clock.now() - KEY_USE_GRAIN:
        return
    free = select(ApiKey.id).where(ApiKey.id == key.id).with_for_update(skip_locked=True)
    session.execute(
        update(ApiKey).where(col(ApiKey.id).in_(free)).values(last_used_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def _actor_of_key(session: Session, key: str) -> Actor:
    found = session.exec(
        select(ApiKey).where(ApiKey.key_hash == hash_key(key), col(ApiKey.revoked_at).is_(None))
    ).first()
    if found is None:
        raise Problem(401, "api_key_invalid")
    _note_use(session, found)
    return Actor(Role(found.role), api_key_id=found.id)
