"""Keys of systems: scoped, rotated, revoked, and their secret shown once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import SupplierStatus
from service.kit import clock
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import Headers, admin, sign_in, staff, stored_supplier


def made(client: TestClient, headers: Headers, **changes: Any) -> Any:
    answer = client.post("/v1/api-keys", json={"name": "누리집"} | changes, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def staff_key(client: TestClient, **changes: Any) -> Headers:
    return {"X-API-Key": made(client, admin(client), role="account_manager", **changes)["key"]}


def test_a_companys_key_acts_for_that_company_only(client: TestClient) -> None:
    person, other = sign_in(client, Role.SUPPLIER), sign_in(client, Role.SUPPLIER)
    key = {"X-API-Key": made(client, person.headers)["key"], "If-Match": "*"}
    change = {"employee_count": 9}
    own, others = (f"/v1/suppliers/{one.company_id}" for one in (person, other))
    assert client.patch(own, json=change, headers=key).status_code == 200
    problem(client.patch(others, json=change, headers=key), 404, "not_found")
    problem(client.get("/v1/manufacturers", headers=key), 403, "forbidden")


def test_an_administrator_says_for_which_staff_a_key_acts(client: TestClient) -> None:
    answer = client.post("/v1/api-keys", json={"name": "누리집"}, headers=admin(client))
    assert problem(answer, 422, "key_role_required")["errors"][0]["pointer"] == "/role"
    person = sign_in(client, Role.MANUFACTURER)
    body = {"name": "누리집", "role": "admin"}
    problem(client.post("/v1/api-keys", json=body, headers=person.headers), 403, "forbidden")


def test_a_key_that_reads_cannot_write(client: TestClient) -> None:
    key = staff_key(client, scopes=["read"])
    supplier = stored_supplier(client, SupplierStatus.PENDING)
    assert client.get("/v1/manufacturers", headers=key).status_code == 200
    answer = client.post(f"/v1/suppliers/{supplier}/approval", headers=key)
    assert "suppliers:write" in problem(answer, 403, "scope_missing")["detail"]


def test_a_key_reaches_its_areas_and_no_other(client: TestClient) -> None:
    key = staff_key(client, scopes=["suppliers:write", "needs:read"])
    supplier = stored_supplier(client, SupplierStatus.PENDING)
    assert client.post(f"/v1/suppliers/{supplier}/approval", headers=key).status_code == 200
    assert client.get("/v1/needs", headers=key).status_code == 200
    problem(client.get("/v1/suppliers", headers=key), 403, "scope_missing")
    problem(client.get("/v1/manufacturers", headers=key), 403, "scope_missing")


def test_a_scope_that_is_none_is_refused(client: TestClient) -> None:
    for scopes in (["everything"], []):
        body = {"name": "누리집", "role": "admin", "scopes": scopes}
        answer = client.post("/v1/api-keys", json=body, headers=admin(client))
        problem(answer, 422, "validation_failed")


def test_a_key_hands_out_no_rights(client: TestClient) -> None:
    key = {"X-API-Key": made(client, admin(client), role="admin")["key"]}
    body = {"email": "new@staff.example", "name": "새사람", "role": "admin", "password": "long enough"}
    problem(client.post("/v1/accounts", json=body, headers=key), 403, "person_required")
    problem(client.post("/v1/api-keys", json={"name": "또"}, headers=key), 403, "person_required")
    problem(client.get("/v1/me", headers=key), 403, "person_required")


def test_after_a_rotation_both_secrets_are_good_for_the_stated_time(client: TestClient) -> None:
    headers = admin(client)
    first = made(client, headers, role="account_manager")
    body = {"overlap_hours": 2}
    second = client.post(f"/v1/api-keys/{first['id']}/rotation", json=body, headers=headers).json()
    old, new = ({"X-API-Key": one["key"]} for one in (first, second))
    assert second["prefix"] != first["prefix"]

    def statuses(later: timedelta) -> list[int]:
        with clock.frozen(datetime.now(UTC) + later):
            return [client.get("/v1/manufacturers", headers=key).status_code for key in (old, new)]

    assert statuses(timedelta(hours=1, minutes=59)) == [200, 200]
    assert statuses(timedelta(hours=2, minutes=1)) == [401, 200]


def test_a_second_rotation_ends_the_first_secret_at_once(client: TestClient) -> None:
    headers = admin(client)
    first = made(client, headers, role="account_manager")
    for _ in range(2):
        assert client.post(f"/v1/api-keys/{first['id']}/rotation", headers=headers).status_code == 200
    answer = client.get("/v1/manufacturers", headers={"X-API-Key": first["key"]})
    problem(answer, 401, "api_key_invalid")


def test_a_deleted_key_is_good_for_nothing_and_stays_in_the_list(client: TestClient) -> None:
    headers = admin(client)
    first = made(client, headers, role="account_manager")
    path = f"/v1/api-keys/{first['id']}"
    second = client.post(f"{path}/rotation", headers=headers).json()
    problem(client.delete(path, headers=headers), 428, "if_match_required")
    problem(client.delete(path, headers=headers | {"If-Match": '"1"'}), 412, "stale_version")
    read = client.get(path, headers=headers).headers["ETag"]
    assert client.delete(path, headers=headers | {"If-Match": read}).status_code == 204
    for one in (first, second):
        answer = client.get("/v1/manufacturers", headers={"X-API-Key": one["key"]})
        problem(answer, 401, "api_key_invalid")
    listed = client.get("/v1/api-keys", headers=headers).json()["items"]
    assert [item["revoked_at"] is not None for item in listed] == [True]
    problem(client.post(f"{path}/rotation", headers=headers), 409, "key_revoked")


def test_last_use_is_shown(client: TestClient) -> None:
    headers = admin(client)
    first = made(client, headers, role="account_manager")
    assert first["last_used_at"] is None
    client.get("/v1/manufacturers", headers={"X-API-Key": first["key"]})
    read = client.get(f"/v1/api-keys/{first['id']}", headers=headers).json()
    assert read["last_used_at"] is not None


def test_a_secret_is_shown_once_and_kept_nowhere(client: TestClient, database: Database) -> None:
    headers = admin(client) | {"Idempotency-Key": "key-1"}
    first = made(client, headers, role="admin")
    replayed = client.post("/v1/api-keys", json={"name": "누리집", "role": "admin"}, headers=headers)
    assert replayed.headers["Idempotency-Replayed"] == "true"
    assert replayed.json() == first | {"key": None}
    with database.transaction() as session:
        tables = ("api_key", "idempotency_record", "audit_event")
        rows = [str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in tables]
    assert not any(first["key"] in row for row in rows)


def test_keys_come_in_pages_and_a_company_sees_its_own(client: TestClient) -> None:
    headers, person = admin(client), sign_in(client, Role.MANUFACTURER)
    for _ in range(2):
        made(client, headers, role="admin")
    own = made(client, person.headers)
    first = client.get("/v1/api-keys?limit=2", headers=headers).json()
    rest = client.get(f"/v1/api-keys?cursor={first['next_cursor']}", headers=headers).json()
    assert [item["id"] for item in rest["items"]] == [own["id"]]
    listed = client.get("/v1/api-keys", headers=person.headers).json()["items"]
    assert [item["id"] for item in listed] == [own["id"]]


@pytest.mark.parametrize("hours", [-1, 169, "하루"])
def test_an_overlap_is_up_to_a_week(client: TestClient, hours: Any) -> None:
    headers = admin(client)
    path = f"/v1/api-keys/{made(client, headers, role='admin')['id']}/rotation"
    answer = client.post(path, json={"overlap_hours": hours}, headers=headers)
    problem(answer, 422, "validation_failed")


def test_an_account_manager_keeps_no_keys(client: TestClient) -> None:
    problem(client.get("/v1/api-keys", headers=staff(client)), 403, "forbidden")


def test_registering_needs_no_key_and_a_narrow_one_is_not_enough(client: TestClient) -> None:
    assert client.post("/v1/suppliers", json=companies.supplier()).status_code == 201
    key = staff_key(client, scopes=["read"])
    answer = client.post("/v1/suppliers", json=companies.supplier(), headers=key)
    problem(answer, 403, "scope_missing")
