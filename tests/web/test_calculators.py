"""The calculators' pages show what the API answers, and what is wrong stands beside its field."""

import re
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import openpyxl
import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import seed_data
from service.db.tables import FundTerm
from service.kit import clock
from service.web.typed_documents import fields_of
from tests.factories.world import World
from tests.unit.financing.contracts import any_life, any_terms
from tests.web.opening import open_page, text_of

INSTALLMENT: dict[str, Any] = {"price_won": 100_000_000, "months": 36, "annual_rate_percent": "4.5"}
DATED = INSTALLMENT | {"start_date": "2026-01-25"}
FUND_LOAN: dict[str, Any] = {
    "principal_won": 100_000_000,
    "months": 36,
    "bank_rate_percent": "4.97",
    "rate_reduction_percent": "3.06",
    "floor_rate_percent": "0",
    "start_date": "2026-01-25",
}
EVENTFUL = DATED | {
    "down_payment_won": 5_000_000,
    "grace_months": 3,
    "balloon_won": 10_000_000,
    "business_day": "modified_following",
    "rounding": {"payment_unit_won": 10, "mode": "half_up", "balance": "rounded"},
    "vat": {"rate_percent": "10", "timing": "per_installment", "base": "principal"},
    "fees": [
        {"name": "보증료", "amount_won": 300_000, "when": "start"},
        {"name": "관리비", "amount_won": 10_000, "when": "each_period"},
    ],
    "grant": {"programme": "스마트공장", "amount_won": 15_000_000},
    "rate_changes": [{"from": "2026-07-01", "annual_rate_percent": "4.0"}],
    "prepayments": [{"date": "2026-09-28", "amount_won": 10_000_000, "effect": "lower"}],
    "prepayment_fee": {"rate_percent": "1.2", "max_years": 3},
    "discount_rate_percent": "6",
}
STEPPED = INSTALLMENT | {"method": "graduated", "step": {"percent": "5", "every_months": 12, "times": 2}}


def address(name: str, document: dict[str, Any]) -> str:
    """The page of a calculator with that question typed into it; no day unless one is asked for."""
    undated = {} if "start_date" in document or name == "comparison" else {"start_date": ""}
    return f"/calculators/{name}?{urlencode([*fields_of(document), *undated.items()])}"


def answered(world: World, path: str, document: dict[str, Any]) -> dict[str, Any]:
    answer = world.client.post(f"/v1/financing/{path}", json=document)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def opened(world: World, path: str) -> Response:
    return open_page(world, "anonymous", path)


def shown_rows(page: Response) -> list[list[str]]:
    """The cells of the schedule's rows."""
    body = re.search(r'<table class="schedule.*?<tbody>(.*?)</tbody>', page.text, re.S)
    assert body, text_of(page)[:600]
    lines = re.split(r"<tr>", body[1])[1:]
    return [[_bare(cell) for cell in re.split(r"<t[hd][^>]*>", line)[1:]] for line in lines]


def _bare(cell: str) -> str:
    return unescape(re.sub(r"<i>.*?</i>|<[^>]+>", "", cell)).strip()


def expected_rows(answer: dict[str, Any]) -> list[list[str]]:
    """The same cells from the answer of the API: no days, fees or tax where there are none."""
    totals, dated = answer["totals"], answer["rows"][0]["due_date"] is not None
    names = ["principal_won", "interest_won"]
    names += ["fee_won"] * (totals["fee_won"] > totals["upfront_fee_won"])
    names += ["vat_won"] * (totals["vat_won"] > 0)
    names += ["payment_won", "closing_balance_won"]
    return [
        ["중도상환" if row["kind"] == "prepayment" else str(row["number"])]
        + ([row["due_date"], row["payment_date"]] if dated else [])
        + [f"{row[name]:,}" for name in names]
        for row in answer["rows"]
    ]


@pytest.mark.parametrize(
    ("name", "path", "document"),
    [
        ("installment", "installment-schedules", INSTALLMENT),
        ("installment", "installment-schedules", DATED),
        ("installment", "installment-schedules", EVENTFUL),
        ("installment", "installment-schedules", STEPPED),
        ("fund-loan", "fund-loan-schedules", FUND_LOAN),
        ("fund-loan", "fund-loan-schedules", {k: v for k, v in FUND_LOAN.items() if k != "start_date"}),
    ],
)
def test_a_page_shows_the_rows_and_sums_that_the_api_answers(
    world: World, name: str, path: str, document: dict[str, Any]
) -> None:
    answer = answered(world, path, document)
    page = opened(world, address(name, document))

    assert page.status_code == 200
    assert shown_rows(page) == expected_rows(answer)
    said = text_of(page)
    for part in ("principal_won", "interest_won", "payment_won"):
        assert f"{answer['totals'][part]:,}원" in said
    for warning in answer["warnings"]:
        assert warning["text"] in said
    if answer["present_value"]:
        assert f"현재가치는 {answer['present_value']['value_won']:,}원" in said


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_whatever_is_typed_the_page_and_the_api_agree_to_the_won(world: World, seed: int) -> None:
    random = Random(seed)
    terms = any_terms(random, most_months=48)
    document = _document(terms, random)
    answer = world.client.post("/v1/financing/installment-schedules", json=document)
    page = opened(world, address("installment", document))

    assert page.status_code == answer.status_code
    if answer.status_code == 200:
        assert shown_rows(page) == expected_rows(answer.json())
    else:
        assert 'class="error"' in page.text or "form-errors" in page.text


def _document(terms: Any, random: Random) -> dict[str, Any]:
    """Those terms as a request."""
    changes, prepayments = any_life(random, terms) if terms.start_date else ((), ())
    rate = terms.annual_rate_percent
    document: dict[str, Any] = {
        "price_won": terms.principal_won,
        "months": terms.months,
        "annual_rate_percent": _decimal(rate),
        "method": str(terms.method),
        "grace_months": terms.grace_months,
        "balloon_won": terms.balloon_won,
        "step": {"percent": _decimal(terms.step.percent), "every_months": terms.step.every_months},
        "start_date": terms.start_date and terms.start_date.isoformat(),
        "first_due_date": terms.first_due_date and terms.first_due_date.isoformat(),
        "payment_day": terms.payment_day,
        "rounding": {"payment_unit_won": terms.rounding.payment_unit_won, "mode": str(terms.rounding.mode)},
        "residue": str(terms.residue),
        "day_count": str(terms.day_count),
        "business_day": str(terms.business_day),
        "accrue_to": str(terms.accrue_to),
        "fees": [
            {"name": fee.name, "amount_won": fee.amount_won, "when": str(fee.when)} for fee in terms.fees
        ],
        "rate_changes": [
            {
                "from": each.effective_from.isoformat(),
                "annual_rate_percent": _decimal(each.annual_rate_percent),
            }
            for each in changes
        ],
        "prepayments": [
            {"date": each.on.isoformat(), "amount_won": each.amount_won, "effect": str(each.effect)}
            for each in prepayments
        ],
    }
    if terms.vat:
        document["vat"] = {"timing": str(terms.vat.timing), "base": str(terms.vat.base)}
    return {name: value for name, value in document.items() if value is not None}


def _decimal(rate: Any) -> str:
    return f"{float(rate):.4f}"


def test_the_first_opening_shows_a_whole_example(world: World) -> None:
    with clock.frozen(datetime(2026, 3, 2, tzinfo=UTC)):
        page = opened(world, "/calculators/installment")

    assert "매달 2,974,692원" in text_of(page)
    assert 'value="2026-03-02"' in page.text
    assert len(shown_rows(page)) == 36


def test_what_is_paid_each_month_includes_the_fee_of_every_instalment(world: World) -> None:
    fees = [{"name": "관리비", "amount_won": 10_000, "when": "each_period"}]
    answer = answered(world, "installment-schedules", INSTALLMENT | {"fees": fees})
    page = opened(world, address("installment", INSTALLMENT | {"fees": fees}))

    assert answer["rows"][0]["payment_won"] == 2_984_692
    assert "매달 (수수료 10,000원 포함) 2,984,692원" in text_of(page)


def test_amounts_and_rates_may_be_typed_as_people_write_them(world: World) -> None:
    page = opened(
        world,
        "/calculators/installment?" + urlencode({"price_won": "1억 2천만", "annual_rate_percent": "4.5 %"}),
    )

    answer = answered(world, "installment-schedules", INSTALLMENT | {"price_won": 120_000_000})
    assert f"{answer['level_payment_won']:,}원" in text_of(page)


def test_a_payment_that_a_holiday_moves_says_which_holiday(world: World) -> None:
    page = opened(world, address("installment", DATED | {"start_date": "2026-02-25", "months": 12}))

    assert "2026-09-25<td><b>2026-09-28</b> <i>추석</i>" in page.text
    assert "2026-04-25<td><b>2026-04-27</b> <i>토요일</i>" in page.text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"annual_rate_percent": "20.1"}, "annual_rate_percent", "법정 최고 이자율"),
        ({"months": "481"}, "months", "480 이하"),
        ({"months": "삼십육"}, "months", "36처럼 정수로"),
        ({"price_won": "많이"}, "price_won", "1억 2천만처럼"),
        ({"price_won": ""}, "price_won", "가격이 비어 있습니다"),
        ({"annual_rate_percent": "사"}, "annual_rate_percent", "4.5처럼"),
        ({"start_date": "", "day_count": "actual_365"}, "start_date", "시작일이 필요합니다"),
        ({"start_date": "내일"}, "start_date", "2026-01-25처럼"),
        ({"grace_months": "37"}, "grace_months", "전체 기간"),
        ({"prepayments.0.date": "2026-09-25"}, "prepayments.0.amount_won", "비어 있습니다"),
        (
            {"prepayments.0.date": "2026-09-25", "prepayments.0.amount_won": "2억"},
            "prepayments.0.amount_won",
            "그날 남은 원금",
        ),
        ({"fees.0.amount_won": "3천만"}, "fees", "법정 최고 이자율"),
        ({"method": "graduated"}, "step", "납입금 올리기"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_in_words_for_people(
    world: World, changed: dict[str, str], field: str, sentence: str
) -> None:
    typed = {name: str(value) for name, value in DATED.items()} | changed
    page = opened(world, f"/calculators/installment?{urlencode(typed)}")

    assert page.status_code == 422
    beside = re.search(rf'<p class="error" id="{re.escape(field)}(?:-error)?">(.*?)</p>', page.text)
    assert beside, text_of(page)[:1500]
    assert sentence in unescape(beside[1])
    assert f'href="#{field}"' in page.text
    assert not re.search(r"_won|_percent|start_date|따옴표", beside[1])


def test_a_subject_opens_when_something_in_it_was_changed(world: World) -> None:
    page = opened(world, address("installment", EVENTFUL))
    plain = opened(world, address("installment", DATED))

    assert page.text.count('<details class="subject" open>') == 9
    assert plain.text.count('<details class="subject" open>') == 0


def test_the_short_address_repeats_the_calculation(world: World) -> None:
    page = opened(world, address("installment", EVENTFUL))
    whole = re.search(r'<input id="share" value="([^"]*)"', page.text)
    assert whole
    link = urlsplit(unescape(whole[1]))
    again = opened(world, f"{link.path}?{link.query}")

    assert shown_rows(again) == shown_rows(page)
    assert "residue" not in link.query, "what holds anyway is left out"
    plain = opened(world, address("installment", INSTALLMENT))
    undated = re.search(r'<input id="share" value="([^"]*)"', plain.text)
    assert undated
    assert ("start_date", "") in parse_qsl(urlsplit(unescape(undated[1])).query, keep_blank_values=True)


def test_the_files_are_those_of_the_api(world: World) -> None:
    api = world.client.post(
        "/v1/financing/installment-schedules", json=EVENTFUL, headers={"Accept": "text/csv"}
    )
    csv = opened(world, address("installment.csv", EVENTFUL))
    workbook = openpyxl.load_workbook(BytesIO(opened(world, address("fund-loan.xlsx", FUND_LOAN)).content))

    assert csv.content == api.content
    assert csv.headers["Content-Disposition"] == 'attachment; filename="schedule.csv"'
    assert dict(workbook["요약"].iter_rows(values_only=True))["원금(원)"] == 100_000_000


@pytest.mark.parametrize("name", ["installment.csv", "installment.xlsx", "installment/print"])
def test_a_file_of_refused_terms_leads_to_the_page_that_says_why(world: World, name: str) -> None:
    answer = opened(world, f"/calculators/{name}?months=500")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/calculators/installment?months=500"


def test_a_long_table_is_shown_in_parts_and_whole_on_paper(world: World) -> None:
    document = EVENTFUL | {"price_won": 9_000_000_000_000, "months": 480, "fees": EVENTFUL["fees"][1:]}
    answer = answered(world, "installment-schedules", document)
    page = opened(world, address("installment", document))
    later = opened(world, address("installment", document) + "&rows_from=481")
    paper = opened(world, address("installment/print", document))

    every = expected_rows(answer)
    assert len(every) == 481
    assert shown_rows(page) == every[:60]
    assert "모두 481줄 가운데 1~60번째" in text_of(page)
    assert shown_rows(later) == every[480:]
    assert shown_rows(paper) == every
    assert max(len(each.content) for each in (page, later, paper)) < 100 * 1024


@pytest.mark.parametrize("rows_from", ["0", "-3", "9999", "x", ""])
def test_a_part_of_the_table_that_does_not_exist_is_the_nearest_one(world: World, rows_from: str) -> None:
    page = opened(world, address("installment", INSTALLMENT) + f"&rows_from={rows_from}")

    assert page.status_code == 200
    assert len(shown_rows(page)) == 36


def test_a_fund_loan_shows_both_interests_and_what_the_fund_saves(world: World) -> None:
    answer = answered(world, "fund-loan-schedules", FUND_LOAN)
    said = text_of(opened(world, address("fund-loan", FUND_LOAN)))

    assert f"아끼는 이자 {answer['interest_saved_won']:,}원" in said
    assert f"은행 금리 4.97% {answer['market_total_interest_won']:,}원" in said
    assert f"펀드 금리 1.91% {answer['totals']['interest_won']:,}원" in said


def test_a_published_fund_can_be_chosen_and_its_limits_are_named(world: World) -> None:
    fund = next(each for each in seed_data.fund_terms() if each["code"] == "DEMO_ALLIANCE")
    with world.client.app.state.database.transaction() as session:
        session.add(FundTerm.model_validate(fund))
    inside = FUND_LOAN | {"rate_reduction_percent": "1.5", "floor_rate_percent": "1", "fund": fund["code"]}

    page = opened(world, address("fund-loan", inside))
    assert f"{fund['name']}의 한도 안에 듭니다" in text_of(page)
    assert "기업당 한도 10억 원 가운데 1억 원" in text_of(page)

    over = opened(world, address("fund-loan", inside | {"months": 37}))
    assert over.status_code == 422
    assert f"{fund['name']}의 대출 기간은 36개월까지입니다." in text_of(over)


OPTIONS: list[dict[str, Any]] = [
    DATED | {"kind": "installment", "name": "공급사 할부", "price_won": 103_000_000},
    FUND_LOAN | {"kind": "fund_loan", "name": "펀드"},
    {"kind": "lump_sum", "name": "현금", "price_won": 98_000_000},
]


def test_a_comparison_ranks_as_the_api_does_and_names_the_four_differences(world: World) -> None:
    document = {"options": OPTIONS, "discount_rate_percent": "5"}
    answer = answered(world, "comparisons", document)
    query = {
        f"options.{number}.{name}": value
        for number, option in enumerate(OPTIONS)
        for name, value in fields_of(option)
    }
    page = opened(world, "/calculators/comparison?" + urlencode(query | {"discount_rate_percent": "5"}))

    said = text_of(page)
    places = [f"{each['rank']}위 {each['name']}" for each in answer["options"]]
    assert sorted(map(said.index, places)) == [said.index(place) for place in places]
    for option in answer["options"]:
        assert f"{option['present_value_won']:,}원" in said
        assert option["text"] in said
    for name in ("price_won", "financing_cost_won", "timing_won"):
        amounts = [option["difference"][name] for option in answer["options"][1:]]
        assert all(f"{abs(amount):,}원" in said for amount in amounts)


def test_a_comparison_says_in_which_column_something_is_wrong(world: World) -> None:
    query = {
        "options.0.kind": "lump_sum",
        "options.0.price_won": "1억",
        "options.1.kind": "installment",
        "options.1.price_won": "1억",
        "options.1.annual_rate_percent": "25",
        "options.1.months": "",
    }
    empty = opened(world, f"/calculators/comparison?{urlencode(query)}")
    over = opened(world, f"/calculators/comparison?{urlencode(query | {'options.1.months': '12'})}")

    assert 'id="options.1.months-error"' in empty.text
    assert 'id="options.1.annual_rate_percent-error"' in over.text


def test_a_comparison_starts_from_an_installment_and_keeps_terms_it_does_not_ask_for(world: World) -> None:
    page = opened(world, address("installment", EVENTFUL))
    link = re.search(r'href="(/calculators/comparison\?[^"]*)"', page.text)
    assert link
    compared = opened(world, unescape(link[1]))

    answer = answered(world, "installment-schedules", EVENTFUL)
    assert compared.status_code == 200
    assert f"{answer['totals']['interest_won']:,}원" in text_of(compared)
    assert "그대로 씁니다" in text_of(compared)
    assert "3안 일시불" in text_of(compared)


def test_a_column_that_is_not_used_is_left_out(world: World) -> None:
    query = {
        "options.0.kind": "",
        "options.0.price_won": "5천만",
        "options.2.kind": "lump_sum",
        "options.2.price_won": "1억",
    }
    page = opened(world, f"/calculators/comparison?{urlencode(query)}")

    assert page.status_code == 200
    assert "100,000,000원" in text_of(page)
    assert "50,000,000원" not in text_of(page)


@pytest.mark.parametrize(
    ("name", "path", "document", "shown"),
    [
        (
            "affordable-price",
            "affordable-prices",
            {"monthly_budget_won": 3_000_000, "months": 36, "annual_rate_percent": "4.5"},
            ["price_won", "level_payment_won", "last_payment_won"],
        ),
        (
            "shortest-term",
            "shortest-terms",
            {"price_won": 100_000_000, "annual_rate_percent": "4.5", "monthly_budget_won": 3_000_000},
            ["months", "level_payment_won"],
        ),
        (
            "implied-rate",
            "implied-rates",
            {"price_won": 100_000_000, "months": 36, "total_payment_won": 108_000_000},
            ["annual_rate_percent", "level_payment_won"],
        ),
        (
            "prepayment-fee",
            "prepayment-fees",
            {
                "amount_won": 10_000_000,
                "fee_rate_percent": "1.2",
                "start_date": "2026-01-25",
                "prepayment_date": "2026-09-25",
                "maturity_date": "2029-01-25",
            },
            ["fee_won", "remaining_days", "total_days"],
        ),
        (
            "overdue-charge",
            "overdue-charges",
            {"base_won": 3_000_000, "contract_rate_percent": "4.5", "days": 30},
            ["charge_won", "applied_rate_percent"],
        ),
    ],
)
def test_a_small_calculator_answers_as_the_api_does(
    world: World, name: str, path: str, document: dict[str, Any], shown: list[str]
) -> None:
    answer = answered(world, path, document)
    said = text_of(opened(world, address(name, document)))

    for part in shown:
        value = answer[part]
        text = f"{value:,}" if isinstance(value, int) else f"{float(value):.4f}".rstrip("0")
        assert text in said, part


def test_cash_flows_are_typed_one_a_line(world: World) -> None:
    flows = [0, 30_000_000, 30_000_000, 30_000_000]
    answer = answered(world, "present-values", {"annual_rate_percent": "5", "cashflows_won": flows})
    typed = {"annual_rate_percent": "5", "cashflows_won": "0\r\n3천만\r\n30,000,000\r\n3,000만"}
    said = text_of(opened(world, f"/calculators/present-value?{urlencode(typed)}"))

    assert f"{answer['present_value_won']:,}원" in said
    assert f"3년 뒤 {answer['rows'][3]['interest_won']:,}원" in said


def test_a_grant_is_chosen_from_those_published_and_goes_on_to_the_installment(world: World) -> None:
    nothing = text_of(opened(world, "/calculators/grant"))
    code = world.thing("code", None)
    row = f"{code}|2023|고도화|정부형"
    page = opened(world, "/calculators/grant?" + urlencode({"row": row, "cost_won": "3억"}))
    strange = opened(world, "/calculators/grant?" + urlencode({"row": "NOTHING|x", "cost_won": "3억"}))

    assert "아직 공개된 지원금 조건이 없습니다" in nothing
    assert "우리 회사가 내는 돈 150,000,000원" in text_of(page)
    assert "price_won=300000000&amp;grant.amount_won=150000000" in page.text
    assert strange.status_code == 422


def test_the_overview_leads_to_every_calculator(world: World) -> None:
    page = opened(world, "/calculators")

    for path in ("installment", "fund-loan", "comparison", "affordable-price", "present-value", "grant"):
        assert f'href="/calculators/{path}"' in page.text
