"""What each role sees of what it may see. Who may call what at all is the matrix in `test_access.py`."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.tables import SupplierStatus
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import ANYONE, Headers, Person, sign_in, stored_supplier
from tests.factories.world import World

PRIVATE = {
    "business_number",
    "representative_name",
    "address",
    "contact",
    "concurrent_project_capacity",
    "status_reason",
    "created_at",
}


def viewers(client: TestClient, own: Person) -> dict[str, Headers]:
    """Everyone who may look at a thing of `own`."""
    return {
        "anonymous": ANYONE,
        "own": own.headers,
        "other_supplier": sign_in(client, Role.SUPPLIER).headers,
        "other_manufacturer": sign_in(client, Role.MANUFACTURER).headers,
        "account_manager": sign_in(client, Role.ACCOUNT_MANAGER).headers,
        "admin": sign_in(client, Role.ADMIN).headers,
    }


@pytest.mark.parametrize(
    "status", [SupplierStatus.PENDING, SupplierStatus.REJECTED, SupplierStatus.SUSPENDED]
)
def test_a_supplier_that_is_not_approved_is_seen_by_itself_and_staff(client: TestClient, status: str) -> None:
    company = stored_supplier(client, SupplierStatus(status))
    own = sign_in(client, Role.SUPPLIER, company)
    for viewer, headers in viewers(client, own).items():
        answer = client.get(f"/v1/suppliers/{company}", headers=headers)
        if viewer in ("own", "account_manager", "admin"):
            assert answer.status_code == 200
        else:
            problem(answer, 404, "not_found")


def test_contact_and_business_number_are_for_the_supplier_itself_and_staff(client: TestClient) -> None:
    own = sign_in(client, Role.SUPPLIER)
    path = f"/v1/suppliers/{own.company_id}"
    shown = {
        viewer: PRIVATE & client.get(path, headers=headers).json().keys()
        for viewer, headers in viewers(client, own).items()
    }
    assert shown["own"] == shown["account_manager"] == shown["admin"] == PRIVATE
    assert not shown["anonymous"] | shown["other_supplier"] | shown["other_manufacturer"]


def test_the_directory_shows_nobody_elses_contact(client: TestClient) -> None:
    own = sign_in(client, Role.SUPPLIER)
    for viewer, headers in viewers(client, own).items():
        if viewer in ("anonymous", "other_manufacturer", "other_supplier"):
            listed = client.get("/v1/suppliers", headers=headers).json()
            others = [item for item in listed["items"] if item["id"] == str(own.company_id)]
            assert len(others) == 1
            assert not PRIVATE & others[0].keys()


def test_a_manufacturer_lists_its_own_needs_only(client: TestClient) -> None:
    own = sign_in(client, Role.MANUFACTURER)
    path = f"/v1/manufacturers/{own.company_id}/needs"
    assert client.post(path, json=companies.need(), headers=own.headers).status_code == 201
    counts = {
        viewer: len(client.get("/v1/needs", headers=headers).json()["items"])
        for viewer, headers in viewers(client, own).items()
        if viewer != "anonymous"
    }
    assert counts == {
        "own": 1,
        "other_supplier": 0,
        "other_manufacturer": 0,
        "account_manager": 1,
        "admin": 1,
    }


def test_leads_do_not_name_the_manufacturer(world: World) -> None:
    supplier, manufacturer = world.person("supplier"), world.person("manufacturer")
    need = world.thing("need_id", "manufacturer")
    world.catch_up()
    owner: Any = world.client.get(
        f"/v1/manufacturers/{manufacturer.company_id}", headers=manufacturer.headers
    ).json()
    leads = world.client.get(f"/v1/suppliers/{supplier.company_id}/leads", headers=supplier.headers).json()
    assert [lead["need_id"] for lead in leads["items"]] == [need]
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


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", "/rotation"), ("POST", "/revocation"), ("DELETE", "")]
)
def test_a_companys_key_is_kept_by_itself_and_administrators(
    client: TestClient, method: str, path: str
) -> None:
    """The matrix of `test_access.py` tries the keys of staff."""
    own = sign_in(client, Role.SUPPLIER)
    key = client.post("/v1/api-keys", json={"name": "우리 전산"}, headers=own.headers).json()
    refused = {"anonymous": 401, "other_supplier": 404, "other_manufacturer": 404, "account_manager": 403}
    for viewer, headers in viewers(client, own).items():
        answer = client.request(
            method, f"/v1/api-keys/{key['id']}{path}", headers=headers | {"If-Match": "*"}
        )
        if viewer in refused:
            problem(answer, refused[viewer], answer.json()["code"])
        else:
            # "own" is asked first; what it revoked stays there to be looked at.
            assert answer.status_code in (200, 204, 409), answer.text
