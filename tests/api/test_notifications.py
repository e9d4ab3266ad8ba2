"""Companies are told inside the service what happened to them, and others are not."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import NotificationCode, SupplierStatus
from service.kit import clock
from service.messages.notifications import TEXTS
from service.notifications.operations import notify_person
from service.privacy.consents import THIRD_PARTY, Consent, record_consents
from service.privacy.purge import purge
from tests.factories import companies
from tests.factories.people import Headers, Person, admin, sign_in, staff, stored_supplier


def told(client: TestClient, headers: Headers) -> list[dict[str, Any]]:
    answer = client.get("/v1/me/notifications", headers=headers)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def pending(client: TestClient) -> Person:
    return sign_in(client, Role.SUPPLIER, stored_supplier(client, SupplierStatus.PENDING))


@pytest.mark.parametrize("code", NotificationCode)
def test_every_notification_is_said_in_korean(code: NotificationCode) -> None:
    assert re.search("[가-힣]", TEXTS[code].title + TEXTS[code].text)


def test_a_company_is_told_of_its_approval_and_of_what_follows(client: TestClient) -> None:
    own, manager = pending(client), staff(client)
    path = f"/v1/suppliers/{own.company_id}"
    client.post(f"{path}/approval", headers=manager)
    client.post(f"{path}/suspension", json={"reason": "연락 두절"}, headers=manager)
    assert [each["code"] for each in told(client, own.headers)] == [
        "supplier_suspended",
        "supplier_approved",
    ]
    assert "연락 두절" not in str(told(client, own.headers)), (
        "the reason is erased with the people it may name"
    )


def test_what_was_seen_is_read_for_everyone_of_the_company_and_for_nobody_else(client: TestClient) -> None:
    own, other = pending(client), pending(client)
    colleague = sign_in(client, Role.SUPPLIER, own.company_id)
    for each in (own, other):
        client.post(
            f"/v1/suppliers/{each.company_id}/rejection", json={"reason": "서류"}, headers=staff(client)
        )
    ids = [each["id"] for person in (own, other) for each in told(client, person.headers)]
    answer = client.post("/v1/me/notifications/reading", json={"ids": ids}, headers=own.headers)
    assert answer.json() == {"marked": 1, "unread": 0}
    assert told(client, colleague.headers)[0]["read_at"]
    assert told(client, other.headers)[0]["read_at"] is None


def test_a_list_goes_on_where_it_was_cut(client: TestClient) -> None:
    own, manager = pending(client), staff(client)
    client.post(f"/v1/suppliers/{own.company_id}/approval", headers=manager)
    client.post(f"/v1/suppliers/{own.company_id}/suspension", json={"reason": "연락"}, headers=manager)
    first = client.get("/v1/me/notifications", params={"limit": 1}, headers=own.headers).json()
    rest = client.get("/v1/me/notifications", params={"cursor": first["next_cursor"]}, headers=own.headers)
    assert [each["code"] for each in rest.json()["items"]] == ["supplier_approved"]


def test_notifications_are_erased_after_a_year(
    client: TestClient, database: Database, tmp_path: Path
) -> None:
    own = pending(client)
    client.post(f"/v1/suppliers/{own.company_id}/approval", headers=staff(client))
    with clock.frozen(datetime.now(UTC) + timedelta(days=366)), database.transaction() as session:
        assert {record.rule: record.count for record in purge(session, tmp_path)}["notifications"] == 1
    assert told(client, own.headers) == []


def test_account_managers_share_what_waits_until_it_is_done(client: TestClient) -> None:
    manager, colleague = staff(client), staff(client)
    for number in range(2):
        answer = client.post("/v1/suppliers", json=companies.supplier(company_name=f"한빛정밀 {number}"))
        assert answer.status_code == 201, answer.text
    waiting = told(client, manager)
    assert [each["code"] for each in waiting] == ["supplier_waits"] * 2
    client.post(f"/v1/suppliers/{answer.json()['id']}/approval", headers=colleague)
    assert [bool(each["read_at"]) for each in told(client, manager)] == [True, False]
    unread = client.get("/v1/me/notifications", params={"unread": "true"}, headers=colleague).json()["items"]
    assert "한빛정밀 0" in unread[0]["text"]
    assert told(client, admin(client)) == [], "administrators are told of the service itself"


def test_account_managers_are_told_of_needs_that_they_did_not_write(client: TestClient) -> None:
    own, manager = sign_in(client, Role.MANUFACTURER), staff(client)
    path = f"/v1/manufacturers/{own.company_id}/needs"
    client.post(path, json=companies.need(), headers=manager)
    assert told(client, manager) == []
    need = client.post(path, json=companies.need(), headers=own.headers).json()
    assert [each["facts"]["need_id"] for each in told(client, manager)] == [need["id"]]


def test_what_concerns_one_person_is_read_by_that_person_only(client: TestClient, database: Database) -> None:
    own, other = (sign_in(client, Role.ACCOUNT_MANAGER) for _ in range(2))
    with database.transaction() as session:
        facts = {"challenge_title": "도금 폐수", "count": "1"}
        notify_person(session, NotificationCode.REVIEW_ASSIGNED, own.account_id, **facts)
    (mine,) = told(client, own.headers)
    assert told(client, other.headers) == []
    for person, marked in ((other, 0), (own, 1)):
        answer = client.post(
            "/v1/me/notifications/reading", json={"ids": [mine["id"]]}, headers=person.headers
        )
        assert answer.json() == {"marked": marked, "unread": 0}


class Introduced:
    """A manufacturer's need for which a supplier is introduced over HTTP."""

    def __init__(self, client: TestClient, catch_up: Callable[[], None]) -> None:
        self.client, self.manager = client, staff(client)
        self.supplier = sign_in(client, Role.SUPPLIER)
        self.manufacturer = sign_in(client, Role.MANUFACTURER)
        path = f"/v1/manufacturers/{self.manufacturer.company_id}/needs"
        self.need = client.post(path, json=companies.need(), headers=self.manager).json()
        catch_up()
        run = client.get(f"/v1/needs/{self.need['id']}/recommendations", headers=self.manager).json()
        self.run_id = run["run_id"]

    def decide(self, verdict: str) -> None:
        body = {"supplier_id": str(self.supplier.company_id), "verdict": verdict}
        path = f"/v1/recommendations/{self.run_id}/feedback"
        assert self.client.post(path, json=body, headers=self.manager).status_code == 201

    def seen_by(self, headers: Headers) -> list[dict[str, Any]]:
        path = f"/v1/suppliers/{self.supplier.company_id}/introductions"
        found: list[dict[str, Any]] = self.client.get(path, headers=headers).json()["items"]
        return found


@pytest.fixture
def introduced(matching_client: TestClient, catch_up: Callable[[], None]) -> Introduced:
    """Nothing is decided yet."""
    return Introduced(matching_client, catch_up)


def test_both_sides_are_told_of_an_introduction_once(introduced: Introduced) -> None:
    introduced.decide("introduced")
    introduced.decide("introduced")
    for person, code in (
        (introduced.supplier, "introduced_to_manufacturer"),
        (introduced.manufacturer, "introduced_to_supplier"),
    ):
        found = told(introduced.client, person.headers)
        assert [each["code"] for each in found] == [code]
        assert companies.need()["title"] in found[0]["text"]


@pytest.mark.parametrize("verdict", ["shortlisted", "rejected"])
def test_before_the_introduction_a_supplier_learns_no_name(introduced: Introduced, verdict: str) -> None:
    introduced.decide(verdict)
    assert introduced.seen_by(introduced.supplier.headers) == []
    assert told(introduced.client, introduced.supplier.headers) == []


def test_after_it_the_supplier_sees_who_it_is_but_no_contact_that_did_not_agree(
    introduced: Introduced, database: Database
) -> None:
    introduced.decide("introduced")
    (seen,) = introduced.seen_by(introduced.supplier.headers)
    assert seen["manufacturer"]["id"] == str(introduced.manufacturer.company_id)
    assert seen["manufacturer"]["contact"] is None
    agree(database, introduced.manufacturer, accepted=True)
    assert introduced.seen_by(introduced.supplier.headers)[0]["manufacturer"]["contact"]["name"]
    agree(database, introduced.manufacturer, accepted=False)
    assert introduced.seen_by(introduced.supplier.headers)[0]["manufacturer"]["contact"] is None


def test_who_was_rejected_after_it_sees_it_no_longer(introduced: Introduced) -> None:
    introduced.decide("introduced")
    introduced.decide("rejected")
    assert introduced.seen_by(introduced.supplier.headers) == []


def test_another_supplier_does_not_learn_of_it(introduced: Introduced) -> None:
    introduced.decide("introduced")
    other = sign_in(introduced.client, Role.SUPPLIER)
    path = f"/v1/suppliers/{introduced.supplier.company_id}/introductions"
    assert introduced.client.get(path, headers=other.headers).status_code == 404
    own = f"/v1/suppliers/{other.company_id}/introductions"
    assert introduced.client.get(own, headers=other.headers).json()["items"] == []


def agree(database: Database, person: Person, *, accepted: bool) -> None:
    with database.transaction() as session:
        record_consents(session, person.account_id, [Consent(purpose=THIRD_PARTY, accepted=accepted)])
