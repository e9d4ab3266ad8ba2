"""Guessing passwords: slower with every failure, the same for unknown addresses, never a lockout."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text
from starlette.testclient import TestClient

import service.accounts.passwords
from service.accounts.throttle import ACCOUNT, ADDRESS, PAIR
from service.app import create_app
from service.db.session import Database
from service.kit import clock
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.encoders import CountingEncoder

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOME, ATTACKER = "198.51.100.7", "203.0.113.66"
_sequence = count(1)


@pytest.fixture
def limited(settings: Settings, database: Database, encoder: CountingEncoder) -> FastAPI:
    """The service with its limits."""
    strict = settings.model_copy(update={"rate_limit": "on"})
    return create_app(strict, database, encoder=encoder)


@pytest.fixture
def email(limited: FastAPI) -> str:
    """The address of a registered contact."""
    body = companies.supplier()
    TestClient(limited).post("/v1/suppliers", json=body)
    return str(body["contact"]["email"])


def attempt(app: FastAPI, email: str, address: str, password: str = "wrong password") -> Any:
    client = TestClient(app, raise_server_exceptions=False, client=(address, 50_000))
    return client.post("/v1/auth/token", data={"username": email, "password": password})


def waits(app: FastAPI, email: str, address: str, tries: int) -> list[int]:
    """How long each of that many failures closes the door: the clock is moved on to its opening."""
    now, found = START, list[int]()
    while len(found) <= tries:
        with clock.frozen(now):
            answer = attempt(app, email, address)
        if answer.status_code == 429:
            found[-1] = int(answer.headers["Retry-After"])
            now += timedelta(seconds=found[-1])
        else:
            found.append(0)
    return found[:tries]


@contextmanager
def flood(app: FastAPI, email: str) -> Iterator[None]:
    """The moment after failures from so many addresses that the account's own counter is over its limit."""
    with clock.frozen(START):
        for _ in range(ACCOUNT.free + 10):
            attempt(app, email, f"192.0.2.{next(_sequence) % 250}")
        yield


def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(limited: FastAPI, email: str) -> None:
    found = waits(limited, email, ATTACKER, 17)
    assert found[: PAIR.free - 1] == [0] * (PAIR.free - 1)
    doubled = [min(PAIR.longest, 2**power) for power in range(17 - PAIR.free + 1)]
    assert found[PAIR.free - 1 :] == doubled


def test_an_address_that_nobody_has_is_slowed_down_alike(limited: FastAPI, email: str) -> None:
    def answers(of: str) -> list[Any]:
        with clock.frozen(START):
            found = [attempt(limited, of, ATTACKER) for _ in range(7)]
        return [(one.status_code, one.json()["code"], one.json()["detail"]) for one in found]

    assert answers(email) == answers("nobody@nowhere.example")


def test_whoever_waits_is_let_in(limited: FastAPI, email: str) -> None:
    with clock.frozen(START):
        for _ in range(PAIR.free):
            attempt(limited, email, HOME)
        problem(attempt(limited, email, HOME, companies.PASSWORD), 429, "rate_limited")
    with clock.frozen(START + timedelta(seconds=2)):
        assert attempt(limited, email, HOME, companies.PASSWORD).status_code == 200
        for _ in range(PAIR.free - 1):
            assert attempt(limited, email, HOME).status_code == 401, "a right password starts anew"


def test_an_attacker_elsewhere_does_not_lock_out_the_person(limited: FastAPI, email: str) -> None:
    with clock.frozen(START):
        for _ in range(PAIR.free + 3):
            attempt(limited, email, ATTACKER)
        problem(attempt(limited, email, ATTACKER), 429, "rate_limited")
        assert attempt(limited, email, HOME, companies.PASSWORD).status_code == 200


def test_many_attackers_slow_down_strangers_and_not_a_familiar_place(limited: FastAPI, email: str) -> None:
    with clock.frozen(START - timedelta(days=1)):
        assert attempt(limited, email, HOME, companies.PASSWORD).status_code == 200
    with flood(limited, email):
        stranger = attempt(limited, email, "100.64.0.1", companies.PASSWORD)
        problem(stranger, 429, "rate_limited")
        assert int(stranger.headers["Retry-After"]) <= ACCOUNT.longest, "a minute, not a lockout"
        assert attempt(limited, email, HOME, companies.PASSWORD).status_code == 200


def test_an_address_that_tries_many_accounts_is_slowed_down(limited: FastAPI) -> None:
    with clock.frozen(START):
        for _ in range(ADDRESS.free):
            assert attempt(limited, f"person{next(_sequence)}@b.example", ATTACKER).status_code == 401
        problem(attempt(limited, "one-more@b.example", ATTACKER), 429, "rate_limited")


def test_neighbours_in_one_ipv6_network_count_as_one(limited: FastAPI, email: str) -> None:
    with clock.frozen(START):
        for number in range(PAIR.free):
            attempt(limited, email, f"2001:db8:1:2::{number + 1:x}")
        problem(attempt(limited, email, "2001:db8:1:2:ffff::9"), 429, "rate_limited")


def test_failures_are_forgotten_after_a_day(limited: FastAPI, email: str) -> None:
    with clock.frozen(START):
        for _ in range(PAIR.free):
            attempt(limited, email, ATTACKER)
    with clock.frozen(START + timedelta(days=1, minutes=1)):
        for _ in range(PAIR.free - 1):
            attempt(limited, email, ATTACKER)
        problem(attempt(limited, email, ATTACKER), 401, "sign_in_failed")


def test_the_counters_hold_neither_addresses_nor_names(
    limited: FastAPI, email: str, database: Database
) -> None:
    attempt(limited, email, ATTACKER)
    with database.transaction() as session:
        rows = str(session.execute(text("SELECT * FROM sign_in_throttle")).all())
    assert ATTACKER not in rows
    assert email not in rows


def test_the_present_password_is_not_guessed_faster_from_inside(limited: FastAPI, email: str) -> None:
    inside = attempt(limited, email, HOME, companies.PASSWORD).json()["access_token"]
    client = TestClient(limited, client=(HOME, 50_000))
    headers = {"Authorization": f"Bearer {inside}", "If-Match": "*"}
    body = {"password": "another horse battery", "present_password": "wrong password"}
    with clock.frozen(datetime.now(UTC)):
        found = [client.patch("/v1/me", json=body, headers=headers) for _ in range(PAIR.free + 1)]
    assert [answer.status_code for answer in found] == [422] * PAIR.free + [429]


class CountingHasher(Argon2Hasher):
    """The hasher of the tests, which counts how many passwords it has checked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checked = 0

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002 - pwdlib's name
        self.checked += 1
        return super().verify(password, hash)


def test_an_unknown_address_costs_a_whole_check_of_a_password(
    limited: FastAPI, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = CountingHasher()
    monkeypatch.setattr(service.accounts.passwords, "_hasher", PasswordHash((hasher,)))
    checked = []
    for who in (email, "nobody@nowhere.example"):
        before = hasher.checked
        attempt(limited, who, HOME)
        checked.append(hasher.checked - before)
    assert checked == [1, 1]


def test_an_outdated_hash_is_renewed_by_signing_in(
    limited: FastAPI, email: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored() -> str:
        with database.transaction() as session:
            return str(session.execute(text("SELECT password_hash FROM account")).scalar_one())

    assert "m=8,t=1" in stored()
    stronger = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1),))
    monkeypatch.setattr(service.accounts.passwords, "_hasher", stronger)
    assert attempt(limited, email, HOME).status_code == 401
    assert "m=8,t=1" in stored(), "a wrong password renews nothing"
    assert attempt(limited, email, HOME, companies.PASSWORD).status_code == 200
    assert "m=16,t=2" in stored()
    assert attempt(limited, email, HOME, companies.PASSWORD).status_code == 200
