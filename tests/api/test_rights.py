"""Who may see and do what: every role against its own, someone else's and missing things."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.tables import SupplierStatus
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import ANYONE, Headers, Person, sign_in, stored_supplier

OK = "allowed"
ACTORS = ("anonymous", "own", "other_supplier", "other_manufacturer", "account_manager", "admin")


@dataclass(frozen=True)
class World:
    """A supplier, a pending one, and a manufacturer with a need, a run and a job, each with its people."""

    client: TestClient
    supplier: Person
    pending: Person
    manufacturer: Person
    manager: Person
    admin: Person
    other_supplier: Person
    other_manufacturer: Person
    need_id: str
    run_id: str
    job_id: str

    def headers(self, actor: str, own: Person) -> Headers:
        """The headers of one of ACTORS; `own` is the person whose thing it is."""
        if actor == "anonymous":
            return ANYONE
        people = {"own": own, "account_manager": self.manager}
        return (people.get(actor) or getattr(self, actor)).headers


@pytest.fixture
def world(matching_client: TestClient, catch_up: Callable[[], None]) -> World:
    """One of everything."""
    client = matching_client
    owner = sign_in(client, Role.MANUFACTURER)
    supplier = sign_in(client, Role.SUPPLIER)
    manager, admin = sign_in(client, Role.ACCOUNT_MANAGER), sign_in(client, Role.ADMIN)
    path = f"/v1/manufacturers/{owner.company_id}/needs"
    need = client.post(path, json=companies.need(), headers=owner.headers).json()
    catch_up()
    run = client.get(f"/v1/needs/{need['id']}/recommendations", headers=manager.headers).json()
    csv = "business_number,company_name,industry,region\n"
    job = client.post(
        "/v1/imports/manufacturers", content=csv, headers=admin.headers | {"Content-Type": "text/csv"}
    )
    return World(
        client=client,
        supplier=supplier,
        pending=sign_in(client, Role.SUPPLIER, stored_supplier(client, SupplierStatus.PENDING)),
        manufacturer=owner,
        manager=manager,
        admin=admin,
        other_supplier=sign_in(client, Role.SUPPLIER),
        other_manufacturer=sign_in(client, Role.MANUFACTURER),
        need_id=need["id"],
        run_id=run["run_id"],
        job_id=job.json()["id"],
    )


def verdicts(world: World, own: Person, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """What each actor is answered: OK, or the status of the refusal."""
    found = {}
    for actor in ACTORS:
        headers = world.headers(actor, own) | ({"If-Match": "*"} if method in ("PATCH", "DELETE") else {})
        answer = world.client.request(method, path, json=body, headers=headers)
        refused = answer.status_code in (401, 403, 404)
        if refused:
            problem(answer, answer.status_code, answer.json()["code"])
        assert refused or answer.status_code in (200, 201, 202, 204, 409), answer.text
        found[actor] = answer.status_code if refused else OK
    return found


def expected(**by_actor: Any) -> dict[str, Any]:
    """A verdict for each actor, in the order of ACTORS."""
    return {actor: by_actor[actor] for actor in ACTORS}


EVERYONE = expected(
    anonymous=OK, own=OK, other_supplier=OK, other_manufacturer=OK, account_manager=OK, admin=OK
)
OWN_AND_STAFF = EVERYONE | {"anonymous": 401, "other_supplier": 404, "other_manufacturer": 404}
STAFF = EVERYONE | {"anonymous": 401, "own": 403, "other_supplier": 403, "other_manufacturer": 403}
ADMIN = STAFF | {"account_manager": 403}


def test_an_approved_supplier_is_seen_by_everyone(world: World) -> None:
    assert verdicts(world, world.supplier, "GET", f"/v1/suppliers/{world.supplier.company_id}") == EVERYONE


def test_a_pending_supplier_is_seen_by_itself_and_staff(world: World) -> None:
    found = verdicts(world, world.pending, "GET", f"/v1/suppliers/{world.pending.company_id}")
    assert found == OWN_AND_STAFF | {"anonymous": 404}


def test_a_supplier_is_changed_by_itself_and_staff(world: World) -> None:
    path = f"/v1/suppliers/{world.supplier.company_id}"
    assert verdicts(world, world.supplier, "PATCH", path, {"employee_count": 4}) == OWN_AND_STAFF


@pytest.mark.parametrize("action", ["approval", "rejection", "suspension"])
def test_only_staff_moves_a_supplier(world: World, action: str) -> None:
    path = f"/v1/suppliers/{world.supplier.company_id}/{action}"
    body = None if action == "approval" else {"reason": "사유입니다"}
    assert verdicts(world, world.supplier, "POST", path, body) == STAFF


def test_leads_are_seen_by_the_supplier_and_staff(world: World) -> None:
    path = f"/v1/suppliers/{world.supplier.company_id}/leads"
    assert verdicts(world, world.supplier, "GET", path) == OWN_AND_STAFF


def test_only_staff_lists_manufacturers(world: World) -> None:
    assert verdicts(world, world.manufacturer, "GET", "/v1/manufacturers") == STAFF


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"employee_count": 4})])
def test_a_manufacturer_is_seen_and_changed_by_itself_and_staff(world: World, method: str, body: Any) -> None:
    path = f"/v1/manufacturers/{world.manufacturer.company_id}"
    assert verdicts(world, world.manufacturer, method, path, body) == OWN_AND_STAFF


def test_needs_are_written_by_the_manufacturer_and_staff(world: World) -> None:
    path = f"/v1/manufacturers/{world.manufacturer.company_id}/needs"
    assert verdicts(world, world.manufacturer, "POST", path, companies.need()) == OWN_AND_STAFF


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"budget_won": 40_000_000})])
def test_a_need_is_seen_and_changed_by_its_manufacturer_and_staff(
    world: World, method: str, body: Any
) -> None:
    assert verdicts(world, world.manufacturer, method, f"/v1/needs/{world.need_id}", body) == OWN_AND_STAFF


def test_recommendations_are_for_the_manufacturer_and_staff(world: World) -> None:
    path = f"/v1/needs/{world.need_id}/recommendations"
    assert verdicts(world, world.manufacturer, "GET", path) == OWN_AND_STAFF


def test_only_staff_records_and_reads_feedback(world: World) -> None:
    path = f"/v1/recommendations/{world.run_id}/feedback"
    body = {"supplier_id": str(world.supplier.company_id), "verdict": "introduced"}
    assert verdicts(world, world.manufacturer, "POST", path, body) == STAFF
    assert verdicts(world, world.manufacturer, "GET", path) == STAFF


@pytest.mark.parametrize("kind", ["suppliers", "manufacturers"])
def test_only_an_administrator_imports(world: World, kind: str) -> None:
    path = f"/v1/imports/{kind}"
    found = {}
    for actor in ACTORS:
        headers = world.headers(actor, world.supplier) | {"Content-Type": "application/x-ndjson"}
        answer = world.client.post(path, content='{"company_name": "한빛"}\n', headers=headers)
        found[actor] = OK if answer.status_code == 202 else answer.status_code
    assert found == ADMIN


def test_only_staff_asks_for_a_plan_and_reads_it(world: World) -> None:
    assert verdicts(world, world.manufacturer, "POST", "/v1/assignments", {}) == STAFF
    job = world.client.post("/v1/assignments", json={}, headers=world.manager.headers).json()
    assert verdicts(world, world.manufacturer, "GET", f"/v1/assignments/{job['id']}") == STAFF


def test_a_job_is_seen_by_who_asked_for_it_and_staff(world: World) -> None:
    assert verdicts(world, world.admin, "GET", f"/v1/jobs/{world.job_id}") == OWN_AND_STAFF


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/v1/accounts",
            {"email": "new@staff.example", "name": "새사람", "role": "admin", "password": "p" * 12},
        ),
        ("/v1/api-keys", {"name": "누리집", "role": "account_manager"}),
    ],
)
def test_only_an_administrator_makes_staff_accounts_and_staff_keys(
    world: World, path: str, body: Any
) -> None:
    assert verdicts(world, world.supplier, "POST", path, body) == ADMIN


KEY_PATHS = [
    ("GET", ""),
    ("POST", "/rotation"),
    ("POST", "/revocation"),
    ("DELETE", ""),
]


@pytest.mark.parametrize(("method", "path"), KEY_PATHS)
def test_a_staff_key_is_kept_by_administrators(world: World, method: str, path: str) -> None:
    body = {"name": "누리집", "role": "account_manager"}
    key = world.client.post("/v1/api-keys", json=body, headers=world.admin.headers).json()
    found = verdicts(world, world.supplier, method, f"/v1/api-keys/{key['id']}{path}")
    assert found == ADMIN | {"own": 404, "other_supplier": 404, "other_manufacturer": 404}


@pytest.mark.parametrize(("method", "path"), KEY_PATHS)
def test_a_companys_key_is_kept_by_itself_and_administrators(world: World, method: str, path: str) -> None:
    body = {"name": "우리 전산"}
    key = world.client.post("/v1/api-keys", json=body, headers=world.supplier.headers).json()
    found = verdicts(world, world.supplier, method, f"/v1/api-keys/{key['id']}{path}")
    # "own" is asked first; what it deleted or revoked stays there to be looked at and deleted again.
    assert found == OWN_AND_STAFF | {"account_manager": 403}


def test_keys_are_made_and_listed_by_companies_and_administrators(world: World) -> None:
    keepers = EVERYONE | {"anonymous": 401, "account_manager": 403}
    assert verdicts(world, world.supplier, "GET", "/v1/api-keys") == keepers


ALL_PEOPLE = EVERYONE | {"anonymous": 401}
OF_COMPANIES = ALL_PEOPLE | {"account_manager": 403, "admin": 403}


def test_everyone_signed_in_has_an_account_and_sessions_of_their_own(world: World) -> None:
    assert verdicts(world, world.supplier, "GET", "/v1/me") == ALL_PEOPLE
    assert verdicts(world, world.supplier, "PATCH", "/v1/me", {"name": "새이름"}) == ALL_PEOPLE
    assert verdicts(world, world.supplier, "GET", "/v1/me/sessions") == ALL_PEOPLE
    assert verdicts(world, world.supplier, "POST", "/v1/auth/sign-out") == ALL_PEOPLE


def test_a_session_is_seen_and_ended_by_its_person_only(world: World) -> None:
    listed = world.client.get("/v1/me/sessions", headers=world.supplier.headers).json()
    path = f"/v1/me/sessions/{listed['items'][0]['id']}"
    only_own = EVERYONE | dict.fromkeys(ACTORS, 404) | {"anonymous": 401, "own": OK}
    assert verdicts(world, world.supplier, "GET", path) == only_own
    assert verdicts(world, world.supplier, "DELETE", path) == only_own


def test_colleagues_are_invited_seen_and_removed_by_their_company_only(world: World) -> None:
    client, headers = world.client, world.supplier.headers
    body = {"name": "박동료", "email": "colleague@company.example"}
    made = client.post("/v1/me/colleagues", json=body, headers=headers).json()
    assert verdicts(world, world.supplier, "GET", "/v1/me/colleagues") == OF_COMPANIES
    others = {"other_supplier": 404, "other_manufacturer": 404}
    for method in ("GET", "DELETE"):
        found = verdicts(world, world.supplier, method, f"/v1/me/colleagues/{made['id']}")
        assert found == OF_COMPANIES | others
    assert verdicts(world, world.supplier, "POST", "/v1/me/colleagues", body) == OF_COMPANIES


def test_staff_accounts_are_kept_by_administrators(world: World) -> None:
    path = f"/v1/accounts/{world.manager.account_id}"
    assert verdicts(world, world.supplier, "GET", "/v1/accounts") == ADMIN
    assert verdicts(world, world.supplier, "GET", path) == ADMIN
    assert verdicts(world, world.supplier, "PATCH", path, {"role": "account_manager"}) == ADMIN


def test_clusters_are_listed_for_everyone(world: World) -> None:
    assert verdicts(world, world.manufacturer, "GET", "/v1/clusters") == EVERYONE


def test_only_staff_has_the_clusters_found_anew(world: World) -> None:
    assert verdicts(world, world.manufacturer, "POST", "/v1/clusters/refresh") == STAFF


@pytest.mark.parametrize("kind", ["suppliers", "manufacturers"])
def test_a_companys_history_is_seen_by_itself_and_staff(world: World, kind: str) -> None:
    own = world.supplier if kind == "suppliers" else world.manufacturer
    assert verdicts(world, own, "GET", f"/v1/{kind}/{own.company_id}/history") == OWN_AND_STAFF


def test_only_staff_downloads_contacts(world: World) -> None:
    assert verdicts(world, world.supplier, "GET", "/v1/exports/suppliers?reason=설명회 안내") == STAFF


def test_everyone_who_is_signed_in_has_own_data(world: World) -> None:
    signed_in = EVERYONE | {"anonymous": 401}
    assert verdicts(world, world.supplier, "GET", "/v1/me/export") == signed_in
    assert verdicts(world, world.supplier, "GET", "/v1/me/consents") == signed_in
    body = {"purpose": "marketing", "accepted": False}
    assert verdicts(world, world.supplier, "POST", "/v1/me/consents", body) == signed_in
    assert verdicts(world, world.supplier, "GET", "/v1/consent-texts") == EVERYONE


def test_companies_close_their_own_accounts(world: World) -> None:
    staff = {"account_manager": 403, "admin": 403}
    assert verdicts(world, world.supplier, "POST", "/v1/me/closure") == EVERYONE | {"anonymous": 401} | staff


def test_anyone_checks_a_business_number(world: World) -> None:
    body = {"business_number": "120-81-47521"}
    assert verdicts(world, world.supplier, "POST", "/v1/business-numbers/check", body) == EVERYONE


MISSING = [
    ("GET", "/v1/suppliers/{}", None),
    ("PATCH", "/v1/suppliers/{}", {"employee_count": 1}),
    ("POST", "/v1/suppliers/{}/approval", None),
    ("POST", "/v1/suppliers/{}/suspension", {"reason": "사유입니다"}),
    ("GET", "/v1/suppliers/{}/leads", None),
    ("GET", "/v1/suppliers/{}/history", None),
    ("GET", "/v1/manufacturers/{}/history", None),
    ("GET", "/v1/manufacturers/{}", None),
    ("PATCH", "/v1/manufacturers/{}", {"employee_count": 1}),
    ("POST", "/v1/manufacturers/{}/needs", companies.need()),
    ("GET", "/v1/needs/{}", None),
    ("PATCH", "/v1/needs/{}", {"budget_won": 1}),
    ("GET", "/v1/needs/{}/recommendations", None),
    ("POST", "/v1/recommendations/{}/feedback", {"supplier_id": str(UUID(int=1)), "verdict": "introduced"}),
    ("GET", "/v1/recommendations/{}/feedback", None),
    ("GET", "/v1/jobs/{}", None),
    ("GET", "/v1/assignments/{}", None),
    ("GET", "/v1/clusters/{}", None),
    ("POST", "/v1/api-keys/{}/revocation", None),
    ("GET", "/v1/api-keys/{}", None),
    ("POST", "/v1/api-keys/{}/rotation", None),
    ("DELETE", "/v1/api-keys/{}", None),
    ("GET", "/v1/accounts/{}", None),
    ("PATCH", "/v1/accounts/{}", {"active": False}),
    ("GET", "/v1/me/sessions/{}", None),
    ("DELETE", "/v1/me/sessions/{}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), MISSING)
def test_what_does_not_exist_is_not_found(
    matching_client: TestClient, method: str, path: str, body: Any
) -> None:
    headers = sign_in(matching_client, Role.ADMIN).headers | {"If-Match": "*"}
    answer = matching_client.request(method, path.format(uuid4()), json=body, headers=headers)
    problem(answer, 404, "not_found")


def test_a_missing_thing_and_one_of_others_are_refused_alike(world: World) -> None:
    for path in ("/v1/needs/{}", "/v1/manufacturers/{}", "/v1/jobs/{}"):
        ids = {"/v1/needs/{}": world.need_id, "/v1/jobs/{}": world.job_id}
        there = ids.get(path, world.manufacturer.company_id)
        headers = world.other_manufacturer.headers
        answers = [world.client.get(path.format(one), headers=headers).json() for one in (there, uuid4())]
        for answer in answers:
            answer.pop("request_id")
        assert answers[0] == answers[1]


PRIVATE = {
    "business_number",
    "representative_name",
    "address",
    "contact",
    "concurrent_project_capacity",
    "status_reason",
    "created_at",
}


def test_contact_and_business_number_are_for_the_supplier_itself_and_staff(world: World) -> None:
    path = f"/v1/suppliers/{world.supplier.company_id}"
    shown = {
        actor: PRIVATE & world.client.get(path, headers=world.headers(actor, world.supplier)).json().keys()
        for actor in ACTORS
    }
    assert shown["own"] == shown["account_manager"] == shown["admin"] == PRIVATE
    assert not shown["anonymous"] | shown["other_supplier"] | shown["other_manufacturer"]


def test_the_directory_shows_nobody_elses_contact(world: World) -> None:
    for actor in ("anonymous", "other_manufacturer", "other_supplier"):
        listed = world.client.get("/v1/suppliers", headers=world.headers(actor, world.supplier)).json()
        others = [item for item in listed["items"] if item["id"] == str(world.supplier.company_id)]
        assert len(others) == 1
        assert not PRIVATE & others[0].keys()


def test_a_manufacturer_lists_its_own_needs_only(world: World) -> None:
    counts = {
        actor: len(
            world.client.get("/v1/needs", headers=world.headers(actor, world.manufacturer)).json()["items"]
        )
        for actor in ACTORS
        if actor != "anonymous"
    }
    assert counts == {
        "own": 1,
        "other_supplier": 0,
        "other_manufacturer": 0,
        "account_manager": 1,
        "admin": 1,
    }


def test_leads_do_not_name_the_manufacturer(world: World) -> None:
    client = world.client
    path = f"/v1/manufacturers/{world.manufacturer.company_id}"
    owner = client.get(path, headers=world.manufacturer.headers).json()
    path = f"/v1/suppliers/{world.supplier.company_id}/leads"
    leads = client.get(path, headers=world.supplier.headers).json()
    assert [lead["need_id"] for lead in leads["items"]] == [world.need_id]
    whole = json.dumps(leads, ensure_ascii=False)
    for telling in ("id", "company_name", "business_number"):
        assert owner[telling] not in whole


def test_passwords_never_come_back(client: TestClient) -> None:
    answers = [
        client.post("/v1/suppliers", json=companies.supplier()),
        client.post("/v1/manufacturers", json=companies.manufacturer()),
        client.post("/v1/suppliers", json=companies.supplier(region="99")),
    ]
    for answer in answers:
        assert "password" not in answer.text
        assert companies.PASSWORD not in answer.text
