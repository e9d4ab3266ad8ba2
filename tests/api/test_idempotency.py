"""Idempotency-Key: sent twice, done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from jwt.types import Options
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.accounts.tokens import issue_token
from service.db.session import Database
from service.kit import clock
from tests.factories import companies
from tests.factories.answers import problem, row_counts
from tests.factories.numbers import business_number
from tests.factories.people import admin, sign_in

UNVERIFIED: Options = {"verify_signature": False}
KEY = {"Idempotency-Key": "registration-1"}


def count(database: Database, table: str) -> int:
    return row_counts(database)[table]


def register(client: TestClient, body: Any, headers: dict[str, str] = KEY) -> Any:
    return client.post("/v1/suppliers", json=body, headers=headers)


def test_a_replay_gets_the_first_answer_and_doubles_nothing(client: TestClient, database: Database) -> None:
    body = companies.supplier()
    first = register(client, body)
    before = row_counts(database)
    again = register(client, body)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert row_counts(database) == before


def test_the_same_key_with_another_body_is_refused(client: TestClient, database: Database) -> None:
    register(client, companies.supplier())
    problem(register(client, companies.supplier()), 422, "idempotency_key_reused")
    assert count(database, "supplier") == 1


def test_keys_of_different_people_do_not_meet(client: TestClient, database: Database) -> None:
    for _ in range(2):
        owner = sign_in(client, Role.MANUFACTURER)
        path = f"/v1/manufacturers/{owner.company_id}/needs"
        assert client.post(path, json=companies.need(), headers=owner.headers | KEY).status_code == 201
    assert count(database, "need") == 2


def test_a_key_is_good_across_a_refreshed_token(client: TestClient, database: Database) -> None:
    """A client whose answer got lost may have to refresh its token before it can ask again."""
    body = companies.manufacturer()
    company = client.post("/v1/manufacturers", json=body).json()["id"]
    form = {"username": body["contact"]["email"], "password": companies.PASSWORD}
    first = client.post("/v1/auth/token", data=form).json()
    refresh = {"refresh_token": first["refresh_token"]}
    second = client.post("/v1/auth/refresh", json=refresh).json()
    need, answers = companies.need(), []
    for pair in (first, second, client.post("/v1/auth/token", data=form).json()):
        headers = KEY | {"Authorization": f"Bearer {pair['access_token']}"}
        answers.append(client.post(f"/v1/manufacturers/{company}/needs", json=need, headers=headers))
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert count(database, "need") == 1


def test_a_token_that_only_says_whose_it_is_gets_nobodys_answer(client: TestClient) -> None:
    owner = sign_in(client, Role.MANUFACTURER)
    path, need = f"/v1/manufacturers/{owner.company_id}/needs", companies.need()
    assert client.post(path, json=need, headers=owner.headers | KEY).status_code == 201
    session_id = UUID(jwt.decode(owner.headers["Authorization"][7:], options=UNVERIFIED)["sid"])
    forged = issue_token(owner.account_id, session_id, "k" * 32, 60)
    ended = issue_token(owner.account_id, session_id, client.app.state.signing_key, -1)
    for token in (forged, ended):
        headers = KEY | {"Authorization": f"Bearer {token}"}
        problem(client.post(path, json=need, headers=headers), 401, "token_invalid")


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "키", "a/b"])
def test_a_key_of_another_shape_is_refused(client: TestClient, database: Database, key: str) -> None:
    answer = register(client, companies.supplier(), {"Idempotency-Key": key.encode()})
    problem(answer, 422, "idempotency_key_invalid")
    assert count(database, "supplier") == 0


def test_a_refused_attempt_frees_the_key(client: TestClient, database: Database) -> None:
    taken = business_number()
    register(client, companies.supplier(business_number=taken), {})
    problem(register(client, companies.supplier(business_number=taken)), 409, "business_number_taken")
    problem(register(client, companies.supplier(region="99")), 422, "unknown_code")
    assert register(client, companies.supplier()).status_code == 201
    assert count(database, "idempotency_record") == 1


def test_a_key_may_be_used_again_after_a_day(client: TestClient, database: Database) -> None:
    with clock.frozen(datetime.now(UTC) - timedelta(hours=25)):
        register(client, companies.supplier())
    assert register(client, companies.supplier()).status_code == 201
    assert (count(database, "supplier"), count(database, "idempotency_record")) == (2, 1)


def test_imports_and_feedback_honour_the_key_too(client: TestClient, database: Database) -> None:
    headers = admin(client) | KEY | {"Content-Type": "application/x-ndjson"}
    answers = [client.post("/v1/imports/suppliers", content=b"{}\n", headers=headers) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert count(database, "job") == count(database, "procrastinate_jobs") == 1


def at_the_same_moment(attempts: int, attempt: Any) -> list[Any]:
    """The answers of attempts that all start together."""
    start = threading.Barrier(attempts)

    def run(number: int) -> Any:
        start.wait()
        return attempt(number)

    with ThreadPoolExecutor(attempts) as threads:
        return list(threads.map(run, range(attempts)))


def test_the_same_key_at_the_same_moment_registers_one_supplier(
    client: TestClient, database: Database
) -> None:
    body = companies.supplier()
    answers = at_the_same_moment(6, lambda _: register(client, body))
    created = [answer for answer in answers if answer.status_code == 201]
    assert created
    assert len({answer.json()["id"] for answer in created}) == 1
    for answer in answers:
        if answer.status_code != 201:
            problem(answer, 409, "idempotency_in_progress")
            assert answer.headers["Retry-After"] == "1"
    assert (count(database, "supplier"), count(database, "account")) == (1, 1)


def test_a_key_whose_first_request_still_runs_is_refused(client: TestClient, database: Database) -> None:
    """The first request waits for a row that another transaction has written and not yet committed."""
    taken = business_number()
    body = companies.supplier(business_number=taken)
    with database.transaction() as other, ThreadPoolExecutor(1) as threads:
        insert = "INSERT INTO supplier (id, business_number, company_name, region, summary, status, version, "
        insert += "search_text, created_at, updated_at) VALUES "
        insert += "(gen_random_uuid(), :n, 'x', '41', 'x', 'pending', 1, '', now(), now())"
        other.execute(text(insert), {"n": taken.replace("-", "")})
        first = threads.submit(register, client, body)
        _wait_until_someone_waits_for_a_lock(other)
        problem(register(client, body), 409, "idempotency_in_progress")
        other.rollback()
        assert first.result().status_code == 201
    assert count(database, "supplier") == 1


def _wait_until_someone_waits_for_a_lock(session: Any) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not session.execute(waiting).scalar_one():
        threading.Event().wait(0.01)


@pytest.mark.parametrize("path", ["suppliers", "manufacturers"])
def test_the_same_business_number_at_the_same_moment_is_registered_once(
    client: TestClient, database: Database, path: str
) -> None:
    number = business_number()
    make = companies.supplier if path == "suppliers" else companies.manufacturer
    bodies = [make(business_number=number) for _ in range(4)]
    answers = at_the_same_moment(4, lambda which: client.post(f"/v1/{path}", json=bodies[which]))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "business_number_taken")
    assert (count(database, path[:-1]), count(database, "account")) == (1, 1)


def test_changes_at_the_same_moment_against_one_version_succeed_once(
    client: TestClient, database: Database
) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    path, headers = f"/v1/suppliers/{owner.company_id}", owner.headers | {"If-Match": '"1"'}
    answers = at_the_same_moment(
        4, lambda number: client.patch(path, json={"employee_count": number}, headers=headers)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert client.get(path, headers=owner.headers).headers["ETag"] == '"2"'
