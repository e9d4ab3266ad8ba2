"""Paying for a need: grants, installment and own share together."""

from typing import Any

import pytest
from starlette.testclient import TestClient

import seed_data
from service.db.tables import Programme
from tests.factories import companies
from tests.factories.people import Headers, staff, stored_manufacturer

TERMS = {"annual_rate_percent": "4.5", "start_date": "2023-05-25", "months": 36}


@pytest.fixture
def client(client: TestClient) -> TestClient:
    """The service with the programmes of the seed data."""
    known = ("code", "name", "summary", "status", "source")
    with client.app.state.database.transaction() as session:
        for row in seed_data.programmes():
            terms = {key: value for key, value in row.items() if key not in known}
            session.add(Programme(**{key: row[key] for key in known}, terms=terms))
    return client


def _need(client: TestClient, headers: Headers, **profile: Any) -> str:
    company = stored_manufacturer(client, **{"region": "41", "industry": "25", **profile})
    body = companies.need(budget_won=100_000_000)
    return str(client.post(f"/v1/manufacturers/{company}/needs", json=body, headers=headers).json()["id"])


def _stacks(client: TestClient, need: str, headers: Headers, **changes: Any) -> Any:
    return client.post(f"/v1/needs/{need}/funding-stacks", json=TERMS | changes, headers=headers)


def test_the_years_grant_and_the_installment_of_the_rest_add_up_to_the_budget(
    client: TestClient,
) -> None:
    headers = staff(client)
    answer = _stacks(client, _need(client, headers), headers, level="고도화").json()
    assert answer["price_won"] == 100_000_000
    best = answer["options"][0]
    grant = next(each for each in best["grants"] if each["programme"] == "SMART_FACTORY_GRANT")
    assert (grant["year"], grant["level"]) == (2023, "고도화")
    assert grant["government_won"] == 50_000_000
    by_installment = next(each for each in answer["options"] if each["grants"] and each["schedule"])
    schedule = by_installment["schedule"]
    assert by_installment["own_won"] == schedule["totals"]["principal_won"] == 50_000_000
    assert len(schedule["rows"]) == 36
    assert by_installment["monthly_burden_won"] == max(row["payment_won"] for row in schedule["rows"][:-1])
    assert by_installment["name"] == "스마트공장 보급·고도화 지원금 (정부형) + 할부"


def test_the_schedule_is_the_one_that_the_calculator_gives(client: TestClient) -> None:
    headers = staff(client)
    answer = _stacks(client, _need(client, headers), headers, level="고도화").json()
    option = next(each for each in answer["options"] if not each["grants"] and each["schedule"])
    alone = client.post("/v1/financing/installment-schedules", json=TERMS | {"price_won": 100_000_000}).json()
    assert option["schedule"]["rows"] == alone["rows"]


def test_what_could_not_be_used_is_told_with_the_reason(client: TestClient) -> None:
    headers = staff(client)
    answer = _stacks(client, _need(client, headers), headers, start_date="2026-05-25").json()
    left_out = {each["programme"]: each for each in answer["left_out"]}
    assert left_out["CHUNGBUK_SMALL_FACTORY_2025"]["failed"] == ["충청북도에 있어야 합니다."]
    assert "공고의 금액을 알지 못해" in left_out["SMART_FACTORY_GRANT"]["reason"]
    assert [bool(each["grants"]) for each in answer["options"]] == [False, False]


def test_what_was_open_once_can_be_taken_as_if_it_still_were(client: TestClient) -> None:
    headers = staff(client)
    need = _need(client, headers)
    then = _stacks(client, need, headers, start_date="2026-05-25", grants_on="2022-12-31").json()
    granted = [grant for option in then["options"] for grant in option["grants"]]
    assert {grant["year"] for grant in granted} == {2022}
    assert not any(grant["in_force"] for grant in granted)
    assert [
        each["reason"][: len(start)]
        for each, start in zip(
            sorted(then["not_combined"], key=lambda each: each["names"][0] == each["names"][1])[:2],
            ("같은 구축비", "한 사업에서는"),
            strict=True,
        )
    ] == ["같은 구축비", "한 사업에서는"]


def test_one_grant_can_be_looked_at_alone_and_says_what_the_company_has_to_fill_in(
    client: TestClient,
) -> None:
    headers = staff(client)
    need = _need(client, headers)
    key = "SMART_FACTORY_GRANT/2023/정부형/고도화"
    answer = _stacks(client, need, headers, start_date="2026-05-25", grant=key).json()
    assert [len(each["grants"]) for each in answer["options"]] == [1, 1, 0, 0]
    assert answer["options"][0]["grants"][0]["to_confirm"]
    others = [each["reason"] for each in answer["left_out"] if each["programme"].startswith("WIN_WIN")]
    assert others == ["다른 지원금 하나만 골라 보고 있어 넣지 않았습니다."]
    unknown = _stacks(client, need, headers, grant="SMART_FACTORY_GRANT/1999/정부형/고도화")
    assert unknown.json()["errors"][0]["pointer"] == "/grant"


def test_grants_that_exclude_each_other_are_never_combined(client: TestClient) -> None:
    headers = staff(client)
    need = _need(client, headers, region="43", employee_count=5)
    answer = _stacks(client, need, headers, start_date="2025-05-25").json()
    assert ["CHUNGBUK_SMALL_FACTORY_2025"] in [
        [grant["programme"] for grant in each["grants"]] for each in answer["options"]
    ]
    best = answer["options"][0]["grants"][0]
    assert best["government_won"] == 27_000_000
    assert best["to_confirm"]


@pytest.mark.parametrize(
    ("changes", "pointer", "said"),
    [
        ({"months": 48}, "/months", "36개월까지"),
        ({"price_won": 0}, "/price_won", "1원 이상"),
        ({"annual_rate_percent": "21"}, "/annual_rate_percent", "법정 최고 이자율"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(
    client: TestClient, changes: dict[str, Any], pointer: str, said: str
) -> None:
    headers = staff(client)
    answer = _stacks(client, _need(client, headers), headers, **changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert said in answer.json()["errors"][0]["message"]


def test_without_a_price_and_a_budget_it_asks_for_one(client: TestClient) -> None:
    headers = staff(client)
    company = stored_manufacturer(client)
    need = client.post(f"/v1/manufacturers/{company}/needs", json=companies.need(), headers=headers).json()[
        "id"
    ]
    client.patch(f"/v1/needs/{need}", json={"budget_won": None}, headers=headers | {"If-Match": '"1"'})
    answer = _stacks(client, need, headers)
    assert answer.json()["code"] == "price_or_budget_required"


def test_the_suppliers_own_loan_stands_beside(client: TestClient) -> None:
    headers = staff(client)
    loan = {
        "principal_won": 60_000_000,
        "months": 12,
        "bank_rate_percent": "5.2",
        "rate_reduction_percent": "1.5",
    }
    answer = _stacks(client, _need(client, headers), headers, fund_loan=loan).json()
    assert answer["supplier_fund_loan"]["customer_rate_percent"] == "3.70"
