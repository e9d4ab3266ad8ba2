"""A supplier registers in a browser: on a desk with scripts, on a phone without, and with a pause between."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from service.db.session import Database
from service.db.tables import Supplier
from tests.factories import companies
from tests.factories.numbers import business_number
from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site

START = "/register/supplier"
NEXT = "저장하고 다음으로"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill_company(page: Page) -> None:
    page.fill("[id='business_number']", business_number())
    page.fill("[id='company_name']", "새봄정보기술")
    page.select_option("[id='region']", "41")
    page.fill("[id='summary']", "부품 공장의 생산 실적을 모읍니다.")


def fill_solution(page: Page, row: int, name: str, category: str) -> None:
    page.fill(f"[id='solutions.{row}.name']", name)
    page.select_option(f"[id='solutions.{row}.categories']", category)
    page.fill(f"[id='solutions.{row}.description']", f"{name}으로 사출 현장의 종이 일보를 없앱니다.")


def fill_contact(page: Page) -> None:
    person = companies.contact()
    page.fill("[id='contact.name']", "김담당")
    page.fill("[id='contact.email']", person["email"])
    page.fill("[id='contact.password']", companies.PASSWORD)
    page.check("[id='consents.0.accepted']")


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=["desk", "phone, no scripts"]
)
def test_registering_through_all_steps(
    site: Site, database: Database, size: dict[str, int], scripts: bool
) -> None:
    with site.visit(size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto(START)
        fill_company(page)
        press(page, NEXT)
        fill_solution(page, 0, "현장 실적 수집", "MES")
        if scripts:
            expect(page.locator("#reading")).to_contain_text("읽힌 공정: 사출")
        press(page, "솔루션 더하기")
        fill_solution(page, 1, "창고 위치 관리", "WMS")
        press(page, NEXT)
        page.fill("[id='references.0.title']", "범퍼 도장 외관 검사")
        page.fill("[id='references.0.problem']", "눈으로 검사해 판정이 달랐습니다.")
        press(page, NEXT)
        expect(page.locator("main")).to_contain_text("창고 위치 관리")
        page.get_by_role("link", name="맞습니다. 다음으로").click()
        fill_contact(page)
        press(page, "등록하기")
        expect(page.locator("h1")).to_have_text("등록했습니다")
        page.get_by_role("link", name="우리 회사 보기").click()
        expect(page.locator("main")).to_contain_text("담당자가 등록을 확인하고 있습니다")
    with database.transaction() as session:
        assert session.exec(select(Supplier.company_name)).all() == ["새봄정보기술"]


def test_the_browser_is_closed_in_the_middle_and_opened_again(site: Site) -> None:
    with site.visit(scripts=False) as context:
        page = context.new_page()
        page.goto(START)
        fill_company(page)
        press(page, NEXT)
        page.fill("[id='solutions.0.name']", "반쯤 적은 이름")
        press(page, "솔루션 더하기")
        kept = lasting_cookies(context)
    with site.visit(scripts=False) as context:
        context.add_cookies(kept)
        page = context.new_page()
        page.goto(f"{START}/solutions")
        expect(page.locator("[id='solutions.0.name']")).to_have_value("반쯤 적은 이름")
        press(page, "저장하고 이전으로")
        expect(page.locator("[id='company_name']")).to_have_value("새봄정보기술")


def test_a_number_is_checked_while_it_is_typed(site: Site) -> None:
    with site.visit() as context:
        page = context.new_page()
        page.goto(START)
        page.fill("[id='business_number']", "120-81-47522")
        expect(page.get_by_role("status")).to_contain_text("검사 숫자가 맞지 않습니다")


def test_two_people_change_the_same_profile(site: Site, world: World) -> None:
    cookie = world.cookie("supplier")
    with site.visit(cookie) as first, site.visit(cookie, size=PHONE, scripts=False) as second:
        one, other = first.new_page(), second.new_page()
        for page in (one, other):
            page.goto("/supplier/edit")
        one.fill("[id='summary']", "먼저 적은 소개입니다.")
        press(one, "저장하기")
        expect(one.locator("main")).to_contain_text("저장했습니다.")
        other.fill("[id='summary']", "나중에 적은 소개입니다.")
        press(other, "저장하기")
        expect(other.get_by_role("alert")).to_contain_text("그사이 다른 사람이 먼저 고쳤습니다")
        expect(other.get_by_role("table")).to_contain_text("먼저 적은 소개입니다.")
        expect(other.locator("[id='summary']")).to_have_value("나중에 적은 소개입니다.")
        press(other, "저장하기")
        other.goto("/supplier/history")
        expect(other.locator("main")).to_contain_text("나중에 적은 소개입니다.")


def lasting_cookies(context: BrowserContext) -> list[Any]:
    """What a browser still has after it was closed: cookies without an end are gone."""
    return [each for each in context.cookies() if each["expires"] > 0]
