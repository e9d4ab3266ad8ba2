"""Certificates decide which certifications a supplier's profile, and so matching, has."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import AuditEvent, Certificate, Notification, Supplier
from service.kit import clock
from service.suppliers.certificates import SOON, follow_the_calendar, in_force
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import Headers, Person, sign_in, stored_supplier

TODAY = date(2026, 11, 27)


def certificate_of(code: str, expires_on: date) -> Certificate:
    return Certificate(
        supplier_id=uuid4(),
        certification=code,
        number="1",
        issued_on=date(2000, 1, 1),
        expires_on=expires_on,
    )


@pytest.fixture
def own(client: TestClient) -> Person:
    """Somebody of a supplier that declares ISO 9001 without a paper."""
    return sign_in(client, Role.SUPPLIER, stored_supplier(client, certifications=["ISO9001"]))


def profile(client: TestClient, own: Person) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/suppliers/{own.company_id}", headers=own.headers).json()
    return found


def added(client: TestClient, own: Person, **changes: Any) -> Any:
    path = f"/v1/suppliers/{own.company_id}/certificates"
    return client.post(path, json=companies.certificate(**changes), headers=own.headers)


def night_of(database: Database, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 1, tzinfo=clock.KST)
    with clock.frozen(at), database.transaction() as session:
        follow_the_calendar(session)


CODES = st.sampled_from(["GS", "ISO9001", "NET"])
PAPERS = st.lists(st.tuples(CODES, st.booleans()), max_size=6)


@given(declared=st.lists(CODES, unique=True), papers=PAPERS)
def test_papers_decide_where_there_are_some_and_the_company_where_there_are_none(
    declared: list[str], papers: list[tuple[str, bool]]
) -> None:
    days = {True: TODAY, False: TODAY - timedelta(days=1)}
    found = in_force(declared, [certificate_of(code, days[good]) for code, good in papers], TODAY)
    for code in ("GS", "ISO9001", "NET"):
        own_papers = [good for each, good in papers if each == code]
        assert (code in found) == (any(own_papers) if own_papers else code in declared)
    assert len(found) == len(set(found))


def test_a_good_certificate_puts_its_certification_into_the_profile(client: TestClient, own: Person) -> None:
    made = added(client, own)
    assert made.status_code == 201
    assert made.json()["state"] == "valid"
    assert profile(client, own)["certifications"] == ["ISO9001", "GS"]


def test_an_ended_one_is_kept_as_ended_and_takes_the_certification_out(
    client: TestClient, own: Person
) -> None:
    ended = added(client, own, certification="ISO9001", issued_on="2019-01-01", expires_on="2022-01-01")
    assert ended.json()["state"] == "expired"
    assert profile(client, own)["certifications"] == []


def test_ticking_a_certification_whose_paper_has_ended_does_not_bring_it_back(
    client: TestClient, own: Person
) -> None:
    added(client, own, certification="ISO9001", issued_on="2019-01-01", expires_on="2022-01-01")
    headers = own.headers | {"If-Match": "*"}
    patch = {"certifications": ["ISO9001", "NET"]}
    changed = client.patch(f"/v1/suppliers/{own.company_id}", json=patch, headers=headers)
    assert changed.json()["certifications"] == ["NET"]


def test_without_its_paper_a_certification_leaves_the_profile(client: TestClient, own: Person) -> None:
    made = added(client, own)
    headers = own.headers | {"If-Match": made.headers["ETag"]}
    assert client.delete(made.headers["Location"], headers=headers).status_code == 204
    assert profile(client, own)["certifications"] == ["ISO9001"]


def test_the_same_paper_is_kept_once(client: TestClient, own: Person) -> None:
    added(client, own, number="GS-1")
    again = added(client, own, number="GS-1")
    assert problem(again, 409, "certificate_known")["errors"][0]["pointer"] == "/number"


def test_a_paper_that_ends_before_it_begins_is_refused(client: TestClient, own: Person) -> None:
    refused = added(client, own, issued_on="2024-03-04", expires_on="2024-03-04")
    assert problem(refused, 422, "validation_failed")["errors"][0]["pointer"] == "/expires_on"


def test_the_night_after_its_last_day_it_leaves_the_profile_and_the_company_is_told(
    client: TestClient, database: Database, own: Person
) -> None:
    added(client, own, expires_on="2027-03-03")
    before = profile(client, own)["version"]
    night_of(database, date(2027, 3, 3))
    assert "GS" in profile(client, own)["certifications"]
    night_of(database, date(2027, 3, 4))
    after = profile(client, own)
    assert after["certifications"] == ["ISO9001"]
    assert after["version"] == before + 1
    with database.transaction() as session:
        events = session.exec(select(AuditEvent.action)).all()
    assert "supplier.certifications_expired" in events
    assert told(client, own.headers)[0] == "certificate_expired"
    night_of(database, date(2027, 3, 5))
    assert told(client, own.headers).count("certificate_expired") == 1


def test_another_good_paper_of_the_same_kind_keeps_it(
    client: TestClient, database: Database, own: Person
) -> None:
    added(client, own, expires_on="2027-03-03")
    added(client, own, expires_on="2029-03-03")
    night_of(database, date(2027, 3, 4))
    assert "GS" in profile(client, own)["certifications"]


def test_sixty_days_before_the_end_the_company_is_told_once(
    client: TestClient, database: Database, own: Person
) -> None:
    added(client, own, expires_on="2027-03-03")
    last = date(2027, 3, 3)
    night_of(database, last - SOON - timedelta(days=1))
    assert told(client, own.headers) == []
    night_of(database, last - SOON)
    night_of(database, last - SOON + timedelta(days=1))
    assert told(client, own.headers) == ["certificate_expires_soon"]


def test_an_ending_certification_reaches_the_copies_of_the_index(
    client: TestClient, database: Database, own: Person
) -> None:
    """They poll `changed_in`."""
    added(client, own, expires_on="2027-03-03")
    with database.transaction() as session:
        before = session.get_one(Supplier, own.company_id).changed_in
    night_of(database, date(2027, 3, 4))
    with database.transaction() as session:
        after = session.get_one(Supplier, own.company_id).changed_in
        assert session.exec(select(Notification)).all()
    assert before is not None
    assert after is not None
    assert after > before


def told(client: TestClient, headers: Headers) -> list[str]:
    answer = client.get("/v1/me/notifications", headers=headers).json()
    return [each["code"] for each in answer["items"]]


def test_the_last_day_counts() -> None:
    assert in_force([], [certificate_of("GS", TODAY)], TODAY) == ["GS"]
    assert datetime(2026, 11, 26, 15, tzinfo=UTC).astimezone(clock.KST).date() == TODAY
