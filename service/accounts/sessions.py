"""Sessions of people: opened by signing in, renewed by refresh tokens, ended from either side.

An access token names its session, and each request reads that session together with its account, so
that what is revoked is refused at the next request.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from service.accounts.devices import Device
from service.accounts.tokens import AccessClaims, RefreshClaims
from service.db.tables import Account, AccountSession
from service.kit import clock
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem

LONGEST_SESSION = timedelta(days=30)
SESSION_VERSION = 1
"""What its owner may decide about a session never changes while it lives."""


def open_session(session: Session, account: Account, device: Device) -> AccountSession:
    """A new session of that account on that device."""
    opened = AccountSession(
        account_id=account.id,
        expires_at=clock.now() + LONGEST_SESSION,
        agent=device.agent,
        network=device.network,
    )
    session.add(opened)
    session.flush()
    return opened


def live_session(session: Session, claims: AccessClaims) -> tuple[Account, AccountSession] | None:
    """The account and session of an access token, when both are still good: one read by primary keys."""
    found = session.exec(
        select(Account, AccountSession)
        .join(AccountSession, col(AccountSession.account_id) == col(Account.id))
        .where(AccountSession.id == claims.session_id, Account.id == claims.account_id)
    ).first()
    return found if found is not None and _is_live(*found) else None


def renew_session(session: Session, claims: RefreshClaims) -> tuple[Account, AccountSession] | None:
    """Count the session's refresh token as used; None when it is not good.

    A token that was used before is in two hands, and nobody can tell which is the thief's: the
    session ends (RFC 9700, 4.14.2). That has to be committed although the request is refused.
    """
    found = session.exec(
        select(Account, AccountSession)
        .join(AccountSession, col(AccountSession.account_id) == col(Account.id))
        .where(AccountSession.id == claims.session_id)
        .with_for_update(of=AccountSession)
    ).first()
    if found is None or not _is_live(*found):
        return None
    account, kept = found
    if claims.generation != kept.generation:
        kept.revoked_at = clock.now()
        return None
    kept.generation += 1
    kept.last_used_at = clock.now()
    session.flush()
    return account, kept


def revoke_session(session: Session, kept: AccountSession) -> None:
    """End one session."""
    kept.revoked_at = clock.now()
    session.flush()


def end_sessions(session: Session, account_id: UUID, *, but: UUID | None = None) -> None:
    """End every session of an account, or every one but that."""
    open_ones = [col(AccountSession.account_id) == account_id, col(AccountSession.revoked_at).is_(None)]
    if but is not None:
        open_ones.append(col(AccountSession.id) != but)
    session.execute(update(AccountSession).where(*open_ones).values(revoked_at=clock.now()))


def get_own_session(session: Session, account_id: UUID, session_id: UUID) -> AccountSession:
    """A live session of that account. Raises `Problem` 404."""
    found = session.get(AccountSession, session_id)
    if found is None or found.account_id != account_id or not _is_open(found):
        raise Problem(404, "not_found")
    return found


def list_own_sessions(
    session: Session, account_id: UUID, limit: int, cursor: str | None
) -> tuple[Sequence[AccountSession], str | None]:
    """One page of the live sessions of an account, the latest first."""
    statement = select(AccountSession).where(
        AccountSession.account_id == account_id,
        col(AccountSession.revoked_at).is_(None),
        AccountSession.expires_at > clock.now(),
    )
    if cursor is not None:
        statement = statement.where(col(AccountSession.id) < decode_uuid_cursor(cursor)[1])
    statement = statement.order_by(col(AccountSession.id).desc()).limit(limit + 1)
    return cut_page(session.exec(statement).all(), limit, lambda row: ("", str(row.id)))


def _is_live(account: Account, kept: AccountSession) -> bool:
    return account.active and _is_open(kept)


def _is_open(kept: AccountSession) -> bool:
    return kept.revoked_at is None and kept.expires_at > clock.now()
