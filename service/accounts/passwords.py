"""Passwords: argon2 through pwdlib, the same time for unknown users as for known ones.

A hash takes 64 MiB and a processor for a moment, on purpose: so a process makes only a few at once.
"""

from contextlib import AbstractContextManager
from functools import lru_cache

from pwdlib import PasswordHash

from service.kit.turns import Turns

_hasher = PasswordHash.recommended()
ERASED_HASH = ""
"""What the account of a person who was erased has instead of a hash; no password fits it."""

_turns = Turns(at_once=4, waiting=8, seconds=2)


def password_turn() -> AbstractContextManager[None]:
    """Hold a turn at hashing inside the block, for who does more than hash. Raises `Problem` 503.

    Taken before an attempt is counted as failed, it keeps a flood of attempts from counting against
    people whose password nobody looked at.
    """
    return _turns.take("passwords_busy")


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt. Raises `Problem` 503."""
    with password_turn():
        return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether the password is right, and a better hash when the stored one is outdated.

    For an unknown user (`stored` None) a hash is computed all the same, so that the time
    of the answer does not tell whether the address is registered. Raises `Problem` 503.
    """
    with password_turn():
        nobodys = _hash_of_nobody()  # made in either case: the first call of a process takes longer
        right, upgraded = _hasher.verify_and_update(password, stored or nobodys)
    return (right, upgraded) if stored else (False, None)


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher.hash("no account has this password")
