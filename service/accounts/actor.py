"""Who is asking: the actor of a request, and the roles an endpoint accepts."""

import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from service.accounts.scopes import needed_scopes
from service.accounts.sessions import live_session
from service.accounts.tokens import TokenError, read_token
from service.db.session import DbSession
from service.db.tables import Account, AccountSession, ApiKey
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
    session_id: UUID | None = None

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


USE_GRAIN = timedelta(minutes=1)

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

    Raises `Problem` 401 when a token or key is given and is not valid, 403 when the key's scopes do
    not reach this far.
    """
    if token is not None:
        return _actor_of_token(session, token, request.app.state.signing_key)
    if api_key is not None:
        return _actor_of_key(session, request, api_key)
    return ANONYMOUS


CurrentActor = Annotated[Actor, Depends(current_actor)]


def holder_of(request: Request) -> str:
    """Whom the credentials of a request name, told without the database and before they are accepted.

    The same for every token of an account, so that a token may be refreshed between two tries under one
    Idempotency-Key. What we did not sign, or what has run out, stands for itself alone.
    """
    given = request.headers.get("Authorization", "")
    kind, _, token = given.partition(" ")
    if kind.lower() == "bearer":
        with contextlib.suppress(TokenError):
            return f"account:{read_token(token, request.app.state.signing_key).account_id}"
    return given or request.headers.get("X-API-Key", "")


def require(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """A dependency that lets only these roles in: 401 without sign-in, 403 with another role.

    It and those below wait for nothing; were they no coroutines, each would be handed to another thread.
    """

    async def allowed(actor: CurrentActor) -> Actor:
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


async def _person(actor: SignedIn) -> Actor:
    """Refuse keys: a key that could hand out rights would outlive its own revocation."""
    if actor.account_id is None:
        raise Problem(403, "person_required")
    return actor


Person = Annotated[Actor, Depends(_person)]


async def _administrator_in_person(actor: Administrator) -> Actor:
    return await _person(actor)


AdministratorInPerson = Annotated[Actor, Depends(_administrator_in_person)]


def hash_key(key: str) -> str:
    """What is kept of an API key; the key itself is long and random, so one SHA-256 is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def _actor_of_token(session: Session, token: str, signing_key: str) -> Actor:
    try:
        found = live_session(session, read_token(token, signing_key))
    except TokenError:
        found = None
    if found is None:
        raise Problem(401, "token_invalid", headers={"WWW-Authenticate": "Bearer"})
    return signed_in_actor(session, *found)


def signed_in_actor(session: Session, account: Account, signed_in: AccountSession) -> Actor:
    """The person of a live session, whose use is noted."""
    _note_use(session, signed_in)
    return Actor(
        Role(account.role),
        account.id,
        account.supplier_id,
        account.manufacturer_id,
        session_id=signed_in.id,
    )


def _note_use(session: Session, used: ApiKey | AccountSession) -> None:
    """Once a minute, and never waiting: requests of one system must not queue behind this row."""
    if used.last_used_at is not None and used.last_used_at > clock.now() - USE_GRAIN:
        return
    table = type(used)
    free = select(table.id).where(table.id == used.id).with_for_update(skip_locked=True)
    session.execute(
        update(table).where(col(table.id).in_(free)).values(last_used_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def _actor_of_key(session: Session, request: Request, key: str) -> Actor:
    found = _accepted_key(session, hash_key(key))
    if found is None:
        raise Problem(401, "api_key_invalid")
    needed = needed_scopes(request.method, request.url.path)
    if not set(needed) & set(found.scopes):
        raise Problem(403, "scope_missing", scope=needed[0].value)
    _note_use(session, found)
    return Actor(
        Role(found.role),
        supplier_id=found.supplier_id,
        manufacturer_id=found.manufacturer_id,
        api_key_id=found.id,
    )


def _accepted_key(session: Session, hashed: str) -> ApiKey | None:
    """The key of that hash, or of that hash before a rotation whose overlap has not ended."""
    rotated = and_(col(ApiKey.previous_hash) == hashed, col(ApiKey.previous_until) > clock.now())
    statement = select(ApiKey).where(
        or_(col(ApiKey.key_hash) == hashed, rotated), col(ApiKey.revoked_at).is_(None)
    )
    return session.exec(statement).first()
