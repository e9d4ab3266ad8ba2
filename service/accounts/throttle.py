"""Guessing passwords gets slower with every failure, and nobody is locked out for good.

Failures are counted for the pair of account and address, for the address, and for the account. The
pair's rule always holds. The other two hold only for strangers: addresses of a network from which the
account has never been signed in to. So whoever floods an account from many places, or an office's
address with failures, slows down strangers and not the people who work there.

An e-mail address that nobody has is counted like any other: the answer does not tell.
"""

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from service.accounts.devices import UNKNOWN, Device
from service.db.tables import Account, AccountSession, SignInThrottle
from service.kit import clock
from service.kit.problems import Problem

FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Rule:
    """`free` failures cost nothing; then the wait starts at a second and doubles up to `longest` seconds."""

    free: int
    longest: int

    def wait(self, failures: int) -> timedelta:
        """How long nobody may try again after that many failures."""
        over = failures - self.free
        return timedelta(seconds=0 if over < 0 else min(self.longest, 2 ** min(over, 30)))


PAIR = Rule(free=5, longest=900)
ADDRESS = Rule(free=50, longest=300)
ACCOUNT = Rule(free=100, longest=60)


@dataclass(frozen=True)
class Attempt:
    """Someone at `device` trying the password of the account of that e-mail address."""

    email: str
    device: Device
    key: str
    """What the names of the counters are hashed with."""

    @property
    def rules(self) -> dict[str, Rule]:
        """The name of each counter and its rule, in one order for all, so that attempts do not deadlock."""
        address, email = self.device.address, self.email.lower()
        named = {
            self._named("pair", address, email): PAIR,
            self._named("address", address): ADDRESS,
            self._named("account", email): ACCOUNT,
        }
        return dict(sorted(named.items()))

    def _named(self, *parts: str) -> str:
        return hmac.new(self.key.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def count_attempt(session: Session, attempt: Attempt) -> None:
    """Count an attempt as failed before its password is looked at; `forgive` takes a right one back.

    Counted first and in a transaction of its own, many attempts at once do not pass as one.
    Raises `Problem` 429 with Retry-After, and counts nothing, when it comes too early.
    """
    rules = attempt.rules
    counters = _held(session, list(rules))
    binding = {PAIR} if _is_familiar(session, attempt) else {PAIR, ADDRESS, ACCOUNT}
    waits = [
        counter.blocked_until - clock.now()
        for counter in counters
        if rules[counter.who] in binding and counter.blocked_until is not None
    ]
    if waits and max(waits) > timedelta(0):
        raise _too_early(max(waits))
    for counter in counters:
        counter.failures += 1
        counter.last_failed_at = clock.now()
        wait = rules[counter.who].wait(counter.failures)
        counter.blocked_until = clock.now() + wait if wait else None
    session.flush()


def forgive(session: Session, attempt: Attempt) -> None:
    """The attempt was right: its pair starts anew, the other counters forget this one."""
    whos = {rule: who for who, rule in attempt.rules.items()}
    session.execute(delete(SignInThrottle).where(col(SignInThrottle.who) == whos[PAIR]))
    for rule in sorted((ADDRESS, ACCOUNT), key=lambda rule: whos[rule]):
        session.execute(
            update(SignInThrottle)
            .where(col(SignInThrottle.who) == whos[rule])
            .values(failures=func.greatest(col(SignInThrottle.failures) - 1, 0), blocked_until=None)
        )


def forget_old_failures(session: Session) -> None:
    """Drop what no longer counts."""
    cutoff = clock.now() - FORGOTTEN_AFTER
    session.execute(delete(SignInThrottle).where(col(SignInThrottle.last_failed_at) < cutoff))


def _held(session: Session, whos: Sequence[str]) -> Sequence[SignInThrottle]:
    """The counters, made where missing, set back where old, and held against other attempts."""
    fresh = [{"who": who, "failures": 0, "last_failed_at": clock.now()} for who in whos]
    session.execute(insert(SignInThrottle).values(fresh).on_conflict_do_nothing())
    statement = select(SignInThrottle).where(col(SignInThrottle.who).in_(whos))
    counters = session.exec(statement.order_by(col(SignInThrottle.who)).with_for_update()).all()
    for counter in counters:
        if counter.last_failed_at < clock.now() - FORGOTTEN_AFTER:
            counter.failures, counter.blocked_until = 0, None
    return counters


def _is_familiar(session: Session, attempt: Attempt) -> bool:
    if attempt.device.network == UNKNOWN:
        return False
    found = session.exec(
        select(AccountSession.id)
        .join(Account, col(Account.id) == col(AccountSession.account_id))
        .where(
            func.lower(col(Account.email)) == attempt.email.lower(),
            AccountSession.network == attempt.device.network,
        )
        .limit(1)
    ).first()
    return found is not None


def _too_early(wait: timedelta) -> Problem:
    seconds = max(1, math.ceil(wait.total_seconds()))
    return Problem(429, "rate_limited", headers={"Retry-After": str(seconds)}, seconds=seconds)
