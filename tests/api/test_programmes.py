"""Which programmes fit a company, and which companies a programme fits."""

from typing import Any

import pytest
from starlette.testclient import TestClient

import seed_data
from service.db.tables import Programme, SupplierStatus
from tests.factories.people import Headers, staff, stored_manufacturer, stored_supplier

SMALL_IN_CHUNGBUK = {"region": "43", "employee_count": 8, "industry": "10", "smart_level": None}


@pytest.fixture
def programmes(client: TestClient) -> TestClient:
    """The service with the programmes of the seed data."""
    with client.app.state.database.transaction() as session:
        for row in seed_data.programmes():
            terms = {key: row.get(key) for key in ("audience", "amount", "rule", "documents", "eligibility")}
            kept = {key: row[key] for key in ("code", "name", "summary", "status", "source")}
            session.add(Programme(**kept, terms=terms))
    return client


def _of(client: TestClient, kind: str, company_id: object, headers: Headers) -> dict[str, dict[str, Any]]:
    answer = client.get(f"/v1/{kind}/{company_id}/programmes", headers=headers)
    assert answer.status_code == 200, answer.text
    return {item["code"]: item for item in answer.json()["items"]}


def test_a_company_is_told_what_it_can_have_what_not_and_why(programmes: TestClient) -> None:
    company = stored_manufacturer(programmes, **SMALL_IN_CHUNGBUK)
    found = _of(programmes, "manufacturers", company, staff(programmes))
    assert found["CHUNGBUK_SMALL_FACTORY_2025"]["eligibility"] == "eligible"
    assert found["CHUNGBUK_SMALL_FACTORY_2025"]["benefit_won"] == 27_000_000
    assert found["REGIONAL_SMART_FACTORY_2025"]["eligibility"] == "not_eligible"
    assert "경북, 전남, 전북에 있어야 합니다." in found["REGIONAL_SMART_FACTORY_2025"]["failed"]
    assert found["SMART_FACTORY_5G_AI"]["eligibility"] == "unknown"
    assert found["SMART_FACTORY_5G_AI"]["missing"] == [{"field": "smart_level", "name": "스마트공장 수준"}]
    assert "중소기업이어야 합니다. 중소기업확인서로 확인합니다." in found["INSTALLMENT_36"]["to_confirm"]


def test_a_company_sees_only_programmes_for_its_kind(programmes: TestClient) -> None:
    company = stored_manufacturer(programmes)
    found = _of(programmes, "manufacturers", company, staff(programmes))
    expected = {row["code"] for row in seed_data.programmes() if "manufacturer" in row["audience"]}
    assert set(found) == expected


def test_what_is_open_and_can_be_had_comes_first(programmes: TestClient) -> None:
    company = stored_supplier(programmes)
    found = list(_of(programmes, "suppliers", company, staff(programmes)).values())
    states = [(item["status"] == "closed", item["eligibility"]) for item in found]
    order = {"eligible": 0, "unknown": 1, "not_eligible": 2}
    keys = [(closed, order[answer]) for closed, answer in states]
    assert keys == sorted(keys)


def test_filling_in_the_missing_field_answers_the_question(programmes: TestClient) -> None:
    headers = staff(programmes)
    company = stored_supplier(programmes, founded_on=None)
    assert _of(programmes, "suppliers", company, headers)["WARM_TECH_CHALLENGE"]["missing"] == [
        {"field": "years_in_business", "name": "설립일"}
    ]
    founded = stored_supplier(programmes, founded_on="2015-03-01")
    assert _of(programmes, "suppliers", founded, headers)["WARM_TECH_CHALLENGE"]["eligibility"] == "eligible"


def test_conditions_that_nobody_wrote_as_a_rule_are_for_a_person(programmes: TestClient) -> None:
    with programmes.app.state.database.transaction() as session:
        old = session.get_one(Programme, "KAMP")
        old.terms = {"audience": ["manufacturer"], "eligibility": ["공정 데이터를 모으고 있어야 합니다."]}
    found = _of(programmes, "manufacturers", stored_manufacturer(programmes), staff(programmes))["KAMP"]
    assert (found["eligibility"], found["to_confirm"]) == ("unknown", ["공정 데이터를 모으고 있어야 합니다."])


def test_only_a_member_of_the_alliance_may_have_a_fund_loan(programmes: TestClient) -> None:
    waiting = stored_supplier(programmes, SupplierStatus.PENDING)
    found = _of(programmes, "suppliers", waiting, staff(programmes))["WIN_WIN_FUND"]
    assert found["failed"] == ["얼라이언스에 참여하는(승인된) 공급기업이어야 합니다."]


def test_an_account_manager_finds_every_company_that_a_programme_fits(programmes: TestClient) -> None:
    fitting = {str(stored_manufacturer(programmes, **SMALL_IN_CHUNGBUK)) for _ in range(5)}
    for region in ("11", "47"):
        stored_manufacturer(programmes, **{**SMALL_IN_CHUNGBUK, "region": region})
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        answer = programmes.get(
            "/v1/programmes/CHUNGBUK_SMALL_FACTORY_2025/companies", params=query, headers=staff(programmes)
        ).json()
        seen += [item["id"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]
    assert sorted(seen) == sorted(fitting)


def test_an_account_manager_narrows_the_companies_down_to_whom_to_ask(programmes: TestClient) -> None:
    asked = str(stored_manufacturer(programmes, **SMALL_IN_CHUNGBUK))
    stored_manufacturer(programmes, **SMALL_IN_CHUNGBUK | {"region": "11"})
    stored_manufacturer(programmes, **SMALL_IN_CHUNGBUK | {"smart_level": "기초"})
    path = "/v1/programmes/DIGITAL_CLUSTER/companies"
    query = {"eligibility": "unknown", "missing": "smart_level", "region": "43", "kind": "manufacturer"}
    found = programmes.get(path, params=query, headers=staff(programmes)).json()["items"]
    assert [item["id"] for item in found] == [asked]
    elsewhere = query | {"kind": "supplier"}
    assert programmes.get(path, params=elsewhere, headers=staff(programmes)).json()["items"] == []
