"""The supplier's pages over HTTP: what a form keeps, refuses and does."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.business_status.endpoints import CHECKS
from service.db.session import Database
from service.db.tables import Account, FundTerm, RegistrationDraft, Supplier, SupplierStatus
from service.kit import clock
from service.kit.rate_limits import RateLimits
from service.privacy.purge import purge
from service.privacy.retention import DRAFT_KEPT_FOR
from service.suppliers.drafts import MOST_CHARACTERS
from service.web.supplier.registration import COOKIE
from service.web.visitor import COOKIE as SESSION_COOKIE
from tests.factories import companies
from tests.factories.numbers import business_number
from tests.factories.people import sign_in, stored_supplier
from tests.factories.registers import FakeRegister
from tests.factories.world import World
from tests.web.opening import AS_A_BROWSER, open_page, send_form, text_of

START = "/register/supplier"
COMPANY = {
    "company_name": "새봄정보기술",
    "region": "41",
    "summary": "부품 공장의 생산 실적을 모읍니다.",
    "employee_count": "25",
    "service_regions": "",
}
SOLUTION = {
    "solutions.0.name": "현장 실적 수집",
    "solutions.0.categories": ["MES", "IOT"],
    "solutions.0.description": "종이 일보를 없애고 생산 현황을 바로 봅니다.",
    "solutions.0.price_min_won": "3,000만",
}
CONTACT = {
    "contact.name": "독고탁영",
    "contact.phone": "031-123-4567",
    "contact.password": companies.PASSWORD,
    "consents.0.purpose": "registration",
    "consents.0.accepted": "true",
}
Fields = dict[str, Any]


class Newcomer:
    """A browser that keeps its cookies."""

    def __init__(self, world: World) -> None:
        self.client = TestClient(world.client.app, raise_server_exceptions=False)
        self.number = business_number()

    def open(self, path: str) -> Response:
        return self.client.get(path, headers=AS_A_BROWSER, follow_redirects=False)

    def send(self, path: str, fields: Fields) -> Response:
        return self.client.post(path, data=fields, headers=AS_A_BROWSER, follow_redirects=False)

    def company(self, **changes: str) -> Response:
        return self.send(START, COMPANY | {"business_number": self.number} | changes)

    def solution(self, **more: Any) -> Response:
        return self.send(f"{START}/solutions", SOLUTION | more)

    def contact(self, **changes: str) -> Response:
        email = companies.contact()["email"]
        return self.send(f"{START}/contact", CONTACT | {"contact.email": email} | changes)


@pytest.fixture
def newcomer(world: World) -> Newcomer:
    """Somebody who has never been here."""
    return Newcomer(world)


def drafts(database: Database) -> list[dict[str, Any]]:
    with database.transaction() as session:
        return [row.content for row in session.exec(select(RegistrationDraft))]


def test_through_all_steps_a_supplier_registers_and_is_signed_in(
    newcomer: Newcomer, database: Database
) -> None:
    assert newcomer.company().headers["Location"] == f"{START}/solutions"
    assert newcomer.solution().headers["Location"] == f"{START}/experience"
    sent = newcomer.send(f"{START}/experience", {"certifications": ["", "GS"]})
    assert sent.headers["Location"] == f"{START}/review"
    assert "먼저 고칠 곳" not in newcomer.open(f"{START}/review").text
    done = newcomer.contact(representative_name="선우대표")
    assert done.headers["Location"] == "/supplier/welcome"
    assert "확인 메일을 보냈습니다" in newcomer.open("/supplier/welcome").text
    with database.transaction() as session:
        supplier = session.exec(select(Supplier)).one()
    assert supplier.status == SupplierStatus.PENDING.value
    assert (supplier.employee_count, supplier.certifications) == (25, ["GS"])
    assert supplier.representative_name == "선우대표"
    assert drafts(database) == []
    assert COOKIE not in newcomer.client.cookies


def test_the_draft_of_a_closed_browser_is_there_again(newcomer: Newcomer) -> None:
    first = newcomer.company()
    cookie = first.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert f"Max-Age={int(DRAFT_KEPT_FOR.total_seconds())}" in cookie
    assert "새봄정보기술" in newcomer.open(START).text


def test_somebody_else_does_not_see_it(newcomer: Newcomer, world: World) -> None:
    newcomer.company()
    assert "새봄정보기술" not in Newcomer(world).open(START).text


def test_a_draft_is_thrown_away_on_wish(newcomer: Newcomer, database: Database) -> None:
    newcomer.company()
    assert "전에 적으신 내용" in newcomer.open(START).text
    newcomer.send(f"{START}/discarding", {})
    assert drafts(database) == []
    assert "전에 적으신 내용" not in newcomer.open(START).text


def test_what_is_wrong_is_kept_too_and_stands_beside_its_field(newcomer: Newcomer) -> None:
    refused = newcomer.company(business_number="120-81-47522", company_name="")
    assert refused.status_code == 422
    again = newcomer.open(START)
    assert 'value="120-81-47522"' in again.text
    assert "검사 숫자가 맞지 않습니다" in text_of(refused)


def test_a_number_that_is_taken_is_told_at_its_step(newcomer: Newcomer, world: World) -> None:
    taken = business_number()
    stored_supplier(world.client, business_number=taken)
    refused = newcomer.company(business_number=taken)
    assert refused.status_code == 422
    assert "이미 등록된 사업자등록번호" in text_of(refused)


def test_a_draft_keeps_nothing_about_people_and_no_password(newcomer: Newcomer, database: Database) -> None:
    newcomer.company(**CONTACT, representative_name="선우대표", address="경기도 독고로 1")
    newcomer.solution(**CONTACT)
    newcomer.contact(**{"contact.email": "not an address"})
    kept = str(drafts(database))
    assert "새봄정보기술" in kept
    for secret in (*CONTACT.values(), "선우대표", "독고로", "not an address"):
        if secret != "true":
            assert secret not in kept


def test_two_weeks_later_the_draft_is_neither_shown_nor_kept(
    newcomer: Newcomer, database: Database, tmp_path: Path
) -> None:
    newcomer.company()
    with clock.frozen(datetime.now(UTC) + DRAFT_KEPT_FOR + timedelta(minutes=1)):
        assert "새봄정보기술" not in newcomer.open(START).text
        with database.transaction() as session:
            destroyed = {each.rule: each.count for each in purge(session, tmp_path)}
    assert destroyed["registration_drafts"] == 1
    assert drafts(database) == []


def test_a_draft_that_is_too_large_is_refused_and_the_former_one_stays(
    newcomer: Newcomer, database: Database
) -> None:
    newcomer.company()
    refused = newcomer.company(summary="a" * MOST_CHARACTERS)
    assert refused.status_code == 422
    assert "너무 많아" in text_of(refused)
    assert "a" * MOST_CHARACTERS in refused.text, "what was typed is still there to be shortened"
    assert len(str(drafts(database))) < 1000


def test_a_row_is_added_and_taken_away_without_scripts(newcomer: Newcomer) -> None:
    newcomer.company()
    more = newcomer.solution(do="more:solutions")
    assert more.headers["Location"] == f"{START}/solutions?more=1#solutions.1"
    page = newcomer.open(f"{START}/solutions?more=1").text
    assert 'name="solutions.1.name"' in page
    second = {"solutions.1.name": "둘째", "solutions.1.categories": "WMS", "solutions.1.description": "창고"}
    newcomer.solution(**second, do="next")
    removed = newcomer.solution(**second, do="remove:solutions.0")
    assert removed.headers["Location"] == f"{START}/solutions#solutions"
    page = newcomer.open(f"{START}/solutions").text
    assert 'value="둘째"' in page
    assert "현장 실적 수집" not in re.findall(r'name="solutions\.\d+\.name"[^>]*value="([^"]*)"', page)


def test_one_may_go_back_without_losing_what_was_typed(newcomer: Newcomer) -> None:
    newcomer.company()
    back = newcomer.send(f"{START}/solutions", {"solutions.0.name": "반쯤", "do": "back"})
    assert back.headers["Location"] == START
    assert "반쯤" in newcomer.open(f"{START}/solutions").text


def test_the_main_category_is_the_chosen_one_whatever_is_ticked(
    newcomer: Newcomer, world: World, database: Database
) -> None:
    newcomer.company()
    newcomer.solution(**{"solutions.0.categories": ["WMS", "MES", "WMS"]})
    newcomer.contact()
    with database.transaction() as session:
        supplier = session.exec(select(Supplier)).one()
    shown = world.client.get(f"/v1/suppliers/{supplier.id}", headers=world.headers("admin")).json()
    assert shown["solutions"][0]["categories"] == ["WMS", "MES"]


def test_who_skips_steps_is_led_back(newcomer: Newcomer) -> None:
    page = newcomer.open(f"{START}/contact").text
    assert "먼저 고칠 곳" in page
    assert f'href="{START}"' in page
    assert newcomer.contact().status_code == 422


def test_an_address_that_is_taken_stands_beside_its_field_and_the_password_is_not_repeated(
    newcomer: Newcomer, world: World, database: Database
) -> None:
    person = world.person("manufacturer")
    with database.transaction() as session:
        email = session.get_one(Account, person.account_id).email
    newcomer.company()
    newcomer.solution()
    refused = newcomer.contact(**{"contact.email": email})
    assert refused.status_code == 422
    assert "이미 쓰고 있는 전자우편 주소" in text_of(refused)
    assert 'value="독고탁영"' in refused.text
    assert companies.PASSWORD not in refused.text
    assert SESSION_COOKIE not in newcomer.client.cookies


def test_without_the_registration_consent_nobody_registers(newcomer: Newcomer, database: Database) -> None:
    newcomer.company()
    newcomer.solution()
    assert newcomer.contact(**{"consents.0.accepted": ""}).status_code == 422
    with database.transaction() as session:
        assert session.exec(select(Supplier)).all() == []


def test_the_panel_reads_what_is_typed_and_saves_nothing(newcomer: Newcomer, database: Database) -> None:
    panel = newcomer.send(f"{START}/reading", SOLUTION | {"solutions.0.description": "사출 조건을 모읍니다."})
    assert panel.status_code == 200
    said = text_of(panel)
    assert "읽힌 공정: 사출" in said
    assert "구축 실적" in said
    assert drafts(database) == []


# --- the check while typing


def asked(world: World, number: str) -> Response:
    return world.client.get("/checks/business-number", params={"value": number})


def test_a_number_is_checked_while_it_is_typed_without_telling_whose_it_is(world: World) -> None:
    world.client.app.state.register = FakeRegister()
    taken = business_number()
    stored_supplier(world.client, business_number=taken, company_name="비밀상사")
    assert "검사 숫자가 맞지 않습니다" in asked(world, "120-81-47522").text
    assert "10자리" in asked(world, "120-81").text
    assert "영업 중" in asked(world, business_number()).text
    told = asked(world, taken)
    assert told.headers["Content-Type"].startswith("text/plain")
    assert "이미 등록된" in told.text
    assert "비밀상사" not in told.text


def test_numbers_cannot_be_tried_out_in_bulk(world: World) -> None:
    before = world.client.app.state.rate_limits
    world.client.app.state.rate_limits = RateLimits(on=True)
    try:
        answers = [asked(world, business_number()).status_code for _ in range(CHECKS.amount + 1)]
    finally:
        world.client.app.state.rate_limits = before
    assert answers == [200] * CHECKS.amount + [429]


# --- the own company


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (SupplierStatus.PENDING, "담당자가 등록을 확인하고 있습니다"),
        (SupplierStatus.REJECTED, "등록이 거절되었습니다"),
        (SupplierStatus.SUSPENDED, "이용이 정지되었습니다"),
    ],
)
def test_the_state_is_told_with_what_to_do(world: World, status: SupplierStatus, said: str) -> None:
    company = stored_supplier(world.client, status)
    world._people["supplier"] = sign_in(world.client, Role.SUPPLIER, company)
    assert said in text_of(open_page(world, "supplier", "/supplier"))
    assert open_page(world, "supplier", "/supplier/leads").status_code == 200


def test_the_capacity_is_changed_by_a_button(world: World, database: Database) -> None:
    company = world.person("supplier").company_id
    for typed, kept in (("3", 3), ("0", 0), ("", None)):
        sent = send_form(world, "supplier", "/supplier/capacity", {"concurrent_project_capacity": typed})
        assert sent.status_code == 303
        with database.transaction() as session:
            assert session.get_one(Supplier, company).concurrent_project_capacity == kept
    refused = send_form(world, "supplier", "/supplier/capacity", {"concurrent_project_capacity": "-1"})
    assert refused.status_code == 422


def fields_of(page: str) -> Fields:
    """What a browser would send of the form on that page, by its inputs, areas and choices."""
    form = re.search(r'<form method="post" action="/supplier/edit".*?</form>', page, re.S)
    assert form
    fields: Fields = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            fields.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea id="([^"]*)".*?>(.*?)</textarea>', form[0], re.S):
        fields.setdefault(name, []).append(text)
    for name, options in re.findall(r'<select id="([^"]*)".*?>(.*?)</select>', form[0], re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields.setdefault(name, []).insert(0, chosen[1] if chosen else "")
    return fields


def test_saving_an_unchanged_profile_changes_nothing(world: World) -> None:
    path = f"/v1/suppliers/{world.person('supplier').company_id}"
    before = world.client.get(path, headers=world.headers("supplier")).json()
    page = open_page(world, "supplier", "/supplier/edit").text
    assert send_form(world, "supplier", "/supplier/edit", fields_of(page)).status_code == 303
    assert world.client.get(path, headers=world.headers("supplier")).json() == before


def test_only_what_was_changed_is_in_the_history(world: World) -> None:
    page = open_page(world, "supplier", "/supplier/edit").text
    changed = fields_of(page) | {"employee_count": ["31"], "representative_name": ["선우대표"]}
    assert send_form(world, "supplier", "/supplier/edit", changed).status_code == 303
    history = text_of(open_page(world, "supplier", "/supplier/history"))
    assert "임직원 수 없음 31명" in history
    assert "고친 항목: 대표자" in history
    assert "선우대표" not in history
    assert "회사 소개" not in history


def test_the_order_of_boxes_is_no_change_and_that_of_categories_is_one(world: World) -> None:
    path = f"/v1/suppliers/{world.person('supplier').company_id}"
    headers = world.headers("supplier") | {"If-Match": "*"}
    solutions = [companies.solution(categories=["WMS", "MES", "IOT"], industries=["30", "25"])]
    patch = {"service_regions": ["41", "28"], "certifications": ["NET", "GS"], "solutions": solutions}
    before = world.client.patch(path, json=patch, headers=headers).json()
    fields = fields_of(open_page(world, "supplier", "/supplier/edit").text)
    assert send_form(world, "supplier", "/supplier/edit", fields).status_code == 303
    assert world.client.get(path, headers=headers).json() == before
    main_first = fields | {"solutions.0.categories": ["MES", "WMS", "IOT"]}
    assert send_form(world, "supplier", "/supplier/edit", main_first).status_code == 303
    after = world.client.get(path, headers=headers).json()
    assert after["solutions"][0]["categories"][0] == "MES"
    assert after["version"] == before["version"] + 1


def test_a_stale_form_saves_nothing_and_shows_both(world: World) -> None:
    page = open_page(world, "supplier", "/supplier/edit").text
    mine = fields_of(page) | {"summary": ["내가 적은 소개"], "employee_count": ["7"]}
    path = f"/v1/suppliers/{world.person('supplier').company_id}"
    headers = world.headers("supplier") | {"If-Match": "*"}
    world.client.patch(path, json={"summary": "동료가 적은 소개"}, headers=headers)
    stale = send_form(world, "supplier", "/supplier/edit", mine)
    assert stale.status_code == 409
    assert "회사 소개 동료가 적은 소개 내가 적은 소개" in text_of(stale)
    stored = world.client.get(path, headers=headers).json()
    assert stored["summary"] == "동료가 적은 소개"
    again = send_form(world, "supplier", "/supplier/edit", fields_of(stale.text))
    assert again.status_code == 303
    assert world.client.get(path, headers=headers).json()["summary"] == "내가 적은 소개"


def test_rows_are_added_on_the_page_before_anything_is_saved(world: World) -> None:
    fields = fields_of(open_page(world, "supplier", "/supplier/edit").text)
    shown = send_form(world, "supplier", "/supplier/edit", fields | {"do": ["more:references"]})
    assert shown.status_code == 200
    assert 'name="references.0.title"' in shown.text
    reference = {"references.0.title": ["도금 이력"], "references.0.problem": ["두께를 손으로 쟀습니다."]}
    assert (
        send_form(world, "supplier", "/supplier/edit", fields_of(shown.text) | reference).status_code == 303
    )
    again = fields_of(open_page(world, "supplier", "/supplier/edit").text)
    assert again["references.0.title"] == ["도금 이력"]
    gone = send_form(world, "supplier", "/supplier/edit", again | {"do": ["remove:references.0"]})
    send_form(world, "supplier", "/supplier/edit", fields_of(gone.text))
    assert "references.0.title" not in fields_of(open_page(world, "supplier", "/supplier/edit").text)


def test_a_narrow_industry_that_came_another_way_survives_the_form(world: World) -> None:
    path = f"/v1/suppliers/{world.person('supplier').company_id}"
    headers = world.headers("supplier") | {"If-Match": "*"}
    solutions = [companies.solution(industries=["25924"])]
    world.client.patch(path, json={"solutions": solutions}, headers=headers)
    page = open_page(world, "supplier", "/supplier/edit").text
    send_form(world, "supplier", "/supplier/edit", fields_of(page) | {"employee_count": ["5"]})
    stored = world.client.get(path, headers=headers).json()
    assert stored["solutions"][0]["industries"] == ["25924"]


def test_a_certificate_is_kept_shown_with_its_state_and_removed(world: World) -> None:
    given = {name: str(value) for name, value in companies.certificate().items()}
    assert send_form(world, "supplier", "/supplier/documents", given).status_code == 303
    page = open_page(world, "supplier", "/supplier/documents")
    assert given["number"] in page.text
    assert "유효" in text_of(page)
    assert send_form(world, "supplier", "/supplier/documents", given).status_code == 422
    removal = re.search(r'action="(/supplier/documents/[^"]*/removal)"', page.text)
    assert removal
    assert send_form(world, "supplier", removal[1], {}).status_code == 303
    assert given["number"] not in open_page(world, "supplier", "/supplier/documents").text


def test_the_certificate_of_another_company_cannot_be_removed(world: World) -> None:
    others = world.thing("certificate_id", None)
    assert send_form(world, "supplier", f"/supplier/documents/{others}/removal", {}).status_code == 404


def test_a_notification_is_new_until_somebody_marks_it_as_read(world: World) -> None:
    path = f"/v1/suppliers/{world.person('supplier').company_id}/suspension"
    world.client.post(path, json={"reason": "연락이 되지 않습니다"}, headers=world.headers("admin"))
    assert "1 읽지 않은 알림" in text_of(open_page(world, "supplier", "/supplier"))
    seen = [open_page(world, "supplier", "/me/notifications").text for _ in range(2)]
    ids = re.findall(r'name="ids" value="([^"]+)"', seen[1])
    assert ids, "looking alone marks nothing as read"
    answer = send_form(world, "supplier", "/me/notifications/reading", {"ids": ids})
    assert answer.headers["Location"] == "/me/notifications?done=notifications_read"
    assert "0 읽지 않은 알림" in text_of(open_page(world, "supplier", "/supplier"))


def test_leads_are_nameless_until_the_introduction_and_named_after_it(world: World) -> None:
    world.person("supplier")
    world.thing("need_id", None)
    world.catch_up()
    need = world.thing("need_id", None)
    run = world.client.get(f"/v1/needs/{need}/recommendations", headers=world.headers("admin")).json()
    manufacturer = world.client.get(
        f"/v1/manufacturers/{world.thing('manufacturer_id', None)}", headers=world.headers("admin")
    ).json()
    before = open_page(world, "supplier", "/supplier/leads").text
    assert companies.need()["title"] in before
    assert manufacturer["company_name"] not in before
    decision = {"supplier_id": str(world.person("supplier").company_id), "verdict": "introduced"}
    path = f"/v1/recommendations/{run['run_id']}/feedback"
    assert world.client.post(path, json=decision, headers=world.headers("admin")).status_code == 201
    after = open_page(world, "supplier", "/supplier/leads").text
    assert manufacturer["company_name"] in after
    assert after.count(companies.need()["title"]) == 1, "what was introduced waits no longer"


@pytest.fixture
def fund(database: Database) -> Callable[[], str]:
    """A published fund of 1.5 points."""

    def made() -> str:
        with database.transaction() as session:
            session.merge(
                FundTerm(
                    code="FUND",
                    name="상생 펀드",
                    valid_from=datetime(2020, 1, 1, tzinfo=UTC).date(),
                    rate_reduction_percent_max="1.5",
                    floor_rate_percent="1.0",
                    max_months=36,
                )
            )
        return "FUND"

    return made


def test_a_fund_loan_is_calculated_as_the_calculator_does(world: World, fund: Callable[[], str]) -> None:
    code = fund()
    query = f"?fund={code}&principal_won=1억&months=36&bank_rate_percent=5.2"
    page = text_of(open_page(world, "supplier", f"/supplier/fund-loan{query}"))
    terms = {
        "principal_won": 100_000_000, "months": 36, "bank_rate_percent": "5.2",
        "rate_reduction_percent": "1.5", "floor_rate_percent": "1.0",
    }  # fmt: skip
    answer = world.client.post("/v1/financing/fund-loan-schedules", json=terms).json()
    assert f"{answer['level_payment_won']:,}원" in page
    assert f"{answer['interest_saved_won']:,}원" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("principal_won=1억&months=48&bank_rate_percent=5.2", "36개월"),
        ("principal_won=많이&months=36&bank_rate_percent=5.2", "금액은"),
        ("principal_won=1억&months=36&bank_rate_percent=오", "금리"),
    ],
)
def test_what_cannot_be_calculated_is_told_beside_its_field(
    world: World, fund: Callable[[], str], query: str, said: str
) -> None:
    page = open_page(world, "supplier", f"/supplier/fund-loan?fund={fund()}&{query}")
    assert page.status_code == 422
    assert said in text_of(page)
    assert 'class="error"' in page.text
