"""The OWASP API Security Top 10 (2023), each attacked; docstrings name what else belongs to a risk."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.accounts.tokens import ISSUER
from service.app import create_app
from service.db.session import Database
from service.settings import Settings, SettingsError
from tests.api.access_rules import ADMIN, RULES
from tests.factories import companies
from tests.factories.answers import pointers, problem, row_counts
from tests.factories.encoders import CountingEncoder
from tests.factories.operations import DOCUMENT, OPERATIONS
from tests.factories.people import admin, sign_in, staff, stored_supplier
from tests.factories.world import World

SERVICE = Path(__file__).parents[2] / "service"


def test_api1_broken_object_level_authorization(client: TestClient) -> None:
    """A manufacturer walks through the needs of another; the whole matrix is in tests/api/test_access.py."""
    victim, attacker = sign_in(client, Role.MANUFACTURER), sign_in(client, Role.MANUFACTURER)
    path = f"/v1/manufacturers/{victim.company_id}/needs"
    need = client.post(path, json=companies.need(), headers=victim.headers).json()["id"]
    attacks = [
        client.get(f"/v1/needs/{need}", headers=attacker.headers),
        client.patch(f"/v1/needs/{need}", json={"title": "x"}, headers=attacker.headers | {"If-Match": "*"}),
        client.post(path, json=companies.need(), headers=attacker.headers),
        client.get(f"/v1/manufacturers/{victim.company_id}", headers=attacker.headers),
    ]
    for answer in attacks:
        problem(answer, 404, "not_found")


def _unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_api2_broken_authentication(client: TestClient) -> None:
    """Forged, unsigned, foreign, expired and changed tokens; guessing: test_problem_documents.py."""
    person, key = sign_in(client, Role.ADMIN), client.app.state.signing_key
    now = int(time.time())
    good = {"iss": ISSUER, "sub": str(person.account_id), "iat": now, "exp": now + 600}
    forged = [
        _unsigned(good),
        jwt.encode(good, "another key that is long enough to be one", "HS256"),
        jwt.encode(good | {"iss": "elsewhere"}, key, "HS256"),
        jwt.encode(good | {"exp": now - 1}, key, "HS256"),
        jwt.encode({name: value for name, value in good.items() if name != "exp"}, key, "HS256"),
        jwt.encode(good, key, "HS384"),
        person.headers["Authorization"].removeprefix("Bearer ")[:-3] + "AAA",
    ]
    for token in forged:
        answer = client.get("/v1/api-keys", headers={"Authorization": f"Bearer {token}"})
        problem(answer, 401, "token_invalid")
    assert client.get("/v1/api-keys", headers=person.headers).status_code == 200


def test_api2_a_wrong_password_and_an_unknown_address_are_told_alike(client: TestClient) -> None:
    contact = companies.contact()
    client.post("/v1/suppliers", json=companies.supplier(contact=contact))
    told = [
        client.post("/v1/auth/token", data={"username": name, "password": "wrong"}).json()
        for name in (contact["email"], "nobody@company.example")
    ]
    assert told[0] | {"request_id": ""} == told[1] | {"request_id": ""}


def test_api3_broken_object_property_level_authorization(client: TestClient) -> None:
    """A supplier tries to approve itself, to take over ids and to move its number, by extra members."""
    owner = sign_in(client, Role.SUPPLIER, stored_supplier(client))
    path = f"/v1/suppliers/{owner.company_id}"
    for extra in ("status", "id", "version", "business_number", "created_at", "status_reason"):
        answer = client.patch(path, json={extra: "approved"}, headers=owner.headers | {"If-Match": "*"})
        assert f"/{extra}" in pointers(problem(answer, 422, "validation_failed"))
    for extra in ({"status": "approved"}, {"role": "admin"}):
        problem(client.post("/v1/suppliers", json=companies.supplier(**extra)), 422, "validation_failed")
    as_admin = companies.supplier(contact=companies.contact(role="admin"))
    problem(client.post("/v1/suppliers", json=as_admin), 422, "validation_failed")


def test_api4_unrestricted_resource_consumption(client: TestClient) -> None:
    """Lists, lengths, depths and sums are bounded; bodies and rates in tests/contract."""
    headers = admin(client)
    problem(client.get("/v1/suppliers?limit=101"), 422, "validation_failed")
    many = {"solutions": [companies.solution()] * 1000}
    problem(client.post("/v1/suppliers", json=companies.supplier(**many)), 422, "validation_failed")
    problem(
        client.post("/v1/suppliers", json=companies.supplier(summary="가" * 4001)), 422, "validation_failed"
    )
    deep = "[" * 100_000
    deep_answer = client.post(
        "/v1/assignments", content=deep, headers=headers | {"Content-Type": "application/json"}
    )
    assert deep_answer.status_code in (400, 422)
    months = {"price_won": 10**6, "months": 10**9, "annual_rate_percent": "4"}
    assert client.post("/v1/financing/installment-schedules", json=months).status_code == 422


def test_api5_broken_function_level_authorization(world: World) -> None:
    """Everyone but an administrator tries every function of administrators."""
    functions = [
        one for one in OPERATIONS if RULES[str(one)] == ADMIN or RULES[str(one)].allowed == ADMIN.allowed
    ]
    assert len(functions) >= 5
    for operation in functions:
        path = operation.path.format(**{name: world.missing(name) for name in operation.parameters})
        for actor in ("anonymous", "supplier", "manufacturer", "account_manager", "key_account_manager"):
            answer = world.client.request(operation.method, path, headers=world.headers(actor), json={})
            assert answer.status_code in (401, 403), f"{operation} as {actor}"


def test_api6_unrestricted_access_to_sensitive_business_flows(client: TestClient, database: Database) -> None:
    """A competitor registers rivals in bulk: none is listed before a person has approved it."""
    for _ in range(5):
        assert client.post("/v1/suppliers", json=companies.supplier()).status_code == 201
    assert client.get("/v1/suppliers").json()["items"] == []
    for status in ("pending", "rejected"):
        assert client.get(f"/v1/suppliers?status={status}").json()["items"] == []
    assert row_counts(database)["supplier"] == 5


def test_api7_server_side_request_forgery(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses in a profile are text: saving, approving and showing it opens no connection anywhere."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the service tried to reach an address that a caller gave")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    inside = "http://169.254.169.254/latest/meta-data"
    created = client.post("/v1/suppliers", json=companies.supplier(homepage=inside))
    assert created.status_code in (201, 422)
    if created.status_code == 201:
        path = f"/v1/suppliers/{created.json()['id']}"
        assert client.post(f"{path}/approval", headers=staff(client)).status_code == 200
        assert client.get(path).json()["homepage"] == inside


@pytest.mark.parametrize("homepage", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//x"])
def test_api7_an_address_is_one_of_the_web(client: TestClient, homepage: str) -> None:
    problem(
        client.post("/v1/suppliers", json=companies.supplier(homepage=homepage)), 422, "validation_failed"
    )


def test_api8_security_misconfiguration(
    settings: Settings, database: Database, encoder: CountingEncoder
) -> None:
    """Open addresses need a strong key; no trace, no server name, no other site, no framework page leaks."""
    for secret in (None, "changeme", "short"):
        with pytest.raises(SettingsError):
            Settings(host="0.0.0.0", secret_key=secret).signing_key()
    client = TestClient(create_app(settings, database, encoder=encoder), raise_server_exceptions=False)
    for method in ("TRACE", "CONNECT", "OPTIONS"):
        problem(client.request(method, "/v1/suppliers"), 405, "method_not_allowed")
    for path in ("/.env", "/redoc", "/console", "/v1/../.git/config", "/metrics/../v1/api-keys"):
        assert client.get(path).status_code in (401, 404)
    assert client.get("/admin", follow_redirects=False).headers["Location"] == "/sign-in?next=/admin"


@pytest.mark.parametrize("attack", ["' OR '1'='1", "'; DROP TABLE supplier; --", "%' OR 1=1 --", "\\", "%_%"])
def test_api8_injection(client: TestClient, database: Database, attack: str) -> None:
    stored_supplier(client)
    answer = client.get("/v1/suppliers", params={"q": attack})
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert row_counts(database)["supplier"] == 1
    sign_in_answer = client.post("/v1/auth/token", data={"username": attack, "password": attack})
    assert sign_in_answer.status_code in (401, 422)


def test_api9_improper_inventory_management(client: TestClient) -> None:
    """What answers is what the document lists: no forgotten version, debug or old path."""
    served = client.get("/openapi.json").json()["paths"]
    assert served.keys() == json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"].keys()
    pages = {"/", "/docs", "/openapi.json"}
    hidden = {
        route.path for route in client.app.routes
        if getattr(route, "methods", None) and not getattr(route, "include_in_schema", True)
    }  # fmt: skip
    assert {path for path in hidden if not path.startswith("/swagger/")} <= pages
    for path in ("/v0/suppliers", "/v2/suppliers", "/debug", "/v1/debug"):
        problem(client.get(path), 404, "path_not_found")


def test_api10_unsafe_consumption_of_apis(client: TestClient, database: Database) -> None:
    """The service asks no other API for facts; files that other systems send are data and nothing else."""
    lines = "\n".join(
        [
            '{"__class__": "os.system", "company_name": "x"}',
            json.dumps(companies.supplier_profile(summary="=cmd|' /C calc'!A0")),
            '{"company_name": "' + "x" * 100_000 + '"}',
            "!!python/object/apply:os.system ['true']",
        ]
    )
    headers = admin(client) | {"Content-Type": "application/x-ndjson"}
    assert client.post("/v1/imports/suppliers", content=lines, headers=headers).status_code == 202
    sources = [path for path in SERVICE.rglob("*.py") if "import pickle" in path.read_text(encoding="utf-8")]
    assert sources == []
    with database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM import_upload")).scalar_one() == 1
