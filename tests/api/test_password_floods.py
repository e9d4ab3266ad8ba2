"""Many passwords at once: a few are looked at, the others are told to come back, and nobody pays for it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

import service.accounts.passwords
from service.accounts.throttle import PAIR
from service.app import create_app
from service.db.session import Database
from service.kit.turns import Turns
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem, row_counts
from tests.factories.encoders import CountingEncoder

AT_ONCE = 2
FLOOD = PAIR.free + 3


class SlowHasher(Argon2Hasher):
    """Looks at a password only when it may go on; counts how many it looks at together."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go_on = threading.Event()
        self.full = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._now = self.most = 0

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002 - pwdlib's name
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self.full.release()
        self.go_on.wait(30)
        with self._lock:
            self._now -= 1
        return super().verify(password, hash)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowHasher]:
    slow = SlowHasher()
    monkeypatch.setattr(service.accounts.passwords, "_hasher", PasswordHash((slow,)))
    monkeypatch.setattr(service.accounts.passwords, "_turns", Turns(AT_ONCE, waiting=0, seconds=0))
    yield slow
    slow.go_on.set()


@pytest.fixture
def client(settings: Settings, database: Database, encoder: CountingEncoder) -> TestClient:
    """The service with its limits."""
    strict: FastAPI = create_app(settings.model_copy(update={"rate_limit": "on"}), database, encoder=encoder)
    return TestClient(strict, raise_server_exceptions=False)


def sign_in(client: TestClient, email: str) -> Any:
    return client.post("/v1/auth/token", data={"username": email, "password": companies.PASSWORD})


@pytest.fixture
def crowd(client: TestClient, hasher: SlowHasher) -> Iterator[Callable[[], list[Future[Any]]]]:
    """Lets as many strangers as may knock, and returns when their passwords are being looked at."""
    with ThreadPoolExecutor(AT_ONCE) as threads:

        def knock() -> list[Future[Any]]:
            knocking = [
                threads.submit(sign_in, client, f"stranger{one}@elsewhere.example") for one in range(AT_ONCE)
            ]
            for _ in knocking:
                assert hasher.full.acquire(timeout=20)
            return knocking

        yield knock
        hasher.go_on.set()


def test_no_more_than_a_few_passwords_are_looked_at_together(
    client: TestClient, hasher: SlowHasher, crowd: Callable[[], list[Future[Any]]]
) -> None:
    knocking = crowd()
    for _ in range(FLOOD):
        refused = sign_in(client, "one.more@elsewhere.example")
        problem(refused, 503, "passwords_busy")
        assert refused.headers["Retry-After"] == "2"
    hasher.go_on.set()
    assert [one.result().status_code for one in knocking] == [401, 401]
    assert hasher.most == AT_ONCE


def test_who_was_refused_in_a_flood_signs_in_at_once_when_it_is_over(
    client: TestClient, hasher: SlowHasher, crowd: Callable[[], list[Future[Any]]]
) -> None:
    """Not looked at is not failed: a flood must not shut out the people that it hits."""
    body = companies.supplier()
    client.post("/v1/suppliers", json=body)
    knocking = crowd()
    for _ in range(FLOOD):
        problem(sign_in(client, body["contact"]["email"]), 503, "passwords_busy")
    hasher.go_on.set()
    for one in knocking:
        one.result()
    assert sign_in(client, body["contact"]["email"]).status_code == 200


def test_a_registration_in_a_flood_leaves_nothing_and_the_rest_is_answered(
    client: TestClient, database: Database, crowd: Callable[[], list[Future[Any]]]
) -> None:
    crowd()
    problem(client.post("/v1/suppliers", json=companies.supplier()), 503, "passwords_busy")
    assert client.get("/v1/suppliers").status_code == 200
    assert row_counts(database)["supplier"] == 0


def test_a_turn_is_given_back_however_the_work_ends() -> None:
    turns = Turns(1, waiting=0, seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.take("passwords_busy"), turns.take("passwords_busy"):
            raise ZeroDivisionError
    with turns.take("passwords_busy"):
        pass
