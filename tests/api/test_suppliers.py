"""Suppliers: registration, approval, changes and the directory."""

from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import AuditEvent, ConsentRecord, SupplierStatus
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import ANYONE, sign_in, staff, stored_supplier


def registered(client: TestClient, **changes: Any) -> Any:
    answer = client.post("/v1/suppliers", json=companies.supplier(**changes))
    assert answer.status_code == 201, answer.text
    return answer


def names_in_directory(client: TestClient, headers: dict[str, str] = ANYONE, **asked: str) -> list[str]:
    answer = client.get("/v1/suppliers", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["company_name"] for item in answer.json()["items"]]


def test_a_registration_waits_for_approval_and_says_where_it_is(client: TestClient) -> None:
    answer = registered(client)
    assert answer.json()["status"] == "pending"
    assert answer.headers["Location"] == f"/v1/suppliers/{answer.json()['id']}"
    assert answer.headers["ETag"] == '"1"'


def test_a_registration_keeps_all_that_was_told(client: TestClient) -> None:
    told = companies.supplier(
        representative_name="박대표",
        address="경기도 안산시 단원구",
        homepage="https://hanbit.example",
        employee_count=35,
        founded_on="2012-03-01",
        service_regions=["11", "41"],
        certifications=["ISO9001"],
        concurrent_project_capacity=3,
        solutions=[
            companies.solution(
                industries=["30"],
                processes=["사출"],
                price_min_won=30_000_000,
                price_max_won=120_000_000,
                smart_levels=["기초", "중간1"],
            )
        ],
        references=[
            {
                "title": "부품 공장 실적 수집",
                "problem": "실적을 손으로 적어 하루 뒤에 알았다.",
                "outcome": "실적이 바로 보인다.",
                "industry": "30",
                "completed_on": "2024-05-31",
            }
        ],
    )
    answer = registered(client, **told).json()
    kept = client.get(f"/v1/suppliers/{answer['id']}", headers=staff(client)).json()
    for part in (*kept["solutions"], *kept["references"]):
        assert part.pop("id")
    expected = {name: value for name, value in told.items() if name not in ("contact", "consents")}
    assert {name: kept[name] for name in expected} == expected
    assert kept["contact"] == {name: told["contact"][name] for name in ("name", "email", "phone")}


def test_the_person_who_registered_signs_in_at_once_and_sees_the_company(client: TestClient) -> None:
    person = companies.contact(email="Kim.Damdang@Company.example")
    supplier_id = registered(client, contact=person).json()["id"]
    credentials = {"username": "kim.damdang@company.example", "password": person["password"]}
    token = client.post("/v1/auth/token", data=credentials).json()
    own = client.get(
        f"/v1/suppliers/{supplier_id}", headers={"Authorization": f"Bearer {token['access_token']}"}
    )
    assert own.json()["contact"]["email"].lower() == person["email"].lower()


def test_every_answer_to_a_consent_question_is_kept_refusals_too(
    client: TestClient, database: Database
) -> None:
    registered(client)
    with database.transaction() as session:
        kept = {record.purpose: record.accepted for record in session.exec(select(ConsentRecord))}
    assert kept == {"registration": True, "marketing": False}


def test_registering_without_the_registration_consent_is_refused(client: TestClient) -> None:
    refused = client.post("/v1/suppliers", json=companies.supplier(consents=companies.consents(False)))
    problem(refused, 422, "registration_consent_required")


@pytest.mark.parametrize("action", ["approval", "rejection", "suspension"])
def test_a_move_leaves_an_audit_event_that_names_the_actor_by_id_only(
    client: TestClient, database: Database, action: str
) -> None:
    before = SupplierStatus.APPROVED if action == "suspension" else SupplierStatus.PENDING
    supplier_id = stored_supplier(client, before)
    manager = sign_in(client, Role.ACCOUNT_MANAGER)
    body = None if action == "approval" else {"reason": "서류가 맞지 않습니다"}
    moved = client.post(f"/v1/suppliers/{supplier_id}/{action}", json=body, headers=manager.headers)
    status = {"approval": "approved", "rejection": "rejected", "suspension": "suspended"}[action]
    assert moved.json()["status"] == status
    with database.transaction() as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == f"supplier.{status}")).one()
    assert (event.subject_id, event.actor) == (supplier_id, f"account:{manager.account_id}")


@pytest.mark.parametrize(
    ("before", "action"),
    [
        (SupplierStatus.APPROVED, "approval"),
        (SupplierStatus.PENDING, "suspension"),
        (SupplierStatus.APPROVED, "rejection"),
        (SupplierStatus.SUSPENDED, "rejection"),
    ],
)
def test_a_move_that_makes_no_sense_is_a_conflict(
    client: TestClient, before: SupplierStatus, action: str
) -> None:
    supplier_id = stored_supplier(client, before)
    body = None if action == "approval" else {"reason": "사유입니다"}
    refused = client.post(f"/v1/suppliers/{supplier_id}/{action}", json=body, headers=staff(client))
    problem(refused, 409, "status_transition")


def test_a_suspended_supplier_can_be_approved_again(client: TestClient) -> None:
    supplier_id = stored_supplier(client, SupplierStatus.SUSPENDED)
    answer = client.post(f"/v1/suppliers/{supplier_id}/approval", headers=staff(client))
    assert answer.json()["status"] == "approved"


def test_rejection_without_a_reason_is_refused(client: TestClient) -> None:
    supplier_id = stored_supplier(client, SupplierStatus.PENDING)
    answer = client.post(f"/v1/suppliers/{supplier_id}/rejection", json={}, headers=staff(client))
    problem(answer, 422, "validation_failed")


def test_a_change_touches_only_what_it_names(client: TestClient) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    path = f"/v1/suppliers/{owner.company_id}"
    before = client.get(path, headers=owner.headers)
    changed = client.patch(
        path,
        json={"employee_count": 77},
        headers=owner.headers | {"If-Match": before.headers["ETag"]},
    )
    assert changed.headers["ETag"] == '"2"'
    differing = {name for name, value in changed.json().items() if value != before.json()[name]}
    assert differing == {"employee_count", "version", "updated_at"}


def test_a_solution_that_keeps_its_name_keeps_its_id(client: TestClient) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    path = f"/v1/suppliers/{owner.company_id}"
    before = client.get(path, headers=owner.headers).json()["solutions"][0]
    kept = companies.solution(description="설명을 새로 씁니다.")
    changed = client.patch(
        path,
        json={"solutions": [companies.solution(name="새 솔루션"), kept]},
        headers=owner.headers | {"If-Match": "*"},
    ).json()
    by_name = {solution["name"]: solution for solution in changed["solutions"]}
    assert [*by_name] == ["새 솔루션", before["name"]]
    assert by_name[before["name"]]["id"] == before["id"]
    assert by_name[before["name"]]["description"] == "설명을 새로 씁니다."


def test_the_directory_lists_approved_suppliers_only(client: TestClient) -> None:
    for status in SupplierStatus:
        stored_supplier(client, status, company_name=status.value)
    assert names_in_directory(client) == ["approved"]
    assert names_in_directory(client, staff(client), status="pending") == ["pending"]
    assert sorted(names_in_directory(client, staff(client))) == sorted(SupplierStatus)


def test_the_directory_filters_by_category_industry_and_region(client: TestClient) -> None:
    stored_supplier(client, company_name="비전", solutions=[companies.solution(categories=["VISION"])])
    stored_supplier(client, company_name="금속", solutions=[companies.solution(industries=["25"])])
    stored_supplier(
        client, company_name="부산", region="26", solutions=[companies.solution(industries=["30"])]
    )
    assert names_in_directory(client, category="VISION") == ["비전"]
    assert names_in_directory(client, region="26") == ["부산"]
    assert names_in_directory(client, industry="30") == ["부산", "비전"], "no industries means every industry"
    assert names_in_directory(client, industry="2511") == ["금속", "비전"], "a division covers its classes"
    assert names_in_directory(client, category="VISION", region="26") == []


def test_an_industry_filter_finds_suppliers_of_a_narrower_industry(client: TestClient) -> None:
    stored_supplier(client, company_name="강선", solutions=[companies.solution(industries=["24", "2511"])])
    assert names_in_directory(client, industry="25") == ["강선"]


def test_the_directory_finds_korean_words_that_must_all_be_there(client: TestClient) -> None:
    stored_supplier(client, company_name="가람", summary="도금 두께를 재는 계측기를 만듭니다.")
    stored_supplier(client, company_name="나래", summary="도금 라인의 정류기를 고칩니다.")
    assert names_in_directory(client, q="도금") == ["가람", "나래"]
    assert names_in_directory(client, q="도금 계측기") == ["가람"]
    assert names_in_directory(client, q="100%") == []
    assert names_in_directory(client, q="_") == []


def test_former_region_codes_are_read_as_the_present_ones(client: TestClient) -> None:
    stored_supplier(client, company_name="강원", region="42")
    assert names_in_directory(client, region="51") == ["강원"]
    assert names_in_directory(client, region="42") == ["강원"]


def test_pages_of_the_directory_hold_every_supplier_once(client: TestClient) -> None:
    for _ in range(7):
        stored_supplier(client, company_name="같은이름")
    seen, cursor = [], None
    for _ in range(4):
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/suppliers", params=asked).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert len(seen) == len(set(seen)) == 7
