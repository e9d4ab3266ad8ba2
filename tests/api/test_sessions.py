"""Sessions of people: renewed, listed, ended; whatever ends one is felt at the next request."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.kit import clock
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import Person, admin, sign_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
NEW_PASSWORD = "another horse battery"


@pytest.fixture
def email(client: TestClient) -> str:
    """The address of a contact who has just registered."""
    body = companies.manufacturer()
    client.post("/v1/manufacturers", json=body)
    return str(body["contact"]["email"])


def token(client: TestClient, email: str, password: str = companies.PASSWORD) -> Any:
    form = {"username": email, "password": password}
    answer = client.post("/v1/auth/token", data=form, headers={"User-Agent": FIREFOX})
    assert answer.status_code == 200, answer.text
    return answer.json()


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer['access_token']}"}


def refresh(client: TestClient, refresh_token: str) -> Any:
    return client.post("/v1/auth/refresh", json={"refresh_token": refresh_token})


def is_signed_in(client: TestClient, headers: dict[str, str]) -> bool:
    return bool(client.get("/v1/me", headers=headers).status_code == 200)


def test_a_refresh_token_gives_a_new_pair_for_the_same_session(client: TestClient, email: str) -> None:
    first = token(client, email)
    second = refresh(client, first["refresh_token"]).json()
    assert is_signed_in(client, bearer(second))
    assert second["refresh_token"] != first["refresh_token"]
    assert len(client.get("/v1/me/sessions", headers=bearer(second)).json()["items"]) == 1


def test_a_refresh_token_that_comes_twice_ends_the_session(client: TestClient, email: str) -> None:
    elsewhere = token(client, email)
    first = token(client, email)
    second = refresh(client, first["refresh_token"]).json()
    problem(refresh(client, first["refresh_token"]), 401, "refresh_token_invalid")
    assert not is_signed_in(client, bearer(second))
    problem(refresh(client, second["refresh_token"]), 401, "refresh_token_invalid")
    assert is_signed_in(client, bearer(elsewhere)), "another sign-in of that person is another session"


def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(
    client: TestClient, email: str
) -> None:
    pair = token(client, email)
    problem(refresh(client, pair["access_token"]), 401, "refresh_token_invalid")
    headers = {"Authorization": f"Bearer {pair['refresh_token']}"}
    problem(client.get("/v1/me", headers=headers), 401, "token_invalid")


def test_a_session_ends_after_thirty_days_however_often_it_was_refreshed(
    client: TestClient, email: str
) -> None:
    start = datetime.now(UTC)
    with clock.frozen(start - timedelta(days=31)):
        pair = token(client, email)
    problem(refresh(client, pair["refresh_token"]), 401, "refresh_token_invalid")


def test_signing_out_ends_this_session_and_no_other(client: TestClient, email: str) -> None:
    here, there = token(client, email), token(client, email)
    assert client.post("/v1/auth/sign-out", headers=bearer(here)).status_code == 204
    problem(client.get("/v1/me", headers=bearer(here)), 401, "token_invalid")
    problem(refresh(client, here["refresh_token"]), 401, "refresh_token_invalid")
    assert is_signed_in(client, bearer(there))


def test_a_person_sees_where_they_are_signed_in_without_full_addresses(shared_app: Any, email: str) -> None:
    client = TestClient(shared_app, client=("198.51.100.77", 50_000))
    token(client, email)
    here = token(client, email)
    listed = client.get("/v1/me/sessions", headers=bearer(here))
    assert [item["current"] for item in listed.json()["items"]] == [True, False], "the latest first"
    assert {(item["agent"], item["network"]) for item in listed.json()["items"]} == {
        ("Firefox", "198.51.100.0/24")
    }
    assert "198.51.100.77" not in listed.text


def test_sessions_come_in_pages(client: TestClient, email: str) -> None:
    for _ in range(2):
        token(client, email)
    headers = bearer(token(client, email))
    first = client.get("/v1/me/sessions?limit=2", headers=headers).json()
    path = f"/v1/me/sessions?limit=2&cursor={first['next_cursor']}"
    second = client.get(path, headers=headers).json()
    ids = [item["id"] for page in (first, second) for item in page["items"]]
    assert len(ids) == len(set(ids)) == 3
    assert second["next_cursor"] is None


def test_a_person_ends_one_session_or_all(client: TestClient, email: str) -> None:
    one, other, here = (token(client, email) for _ in range(3))
    items = client.get("/v1/me/sessions", headers=bearer(here)).json()["items"]
    path = f"/v1/me/sessions/{items[2]['id']}"
    problem(client.delete(path, headers=bearer(here)), 428, "if_match_required")
    read = client.get(path, headers=bearer(here)).headers["ETag"]
    assert client.delete(path, headers=bearer(here) | {"If-Match": read}).status_code == 204
    signed_in = [is_signed_in(client, bearer(pair)) for pair in (one, other, here)]
    assert signed_in == [False, True, True]
    client.post("/v1/me/sessions/revocation", headers=bearer(here))
    assert not any(is_signed_in(client, bearer(pair)) for pair in (one, other, here))


def changed_password(client: TestClient, headers: dict[str, str], **changes: Any) -> Any:
    body = {"password": NEW_PASSWORD, "present_password": companies.PASSWORD} | changes
    return client.patch("/v1/me", json=body, headers=headers | {"If-Match": "*"})


def test_a_new_password_ends_every_session(client: TestClient, email: str) -> None:
    here, there = token(client, email), token(client, email)
    assert changed_password(client, bearer(here)).status_code == 200
    assert not is_signed_in(client, bearer(here))
    assert not is_signed_in(client, bearer(there))
    problem(refresh(client, there["refresh_token"]), 401, "refresh_token_invalid")
    assert is_signed_in(client, bearer(token(client, email, NEW_PASSWORD)))


@pytest.mark.parametrize(
    ("given", "code"),
    [(None, "present_password_required"), ("wrong password", "present_password_wrong")],
)
def test_a_new_password_needs_the_present_one(
    client: TestClient, email: str, given: str | None, code: str
) -> None:
    pair = token(client, email)
    problem(changed_password(client, bearer(pair), present_password=given), 422, code)
    assert is_signed_in(client, bearer(pair))


def test_name_and_telephone_are_changed_against_the_version_that_was_read(
    client: TestClient, email: str
) -> None:
    headers = bearer(token(client, email))
    read = client.get("/v1/me", headers=headers)
    changes = {"name": "새이름", "phone": "02-123-4567"}
    match = headers | {"If-Match": read.headers["ETag"]}
    answer = client.patch("/v1/me", json=changes, headers=match)
    assert (answer.json()["name"], answer.json()["phone"]) == ("새이름", "02-123-4567")
    problem(client.patch("/v1/me", json={"phone": None}, headers=match), 412, "stale_version")


def test_a_closed_account_is_signed_out_everywhere(client: TestClient, email: str) -> None:
    pair = token(client, email)
    account_id = client.get("/v1/me", headers=bearer(pair)).json()["id"]
    headers = admin(client) | {"If-Match": "*"}
    client.patch(f"/v1/accounts/{account_id}", json={"active": False}, headers=headers)
    problem(client.get("/v1/me", headers=bearer(pair)), 401, "token_invalid")
    client.patch(f"/v1/accounts/{account_id}", json={"active": True}, headers=headers)
    assert not is_signed_in(client, bearer(pair)), "opening the account again opens no old session"


def test_a_request_reads_account_and_session_at_once(client: TestClient, database: Database) -> None:
    person: Person = sign_in(client, Role.ACCOUNT_MANAGER)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        client.get("/v1/me", headers=person.headers)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    of_the_actor = [statement for statement in statements if "account_session" in statement]
    assert len(of_the_actor) == 1
    assert "FROM account JOIN account_session" in of_the_actor[0]


def test_last_use_is_noted_once_a_minute(client: TestClient) -> None:
    start = datetime.now(UTC)
    with clock.frozen(start):
        person = sign_in(client, Role.ADMIN)

    def last_used() -> str:
        items = client.get("/v1/me/sessions", headers=person.headers).json()["items"]
        return str(items[0]["last_used_at"])

    with clock.frozen(start + timedelta(seconds=50)):
        client.get("/v1/me", headers=person.headers)
        at_first = last_used()
    with clock.frozen(start + timedelta(seconds=70)):
        client.get("/v1/me", headers=person.headers)
        assert last_used() > at_first
