"""접속기록: staff who see other people's data leave a trace that cannot be changed unseen."""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import AccessLogEntry
from service.kit import clock
from service.privacy.access_log import ChainCheck, Head, Noted, verify_access_log
from service.privacy.purge import purge
from service.privacy.retention import ACCESS_LOG_KEPT_FOR
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
    supplier_id = registered(client)
    client.get(f"/v1/suppliers/{supplier_id}", headers=staff(client))
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
    assert whole.head == Head(3, logged(database)[-1].hash)
    assert tampered(database, statement) == broken_at


LONG_AGO = datetime.now(UTC) - ACCESS_LOG_KEPT_FOR


def read_at(client: TestClient, supplier_id: str, *when: datetime) -> None:
    """A system of the alliance, whose key does not run out, reads the supplier at these moments."""
    body = {"name": "전산", "role": "account_manager"}
    key = {"X-API-Key": client.post("/v1/api-keys", json=body, headers=admin(client)).json()["key"]}
    for moment in when:
        with clock.frozen(moment):
            assert client.get(f"/v1/suppliers/{supplier_id}", headers=key).status_code == 200


def purged(database: Database) -> dict[str, int]:
    with database.transaction() as session:
        return {record.rule: record.count for record in purge(session, Path("no-outbox"))}


def checked(database: Database, noted: Head | None = None) -> ChainCheck:
    with database.transaction() as session:
        return verify_access_log(session, noted)


def test_what_is_past_its_period_is_erased_and_the_chain_goes_on_from_there(
    client: TestClient, database: Database
) -> None:
    supplier_id, hour = registered(client), timedelta(hours=1)
    read_at(client, supplier_id, LONG_AGO - 3 * hour, LONG_AGO - 2 * hour)
    early = checked(database).head
    read_at(client, supplier_id, LONG_AGO - hour, LONG_AGO + hour, datetime.now(UTC))
    before = checked(database).head
    assert purged(database)["access_log"] == 3
    after = checked(database, before)
    assert (after.rows, after.head, after.broken_at, after.noted) == (2, before, None, Noted.KEPT)
    assert checked(database, early).noted is Noted.ERASED
    read_at(client, supplier_id, datetime.now(UTC))
    assert [entry.number for entry in logged(database)] == [4, 5, 6]
    assert (checked(database).broken_at, "access_log" in purged(database)) == (None, False)


def test_a_log_that_is_erased_whole_is_continued(client: TestClient, database: Database) -> None:
    supplier_id = registered(client)
    read_at(client, supplier_id, *(LONG_AGO - timedelta(days=days) for days in (9, 8)))
    last = checked(database).head
    assert purged(database)["access_log"] == 2
    assert checked(database, last) == ChainCheck(0, last, None, Noted.KEPT)
    read_at(client, supplier_id, datetime.now(UTC))
    check = checked(database, last)
    assert (check.head.number, check.broken_at, check.noted) == (3, None, Noted.KEPT)


def test_more_than_the_destruction_record_says_cannot_be_taken_from_the_front(
    client: TestClient, database: Database
) -> None:
    supplier_id = registered(client)
    read_at(client, supplier_id, LONG_AGO - timedelta(days=9), *[datetime.now(UTC)] * 3)
    purged(database)
    assert tampered(database, "DELETE FROM access_log WHERE number = 2") == 2


def test_the_database_keeps_a_row_to_the_end_of_its_period(client: TestClient, database: Database) -> None:
    read_at(client, registered(client), LONG_AGO + timedelta(hours=1))
    with pytest.raises(IntegrityError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text("DELETE FROM access_log"))


def test_a_chain_that_was_written_anew_is_not_the_one_that_was_noted(
    client: TestClient, database: Database
) -> None:
    """Whoever owns the tables can compute every hash again: only a head kept elsewhere shows it."""
    supplier_id = registered(client)
    read_at(client, supplier_id, *[datetime.now(UTC)] * 3)
    noted = checked(database).head
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM access_log"))
    read_at(client, supplier_id, *[datetime.now(UTC)] * 4)
    anew = checked(database, noted)
    assert (anew.rows, anew.broken_at, anew.noted) == (4, None, Noted.LOST)


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
