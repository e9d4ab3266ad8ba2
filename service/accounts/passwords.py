"""Passwords: argon2 through pwdlib, the same time for unknown users as for known ones."""

from functools import lru_cache

from pwdlib import PasswordHash

_hasher = PasswordHash.recommended()


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt."""
    return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether the password is right, and a better hash when the stored one is outdated.

    For an unknown user (`stored` None) a hash is computed all the same, so that the time
    of the answer does not tell whether the address is registered.
    """
    nobodys = _hash_of_nobody()  # made in either case: the first call of a process takes longer
    right, upgraded = _hasher.verify_and_update(password, stored or nobodys)
    return (right, upgraded) if stored else (False, None)


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher.hash("no account has this password")
