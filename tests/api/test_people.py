"""Several people: colleagues of a company, staff kept by administrators, nobody judging their own company."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.colleagues.operations import drop_unanswered_invitations
from service.db.session import Database
from service.db.tables import Account, SupplierStatus, Verdict
from service.kit import clock
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.mail import last_token, letters_to
from tests.factories.people import Headers, Person, admin, sign_in, stored_supplier
from tests.factories.world import World

RunJobs = Callable[[], None]
ANY = {"If-Match": "*"}


def invited(client: TestClient, person: Person, email: str) -> Any:
    body = {"name": "박동료", "email": email}
    return client.post("/v1/me/colleagues", json=body, headers=person.headers)


def joined(client: TestClient, token: str) -> Any:
    body = {"token": token, "password": companies.PASSWORD, "consents": companies.consents()}
    return client.post("/v1/auth/invitations", json=body)


def signed_in(client: TestClient, email: str) -> Headers:
    form = {"username": email, "password": companies.PASSWORD}
    answer = client.post("/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def removed(client: TestClient, account_id: Any, headers: Headers) -> Any:
    return client.delete(f"/v1/me/colleagues/{account_id}", headers=headers | ANY)


def test_an_invited_colleague_joins_the_company_by_mail(
    client: TestClient, settings: Settings, run_jobs: RunJobs
) -> None:
    person = sign_in(client, Role.SUPPLIER)
    answer = invited(client, person, "join@company.example")
    assert (answer.status_code, answer.json()["active"]) == (201, False)
    run_jobs()
    account = joined(client, last_token(settings, "join@company.example")).json()
    assert account["supplier_id"] == str(person.company_id)
    assert account["email_confirmed_at"] is not None
    path = f"/v1/suppliers/{person.company_id}"
    change = {"employee_count": 7}
    headers = signed_in(client, "join@company.example") | ANY
    assert client.patch(path, json=change, headers=headers).status_code == 200
    listed = client.get("/v1/me/colleagues", headers=person.headers).json()["items"]
    assert [item["active"] for item in listed] == [True, True]


def test_an_invitation_is_good_once_and_needs_consent(
    client: TestClient, settings: Settings, run_jobs: RunJobs
) -> None:
    invited(client, sign_in(client, Role.MANUFACTURER), "once@company.example")
    run_jobs()
    token = last_token(settings, "once@company.example")
    body = {"token": token, "password": companies.PASSWORD, "consents": companies.consents(False)}
    refused = client.post("/v1/auth/invitations", json=body)
    problem(refused, 422, "registration_consent_required")
    assert joined(client, token).status_code == 200
    problem(joined(client, token), 422, "link_invalid")


def test_an_invitation_sent_again_replaces_the_first(
    client: TestClient, settings: Settings, run_jobs: RunJobs
) -> None:
    person = sign_in(client, Role.SUPPLIER)
    first = invited(client, person, "again@company.example").json()
    run_jobs()
    older = last_token(settings, "again@company.example")
    assert invited(client, person, "again@company.example").json()["id"] == first["id"]
    run_jobs()
    problem(joined(client, older), 422, "link_invalid")
    assert joined(client, last_token(settings, "again@company.example")).status_code == 200


def test_an_address_of_another_company_cannot_be_invited(client: TestClient) -> None:
    invited(client, sign_in(client, Role.SUPPLIER), "taken@company.example")
    problem(invited(client, sign_in(client, Role.SUPPLIER), "taken@company.example"), 409, "email_taken")


def test_a_removed_colleague_is_signed_out_and_can_be_invited_back(
    client: TestClient, settings: Settings, run_jobs: RunJobs
) -> None:
    person = sign_in(client, Role.SUPPLIER)
    colleague = sign_in(client, Role.SUPPLIER, person.company_id)
    assert removed(client, colleague.account_id, person.headers).status_code == 204
    problem(client.get("/v1/me", headers=colleague.headers), 401, "token_invalid")
    listed = client.get("/v1/me/colleagues", headers=person.headers).json()["items"]
    email = next(item["email"] for item in listed if not item["active"])
    assert invited(client, person, email).status_code == 201
    run_jobs()
    assert joined(client, last_token(settings, email)).status_code == 200


def test_the_last_person_of_a_company_cannot_be_removed(client: TestClient) -> None:
    person = sign_in(client, Role.MANUFACTURER)
    invited(client, person, "not-yet@company.example")
    problem(removed(client, person.account_id, person.headers), 409, "last_contact")
    colleague = sign_in(client, Role.MANUFACTURER, person.company_id)
    assert removed(client, person.account_id, person.headers).status_code == 204
    problem(removed(client, colleague.account_id, colleague.headers), 409, "last_contact")


def test_two_people_who_remove_each_other_leave_one(client: TestClient) -> None:
    one = sign_in(client, Role.SUPPLIER)
    other = sign_in(client, Role.SUPPLIER, one.company_id)
    together = threading.Barrier(2)

    def remove(pair: tuple[Person, Person]) -> int:
        together.wait()
        return int(removed(client, pair[1].account_id, pair[0].headers).status_code)

    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(threads.map(remove, [(one, other), (other, one)]))
    assert statuses[0] == 204
    assert statuses[1] in (401, 409), "signed out by the other, or the last one"


def test_an_administrator_keeps_the_accounts_of_staff(client: TestClient) -> None:
    headers = admin(client)
    manager = sign_in(client, Role.ACCOUNT_MANAGER)
    sign_in(client, Role.SUPPLIER)
    listed = client.get("/v1/accounts", headers=headers).json()["items"]
    assert sorted(item["role"] for item in listed) == ["account_manager", "admin"]
    path = f"/v1/accounts/{manager.account_id}"
    read = client.get(path, headers=headers).headers["ETag"]
    changed = client.patch(path, json={"role": "admin"}, headers=headers | {"If-Match": read})
    assert changed.json()["role"] == "admin"
    assert client.get("/v1/accounts", headers=manager.headers).status_code == 200
    stale = client.patch(path, json={"active": False}, headers=headers | {"If-Match": read})
    problem(stale, 412, "stale_version")


@pytest.mark.parametrize("change", [{"active": False}, {"role": "account_manager"}])
def test_the_last_administrator_stays(client: TestClient, change: Any) -> None:
    last = sign_in(client, Role.ADMIN)
    path = f"/v1/accounts/{last.account_id}"
    problem(client.patch(path, json=change, headers=last.headers | ANY), 409, "last_admin")
    sign_in(client, Role.ADMIN)
    assert client.patch(path, json=change, headers=last.headers | ANY).status_code == 200


def test_a_companys_contact_does_not_become_staff(client: TestClient) -> None:
    contact = sign_in(client, Role.SUPPLIER)
    path = f"/v1/accounts/{contact.account_id}"
    answer = client.patch(path, json={"role": "admin"}, headers=admin(client) | ANY)
    problem(answer, 409, "role_of_company")
    body = {"stake_supplier_id": str(contact.company_id)}
    answer = client.patch(path, json=body, headers=admin(client) | ANY)
    problem(answer, 422, "stake_of_staff_only")


def changed_account(database: Database, account_id: UUID, **values: Any) -> None:
    with database.transaction() as session:
        account = session.get(Account, account_id)
        for name, value in values.items():
            setattr(account, name, value)


def same_mailbox(manager: Person, contact: Person, database: Database) -> None:
    changed_account(database, contact.account_id, email="kim@hanbit.example")
    changed_account(database, manager.account_id, email="Kim+kt@hanbit.example")


def same_telephone(manager: Person, contact: Person, database: Database) -> None:
    changed_account(database, contact.account_id, phone="010-1234-5678", active=False)
    changed_account(database, manager.account_id, phone="+82 10 1234 5678")


def written_stake(manager: Person, contact: Person, database: Database) -> None:
    changed_account(database, manager.account_id, stake_supplier_id=contact.company_id)


@pytest.mark.parametrize("tie", [same_mailbox, same_telephone, written_stake])
@pytest.mark.parametrize("action", ["approval", "rejection"])
def test_no_one_decides_about_their_own_company(
    client: TestClient,
    database: Database,
    tie: Callable[[Person, Person, Database], None],
    action: str,
) -> None:
    contact = sign_in(client, Role.SUPPLIER, stored_supplier(client, SupplierStatus.PENDING))
    manager, other = sign_in(client, Role.ACCOUNT_MANAGER), sign_in(client, Role.ACCOUNT_MANAGER)
    tie(manager, contact, database)
    path, body = f"/v1/suppliers/{contact.company_id}/{action}", {"reason": "사유입니다"}
    problem(client.post(path, json=body, headers=manager.headers), 409, "own_company")
    assert client.post(path, json=body, headers=other.headers).status_code == 200


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("tie", [same_mailbox, same_telephone, written_stake])
def test_no_one_recommends_their_own_company(
    world: World, database: Database, tie: Callable[[Person, Person, Database], None], verdict: Verdict
) -> None:
    run = world.thing("run_id", None)
    contact = sign_in(world.client, Role.SUPPLIER, UUID(world.shown_supplier))
    manager, other = sign_in(world.client, Role.ACCOUNT_MANAGER), world.person("account_manager")
    tie(manager, contact, database)
    path = f"/v1/recommendations/{run}/feedback"
    body = {"supplier_id": world.shown_supplier, "verdict": verdict.value}
    problem(world.client.post(path, json=body, headers=manager.headers), 409, "own_company")
    assert world.client.get(path, headers=other.headers).json() == []
    assert world.client.post(path, json=body, headers=other.headers).status_code == 201


def test_a_key_decides_as_the_person_who_made_it(client: TestClient) -> None:
    supplier = stored_supplier(client, SupplierStatus.PENDING)
    maker = sign_in(client, Role.ADMIN)
    body = {"name": "누리집", "role": "account_manager"}
    key = client.post("/v1/api-keys", json=body, headers=maker.headers).json()["key"]
    path = f"/v1/accounts/{maker.account_id}"
    stake = {"stake_supplier_id": str(supplier)}
    client.patch(path, json=stake, headers=admin(client) | ANY)
    answer = client.post(f"/v1/suppliers/{supplier}/approval", headers={"X-API-Key": key})
    problem(answer, 409, "own_company")


def test_a_stake_names_a_supplier_that_there_is(client: TestClient) -> None:
    manager = sign_in(client, Role.ACCOUNT_MANAGER)
    path = f"/v1/accounts/{manager.account_id}"
    body = {"stake_supplier_id": str(UUID(int=1))}
    problem(client.patch(path, json=body, headers=admin(client) | ANY), 422, "supplier_unknown")


def test_whoever_was_invited_is_written_to_once(
    client: TestClient, settings: Settings, run_jobs: RunJobs
) -> None:
    invited(client, sign_in(client, Role.SUPPLIER), "single@company.example")
    run_jobs()
    assert len(letters_to(settings, "single@company.example")) == 1


def test_an_invitation_that_nobody_answers_does_not_keep_the_address(
    client: TestClient, database: Database
) -> None:
    """And nobody who has ever joined, or still may, is dropped with it."""
    person = sign_in(client, Role.SUPPLIER)
    left = sign_in(client, Role.SUPPLIER, person.company_id)
    invited(client, person, "silent@company.example")
    removed(client, left.account_id, person.headers)

    def people() -> int:
        with database.transaction() as session:
            drop_unanswered_invitations(session)
        return len(client.get("/v1/me/colleagues", headers=person.headers).json()["items"])

    assert people() == 3
    with clock.frozen(datetime.now(UTC) + timedelta(days=7, minutes=1)):
        assert people() == 2
    assert invited(client, sign_in(client, Role.SUPPLIER), "silent@company.example").status_code == 201
