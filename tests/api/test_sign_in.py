"""Signing in: people with tokens, systems with keys."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.kit import clock
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import admin, sign_in


def signed_in(client: TestClient, email: str, password: str = companies.PASSWORD) -> Any:
    return client.post("/v1/auth/token", data={"username": email, "password": password})


def test_a_token_is_an_oauth2_answer_that_opens_the_account(client: TestClient) -> None:
    body = companies.manufacturer()
    company_id = client.post("/v1/manufacturers", json=body).json()["id"]
    answer = signed_in(client, body["contact"]["email"]).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    account = client.get(
        "/v1/accounts/me", headers={"Authorization": f"Bearer {answer['access_token']}"}
    ).json()
    assert (account["role"], account["manufacturer_id"]) == ("manufacturer", company_id)


def test_a_token_holds_nothing_personal(client: TestClient) -> None:
    person = sign_in(client, Role.SUPPLIER)
    claims = jwt.decode(person.headers["Authorization"].split()[1], options={"verify_signature": False})
    assert claims.keys() == {"iss", "sub", "sid", "iat", "exp"}
    assert claims["sub"] == str(person.account_id)


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(client: TestClient) -> None:
    body = companies.supplier()
    client.post("/v1/suppliers", json=body)
    answers = [
        signed_in(client, body["contact"]["email"], "wrong password"),
        signed_in(client, "nobody@a.example"),
        signed_in(client, ""),
    ]
    documents = [problem(answer, answer.status_code, answer.json()["code"]) for answer in answers]
    assert documents[0]["code"] == documents[1]["code"] == "sign_in_failed"
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


def test_a_closed_account_can_neither_sign_in_nor_use_its_token(
    client: TestClient, database: Database
) -> None:
    body = companies.supplier()
    client.post("/v1/suppliers", json=body)
    token = signed_in(client, body["contact"]["email"]).json()["access_token"]
    with database.transaction() as session:
        session.execute(text("UPDATE account SET active = false"))
    problem(signed_in(client, body["contact"]["email"]), 401, "sign_in_failed")
    answer = client.get("/v1/accounts/me", headers={"Authorization": f"Bearer {token}"})
    problem(answer, 401, "token_invalid")


@pytest.mark.parametrize("token", ["x", "a.b.c", "null"])
def test_a_token_that_is_none_is_refused_even_where_nobody_must_sign_in(
    client: TestClient, token: str
) -> None:
    answer = client.get("/v1/suppliers", headers={"Authorization": f"Bearer {token}"})
    problem(answer, 401, "token_invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_signed_by_another_key_or_by_none_is_refused(client: TestClient) -> None:
    person = sign_in(client, Role.ADMIN)
    now = datetime.now(UTC)
    claims = {"iss": "alliance", "sub": str(person.account_id), "iat": now, "exp": now + timedelta(hours=1)}
    forged = [
        jwt.encode(claims, "another key of thirty-two characters", "HS256"),
        jwt.encode(claims, None, "none"),
    ]
    for token in forged:
        answer = client.get("/v1/accounts/me", headers={"Authorization": f"Bearer {token}"})
        problem(answer, 401, "token_invalid")


def test_a_token_runs_out(client: TestClient) -> None:
    with clock.frozen(datetime.now(UTC) - timedelta(hours=2)):
        person = sign_in(client, Role.ADMIN)
    problem(client.get("/v1/accounts/me", headers=person.headers), 401, "token_invalid")


def test_a_system_signs_in_with_its_key_until_it_is_revoked(client: TestClient) -> None:
    headers = admin(client)
    made = client.post("/v1/api-keys", json={"name": "누리집", "role": "account_manager"}, headers=headers)
    key = made.json()["key"]
    with_key = {"X-API-Key": key}
    assert client.get("/v1/manufacturers", headers=with_key).status_code == 200
    assert client.get("/v1/api-keys", headers=with_key).status_code == 403, "an account manager's key"
    listed = client.get("/v1/api-keys", headers=headers)
    assert key not in listed.text
    assert listed.json()["items"][0]["last_used_at"] is not None
    client.post(f"/v1/api-keys/{made.json()['id']}/revocation", headers=headers)
    problem(client.get("/v1/manufacturers", headers=with_key), 401, "api_key_invalid")


def test_a_staff_account_made_by_an_administrator_signs_in(client: TestClient) -> None:
    body = {
        "email": "new@staff.example",
        "name": "새담당",
        "role": "account_manager",
        "password": "long enough",
    }
    assert client.post("/v1/accounts", json=body, headers=admin(client)).status_code == 201
    assert signed_in(client, "NEW@staff.example", "long enough").status_code == 200


def test_nobody_becomes_staff_by_registering(client: TestClient) -> None:
    body = {"email": "a@b.example", "name": "공급", "role": "supplier", "password": "long enough"}
    problem(client.post("/v1/accounts", json=body, headers=admin(client)), 422, "validation_failed")
