"""접속기록: staff who see other people's data leave a trace that cannot be changed unseen."""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import AccessLogEntry
from service.privacy.access_log import verify_access_log
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import ANYONE, admin, sign_in, staff, stored_supplier

PERSON = {"name": "홍길동", "email": "hong@company.example", "phone": "010-1234-5678"}
MASKED = {"name": "홍*동", "email": "h***@company.example", "phone": "010-****-5678"}
FORGED = "UPDATE access_log SET actor = 'account:nobody' WHERE number = 2"
REASON = "상반기 설명회 안내"


def registered(client: TestClient, kind: str = "suppliers", **changes: object) -> str:
    body = companies.supplier if kind == "suppliers" else companies.manufacturer
    made = client.post(f"/v1/{kind}", json=body(contact=companies.contact(**PERSON), **changes))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def logged(database: Database) -> Sequence[AccessLogEntry]:
    with database.transaction() as session:
        return session.exec(select(AccessLogEntry).order_by(col(AccessLogEntry.number))).all()


def tampered(database: Database, statement: str) -> int | None:
    """Where the chain breaks after an owner of the tables got around the trigger."""
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement))
    with database.transaction() as session:
        return verify_access_log(session).broken_at


@pytest.mark.parametrize("kind", ["suppliers", "manufacturers"])
def test_a_list_masks_people_and_the_single_resource_shows_them(
    client: TestClient, database: Database, kind: str
) -> None:
    company_id, manager = registered(client, kind), sign_in(client, Role.ACCOUNT_MANAGER)
    listed = client.get(f"/v1/{kind}", headers=manager.headers).json()["items"][0]
    single = client.get(f"/v1/{kind}/{company_id}", headers=manager.headers).json()
    assert (listed["contact"], single["contact"]) == (MASKED, PERSON)
    traces = logged(database)
    assert [(trace.form, trace.purpose) for trace in traces] == [("masked", "list"), ("full", "single")]
    for trace in traces:
        assert trace.actor == f"account:{manager.account_id}"
        assert (trace.actor_role, trace.subject_kind) == ("account_manager", kind.removesuffix("s"))
        assert trace.subject_ids == [company_id]
        assert trace.fields == ["contact.email", "contact.name", "contact.phone"]
        assert trace.address == "testclient"


def test_a_representative_is_a_person_too(client: TestClient, database: Database) -> None:
    supplier_id = registered(client, representative_name="박대표")
    manager = staff(client)
    assert client.get("/v1/suppliers", headers=manager).json()["items"][0]["representative_name"] == "박*표"
    single = client.get(f"/v1/suppliers/{supplier_id}", headers=manager).json()
    assert single["representative_name"] == "박대표"
    assert all("representative_name" in trace.fields for trace in logged(database))


def test_a_list_of_many_is_one_row(client: TestClient, database: Database) -> None:
    for _ in range(3):
        client.post("/v1/suppliers", json=companies.supplier())
    client.get("/v1/suppliers", headers=admin(client))
    assert [len(trace.subject_ids) for trace in logged(database)] == [3]


def test_what_staff_is_shown_after_a_change_is_logged_too(client: TestClient, database: Database) -> None:
    supplier_id, manager = registered(client), staff(client)
    client.post(f"/v1/suppliers/{supplier_id}/approval", headers=manager)
    client.patch(
        f"/v1/suppliers/{supplier_id}", json={"employee_count": 3}, headers=manager | {"If-Match": "*"}
    )
    assert [trace.purpose for trace in logged(database)] == ["change", "change"]


def test_ones_own_data_and_data_without_people_leave_no_trace(client: TestClient, database: Database) -> None:
    supplier_id = registered(client)
    own = client.post("/v1/auth/token", data={"username": PERSON["email"], "password": companies.PASSWORD})
    headers = {"Authorization": f"Bearer {own.json()['access_token']}"}
    assert client.get(f"/v1/suppliers/{supplier_id}", headers=headers).json()["contact"] == PERSON
    without_people = stored_supplier(client)
    client.get(f"/v1/suppliers/{without_people}", headers=staff(client))
    client.get("/v1/suppliers", headers=ANYONE)
    assert logged(database) == []


@pytest.mark.parametrize(
    "statement", [FORGED, "DELETE FROM access_log", "TRUNCATE access_log", "DELETE FROM destruction_record"]
)
def test_the_database_refuses_to_change_or_remove_a_row(
    client: TestClient, database: Database, statement: str
) -> None:
    with pytest.raises(IntegrityError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        (FORGED, 2),
        ("UPDATE access_log SET occurred_at = occurred_at - interval '1 day' WHERE number = 3", 3),
        ("UPDATE access_log SET reason = 'x' WHERE number = 1", 1),
        ("DELETE FROM access_log WHERE number = 2", 2),
        ("DELETE FROM access_log WHERE number = 1", 1),
        ("UPDATE access_log SET number = number + 10 WHERE number = 3", 3),
    ],
)
def test_the_chain_shows_the_first_row_that_was_tampered_with(
    client: TestClient, database: Database, statement: str, broken_at: int
) -> None:
    supplier_id, manager = registered(client), staff(client)
    for _ in range(3):
        client.get(f"/v1/suppliers/{supplier_id}", headers=manager)
    with database.transaction() as session:
        whole = verify_access_log(session)
    assert (whole.rows, whole.broken_at) == (3, None)
    assert whole.head == logged(database)[-1].hash
    assert tampered(database, statement) == broken_at


def test_readers_at_the_same_time_make_one_chain(client: TestClient, database: Database) -> None:
    supplier_id, manager = registered(client), staff(client)
    with ThreadPoolExecutor(4) as readers:
        answers = list(
            readers.map(
                lambda _: client.get(f"/v1/suppliers/{supplier_id}", headers=manager).status_code, range(24)
            )
        )
    assert answers == [200] * 24
    with database.transaction() as session:
        check = verify_access_log(session)
    assert (check.rows, check.broken_at) == (24, None)


def test_a_download_says_why_and_is_logged_whole(client: TestClient, database: Database) -> None:
    supplier_id = registered(client, company_name="=가나다", representative_name="박대표")
    manager = staff(client)
    client.post(f"/v1/suppliers/{supplier_id}/approval", headers=manager)
    answer = client.get("/v1/exports/suppliers", params={"reason": REASON}, headers=manager)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["content-type"].startswith("text/csv")
    assert [rows[0][name] for name in ("담당자", "전자우편", "전화", "대표자")] == [
        *PERSON.values(),
        "박대표",
    ]
    assert rows[0]["회사 이름"] == "'=가나다", "no spreadsheet runs it as a formula"
    trace = logged(database)[-1]
    assert (trace.purpose, trace.reason, trace.form) == ("download", REASON, "full")
    assert trace.subject_ids == [supplier_id]


@pytest.mark.parametrize("asked", [{}, {"reason": "왜"}, {"reason": "     "}])
def test_a_download_without_a_reason_is_refused(client: TestClient, asked: dict[str, str]) -> None:
    refused = client.get("/v1/exports/suppliers", params=asked, headers=staff(client))
    problem(refused, 422, "validation_failed")
