"""The manufacturer's pages over HTTP: registering, needs, what they call for, who was introduced, costs."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.db.tables import Programme
from service.messages.examples import EXAMPLES
from service.web.visitor import COOKIE
from tests.factories import companies
from tests.factories.introductions import decide
from tests.factories.people import stored_manufacturer, stored_supplier
from tests.factories.world import World
from tests.web.opening import AS_A_BROWSER, open_page, send_form, text_of

MAKER = "manufacturer"
Fields = dict[str, Any]


def registration(**changes: Any) -> Fields:
    """What somebody types who registers."""
    told = companies.manufacturer()
    contact = told["contact"]
    return {
        "company_name": told["company_name"],
        "business_number": told["business_number"],
        "industry": "도금업 (25922)",
        "region": "41",
        "employee_count": "32",
        "annual_revenue_won": "12억",
        "smart_level": "기초",
        "existing_systems": "더존, 엑셀",
        "contact.name": contact["name"],
        "contact.email": contact["email"],
        "contact.password": contact["password"],
        "need.title": "",
        "need.description": "",
        "consents.0.purpose": "registration",
        "consents.0.accepted": "true",
        "consents.1.purpose": "marketing",
        "consents.1.accepted": "",
    } | changes


def need_fields(**changes: Any) -> Fields:
    """What somebody types who writes down a need."""
    told = companies.need()
    return {"title": told["title"], "description": told["description"], "processes": ""} | changes


def stored(world: World, need_id: str) -> Fields:
    kept: Fields = world.client.get(f"/v1/needs/{need_id}", headers=world.headers("admin")).json()
    return kept


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_who_registers_is_signed_in_at_once_and_sees_what_comes_next(world: World) -> None:
    client = TestClient(world.client.app)
    answer = client.post(
        "/register/manufacturer", data=registration(), headers=AS_A_BROWSER, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/manufacturer?done=registered")
    assert COOKIE in answer.cookies
    home = client.get("/manufacturer?done=registered", headers=AS_A_BROWSER)
    shown = text_of(home)
    assert "확인 메일을 보냈으니" in shown
    assert "전자우편 주소를 아직 확인하지 않았습니다" in shown
    assert "첫 수요 적기" in shown
    assert "12억 원" in shown


def test_a_first_need_may_come_with_the_registration(world: World) -> None:
    client = TestClient(world.client.app)
    fields = registration(**{"need.title": "도금 두께", "need.description": "두께를 손으로 재고 적습니다."})
    client.post("/register/manufacturer", data=fields, headers=AS_A_BROWSER)
    assert "도금 두께" in text_of(client.get("/manufacturer/needs", headers=AS_A_BROWSER))


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_kept(world: World) -> None:
    wrong = {"company_name": "", "need.title": "두께", "need.description": "짧음", "industry": "도금"}
    answer = send_form(world, "anonymous", "/register/manufacturer", registration(**wrong))
    assert answer.status_code == 422
    for name in ("company_name", "need.description", "industry"):
        assert f'id="{name}-error"' in answer.text
    assert "도금업 (25922)" in text_of(answer)
    assert 'value="더존, 엑셀"' in answer.text
    listed = world.client.get("/v1/manufacturers", headers=world.headers("admin")).json()
    assert listed["items"] == []


def test_a_registration_without_consent_says_so_in_plain_words(world: World) -> None:
    answer = send_form(
        world, "anonymous", "/register/manufacturer", registration(**{"consents.0.accepted": ""})
    )
    assert "등록하려면 필수 동의가 필요합니다" in text_of(answer)
    assert "purpose" not in text_of(answer)


@pytest.mark.parametrize("typed", ["도금업", "25922", "도금업 (25922)", " 도 금 업 "])
def test_an_industry_is_understood_however_it_is_typed(world: World, typed: str) -> None:
    fields = registration(industry=typed)
    assert send_form(world, "anonymous", "/register/manufacturer", fields).status_code == 303
    (item,) = world.client.get("/v1/manufacturers", headers=world.headers("admin")).json()["items"]
    assert item["industry"] == "25922"


def test_what_was_tried_out_before_is_filled_in(world: World) -> None:
    tried = {"title": "도금 두께", "description": "손으로 재요", "industry": "25922", "region": "41"}
    fields = tried | {"carried": "yes", "company_name": "가짜"}
    shown = send_form(world, "anonymous", "/register/manufacturer", fields).text
    assert 'value="도금 두께"' in shown
    assert ">손으로 재요</textarea>" in shown
    assert 'value="도금업 (25922)"' in shown
    assert '<option value="41" selected>' in shown
    assert "가짜" not in shown


def test_two_who_edit_the_company_lose_nothing(world: World) -> None:
    version = version_on(open_page(world, MAKER, "/manufacturer/edit").text)
    fields = {"version": version, "company_name": "새벽금속", "industry": "25922", "region": "41"}
    assert send_form(world, MAKER, "/manufacturer/edit", fields).status_code == 303
    late = send_form(
        world, MAKER, "/manufacturer/edit", fields | {"company_name": "새벽도금", "region": "11"}
    )
    shown = text_of(late)
    assert late.status_code == 422
    assert "먼저 저장했습니다" in shown
    assert all(word in shown for word in ("새벽금속", "새벽도금", "서울특별시", "경기도"))
    again = fields | {"company_name": "새벽도금", "version": version_on(late.text)}
    assert send_form(world, MAKER, "/manufacturer/edit", again).status_code == 303
    assert "회사 이름" in text_of(open_page(world, MAKER, "/manufacturer/history"))


def test_an_example_fills_only_an_empty_form(world: World) -> None:
    path, example = "/manufacturer/needs/new", EXAMPLES["breakdown"]
    filled = send_form(world, MAKER, path, {"title": "", "description": "", "example": "breakdown"})
    assert (filled.status_code, example.title in filled.text) == (200, True)
    assert f">{example.description}</textarea>" in filled.text
    kept = send_form(world, MAKER, path, {"title": "", "description": "우리 이야기", "example": "breakdown"})
    assert ">우리 이야기</textarea>" in kept.text
    assert "예문을 넣지 않았습니다" in text_of(kept)


def test_an_example_does_not_hide_that_somebody_was_faster(world: World) -> None:
    path = f"/manufacturer/needs/{world.thing('need_id', MAKER)}/edit"
    old = version_on(open_page(world, MAKER, path).text)
    send_form(world, MAKER, path, need_fields(version=old))
    shown = send_form(world, MAKER, path, {"version": old, "description": "", "example": "breakdown"})
    assert version_on(shown.text) == old
    assert send_form(world, MAKER, path, need_fields(title="늦음", version=old)).status_code == 422


def test_a_need_keeps_all_that_was_typed(world: World) -> None:
    excluded = stored_supplier(world.client, company_name="(주)미운회사")
    told = need_fields(
        processes="도금, 검사",
        budget_won="5천만",
        start_by="2027-01-18",
        required_certifications=["", "ISO9001"],
        excluded_suppliers="미운회사",
        needs_on_site_support=["", "true"],
    )
    answer = send_form(world, MAKER, "/manufacturer/needs/new", told)
    assert answer.headers["Location"].endswith("?done=need_written")
    need_id = answer.headers["Location"].rpartition("/")[2].partition("?")[0]
    kept = stored(world, need_id)
    assert (kept["processes"], kept["budget_won"]) == (["도금", "검사"], 50_000_000)
    assert (kept["start_by"], kept["required_certifications"]) == ("2027-01-18", ["ISO9001"])
    assert (kept["excluded_supplier_ids"], kept["needs_on_site_support"]) == ([str(excluded)], True)
    edit = open_page(world, MAKER, f"/manufacturer/needs/{need_id}/edit")
    assert 'value="(주)미운회사"' in edit.text
    unchanged = told | {"version": version_on(edit.text), "needs_on_site_support": ""}
    send_form(world, MAKER, f"/manufacturer/needs/{need_id}/edit", unchanged)
    assert stored(world, need_id)["needs_on_site_support"] is False


@pytest.mark.parametrize(("typed", "said"), [("미운", "(주)미운회사"), ("없는회사", "찾지 못했습니다")])
def test_a_supplier_to_leave_out_that_is_not_known_is_asked_back(world: World, typed: str, said: str) -> None:
    stored_supplier(world.client, company_name="(주)미운회사")
    answer = send_form(world, MAKER, "/manufacturer/needs/new", need_fields(excluded_suppliers=typed))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'id="excluded_suppliers-error"' in answer.text


def test_a_supplier_that_may_not_be_seen_any_more_stays_left_out(world: World) -> None:
    hidden = stored_supplier(world.client)
    need_id = world.thing("need_id", MAKER)
    staff = world.headers("account_manager")
    path = f"/v1/needs/{need_id}"
    sent = {"excluded_supplier_ids": [str(hidden)]}
    world.client.patch(path, json=sent, headers=staff | {"If-Match": '"1"'})
    world.client.post(f"/v1/suppliers/{hidden}/suspension", json={"reason": "사유"}, headers=staff)
    edit = f"/manufacturer/needs/{need_id}/edit"
    fields = need_fields(version=version_on(open_page(world, MAKER, edit).text), excluded_suppliers="")
    assert send_form(world, MAKER, edit, fields).status_code == 303
    assert stored(world, need_id)["excluded_supplier_ids"] == [str(hidden)]


def test_a_need_is_closed_and_opened_again(world: World) -> None:
    need_id = world.thing("need_id", MAKER)
    send_form(world, MAKER, f"/manufacturer/needs/{need_id}/closing", {})
    assert stored(world, need_id)["status"] == "closed"
    assert "다시 열기" in text_of(open_page(world, MAKER, f"/manufacturer/needs/{need_id}"))
    send_form(world, MAKER, f"/manufacturer/needs/{need_id}/opening", {})
    assert stored(world, need_id)["status"] == "open"


@pytest.mark.parametrize("end", ["edit", "closing", "opening", "categories"])
def test_nobody_changes_the_need_of_another_company(world: World, end: str) -> None:
    need_id = world.thing("need_id", None)
    fields = need_fields(version="1", categories=["MES"])
    answer = send_form(world, MAKER, f"/manufacturer/needs/{need_id}/{end}", fields)
    assert answer.status_code == 404
    assert stored(world, need_id)["version"] == 1


def test_what_a_need_calls_for_is_inferred_then_confirmed(world: World) -> None:
    need_id = world.thing("need_id", MAKER)
    path = f"/manufacturer/needs/{need_id}"
    shown = open_page(world, MAKER, path)
    assert "짐작한 분야" in text_of(shown)
    assert re.search(r'name="categories" value="\w+" checked', shown.text)
    chosen = {"version": version_on(shown.text), "categories": ["", "QMS", "MES"]}
    assert send_form(world, MAKER, f"{path}/categories", chosen).status_code == 303
    kept = stored(world, need_id)
    assert kept["categories"] == ["QMS", "MES"]
    assert kept["categories_confirmed_at"]
    assert "확인하셨습니다" in text_of(open_page(world, MAKER, path))
    assert "담당자가 후보를 살펴보고 있습니다" in text_of(open_page(world, MAKER, "/manufacturer"))


def test_a_confirmation_is_about_the_text_as_it_was(world: World) -> None:
    need_id = world.thing("need_id", MAKER)
    path = f"/manufacturer/needs/{need_id}"
    chosen = {"version": "1", "categories": ["QMS"]}
    send_form(world, MAKER, f"{path}/categories", chosen)
    late = send_form(world, MAKER, f"{path}/categories", chosen)
    assert late.status_code == 422
    assert version_on(late.text) == "2"
    send_form(world, MAKER, f"{path}/edit", need_fields(version="2"))
    assert stored(world, need_id)["categories_confirmed_at"]  # nothing of the text changed
    send_form(
        world, MAKER, f"{path}/edit", need_fields(version="3", description="이제는 전기요금이 걱정입니다.")
    )
    kept = stored(world, need_id)
    assert (kept["categories_confirmed_at"], kept["categories"]) == (None, ["QMS"])


def test_confirming_nothing_is_asked_back(world: World) -> None:
    path = f"/manufacturer/needs/{world.thing('need_id', MAKER)}"
    answer = send_form(world, MAKER, f"{path}/categories", {"version": "1", "categories": ""})
    assert answer.status_code == 422
    assert "하나 이상 표시해 주세요" in text_of(answer)


def test_candidates_have_no_names_before_an_introduction_and_one_after(world: World) -> None:
    stored_supplier(world.client, company_name="한결정보")
    need_id = world.thing("need_id", MAKER)
    world.catch_up()
    path = f"/manufacturer/needs/{need_id}"
    before = text_of(open_page(world, MAKER, path))
    assert "후보 1" in before
    assert "한결정보" not in before
    supplier_id = decide(world, need_id)
    after = open_page(world, MAKER, path)
    assert f'<a href="/suppliers/{supplier_id}">한결정보</a>' in after.text
    assert "담당자가 직접 이어 드립니다" in text_of(after)
    assert "후보 1" not in text_of(after)  # the same company is not shown twice
    assert "1곳을 소개받았습니다" in text_of(open_page(world, MAKER, "/manufacturer"))
    decide(world, need_id, "rejected")
    assert "한결정보" not in text_of(open_page(world, MAKER, path))


@pytest.mark.parametrize("agreed", [True, False])
def test_the_contact_of_an_introduced_supplier_is_shown_if_that_person_agreed(
    world: World, agreed: bool
) -> None:
    body = companies.supplier()
    body["consents"] = [*body["consents"], {"purpose": "third_party", "accepted": agreed}]
    supplier = world.client.post("/v1/suppliers", json=body).json()
    world.client.post(f"/v1/suppliers/{supplier['id']}/approval", headers=world.headers("admin"))
    need_id = world.thing("need_id", MAKER)
    world.catch_up()
    decide(world, need_id)
    shown = open_page(world, MAKER, f"/manufacturer/needs/{need_id}").text
    assert (body["contact"]["email"] in shown) is agreed
    assert (body["contact"]["phone"] in shown) is agreed


@pytest.mark.parametrize(
    ("actor", "path"), [(MAKER, "/manufacturer/needs"), ("account_manager", "/desk/needs")]
)
def test_costs_explain_grant_own_share_and_months(world: World, actor: str, path: str) -> None:
    world.thing("code", None)
    _make_meant_for_manufacturers(world)
    path = f"{path}/{world.thing('need_id', MAKER)}/costs"
    options = open_page(world, actor, path).text
    (key,) = re.findall(r'<option value="([^"]+)">2023년 정부형 · 동일수준', options)
    query = f"price_won=1억 2천만&grant={key}&months=36&annual_rate_percent=4.5"
    answer = open_page(world, actor, f"{path}?{query}")
    shown = text_of(answer)
    assert "-50,000,000원" in shown
    assert "사업비의 50%, 한도 5,000만 원 안에서" in shown
    assert "지금은 신청할 수 없어 어림잡는 데만" in shown
    assert "70,000,000원" in shown
    assert "74,962,232원" in shown
    same = "/calculators/installment?price_won=70000000&amp;months=36&amp;annual_rate_percent=4.5"
    assert same in answer.text
    assert answer.text.count('<th scope="row">') >= 36


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("price_won=많이", "price_won"),
        ("price_won=0", "price_won"),
        ("price_won=1억&months=999", "months"),
        ("price_won=1억&annual_rate_percent=아홉", "annual_rate_percent"),
    ],
)
def test_costs_that_cannot_be_computed_say_why_beside_the_field(world: World, query: str, field: str) -> None:
    path = f"/manufacturer/needs/{world.thing('need_id', MAKER)}/costs?{query}"
    answer = open_page(world, MAKER, path)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_year_that_is_over_shows_which_grants_exclude_each_other(world: World) -> None:
    world.thing("code", None)
    _make_meant_for_manufacturers(world, rule={"confirm": "중소기업확인서가 있어야 합니다."})
    path = f"/manufacturer/needs/{world.thing('need_id', MAKER)}/costs"
    shown = text_of(open_page(world, MAKER, f"{path}?price_won=1억&grant=on:2022-12-31&rank=2"))
    assert "고르신 방법입니다" in shown
    assert "한 사업에서는 여러 조건 가운데 하나만" in shown


def test_the_suppliers_loan_stands_beside_and_pays_nothing_of_the_price(world: World) -> None:
    world.fund()
    path = f"/manufacturer/needs/{world.thing('need_id', MAKER)}/costs?price_won=1억"
    loan = "fund_loan.principal_won=6천만&fund_loan.months=12&fund_loan.bank_rate_percent=5.2"
    shown = text_of(open_page(world, MAKER, f"{path}&{loan}"))
    assert "만드는 비용 6,000만 원을 12개월 동안" in shown
    assert "회사가 모두 내는 금액" in shown
    without = text_of(open_page(world, MAKER, path))
    for won in re.findall(r"([\d,]+원) 회사가 모두 내는 금액", without):
        assert f"{won} 회사가 모두 내는 금액" in shown
    wrong = open_page(world, MAKER, f"{path}&{loan.replace('12', '999')}")
    assert 'id="fund_loan.months-error"' in wrong.text


def test_programmes_say_what_fits_what_not_and_what_is_missing(world: World) -> None:
    world.thing("code", None)
    small = {"field": "employee_count", "at_most": 9, "text": "상시근로자가 10명 미만이어야 합니다."}
    near = {"field": "region", "in": ["50"], "text": "제주에 있어야 합니다."}
    _make_meant_for_manufacturers(world, rule=small)
    shown = text_of(open_page(world, MAKER, "/manufacturer/programmes"))
    assert "아직 알 수 없습니다" in shown
    assert "직원 수 이(가) 비어 있습니다" in shown
    _make_meant_for_manufacturers(world, rule=near)
    shown = text_of(open_page(world, MAKER, "/manufacturer/programmes"))
    assert "조건에 맞지 않습니다" in shown
    assert "제주에 있어야 합니다." in shown
    _make_meant_for_manufacturers(world, rule={"confirm": "중소기업이어야 합니다."})
    shown = text_of(open_page(world, MAKER, "/manufacturer/programmes"))
    assert "조건에 맞습니다" in shown
    assert "중소기업이어야 합니다." in shown


def test_a_long_list_of_needs_has_a_next_page(world: World) -> None:
    path = f"/v1/manufacturers/{world.person(MAKER).company_id}/needs"
    for _ in range(21):
        world.client.post(path, json=companies.need(), headers=world.headers(MAKER))
    shown = open_page(world, MAKER, "/manufacturer/needs?status=open").text
    (more,) = re.findall(r'href="(/manufacturer/needs\?[^"]*cursor=[^"]*)"', shown)
    assert open_page(world, MAKER, more.replace("&amp;", "&")).text.count('class="card need-card"') == 1
    assert "그런 상태의 수요가 없습니다" in text_of(
        open_page(world, MAKER, "/manufacturer/needs?status=closed")
    )


def test_a_stranger_company_is_not_told_of(world: World) -> None:
    stored_manufacturer(world.client, company_name="남의회사")
    assert "남의회사" not in text_of(open_page(world, MAKER, "/manufacturer"))


def _make_meant_for_manufacturers(world: World, **terms: Any) -> None:
    with world.client.app.state.database.transaction() as session:
        programme = session.get_one(Programme, "SMART_FACTORY_GRANT")
        programme.terms = programme.terms | {"audience": ["manufacturer"]} | terms
