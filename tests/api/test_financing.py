"""The calculators over HTTP. They store nothing, so no database stands behind these tests."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from fastapi import APIRouter, FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.financing import endpoints
from service.kit.problem_handlers import install_problem_handlers
from service.refusals import REFUSALS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
INSTALLMENT: dict[str, Any] = {"price_won": 100_000_000, "months": 36, "annual_rate_percent": "4.5"}
FUND_LOAN: dict[str, Any] = {
    "principal_won": 100_000_000,
    "months": 36,
    "bank_rate_percent": "4.97",
    "rate_reduction_percent": "3.06",
    "floor_rate_percent": "0",
    "start_date": "2026-01-25",
}
CONTRACT_EXAMPLE: dict[str, Any] = {
    **INSTALLMENT,
    "down_payment_won": 0,
    "method": "level_payment",
    "grace_months": 0,
    "balloon_won": 0,
    "step": {"percent": "5", "every_months": 12},
    "start_date": "2026-01-25",
    "first_due_date": None,
    "payment_day": None,
    "rounding": {"payment_unit_won": 1, "mode": "down", "balance": "rounded"},
    "residue": "last",
    "day_count": "monthly",
    "business_day": "following",
    "accrue_to": "due_date",
    "vat": {"rate_percent": "10", "timing": "per_installment", "base": "principal_and_interest"},
    "fees": [{"name": "보증료", "amount_won": 0, "when": "start"}],
    "grant": {"programme": "스마트공장", "amount_won": 0},
    "rate_changes": [{"from": "2026-07-01", "annual_rate_percent": "4.0"}],
    "prepayments": [{"date": "2026-09-25", "amount_won": 10_000_000, "effect": "shorten"}],
    "prepayment_fee": {"rate_percent": "1.2", "max_years": 3},
}


def make_client() -> TestClient:
    app = FastAPI()
    version = APIRouter(prefix="/v1")
    version.include_router(endpoints.router)
    app.include_router(version)
    install_problem_handlers(app, REFUSALS)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with make_client() as opened:
        yield opened


def post(client: TestClient, path: str, body: object, **headers: str) -> Any:
    return client.post(f"/v1/financing/{path}", json=body, headers=headers)


def test_three_fields_are_enough_for_a_schedule(client: TestClient) -> None:
    answer = post(client, "installment-schedules", INSTALLMENT).json()

    assert answer["level_payment_won"] == 2_974_692
    assert [row["number"] for row in answer["rows"]] == list(range(1, 37))
    assert answer["rows"][0] | {"due_date": None, "days": None} == answer["rows"][0]
    assert answer["totals"]["payment_won"] == 107_088_908
    assert answer["effective_rate_percent"] == "4.59396964"
    assert answer["terms"]["principal_won"] == 100_000_000
    assert answer["terms"]["annual_rate_percent"] == "4.50"
    assert answer["calendar_version"] == "holidays 0.109 KR public+bank"
    assert answer["conventions"]["day_count"] == "monthly"
    assert answer["present_value"] is None
    assert answer["warnings"] == []


def test_the_example_of_the_contract_is_answered(client: TestClient) -> None:
    response = post(client, "installment-schedules", CONTRACT_EXAMPLE)
    answer = response.json()

    assert response.status_code == 200
    assert sum(row["principal_won"] for row in answer["rows"]) == 100_000_000
    assert answer["rows"][-1]["closing_balance_won"] == 0
    for row in answer["rows"]:
        assert row["payment_won"] == row["principal_won"] + row["interest_won"] + row["fee_won"]
    prepaid = next(row for row in answer["rows"] if row["kind"] == "prepayment")
    assert (prepaid["number"], prepaid["principal_won"], prepaid["fee_won"]) == (8, 10_000_000, 93_394)
    assert answer["terms"]["rate_changes"] == [{"from": "2026-07-01", "annual_rate_percent": "4.00"}]


def test_down_payment_and_grant_lower_what_is_financed(client: TestClient) -> None:
    grant = {"programme": "스마트공장", "amount_won": 50_000_000}

    answer = post(
        client, "installment-schedules", {**INSTALLMENT, "down_payment_won": 10_000_000, "grant": grant}
    ).json()

    assert answer["terms"]["principal_won"] == 40_000_000
    assert answer["terms"]["price_won"] == 100_000_000


def test_a_discount_rate_adds_the_present_value(client: TestClient) -> None:
    answer = post(client, "installment-schedules", {**INSTALLMENT, "discount_rate_percent": "4.5"}).json()

    assert answer["present_value"] == {
        "discount_rate_percent": "4.50",
        "value_won": 99_999_981,
        "discount_won": 7_088_927,
    }


def test_a_fund_loan_names_its_rate_and_what_it_saves(client: TestClient) -> None:
    answer = post(client, "fund-loan-schedules", FUND_LOAN).json()

    assert answer["customer_rate_percent"] == "1.91"
    assert answer["conventions"]["day_count"] == "actual_actual"
    assert (
        answer["interest_saved_won"]
        == answer["market_total_interest_won"] - answer["totals"]["interest_won"]
        > 0
    )


def test_a_fund_loan_without_dates_counts_months(client: TestClient) -> None:
    undated = {name: value for name, value in FUND_LOAN.items() if name != "start_date"}

    answer = post(client, "fund-loan-schedules", undated).json()

    assert answer["terms"]["day_count"] == answer["conventions"]["day_count"] == "monthly"


def test_options_are_ranked_by_present_value(client: TestClient) -> None:
    answer = post(
        client,
        "comparisons",
        {
            "discount_rate_percent": "6",
            "options": [
                {"name": "일시불", "kind": "lump_sum", "price_won": 100_000_000},
                {"name": "할부", "kind": "installment", **INSTALLMENT},
                {"name": "펀드", "kind": "fund_loan", **FUND_LOAN},
            ],
        },
    ).json()

    assert [option["name"] for option in answer["options"]] == ["펀드", "할부", "일시불"]
    values = [option["present_value_won"] for option in answer["options"]]
    assert values == sorted(values)
    assert answer["options"][1]["monthly_burden_won"] == 2_974_692
    assert answer["options"][2]["effective_rate_percent"] is None


def test_small_calculators_answer(client: TestClient) -> None:
    fee = {
        "amount_won": 100_000_000,
        "fee_rate_percent": "1.2",
        "start_date": "2024-01-15",
        "prepayment_date": "2025-01-15",
        "maturity_date": "2027-01-15",
        "max_years": 3,
    }
    overdue = {"base_won": 2_974_692, "contract_rate_percent": "4.5", "addon_percent": "3", "days": 17}
    value = {"annual_rate_percent": "10", "cashflows_won": [0, 100_000, 100_000, 100_000]}

    assert post(client, "prepayment-fees", fee).json() == {
        "remaining_days": 730,
        "total_days": 1096,
        "fee_won": 799_270,
    }
    assert post(client, "overdue-charges", overdue).json() == {
        "applied_rate_percent": "7.50",
        "charge_won": 10_391,
    }
    assert post(client, "present-values", value).json()["rows"][-1] == {
        "period": 3,
        "interest_won": 9_091,
        "cash_won": 100_000,
        "carrying_won": 0,
    }


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"annual_rate_percent": "20.01"}, "rate_over_legal_cap", "/annual_rate_percent"),
        ({"price_won": 0}, "principal_not_positive", "/price_won"),
        ({"price_won": -5}, "principal_not_positive", "/price_won"),
        ({"price_won": 10**14}, "won_out_of_bounds", "/price_won"),
        ({"months": 481}, "count_out_of_bounds", "/months"),
        ({"grace_months": 37}, "grace_over_term", "/grace_months"),
        ({"principal_won": 1}, "principal_mismatch", "/principal_won"),
        ({"price_won": None}, "price_or_principal_required", "/price_won"),
        ({"day_count": "actual_365"}, "start_date_required", "/start_date"),
        ({"balloon_won": 100_000_001}, "balloon_over_principal", "/balloon_won"),
        (
            {"start_date": "2026-01-25", "prepayments": [{"date": "2026-03-01", "amount_won": 10**9}]},
            "prepayment_over_balance",
            "/prepayments/0/amount_won",
        ),
        ({"fees": [{"name": "보증료", "amount_won": 30_000_000}]}, "rate_over_legal_cap", "/fees"),
    ],
)
def test_a_refusal_has_its_code_pointer_and_sentence(
    client: TestClient, changed: dict[str, Any], code: str, pointer: str
) -> None:
    response = post(client, "installment-schedules", INSTALLMENT | changed)
    problem = response.json()

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["code"] == code
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert problem["detail"] == problem["errors"][0]["message"]


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"price_won": 100_000_000.0}, "won_not_integer", "/price_won"),
        ({"price_won": "100000000"}, "won_not_integer", "/price_won"),
        ({"price_won": True}, "won_not_integer", "/price_won"),
        ({"annual_rate_percent": 4.5}, "rate_malformed", "/annual_rate_percent"),
        ({"annual_rate_percent": 4}, "rate_malformed", "/annual_rate_percent"),
        ({"annual_rate_percent": "4.5%"}, "rate_malformed", "/annual_rate_percent"),
        ({"annual_rate_percent": "-1"}, "rate_negative", "/annual_rate_percent"),
        ({"months": "36"}, "count_not_integer", "/months"),
        ({"months": 36.0}, "count_not_integer", "/months"),
        ({"months": None}, "count_not_integer", "/months"),
        ({"start_date": 0}, "day_malformed", "/start_date"),
        ({"start_date": "2026-01-25T00:00:00"}, "day_malformed", "/start_date"),
        ({"start_date": "2026-02-30"}, "day_unknown", "/start_date"),
        ({"colour": "red"}, "validation_failed", "/colour"),
        ({"fees": None}, "validation_failed", "/fees"),
    ],
)
def test_a_single_field_of_the_wrong_shape_has_its_code_and_is_pointed_at(
    client: TestClient, changed: dict[str, Any], code: str, pointer: str
) -> None:
    response = post(client, "installment-schedules", INSTALLMENT | changed)
    problem = response.json()

    assert response.status_code == 422
    assert problem["code"] == code
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_faults_of_several_kinds_are_answered_together(client: TestClient) -> None:
    problem = post(client, "installment-schedules", {**INSTALLMENT, "price_won": 1.5, "months": "a"}).json()

    assert problem["code"] == "validation_failed"
    assert [error["pointer"] for error in problem["errors"]] == ["/months", "/price_won"]


def test_the_choices_of_a_field_are_listed_in_korean(client: TestClient) -> None:
    method = post(client, "installment-schedules", {**INSTALLMENT, "method": "equal"}).json()
    kind = post(
        client, "comparisons", {"discount_rate_percent": "5", "options": [{"name": "할부", "kind": "lease"}]}
    ).json()

    assert method["errors"][0]["message"] == (
        "쓸 수 있는 값이 아닙니다. 쓸 수 있는 값: 'level_payment', 'level_principal', 'bullet', 'graduated'"
    )
    assert kind["errors"][0]["message"] == (
        "'kind' 항목에는 'installment', 'fund_loan', 'lump_sum' 가운데 하나를 넣어 주세요."
    )


@pytest.mark.parametrize(
    "harmless",
    [
        dict.fromkeys(("first_due_date", "payment_day", "step", "grant", "vat", "prepayment_fee")),
        {"rounding": {"mode": "down"}},
        {"rounding": {}},
        {"step": {"percent": "5"}},
        {"fees": [], "rate_changes": [], "prepayments": []},
        {"prepayment_fee": {"rate_percent": "1.2"}},
    ],
)
def test_fields_that_say_nothing_change_nothing(client: TestClient, harmless: dict[str, Any]) -> None:
    plain = post(client, "installment-schedules", INSTALLMENT).json()
    answer = post(client, "installment-schedules", INSTALLMENT | harmless).json()

    assert (answer["rows"], answer["totals"]) == (plain["rows"], plain["totals"])


@pytest.mark.parametrize(
    "extreme",
    [
        {"price_won": 10_000_000_000_000, "months": 480, "annual_rate_percent": "20"},
        {"price_won": 1},
        {"months": 1},
        {"annual_rate_percent": "0", "months": 480},
    ],
)
def test_the_ends_of_every_range_are_computed(client: TestClient, extreme: dict[str, Any]) -> None:
    asked = INSTALLMENT | extreme
    answer = post(client, "installment-schedules", asked).json()

    assert len(answer["rows"]) == asked["months"]
    assert sum(row["principal_won"] for row in answer["rows"]) == asked["price_won"]
    assert answer["rows"][-1]["closing_balance_won"] == 0


def test_conventions_that_leave_a_choice_are_named(client: TestClient) -> None:
    named = post(client, "installment-schedules", CONTRACT_EXAMPLE).json()["conventions"]
    chosen_day = post(
        client, "installment-schedules", {**INSTALLMENT, "start_date": "2026-01-25", "payment_day": 10}
    ).json()["conventions"]

    assert named["first_due_date"] == "one_month_after_start"
    assert named["rate_change"] == "interest_split_by_days_and_payment_recast"
    assert named["part_of_a_month"] == "twelfth_shared_by_days"
    assert chosen_day["first_due_date"] == "payment_day_of_next_month"
    assert chosen_day["first_period"] == "actual_days_over_365"


def test_a_bank_rate_over_the_cap_is_pointed_at_by_its_own_name(client: TestClient) -> None:
    problem = post(client, "fund-loan-schedules", FUND_LOAN | {"bank_rate_percent": "21"}).json()

    assert (problem["code"], problem["errors"][0]["pointer"]) == ("rate_over_legal_cap", "/bank_rate_percent")


def test_a_refused_option_is_pointed_at(client: TestClient) -> None:
    options = [{"name": "할부", "kind": "installment", **INSTALLMENT, "grace_months": 40}]

    problem = post(client, "comparisons", {"discount_rate_percent": "5", "options": options}).json()

    assert problem["errors"][0]["pointer"] == "/options/0/grace_months"


def test_a_csv_file_opens_in_excel_and_holds_the_same_rows(client: TestClient) -> None:
    response = post(client, "installment-schedules", CONTRACT_EXAMPLE, Accept="text/csv")
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    answer = post(client, "installment-schedules", CONTRACT_EXAMPLE).json()

    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert [int(row["납입금(원)"]) for row in rows] == [row["payment_won"] for row in answer["rows"]]
    assert [row["실제 납입일"] for row in rows] == [row["payment_date"] for row in answer["rows"]]
    assert rows[8]["구분"] == "중도상환"


def test_a_workbook_holds_a_summary_and_numbers_that_add_up(client: TestClient) -> None:
    response = post(client, "fund-loan-schedules", FUND_LOAN, Accept=XLSX)
    workbook = openpyxl.load_workbook(BytesIO(response.content))
    rows = workbook["상환표"]
    headings = [cell.value for cell in rows[1]]
    principal = headings.index("원금(원)")

    assert response.headers["content-type"] == XLSX
    assert dict(workbook["요약"].iter_rows(values_only=True))["원금(원)"] == 100_000_000
    paid = [line[principal] for line in rows.iter_rows(min_row=2, max_row=37, values_only=True)]
    assert sum(paid) == rows.cell(38, principal + 1).value == 100_000_000
    assert rows.cell(2, headings.index("약정 납입일") + 1).value == datetime(2026, 2, 25)  # noqa: DTZ001
    assert rows.cell(2, principal + 1).number_format == "#,##0"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json"),
        ("application/json;q=0.1, text/csv", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
    ],
)
def test_the_preferred_form_is_answered(client: TestClient, accept: str, content_type: str) -> None:
    response = post(client, "installment-schedules", INSTALLMENT, Accept=accept)

    assert response.headers["content-type"] == content_type


def test_a_form_that_is_not_offered_is_refused(client: TestClient) -> None:
    response = post(client, "installment-schedules", INSTALLMENT, Accept="application/xml")

    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable_schedule")


ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [
            "4.5",
            "0",
            "20",
            "1e3",
            "2026-01-31",
            "2024-02-29",
            "0001-01-01",
            "9999-12-31",
            "٤",
            0,
            1,
            480,
            10**13,
        ]
    ),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(
        st.sampled_from(["percent", "amount_won", "date", "from", "name"]), st.integers(), max_size=2
    ),
)
RATES = st.integers(0, 2000).map(lambda hundredths: f"{hundredths / 100:.2f}")
DAYS = st.one_of(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.dates()).map(str)
SHAPED = st.fixed_dictionaries(
    {"price_won": st.integers(1, 10**13), "months": st.integers(1, 60), "annual_rate_percent": RATES},
    optional={
        "method": st.sampled_from(["level_payment", "level_principal", "bullet", "graduated"]),
        "grace_months": st.integers(0, 61),
        "balloon_won": st.integers(0, 10**13),
        "step": st.fixed_dictionaries({"percent": RATES}, optional={"every_months": st.integers(0, 40)}),
        "start_date": DAYS,
        "first_due_date": DAYS,
        "payment_day": st.integers(0, 32),
        "residue": st.sampled_from(["first", "last"]),
        "day_count": st.sampled_from(["monthly", "actual_365", "actual_actual"]),
        "business_day": st.sampled_from(["none", "following", "modified_following", "preceding"]),
        "accrue_to": st.sampled_from(["due_date", "payment_date"]),
        "rounding": st.fixed_dictionaries(
            {},
            optional={
                "payment_unit_won": st.sampled_from([1, 10, 5]),
                "mode": st.sampled_from(["down", "half_up"]),
                "balance": st.sampled_from(["rounded", "carried"]),
            },
        ),
        "fees": st.lists(
            st.fixed_dictionaries(
                {"name": st.text(max_size=5), "amount_won": st.integers(-1, 10**13)},
                optional={"when": st.sampled_from(["start", "each_period"])},
            ),
            max_size=2,
        ),
        "vat": st.fixed_dictionaries({}, optional={"rate_percent": RATES}),
        "rate_changes": st.lists(
            st.fixed_dictionaries({"from": DAYS, "annual_rate_percent": RATES}), max_size=2
        ),
        "prepayments": st.lists(
            st.fixed_dictionaries(
                {"date": DAYS, "amount_won": st.integers(0, 10**13)},
                optional={"effect": st.sampled_from(["shorten", "lower"])},
            ),
            max_size=2,
        ),
        "prepayment_fee": st.fixed_dictionaries(
            {"rate_percent": RATES}, optional={"max_years": st.integers(0, 4)}
        ),
        "discount_rate_percent": RATES,
    },
)


@given(body=SHAPED, damage=st.dictionaries(st.sampled_from(sorted(CONTRACT_EXAMPLE)), ODD_VALUES, max_size=2))
@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_request_body_makes_the_calculator_fail(
    client: TestClient, body: dict[str, Any], damage: dict[str, Any]
) -> None:
    response = client.post(
        "/v1/financing/installment-schedules",
        content=json.dumps(body | damage),
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code in (200, 422)
    if response.status_code == 422:
        assert response.json()["errors"]


SALE = {
    name: value for name, value in CONTRACT_EXAMPLE.items() if name not in ("rate_changes", "prepayments")
}
OTHER_BODIES: dict[str, dict[str, Any]] = {
    "fund-loan-schedules": FUND_LOAN | {"prepayments": CONTRACT_EXAMPLE["prepayments"]},
    "comparisons": {
        "discount_rate_percent": "6",
        "options": [{"name": "할부", "kind": "installment", **INSTALLMENT}],
    },
    "prepayment-fees": {
        "amount_won": 100_000_000,
        "fee_rate_percent": "1.2",
        "start_date": "2024-01-15",
        "prepayment_date": "2025-01-15",
        "maturity_date": "2027-01-15",
    },
    "overdue-charges": {"base_won": 2_974_692, "contract_rate_percent": "4.5", "days": 17},
    "present-values": {"annual_rate_percent": "10", "cashflows_won": [0, 100_000, 100_000]},
    "affordable-prices": {"months": 36, "annual_rate_percent": "4.5", "monthly_budget_won": 3_000_000},
    "shortest-terms": {"price_won": 10**8, "annual_rate_percent": "4.5", "monthly_budget_won": 3_000_000},
    "implied-rates": {"price_won": 10**8, "months": 36, "total_payment_won": 107_088_908},
    "installment-schedules/batch": {"items": [INSTALLMENT, SALE], "detail": "rows"},
    "overdue-schedules": SALE | {"first_missed_number": 3, "as_of": "2026-06-01"},
}


@pytest.mark.parametrize("path", OTHER_BODIES)
def test_no_request_body_makes_another_calculator_fail(client: TestClient, path: str) -> None:
    whole = OTHER_BODIES[path]

    @given(damage=st.dictionaries(st.sampled_from(sorted(whole)), ODD_VALUES, min_size=1, max_size=2))
    @settings(max_examples=60, deadline=None)
    def answers(damage: dict[str, Any]) -> None:
        response = client.post(
            f"/v1/financing/{path}",
            content=json.dumps(whole | damage),
            headers={"Content-Type": "application/json"},
        )
        assert response.status_code in (200, 422)
        assert response.status_code == 200 or response.json()["errors"]

    assert post(client, path, whole).status_code == 200
    answers()
