"""Access tokens: signed JWTs that carry the account's id and nothing personal."""

from datetime import timedelta
from uuid import UUID

import jwt
from jwt.types import Options

from service.kit import clock

ALGORITHM = "HS256"
ISSUER = "alliance"
# "iat" is kept and not judged: the clock of the process that reads may be behind the one that issued.
OPTIONS: Options = {"require": ["exp", "sub", "iat"], "verify_iat": False}


class TokenError(Exception):
    """The token is not ours, was changed, or has run out."""


def issue_token(account_id: UUID, key: str, minutes: int) -> str:
    """A token for that account, valid for that many minutes."""
    issued = clock.now()
    claims = {
        "iss": ISSUER,
        "sub": str(account_id),
        "iat": issued,
        "exp": issued + timedelta(minutes=minutes),
    }
    return jwt.encode(claims, key, ALGORITHM)


def read_token(token: str, key: str) -> UUID:
    """The account a token was issued to. Raises `TokenError`."""
    try:
        claims = jwt.decode(token, key, [ALGORITHM], issuer=ISSUER, options=OPTIONS)
        return UUID(claims["sub"])
    except (jwt.InvalidTokenError, ValueError) as error:
        raise TokenError from error
