"""What HTTP promises holds for every operation: the cases are made from the OpenAPI document."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.app import create_app
from service.db.session import Database
from service.settings import Settings
from tests.api.access_rules import OK, OTHER, OWN, OWNERS, RULES
from tests.factories.answers import problem, row_counts
from tests.factories.encoders import CountingEncoder
from tests.factories.operations import OPERATIONS, Operation
from tests.factories.people import sign_in
from tests.factories.world import World

V1 = [one for one in OPERATIONS if one.path.startswith("/v1/")]
CREATING = [one for one in V1 if one.creates]
CHANGING = [one for one in V1 if one.method in ("PATCH", "DELETE")]
WITH_JSON = [one for one in V1 if "application/json" in one.media_types]
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def who_may(operation: Operation) -> str:
    """An administrator where one may, else a company or an account manager on their own thing."""
    rule = RULES[str(operation)]
    if rule.verdict("admin", OTHER) == OK:
        return "admin"
    return next(
        (each for each in ("supplier", "manufacturer", "account_manager") if rule.verdict(each, OWN) == OK),
        "supplier",
    )


def path_of(world: World, operation: Operation) -> str:
    """The operation's path for things that exist, and that who may changes."""
    actor, path = who_may(operation), operation.path
    for parameter in operation.parameters:
        owner = actor if OWNERS.get(parameter) == actor else None
        path = path.replace(f"{{{parameter}}}", world.thing(parameter, owner))
    return path


def ask(world: World, operation: Operation, path: str, **more: str) -> Any:
    """The answer to one who may and sends what the operation needs."""
    sent = RULES[str(operation)].sent(world)
    headers = world.headers(who_may(operation)) | sent.pop("headers", {}) | more
    return world.client.request(operation.method, path, headers=headers, **sent)


def without_secret(answer: Any) -> dict[str, Any]:
    """What was answered, but for a secret that is shown once and kept nowhere."""
    body: dict[str, Any] = answer.json()
    return {name: value for name, value in body.items() if name not in ("key", "secret")}


def carries_security_headers(answer: Any) -> None:
    """The headers that every answer has; `alliance_` ones of a proxy are the proxy's."""
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert answer.headers["X-Request-ID"]
    assert "Strict-Transport-Security" not in answer.headers, "plain HTTP must not promise TLS"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Server" not in answer.headers


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_answer_carries_the_security_headers(operation: Operation, world: World) -> None:
    path = path_of(world, operation)
    answer = ask(world, operation, path, **{"If-Match": "*", "Origin": "https://elsewhere.example"})
    assert answer.status_code < 500
    carries_security_headers(answer)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_refusal_is_a_problem_document(operation: Operation, client: TestClient) -> None:
    path = operation.path
    for parameter in operation.parameters:
        path = path.replace(f"{{{parameter}}}", "not%20an%20id")
    too_large = b"x" * ((65 if "imports" in path else 1) * 2**20 + 1)
    refused = [
        client.request("PUT", path),
        client.request(operation.method, path, headers={"Authorization": "Bearer x"}, content=b"{"),
        client.request(operation.method, path, content=too_large),
        client.request(operation.method, f"{path}?q=%00"),
    ]
    for answer in refused:
        if answer.status_code >= 400:
            problem(answer, answer.status_code, answer.json()["code"])
            carries_security_headers(answer)
    assert [answer.status_code for answer in (refused[0], *refused[2:])] == [405, 413, 400]


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_a_body_of_another_shape_is_422_or_refused_and_writes_nothing(
    operation: Operation, client: TestClient, database: Database
) -> None:
    signed_in = sign_in(client, Role(who_may(operation))).headers
    headers = signed_in | {"If-Match": "*", "Content-Type": "application/json"}
    path = operation.path
    for parameter in operation.parameters:
        path = path.replace(f"{{{parameter}}}", "01a20571-1241-77d9-942c-d8cfbf80bd23")
    before = row_counts(database)
    for body in ("{", "[]", '"text"', "1", '{"nothing_of_ours": 1}'):
        answer = client.request(operation.method, path, content=body, headers=headers)
        if answer.status_code != 404:  # the thing is looked up first where the body may be empty
            problem(answer, 422, answer.json()["code"])
    assert row_counts(database) == before


@pytest.mark.parametrize("operation", CHANGING, ids=str)
def test_a_change_names_the_version_that_it_was_made_against(operation: Operation, world: World) -> None:
    path = path_of(world, operation)
    headers = world.headers(who_may(operation))
    read = world.client.get(path, headers=headers)
    version = read.headers["ETag"]
    problem(ask(world, operation, path), 428, "if_match_required")
    stale = ask(world, operation, path, **{"If-Match": '"999"'})
    problem(stale, 412, "stale_version")
    assert stale.headers["ETag"] == version
    changed = ask(world, operation, path, **{"If-Match": version})
    assert changed.status_code in (200, 204)
    again = ask(world, operation, path, **{"If-Match": version})
    if operation.method == "PATCH":
        problem(again, 412, "stale_version")
        assert changed.headers["ETag"] != version
        assert world.client.get(path, headers=headers).headers["ETag"] == changed.headers["ETag"]
    else:
        assert again.status_code in (404, 412), "what was deleted is not deleted twice"


@pytest.mark.parametrize("operation", CREATING, ids=str)
def test_what_is_created_has_an_address_and_is_created_once_under_one_key(
    operation: Operation, world: World, database: Database
) -> None:
    path = path_of(world, operation)
    sent = RULES[str(operation)].sent(world)
    headers = world.headers(who_may(operation)) | sent.pop("headers", {}) | {"Idempotency-Key": "once"}
    first = world.client.post(path, headers=headers, **sent)
    assert first.status_code in (201, 202), first.text
    assert first.headers["Location"].startswith("/v1/")
    before = row_counts(database)
    again = world.client.post(path, headers=headers, **sent)
    assert again.status_code == first.status_code
    assert without_secret(again) == without_secret(first)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = world.client.post(f"{path}?other=1", headers=headers, **sent)
    problem(other, 422, "idempotency_key_reused")
    assert row_counts(database) == before


SITE = "https://alliance.example"


@pytest.fixture
def open_to_a_site(settings: Settings, database: Database, encoder: CountingEncoder) -> TestClient:
    """The service behind TLS, whose API one website may call."""
    changed = settings.model_copy(update={"cors_origins": (SITE,), "behind_tls": "on", "rate_limit": "on"})
    return TestClient(create_app(changed, database, encoder=encoder), raise_server_exceptions=False)


def test_the_site_that_is_named_may_call_and_read_what_it_needs(open_to_a_site: TestClient) -> None:
    asked = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "if-match,authorization",
    }
    preflight = open_to_a_site.options("/v1/suppliers", headers={"Origin": SITE} | asked)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == SITE
    answer = open_to_a_site.get("/v1/suppliers", headers={"Origin": SITE})
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_site_can_read_refusals_and_faults_too(
    open_to_a_site: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("service.suppliers.endpoints.with_parts", fail)
    fault = open_to_a_site.get("/v1/suppliers", headers={"Origin": SITE})
    assert fault.status_code == 500
    answers = [
        fault,
        open_to_a_site.get("/v1/nothing", headers={"Origin": SITE}),
        open_to_a_site.get("/v1/suppliers?q=%00", headers={"Origin": SITE}),
        open_to_a_site.post("/v1/suppliers", content=b"x" * (2**20 + 1), headers={"Origin": SITE}),
    ]
    for answer in answers:
        problem(answer, answer.status_code, answer.json()["code"])
        assert answer.headers["Access-Control-Allow-Origin"] == SITE


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://alliance.example", "null"])
def test_other_sites_may_not(open_to_a_site: TestClient, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    refused = open_to_a_site.options("/v1/suppliers", headers=asked)
    problem(refused, 400, "origin_not_allowed")
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert "Access-Control-Allow-Origin" not in open_to_a_site.get("/v1/suppliers", headers=asked).headers


def test_behind_tls_browsers_are_told_to_use_nothing_else(open_to_a_site: TestClient) -> None:
    assert (
        open_to_a_site.get("/v1/suppliers")
        .headers["Strict-Transport-Security"]
        .startswith("max-age=31536000")
    )


def test_sites_are_set_by_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().cors_origins == ()
    monkeypatch.setenv("ALLIANCE_CORS_ORIGINS", f"{SITE}, https://www.alliance.example")
    assert Settings().cors_origins == (SITE, "https://www.alliance.example")


def test_a_request_id_joins_the_answer_with_every_line_of_the_log(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("service.suppliers.endpoints.with_parts", fail)
    answer = world.client.get("/v1/suppliers", headers={"X-Request-ID": "joined-1"})
    problem(answer, 500, "internal_error")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    about = [line for line in lines if line["event"] in ("request", "unexpected_error")]
    assert [line["request_id"] for line in about] == ["joined-1", "joined-1"]
    fault = next(line for line in about if line["event"] == "unexpected_error")
    assert fault["error"] == "ZeroDivisionError"
    assert fault["trace"][-1].endswith(" fail")
    assert "secret detail" not in json.dumps(lines)
