"""Signed tokens (JWT): for access, for refreshing it, in a browser's cookie and inside mails.

None holds anything personal. Each kind has an audience of its own, so that one is never taken for another.
Nothing of them is stored: the database knows the session or link that a token names, and whether it is
still good.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from jwt.types import Options

from service.kit import clock

ALGORITHM = "HS256"
ISSUER = "alliance"
REFRESH = "refresh"
BROWSER = "browser"
UNSUBSCRIBING = "unsubscribing"


class TokenError(Exception):
    """The token is not ours, was changed, or has run out."""


@dataclass(frozen=True)
class AccessClaims:
    """Whose access token it is, and of which session."""

    account_id: UUID
    session_id: UUID


@dataclass(frozen=True)
class RefreshClaims:
    """Which session a refresh token renews, and the how-manieth it is."""

    session_id: UUID
    generation: int


def issue_token(account_id: UUID, session_id: UUID, key: str, minutes: int) -> str:
    """An access token for that session of that account, valid for that many minutes."""
    claims = {"sub": str(account_id), "sid": str(session_id)}
    return _sign(claims, key, clock.now() + timedelta(minutes=minutes))


def read_token(token: str, key: str) -> AccessClaims:
    """What an access token says. Raises `TokenError`."""
    claims = _verified(token, key, None, "sub", "sid")
    return AccessClaims(_id(claims["sub"]), _id(claims["sid"]))


def issue_browser_token(account_id: UUID, session_id: UUID, expires: datetime, key: str) -> str:
    """What a browser's cookie holds: as long-lived as its session, which each request reads anyway."""
    claims = {"aud": BROWSER, "sub": str(account_id), "sid": str(session_id)}
    return _sign(claims, key, expires)


def read_browser_token(token: str, key: str) -> AccessClaims:
    """What a cookie says. Raises `TokenError`."""
    claims = _verified(token, key, BROWSER, "sub", "sid")
    return AccessClaims(_id(claims["sub"]), _id(claims["sid"]))


def issue_refresh_token(session_id: UUID, generation: int, expires: datetime, key: str) -> str:
    """The refresh token of that generation of a session."""
    return _sign({"aud": REFRESH, "sid": str(session_id), "gen": generation}, key, expires)


def read_refresh_token(token: str, key: str) -> RefreshClaims:
    """What a refresh token says. Raises `TokenError`."""
    claims = _verified(token, key, REFRESH, "sid", "gen")
    return RefreshClaims(_id(claims["sid"]), int(claims["gen"]))


def issue_link_token(link_id: UUID, purpose: str, expires: datetime, key: str) -> str:
    """The token inside a mailed link."""
    return _sign({"aud": f"link:{purpose}", "jti": str(link_id)}, key, expires)


def read_link_token(token: str, purpose: str, key: str) -> UUID:
    """The link that a token of that purpose belongs to. Raises `TokenError`."""
    return _id(_verified(token, key, f"link:{purpose}", "jti")["jti"])


def issue_unsubscribing_token(account_id: UUID, key: str) -> str:
    """Lets whoever holds a mail stop the mail of that account, and nothing else.

    It never runs out, as a mail may be read years later, and is the same in every mail.
    """
    return jwt.encode({"iss": ISSUER, "aud": UNSUBSCRIBING, "sub": str(account_id)}, key, ALGORITHM)


def read_unsubscribing_token(token: str, key: str) -> UUID:
    """Whose mail is to be stopped. Raises `TokenError`."""
    return _id(_verified_for(token, key, UNSUBSCRIBING, "sub")["sub"])


def _sign(claims: dict[str, Any], key: str, expires: datetime) -> str:
    return jwt.encode({"iss": ISSUER, "iat": clock.now(), "exp": expires, **claims}, key, ALGORITHM)


def _verified(token: str, key: str, audience: str | None, *needed: str) -> dict[str, Any]:
    return _verified_for(token, key, audience, "exp", "iat", *needed)


def _verified_for(token: str, key: str, audience: str | None, *required: str) -> dict[str, Any]:
    try:
        # "iat" is kept and not judged: the clock of the process that reads may be behind the one that issued.
        options: Options = {"require": list(required), "verify_iat": False}
        claims: dict[str, Any] = jwt.decode(
            token, key, [ALGORITHM], issuer=ISSUER, audience=audience, options=options
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise TokenError from error
    return claims


def _id(claim: object) -> UUID:
    try:
        return UUID(str(claim))
    except ValueError as error:
        raise TokenError from error
