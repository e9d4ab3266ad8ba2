"""No secret in any answer but the one that hands it out, and in no line of the log."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.kit.logging import configure_logging
from service.settings import Settings
from tests.factories import companies
from tests.factories.mail import last_token
from tests.factories.people import admin, sign_in

PASSWORDS = (companies.PASSWORD, "another horse battery")


class Journey:
    """Requests whose answers are kept with the secrets that each is meant to hand out."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.answers: list[tuple[str, frozenset[str]]] = []
        self.secrets = set(PASSWORDS)

    def ask(self, method: str, path: str, hands_out: tuple[str, ...] = (), **sent: Any) -> Any:
        answer = self.client.request(method, path, **sent)
        found = frozenset(answer.json()[name] for name in hands_out)
        self.secrets |= found
        self.answers.append((answer.text + str(answer.headers), found))
        return answer.json() if answer.content else None


TOKENS = ("access_token", "refresh_token")


def travelled(client: TestClient, settings: Settings, run_jobs: Callable[[], None]) -> Journey:
    """Everything that touches a secret, right and wrong."""
    journey, body = Journey(client), companies.supplier()
    email = body["contact"]["email"]
    journey.ask("POST", "/v1/suppliers", json=body)
    form = {"username": email, "password": companies.PASSWORD}
    pair = journey.ask("POST", "/v1/auth/token", TOKENS, data=form)
    journey.ask("POST", "/v1/auth/token", data=form | {"username": "nobody@nowhere.example"})
    used = {"refresh_token": pair["refresh_token"]}
    pair = journey.ask("POST", "/v1/auth/refresh", TOKENS, json=used)
    own = {"Authorization": f"Bearer {pair['access_token']}"}
    key = journey.ask("POST", "/v1/api-keys", ("key",), json={"name": "전산"}, headers=own)
    path = f"/v1/api-keys/{key['id']}"
    journey.ask("POST", f"{path}/rotation", ("key",), headers=own)
    for read in ("/v1/me", "/v1/me/sessions", "/v1/api-keys", path, "/v1/me/colleagues"):
        journey.ask("GET", read, headers=own)
    journey.ask("GET", "/v1/needs", headers={"X-API-Key": key["key"]})
    journey.ask("GET", "/v1/needs", headers={"X-API-Key": key["key"] + "x"})
    journey.ask("POST", "/v1/auth/password-resets", json={"email": email})
    run_jobs()
    token = last_token(settings, email)
    journey.secrets.add(token)
    done = {"token": token, "password": PASSWORDS[1]}
    for _ in range(2):  # right, and used before
        journey.ask("POST", "/v1/auth/password-resets/completion", json=done)
    journey.ask("POST", "/v1/auth/password-resets/completion", json=done | {"password": "short", "token": 1})
    journey.ask("POST", "/v1/auth/refresh", json=used)
    return journey


def test_no_answer_repeats_a_secret(
    client: TestClient, settings: Settings, run_jobs: Callable[[], None]
) -> None:
    journey = travelled(client, settings, run_jobs)
    assert len(journey.secrets) >= 8, "two passwords, two of each token (or one), two keys, a link"
    for text, handed_out in journey.answers:
        assert not [secret for secret in journey.secrets - handed_out if secret in text]


def test_no_line_of_the_log_holds_a_secret_or_an_address(
    client: TestClient,
    settings: Settings,
    run_jobs: Callable[[], None],
    capfd: pytest.CaptureFixture[str],
) -> None:
    configure_logging("DEBUG")
    try:
        journey = travelled(client, settings, run_jobs)
    finally:
        structlog.reset_defaults()
        configure_logging(settings.log_level)
    logged = capfd.readouterr().err
    assert "/v1/auth/password-resets/completion" in logged
    assert not [secret for secret in journey.secrets if secret in logged]
    assert "@" not in logged.replace("@ ", "")


def test_no_table_keeps_a_secret_as_it_is(
    client: TestClient, settings: Settings, run_jobs: Callable[[], None], database: Database
) -> None:
    journey = travelled(client, settings, run_jobs)
    sign_in(client, Role.SUPPLIER)
    admin(client)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        tables = driver.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        kept = [str(driver.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in tables]
    assert not [secret for secret in journey.secrets if any(secret in rows for rows in kept)]
