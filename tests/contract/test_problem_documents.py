"""Every error is one shape: an RFC 9457 problem document in Korean with all its members."""

from collections.abc import Iterator

import pytest
from limits import parse
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.app import create_app
from service.db.session import Database
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.encoders import CountingEncoder
from tests.factories.people import admin, sign_in

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v2/suppliers", "/V1/suppliers"])
def test_an_unknown_path_is_404(client: TestClient, path: str) -> None:
    problem(client.get(path), 404, "path_not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/suppliers", {"GET", "POST"}),
        ("PUT", "/v1/suppliers/01a20571-1241-77d9-942c-d8cfbf80bd23", {"GET", "PATCH"}),
        ("GET", "/v1/auth/token", {"POST"}),
        ("POST", "/healthz", {"GET"}),
    ],
)
def test_a_method_that_a_path_does_not_know_is_405(
    client: TestClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.request(method, path)
    document = problem(answer, 405, "method_not_allowed")
    assert method in document["detail"]
    assert {one.strip() for one in answer.headers["Allow"].split(",")} & allowed


def test_a_declared_length_over_the_limit_is_413_before_the_body_is_parsed(client: TestClient) -> None:
    document = problem(client.post("/v1/suppliers", content=b"x" * (MEGABYTE + 1)), 413, "body_too_large")
    assert "1MB" in document["detail"]


def test_a_body_that_grows_over_the_limit_is_413(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * (MEGABYTE // 8)

    headers = {"Content-Type": "application/json"}
    problem(client.post("/v1/suppliers", content=endless(), headers=headers), 413, "body_too_large")


@pytest.mark.parametrize("declared", [True, False])
def test_an_import_of_200_megabytes_is_413(client: TestClient, declared: bool) -> None:
    headers = admin(client) | {"Content-Type": "text/csv"}
    piece = b"x" * MEGABYTE
    body = piece * 65 if declared else iter([piece] * 200)
    document = problem(
        client.post("/v1/imports/suppliers", content=body, headers=headers), 413, "body_too_large"
    )
    assert "64MB" in document["detail"]


def test_an_import_of_two_megabytes_is_not_too_large(client: TestClient) -> None:
    headers = admin(client) | {"Content-Type": "application/x-ndjson"}
    line = b'{"summary": "' + b"x" * MEGABYTE + b'"}\n'
    assert client.post("/v1/imports/suppliers", content=line * 2, headers=headers).status_code == 202


def test_an_unknown_kind_of_file_is_415(client: TestClient) -> None:
    headers = admin(client) | {"Content-Type": "image/png"}
    problem(client.post("/v1/imports/suppliers", content=b"a", headers=headers), 415, "import_format_unknown")


def test_nobody_is_401_and_somebody_else_403(client: TestClient) -> None:
    answer = client.get("/v1/manufacturers")
    problem(answer, 401, "sign_in_required")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    supplier = sign_in(client, Role.SUPPLIER)
    problem(client.get("/v1/manufacturers", headers=supplier.headers), 403, "forbidden")
    problem(client.get("/v1/suppliers", headers={"X-API-Key": "ak_wrong"}), 401, "api_key_invalid")


def test_a_form_without_its_fields_is_422(client: TestClient) -> None:
    problem(client.post("/v1/auth/token", data={"username": "a@b.example"}), 422, "validation_failed")


@pytest.mark.parametrize(("asked", "given"), [("abc-1.2_X", "abc-1.2_X"), ("a b", None), ("x" * 65, None)])
def test_a_request_id_is_taken_over_or_made(client: TestClient, asked: str, given: str | None) -> None:
    answer = client.get("/nothing", headers={"X-Request-ID": asked})
    shown = problem(answer, 404, "path_not_found")["request_id"]
    assert shown == given if given else shown != asked


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/v1/suppliers", "/nothing", "/healthz"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Request-ID"]


@pytest.fixture
def limited(settings: Settings, database: Database, encoder: CountingEncoder) -> TestClient:
    """The service with its limits on requests."""
    strict = settings.model_copy(update={"rate_limit": "on"})
    return TestClient(create_app(strict, database, encoder=encoder), raise_server_exceptions=False)


def test_too_many_requests_are_429_with_the_time_to_wait(
    limited: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.kit.request_limits.REQUESTS", parse("3/minute"))
    for _ in range(3):
        assert limited.get("/v1/codes/regions").status_code == 200
    answer = limited.get("/v1/codes/regions")
    document = problem(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Retry-After"] in document["detail"]
    assert limited.get("/healthz").status_code == 200, "whoever watches the service is never limited"


def test_guessing_passwords_is_slowed_down_and_other_addresses_are_not(limited: TestClient) -> None:
    right = companies.contact(email="right@a.example")
    limited.post("/v1/suppliers", json=companies.supplier(contact=right))
    wrong = {"username": "Right@a.example", "password": "wrong password"}
    for _ in range(5):
        problem(limited.post("/v1/auth/token", data=wrong), 401, "sign_in_failed")
    answer = limited.post("/v1/auth/token", data=wrong | {"password": right["password"]})
    problem(answer, 429, "rate_limited")
    other = {"username": "other@a.example", "password": "x"}
    problem(limited.post("/v1/auth/token", data=other), 401, "sign_in_failed")


def test_signing_in_rightly_is_not_counted(limited: TestClient) -> None:
    person = companies.contact(email="often@a.example")
    limited.post("/v1/suppliers", json=companies.supplier(contact=person))
    credentials = {"username": person["email"], "password": person["password"]}
    assert {limited.post("/v1/auth/token", data=credentials).status_code for _ in range(12)} == {200}
