"""Whole ways through the public pages in a browser: phone and desk, with scripts and without."""

from urllib.parse import unquote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.factories import companies
from tests.factories.people import stored_supplier
from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site

PROBLEM = "작업 일보를 종이에 쓰고 다음 날 엑셀로 옮깁니다. 그래서 어제 실적을 오늘 오후에야 압니다."

everywhere = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
with_and_without = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@everywhere
@with_and_without
def test_from_a_problem_over_candidates_to_the_registration(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    stored_supplier(world.client, company_name="한빛정보")
    world.catch_up()
    with site.visit(size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("현장에서 무엇이 힘드십니까?").fill(PROBLEM)
        page.get_by_label("업종").select_option("25")
        page.get_by_label("공장이 있는 지역").select_option("41")
        page.get_by_role("button", name="맞는 공급기업 보기").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("맞는 후보 1곳을 찾았습니다")
        expect(page.get_by_role("article", name="후보 1")).to_be_visible()
        assert "한빛정보" not in page.content()
        assert PROBLEM not in page.url
        if scripts:
            assert not Axe().run(page).response["violations"]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0
        page.get_by_role("button", name="수요기업으로 등록하고 소개받기").click()
        expect(page.get_by_label("무엇이 힘든지")).to_have_value(PROBLEM)
        expect(page.get_by_label("회사 이름")).to_have_value("")
        assert PROBLEM not in unquote_plus(page.url)


@everywhere
@with_and_without
def test_from_the_first_page_over_the_directory_to_a_supplier(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    stored_supplier(
        world.client, company_name="가람비전", solutions=[companies.solution(categories=["VISION"])]
    )
    stored_supplier(world.client, company_name="나래정보")
    with site.visit(size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name="머신비전·식별").click()
        expect(page.get_by_role("status")).to_contain_text("1곳")
        page.get_by_label("찾을 말").fill("없는말")
        page.get_by_role("button", name="찾기").click()
        page.get_by_role("link", name="'찾을 말' 조건 빼기").click()
        page.get_by_role("link", name="가람비전").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("가람비전")
        page.go_back()
        expect(page.get_by_label("솔루션 분야")).to_have_value("VISION")


def test_an_example_is_one_click_from_its_candidates_by_keyboard(site: Site, world: World) -> None:
    stored_supplier(world.client)
    world.catch_up()
    with site.visit() as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name="종이에 적는 도금 두께").press("Enter")
        page.get_by_role("button", name="맞는 공급기업 보기").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("맞는 후보")
