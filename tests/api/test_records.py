"""What administrators look through: access log, audit trail, destructions, consents, people, jobs."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import DestructionRecord, Job
from service.kit import clock
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import Headers, admin, sign_in, staff

EVENING = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
"""Half past midnight of 2 March in Korea."""


def items(client: TestClient, path: str, headers: Headers, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1{path}", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def look_at_a_supplier(client: TestClient, headers: Headers, times: int = 1) -> str:
    made = client.post("/v1/suppliers", json=companies.supplier()).json()["id"]
    for _ in range(times):
        client.get(f"/v1/suppliers/{made}", headers=headers)
    return str(made)


def every_page(client: TestClient, path: str, headers: Headers, key: str) -> list[Any]:
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(f"/v1{path}", params={"limit": "2", **cursor}, headers=headers).json()
        found += [each[key] for each in answer["items"]]
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


def test_the_access_log_is_read_from_the_newest_row_a_page_at_a_time(client: TestClient) -> None:
    look_at_a_supplier(client, staff(client), times=5)
    assert every_page(client, "/access-log", admin(client), "number") == [5, 4, 3, 2, 1]


def test_the_access_log_is_narrowed_by_who_what_why_and_when(client: TestClient) -> None:
    manager, boss = sign_in(client, Role.ACCOUNT_MANAGER), admin(client)
    with clock.frozen(EVENING):
        look_at_a_supplier(client, manager.headers)
    client.get("/v1/suppliers", headers=boss)
    who = f"account:{manager.account_id}"
    assert [each["purpose"] for each in items(client, "/access-log", boss)] == ["list", "single"]
    assert [each["actor"] for each in items(client, "/access-log", boss, actor=who)] == [who]
    assert len(items(client, "/access-log", boss, subject_kind="supplier")) == 2
    assert items(client, "/access-log", boss, subject_kind="manufacturer") == []
    assert len(items(client, "/access-log", boss, purpose="list")) == 1
    assert len(items(client, "/access-log", boss, since="2026-03-02", until="2026-03-02")) == 1
    assert items(client, "/access-log", boss, until="2026-03-01") == []


def test_whether_the_log_is_whole_is_told_with_its_head(client: TestClient) -> None:
    look_at_a_supplier(client, staff(client), times=2)
    told = client.get("/v1/access-log/check", headers=admin(client)).json()
    assert (told["rows"], told["broken_at"]) == (2, None)
    assert re.fullmatch("2:[0-9a-f]{64}", told["head"])


def test_the_log_is_taken_away_for_a_reason_that_stays(client: TestClient) -> None:
    boss = admin(client)
    look_at_a_supplier(client, staff(client), times=2)
    problem(client.get("/v1/exports/access-log", headers=boss), 422, "validation_failed")
    answer = client.get("/v1/exports/access-log", params={"reason": "분기 점검"}, headers=boss)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["번호", "2", "1"]
    event = items(client, "/audit-events", boss, noun="access_log")[0]
    assert event["after"] == {"rows": 2, "reason": "분기 점검"}


def test_the_audit_trail_is_read_from_the_newest_event_a_page_at_a_time(client: TestClient) -> None:
    for _ in range(5):
        client.post("/v1/suppliers", json=companies.supplier())
    boss = admin(client)
    whole = [each["id"] for each in items(client, "/audit-events", boss, limit="100")]
    assert every_page(client, "/audit-events", boss, "id") == whole
    assert len(whole) == 5


def test_the_audit_trail_is_narrowed_by_what_who_which_and_when(client: TestClient) -> None:
    manager, boss = sign_in(client, Role.ACCOUNT_MANAGER), admin(client)
    supplier_id = look_at_a_supplier(client, manager.headers)
    with clock.frozen(EVENING):
        client.post(f"/v1/suppliers/{supplier_id}/approval", headers=manager.headers)
    approved = items(client, "/audit-events", boss, actor=f"account:{manager.account_id}")
    assert [(each["action"], each["text"]) for each in approved] == [
        ("supplier.approved", "등록을 승인했습니다")
    ]
    assert len(items(client, "/audit-events", boss, subject_id=supplier_id)) == 2
    assert items(client, "/audit-events", boss, noun="suppl") == []
    assert len(items(client, "/audit-events", boss, since="2026-03-02", until="2026-03-02")) == 1
    assert items(client, "/audit-events", boss, until="2026-03-01") == []


@pytest.mark.parametrize("path", ["/access-log", "/audit-events", "/destruction-records", "/jobs", "/people"])
@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WyJ4IiwieCJd"])
def test_a_cursor_of_somebody_elses_making_is_refused(client: TestClient, path: str, cursor: str) -> None:
    answer = client.get(f"/v1{path}", params={"cursor": cursor}, headers=admin(client))
    problem(answer, 422, "cursor_invalid")


def test_destructions_are_told_without_what_was_destroyed(client: TestClient, database: Database) -> None:
    with database.transaction() as session:
        session.add_all(
            DestructionRecord(rule="closed_accounts", kept_days=10, basis="제36조", count=count)
            for count in (1, 2, 3)
        )
    assert sorted(every_page(client, "/destruction-records", admin(client), "count")) == [1, 2, 3]


def test_consents_count_by_the_last_answer_of_people_who_are_there(client: TestClient) -> None:
    boss = admin(client)
    contact = companies.contact()
    client.post("/v1/suppliers", json=companies.supplier(contact=contact))
    client.post("/v1/suppliers", json=companies.supplier())
    given = {"username": contact["email"], "password": companies.PASSWORD}
    token = client.post("/v1/auth/token", data=given).json()["access_token"]
    own = {"Authorization": f"Bearer {token}"}
    client.post("/v1/me/consents", json={"purpose": "marketing", "accepted": True}, headers=own)
    counted = {each["purpose"]: each for each in items(client, "/consent-counts", boss)}
    assert (counted["marketing"]["accepted"], counted["marketing"]["refused"]) == (1, 1)
    client.post("/v1/me/closure", headers=own)
    counted = {each["purpose"]: each for each in items(client, "/consent-counts", boss)}
    assert (counted["marketing"]["accepted"], counted["registration"]["accepted"]) == (0, 1)


def test_people_are_found_by_name_address_or_company_and_masked(client: TestClient) -> None:
    boss = admin(client)
    contact = companies.contact(name="홍길동", email="hong@found.example")
    client.post("/v1/suppliers", json=companies.supplier(company_name="찾을회사", contact=contact))
    client.post("/v1/manufacturers", json=companies.manufacturer())
    for words in ("홍길동", "HONG@found", "찾을", "찾을 hong"):
        found = items(client, "/people", boss, q=words)
        assert [each["contact"]["name"] for each in found] == ["홍*동"], words
        assert found[0]["contact"]["email"] == "h***@found.example"
    assert len(items(client, "/people", boss)) == 2
    assert items(client, "/people", boss, q="100%") == []
    assert items(client, "/access-log", boss)[-1]["form"] == "masked"


def test_jobs_are_listed_from_the_newest_and_by_state(client: TestClient, database: Database) -> None:
    boss = admin(client)
    with database.transaction() as session:
        for number, status in enumerate(("succeeded", "failed", "queued")):
            at = EVENING + timedelta(hours=number)
            session.add(Job(kind="import_suppliers", status=status, created_at=at))
            session.flush()
    assert every_page(client, "/jobs", boss, "status") == ["queued", "failed", "succeeded"]
    assert [each["status"] for each in items(client, "/jobs", boss, status="failed")] == ["failed"]


def test_an_administrator_ends_the_sessions_of_somebody_who_lost_a_phone(client: TestClient) -> None:
    person, boss = sign_in(client, Role.SUPPLIER), admin(client)
    path = f"/v1/accounts/{person.account_id}/sessions/revocation"
    assert client.post(path, headers=boss).status_code == 204
    assert client.get("/v1/me", headers=person.headers).status_code == 401
    given = {"noun": "session", "subject_id": str(person.account_id)}
    events = items(client, "/audit-events", boss, **given)
    assert [each["action"] for each in events] == ["session.all_revoked"]
