"""Whole journeys of administrators in a browser, narrow and wide, with scripts and without."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site

BOTH = pytest.mark.parametrize(
    ("size", "scripts"), [(PHONE, False), (DESKTOP, True)], ids=["phone without scripts", "desktop"]
)


@BOTH
def test_making_a_key_and_leaving_it_behind(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    with site.visit(world.cookie("admin"), size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto("/admin/keys")
        page.get_by_role("link", name="키 만들기").click()
        page.get_by_label("이름").fill("본사 누리집")
        page.get_by_label("공급기업 읽기").check()
        page.get_by_role("button", name="키 만들기").click()
        key = page.locator("#key").inner_text()
        assert key.startswith("ak_")
        assert key not in page.url
        page.get_by_role("link", name="옮겨 적었습니다").click()
        expect(page.get_by_role("rowheader", name="본사 누리집")).to_be_visible()
        assert key not in page.content()
        with contextlib.suppress(PlaywrightError):  # the browser kept nothing to go back to
            page.go_back()
        expect(page.get_by_text(key)).to_have_count(0)


@BOTH
def test_importing_a_file_with_bad_lines_and_taking_them_back(
    site: Site,
    world: World,
    run_jobs: Callable[[], None],
    tmp_path: Path,
    size: dict[str, int],
    scripts: bool,
) -> None:
    file = tmp_path / "수요기업.csv"
    header = "business_number,company_name,industry,region"
    lines = f"{header}\n120-81-47521,새벽금속,25,41\n120-81-47522,틀린번호,25,41\n"
    file.write_text(lines, encoding="cp949")
    with site.visit(world.cookie("admin"), size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto("/admin/imports")
        page.get_by_label("수요기업", exact=True).check()
        page.get_by_label("파일").set_input_files(file)
        page.get_by_role("button", name="가져오기").click()
        expect(page.locator("#form-errors")).to_contain_text("CSV UTF-8")
        file.write_text(lines, encoding="utf-8")
        page.get_by_label("파일").set_input_files(file)
        page.get_by_role("button", name="가져오기").click()
        expect(page.get_by_text("아직 끝나지 않았습니다.")).to_be_visible()
        run_jobs()
        page.get_by_role("link", name="지금 상태 보기").click()
        expect(page.get_by_role("heading", name="거절한 줄")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="거절한 줄 모두 받기").click()
        assert "\n3," in Path(download.value.path()).read_text(encoding="utf-8-sig")


@BOTH
def test_changing_weights_and_going_back(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    with site.visit(world.cookie("admin"), size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto("/admin/ranking")
        page.get_by_role("link", name="가중치 바꾸기").click()
        page.get_by_label("바꾸는 까닭").fill("가까운 곳을 더 봅니다")
        page.get_by_label("같은 지역").fill("0.45")
        page.get_by_role("button", name="이 값으로 추천하기").click()
        same_region = page.get_by_role("row", name="같은 지역")
        expect(same_region).to_contain_text("0.45")
        page.get_by_text("앞선 판으로 되돌리기").click()
        page.get_by_label("까닭").fill("너무 치우쳤습니다")
        page.get_by_role("button", name="되돌리기").click()
        expect(page.get_by_text("앞선 가중치로 되돌렸습니다.")).to_be_visible()
        expect(same_region).to_contain_text("0.30")


@BOTH
def test_a_figure_of_the_dashboard_leads_to_its_rows(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    world.thing("need_id", None)
    with site.visit(world.cookie("account_manager"), size=size, scripts=scripts) as context:
        page = context.new_page()
        page.goto("/dashboard")
        row = page.get_by_role("region", name="수요에서 계약까지 표").get_by_role("row", name="수요 등록")
        row.get_by_role("link", name="1").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("현황판의 수요")
        expect(page.get_by_role("rowheader")).to_have_count(1)
        page.get_by_label("지역").select_option("50")
        page.get_by_role("button", name="찾기").click()
        expect(page.get_by_text("이 조건에 맞는 것이 없습니다.")).to_be_visible()
