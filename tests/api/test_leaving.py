"""Leaving a company, being shut out of one, coming back: who may, and what is left behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import AccessLogEntry, Account
from service.kit import clock
from service.privacy.purge import purge
from service.privacy.retention import CLOSED_ACCOUNT_KEPT_FOR
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.mail import last_token
from tests.factories.people import Headers, Person, admin, sign_in, staff, stored_supplier
from tests.factories.world import World

RunJobs = Callable[[], None]
ANY = {"If-Match": "*"}


def closed(client: TestClient, person: Person) -> Any:
    return client.post("/v1/me/closure", headers=person.headers)


def email_of(client: TestClient, person: Person) -> str:
    return str(client.get("/v1/me", headers=person.headers).json()["email"])


def invited(client: TestClient, inviter: Person, email: str) -> Any:
    body = {"name": "박동료", "email": email}
    return client.post("/v1/me/colleagues", json=body, headers=inviter.headers)


def joined(client: TestClient, settings: Settings, email: str) -> Any:
    body = {"token": last_token(settings, email), "password": companies.PASSWORD}
    return client.post("/v1/auth/invitations", json=body | {"consents": companies.consents()})


def set_active(client: TestClient, person: Person, active: bool) -> Any:
    path, headers = f"/v1/accounts/{person.account_id}", admin(client) | ANY
    return client.patch(path, json={"active": active}, headers=headers)


def purged(database: Database) -> dict[str, int]:
    later = datetime.now(UTC) + CLOSED_ACCOUNT_KEPT_FOR + timedelta(days=1)
    with clock.frozen(later), database.transaction() as session:
        return {record.rule: record.count for record in purge(session, Path("no-outbox"))}


def two_of(client: TestClient, role: Role = Role.SUPPLIER) -> tuple[Person, Person]:
    """Two people of one company."""
    one = sign_in(client, role)
    return one, sign_in(client, role, one.company_id)


def test_who_closed_the_account_and_comes_back_is_not_erased(
    client: TestClient, database: Database, settings: Settings, run_jobs: RunJobs
) -> None:
    stays, leaves = two_of(client)
    email = email_of(client, leaves)
    closed(client, leaves)
    invited(client, stays, email)
    run_jobs()
    assert joined(client, settings, email).status_code == 200
    assert "closed_accounts" not in purged(database)
    form = {"username": email, "password": companies.PASSWORD}
    token = client.post("/v1/auth/token", data=form).json()["access_token"]
    again = Person({"Authorization": f"Bearer {token}"}, leaves.account_id)
    assert closed(client, again).status_code == 200, "and may close it once more"
    assert purged(database)["closed_accounts"] == 1


def test_staff_does_not_undo_that_somebody_wanted_to_be_erased(
    client: TestClient, database: Database
) -> None:
    _, leaves = two_of(client)
    closed(client, leaves)
    problem(set_active(client, leaves, True), 409, "closed_for_good")
    assert purged(database)["closed_accounts"] == 1
    problem(set_active(client, leaves, True), 409, "closed_for_good")


def test_a_closed_account_keeps_no_session_that_could_come_alive_again(client: TestClient) -> None:
    _, leaves = two_of(client)
    assert set_active(client, leaves, False).status_code == 200
    assert set_active(client, leaves, True).status_code == 200
    problem(client.get("/v1/me", headers=leaves.headers), 401, "token_invalid")


def test_an_account_is_closed_once_by_two_requests_at_the_same_moment(client: TestClient) -> None:
    person, together = sign_in(client, Role.MANUFACTURER), Barrier(3)

    def close(_: int) -> int:
        together.wait()
        return int(closed(client, person).status_code)

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(close, range(3))) == [200, 401, 401]


def test_whom_the_alliance_shut_out_no_colleague_lets_in(
    client: TestClient, settings: Settings, run_jobs: RunJobs
) -> None:
    stays, shut_out = two_of(client)
    email = email_of(client, shut_out)
    set_active(client, shut_out, False)
    problem(invited(client, stays, email), 409, "closed_by_alliance")
    assert set_active(client, shut_out, True).status_code == 200
    removed = client.delete(f"/v1/me/colleagues/{shut_out.account_id}", headers=stays.headers | ANY)
    assert removed.status_code == 204
    assert invited(client, stays, email).status_code == 201, "whom a colleague removed, a colleague invites"


def test_an_invitation_that_waits_is_ended_by_an_administrator(
    client: TestClient, settings: Settings, run_jobs: RunJobs
) -> None:
    inviter = sign_in(client, Role.SUPPLIER)
    account = invited(client, inviter, "not-yet@company.example").json()
    run_jobs()
    set_active(client, Person({}, account["id"]), False)
    problem(joined(client, settings, "not-yet@company.example"), 422, "link_invalid")


def test_somebody_elses_account_that_an_administrator_reads_is_in_the_access_log(
    client: TestClient, database: Database
) -> None:

    contact, manager = sign_in(client, Role.SUPPLIER), sign_in(client, Role.ACCOUNT_MANAGER)
    chief = admin(client)
    for account in (contact.account_id, manager.account_id):
        assert client.get(f"/v1/accounts/{account}", headers=chief).status_code == 200
    set_active(client, contact, False)
    with database.transaction() as session:
        entries = session.exec(select(AccessLogEntry).order_by(col(AccessLogEntry.number))).all()
    assert [(entry.subject_ids, entry.purpose) for entry in entries] == [
        ([str(contact.account_id)], "single"),
        ([str(contact.account_id)], "change"),
    ]
    assert entries[0].fields == ["email", "name"]


def test_people_who_were_removed_are_erased_after_a_year_and_staff_is_not(
    client: TestClient, database: Database
) -> None:
    """Who of staff saw what must stay known as long as the access log."""
    stays, leaves = two_of(client)
    emails = [email_of(client, person) for person in (stays, leaves)]
    client.delete(f"/v1/me/colleagues/{leaves.account_id}", headers=stays.headers | ANY)
    manager = sign_in(client, Role.ACCOUNT_MANAGER)
    emails.append(email_of(client, manager))
    set_active(client, manager, False)
    for days, erased in ((364, None), (366, 1), (367, None)):
        with clock.frozen(datetime.now(UTC) + timedelta(days=days)), database.transaction() as session:
            done = {record.rule: record.count for record in purge(session, Path("no-outbox"))}
        assert done.get("left_accounts") == erased
    with database.transaction() as session:
        kept = set(session.exec(select(Account.email)))
    assert [email in kept for email in emails] == [True, False, True]


def key_of(client: TestClient, person: Person) -> Headers:
    answer = client.post("/v1/api-keys", json={"name": "우리 전산"}, headers=person.headers)
    return {"X-API-Key": answer.json()["key"]}


@pytest.mark.parametrize("role", [Role.SUPPLIER, Role.MANUFACTURER])
def test_the_keys_of_a_company_end_with_its_last_person(client: TestClient, role: Role) -> None:
    one, other = two_of(client, role)
    key, path = key_of(client, one), f"/v1/{role.value}s/{one.company_id}"
    closed(client, one)
    assert client.get(path, headers=key).status_code == 200, "it is the company's, and somebody is there"
    closed(client, other)
    problem(client.get(path, headers=key), 401, "api_key_invalid")
    told = client.get(f"{path}/history", headers=staff(client)).json()["items"]
    assert f"{role.value}.unattended" in [item["action"] for item in told]


def test_two_people_who_leave_at_the_same_moment_leave_no_key(client: TestClient) -> None:
    pair, together = two_of(client), Barrier(2)
    key = key_of(client, pair[0])

    def leave(person: Person) -> int:
        together.wait()
        return int(closed(client, person).status_code)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(leave, pair)) == [200, 200]
    problem(client.get("/v1/needs", headers=key), 401, "api_key_invalid")


def test_account_managers_see_that_nobody_is_left_to_ask(world: World) -> None:
    """Of an imported supplier, which never had anybody, it is not said."""
    client, leaves, imported = (
        world.client,
        sign_in(world.client, Role.SUPPLIER),
        stored_supplier(world.client),
    )
    need = world.thing("need_id", None)
    world.catch_up()

    def cautioned() -> set[str]:
        path = f"/v1/needs/{need}/recommendations"
        items = client.get(path, headers=world.headers("account_manager")).json()["items"]
        assert len(items) == 2
        cautions = {item["supplier"]["id"]: {each["code"] for each in item["cautions"]} for item in items}
        return {supplier for supplier, codes in cautions.items() if "unattended" in codes}

    def flagged() -> set[str]:
        items = client.get("/v1/suppliers", headers=world.headers("account_manager")).json()["items"]
        assert {item["id"] for item in items} == {str(leaves.company_id), str(imported)}
        return {item["id"] for item in items if item["unattended"]}

    assert (flagged(), cautioned()) == (set(), set())
    closed(client, leaves)
    world.catch_up()
    assert flagged() == cautioned() == {str(leaves.company_id)}
