"""Planning over HTTP: batches, backwards, arrears, and what published terms allow."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

import seed_data
from service.db.session import Database
from service.db.tables import FundTerm, Programme

INSTALLMENT: dict[str, Any] = {"price_won": 100_000_000, "months": 36, "annual_rate_percent": "4.5"}


def post(client: TestClient, path: str, body: object) -> Any:
    return client.post(f"/v1/financing/{path}", json=body)


@pytest.fixture
def published(database: Database) -> None:
    """One programme with grant rows and one fund, as they are published."""
    code = "SMART_FACTORY_GRANT"
    row = next(each for each in seed_data.programmes() if each["code"] == code)
    fund = next(each for each in seed_data.fund_terms() if each["code"] == "DEMO_ALLIANCE")
    with database.transaction() as session:
        session.add(
            Programme(
                code=code,
                name=row["name"],
                summary=row["summary"],
                status=row["status"],
                terms={"grant_rows": row["grant_rows"]},
                source=row["source"],
            )
        )
        session.add(FundTerm.model_validate(fund))


def test_a_batch_answers_each_quote_in_order_and_names_what_it_refuses(client: TestClient) -> None:
    over_cap = INSTALLMENT | {"annual_rate_percent": "21"}
    fees = [{"name": "관리비", "amount_won": 1_000, "when": "each_period"}]

    answer = post(
        client,
        "installment-schedules/batch",
        {"items": [INSTALLMENT, over_cap, INSTALLMENT | {"fees": fees}]},
    ).json()

    assert [item["index"] for item in answer["items"]] == [0, 2]
    assert answer["items"][0]["level_payment_won"] == 2_974_692
    assert answer["items"][0]["totals"]["payment_won"] == 107_088_908
    assert answer["items"][1]["totals"]["fee_won"] == 36_000
    assert [(each["code"], each["pointer"]) for each in answer["refused"]] == [
        ("rate_over_legal_cap", "/items/1/annual_rate_percent")
    ]


def test_a_batch_with_rows_answers_those_of_the_single_calculator(client: TestClient) -> None:
    one = post(client, "installment-schedules", INSTALLMENT).json()

    batch = post(client, "installment-schedules/batch", {"items": [INSTALLMENT], "detail": "rows"}).json()

    assert batch["items"][0]["rows"] == one["rows"]


@pytest.mark.parametrize(
    ("changed", "detail", "code"),
    [
        ({}, "rows", "batch_rows_too_many"),
        ({"months": 480, "rounding": {"balance": "carried"}}, "totals", "batch_too_heavy"),
    ],
)
def test_more_than_the_service_computes_at_once_is_refused(
    client: TestClient, changed: dict[str, Any], detail: str, code: str
) -> None:
    items = [INSTALLMENT | changed] * 1_400

    response = post(client, "installment-schedules/batch", {"items": items, "detail": detail})

    assert (response.status_code, response.json()["code"]) == (422, code)


def test_ten_thousand_quotes_fit_in_one_call(client: TestClient) -> None:
    response = post(client, "installment-schedules/batch", {"items": [INSTALLMENT] * 10_000})

    assert response.status_code == 200
    assert {item["level_payment_won"] for item in response.json()["items"]} == {2_974_692}


def test_prices_terms_and_rates_are_solved_backwards(client: TestClient) -> None:
    rate = {"annual_rate_percent": "4.5"}

    price = post(client, "affordable-prices", {"months": 36, "monthly_budget_won": 2_974_692, **rate}).json()
    term = post(
        client, "shortest-terms", {"price_won": 100_000_000, "monthly_budget_won": 2_974_692, **rate}
    ).json()
    implied = post(
        client, "implied-rates", {"price_won": 100_000_000, "months": 36, "total_payment_won": 107_088_908}
    ).json()

    assert 100_000_000 <= price["price_won"] < 100_000_050
    assert term["months"] == 36
    assert Decimal("4.49999") < Decimal(implied["annual_rate_percent"]) <= Decimal("4.5")
    assert implied["totals"]["payment_won"] == 107_088_908


def test_what_is_owed_in_arrears_is_answered(client: TestClient) -> None:
    body = INSTALLMENT | {"start_date": "2026-01-25", "first_missed_number": 3, "as_of": "2026-06-01"}

    answer = post(client, "overdue-schedules", body).json()

    assert answer["applied_rate_percent"] == "7.50"
    assert [row["days"] for row in answer["rows"]] == [35, 6]
    assert answer["owed_won"] == 2 * 2_974_692 + answer["charge_won"]


@pytest.mark.usefixtures("published")
def test_a_grant_follows_its_published_row(client: TestClient) -> None:
    body = {"programme": "SMART_FACTORY_GRANT", "year": 2022, "level": "고도화2", "cost_won": 1_500_000_000}

    answer = post(client, "grants", body).json()

    assert (answer["government_won"], answer["own_won"]) == (400_000_000, 1_100_000_000)
    assert answer["source"]["url"].startswith("https://")


@pytest.mark.usefixtures("published")
def test_an_unknown_programme_is_refused(client: TestClient) -> None:
    problem = post(client, "grants", {"programme": "X", "year": 2022, "level": "기초", "cost_won": 1}).json()

    assert (problem["code"], problem["errors"][0]["pointer"]) == ("programme_unknown", "/programme")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({}, 200, None),
        ({"start_date": "2020-08-31"}, 422, "fund_terms_not_valid"),
        ({"rate_reduction_percent": "2"}, 422, "fund_reduction_over_limit"),
        ({"fund": "X"}, 422, "fund_unknown"),
    ],
)
def test_a_loan_that_names_its_fund_keeps_to_its_published_terms(
    client: TestClient, changed: dict[str, Any], status: int, code: str | None
) -> None:
    body = {
        "fund": "DEMO_ALLIANCE",
        "principal_won": 500_000_000,
        "months": 36,
        "bank_rate_percent": "5",
        "rate_reduction_percent": "1.5",
        "floor_rate_percent": "1",
        "start_date": date(2026, 1, 26).isoformat(),
    } | changed

    response = post(client, "fund-loan-schedules", body)

    assert response.status_code == status
    assert response.json().get("code") == code
