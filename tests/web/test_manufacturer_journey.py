"""A manufacturer in a browser: register, write down a need, confirm what it calls for, see who could help."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from service.db.tables import AccountSession
from service.kit import clock
from tests.factories import companies
from tests.factories.introductions import decide
from tests.factories.people import stored_supplier
from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site

WAYS = [
    pytest.param(PHONE, True, id="phone"),
    pytest.param(PHONE, False, id="phone-without-scripts"),
    pytest.param(DESKTOP, True, id="desktop"),
    pytest.param(DESKTOP, False, id="desktop-without-scripts"),
]


def register(page: Page) -> None:
    told, contact = companies.manufacturer(), companies.contact()
    page.goto("/register/manufacturer")
    page.get_by_label("회사 이름").fill("솔빛도금")
    page.get_by_label("사업자등록번호").fill(told["business_number"])
    page.get_by_label("업종").fill("도금업")
    page.get_by_label("공장이 있는 시도").select_option("41")
    page.get_by_label("직원 수").fill("32")
    page.get_by_label("이름", exact=False).nth(1).fill("김담당")
    page.get_by_label("전자우편 주소").fill(contact["email"])
    page.get_by_label("비밀번호").fill(contact["password"])
    page.get_by_label("개인정보 수집·이용").check()
    page.get_by_role("button", name="등록하기").click()
    expect(page.get_by_role("heading", name="솔빛도금")).to_be_visible()


@pytest.mark.parametrize(("size", "scripts"), WAYS)
def test_from_registration_to_candidates(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    stored_supplier(world.client, company_name="한결정보")
    world.catch_up()
    with site.visit(size=size, scripts=scripts) as context:
        page = context.new_page()
        register(page)
        page.get_by_role("link", name="첫 수요 적기").click()
        page.get_by_text("종이 작업일보", exact=True).click()
        page.get_by_role("button", name=re.compile("이 예로 시작하기.*종이 작업일보")).click()
        expect(page.get_by_label("한 줄 요약")).to_have_value(re.compile("어제 몇 개 만들었는지"))
        page.get_by_role("button", name="수요 올리기").click()
        expect(page.get_by_text("어떤 솔루션이 필요한지 확인해 주세요").first).to_be_visible()
        page.get_by_text("다른 분야에서 고르기").click()
        page.get_by_label("제조실행시스템(MES·POP)").check()
        page.get_by_role("button", name="이대로 확인").click()
        expect(page.get_by_text("확인했습니다. 후보를 다시 골랐습니다.")).to_be_visible()
        expect(page.get_by_label("제조실행시스템(MES·POP)")).to_be_checked()
        expect(page.get_by_role("heading", name="후보 1")).to_be_visible()
        expect(page.get_by_text("한결정보")).to_have_count(0)
        decide(world, page.url.rpartition("/")[2].partition("?")[0])
        page.reload()
        expect(page.get_by_role("link", name="한결정보")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_need_written_while_the_session_ends_is_not_lost(site: Site, world: World, scripts: bool) -> None:
    with site.visit(scripts=scripts) as context:
        page = context.new_page()
        told, contact = companies.manufacturer(), companies.contact()
        fields = told | {"contact": contact}
        world.client.post("/v1/manufacturers", json=fields)
        sign_in(page, contact["email"])
        page.goto("/manufacturer/needs/new")
        page.get_by_label("한 줄 요약").fill("도금 두께를 손으로 잽니다")
        page.get_by_label("무엇이 힘든지").fill("한 시간에 한 번 손으로 재고\n종이에 적습니다.")
        end_all_sessions(world)
        page.get_by_role("button", name="수요 올리기").click()
        expect(page.get_by_text("적으신 내용은 그대로 두었으니")).to_be_visible()
        page.locator("#email").fill(contact["email"])
        page.locator("#password").fill(contact["password"])
        page.get_by_role("main").get_by_role("button", name="로그인").click()
        page.get_by_role("button", name="이어서 보내기").click()
        expect(page.get_by_role("heading", name="도금 두께를 손으로 잽니다")).to_be_visible()
        expect(page.get_by_text("종이에 적습니다.").first).to_be_visible()


@pytest.mark.parametrize(("size", "scripts"), WAYS)
def test_what_it_would_cost_by_month(site: Site, world: World, size: dict[str, int], scripts: bool) -> None:
    need_id = world.thing("need_id", "manufacturer")
    with site.visit(world.cookie("manufacturer"), size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto(f"/manufacturer/needs/{need_id}")
        page.get_by_role("link", name="비용 계산하기").click()
        page.get_by_label("사업비").fill("3,600만")
        page.get_by_label("연 이율").fill("0")
        if not scripts:  # with them the answer comes while typing
            page.get_by_role("button", name="계산하기").click()
        expect(page.locator("#answer").get_by_text("1,000,000원").first).to_be_visible()
        page.get_by_text("달마다 내는 금액 보기 (36회)").click()
        expect(page.get_by_role("row", name=re.compile("^36회 "))).to_be_visible()


def test_the_own_account_is_kept_in_order_by_keyboard_and_closed(site: Site, world: World) -> None:
    with site.visit(world.cookie("manufacturer")) as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/me")
        page.get_by_label("이름", exact=False).first.fill("박새로")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("저장했습니다.")
        page.get_by_role("link", name="개인정보", exact=True).click()
        page.get_by_role("button", name=re.compile("동의하기.*소식 받기")).click()
        expect(page.get_by_role("button", name=re.compile("동의 거두기.*소식 받기"))).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="내 자료 내려받기").click()
        assert download.value.suggested_filename == "my-data.json"
        page.get_by_label("닫으려면").fill("계정 닫기")
        page.get_by_role("button", name="계정 닫기").click()
        page.goto("/me")
        expect(page.get_by_role("heading", name="로그인")).to_be_visible()


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(companies.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="로그인").click()
    page.wait_for_url("**/manufacturer*")


def end_all_sessions(world: World) -> None:
    with world.client.app.state.database.transaction() as session:
        for each in session.exec(select(AccountSession)):
            each.revoked_at = clock.now()
