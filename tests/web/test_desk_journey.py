"""An account manager at work in the browser: with the keyboard, with scripts and without, on a phone too."""

import pytest
from playwright.sync_api import Page, expect

from service.db.tables import SupplierStatus
from tests.factories.desk import Desk, set_up
from tests.factories.people import stored_supplier
from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site

MANAGER = "account_manager"


def status_of(world: World, supplier_id: object) -> str:
    answer = world.client.get(f"/v1/suppliers/{supplier_id}", headers=world.headers("admin"))
    return str(answer.json()["status"])


def test_suppliers_are_approved_and_rejected_by_keyboard_one_after_the_other(
    site: Site, world: World
) -> None:
    first = stored_supplier(world.client, SupplierStatus.PENDING, company_name="먼저회사")
    second = stored_supplier(world.client, SupplierStatus.PENDING, company_name="나중회사")
    with site.visit(world.cookie(MANAGER)) as context:
        page = context.new_page()
        page.goto("/desk")
        page.keyboard.press("g")
        page.keyboard.press("a")
        expect(page.get_by_role("heading", name="승인을 기다리는 공급기업")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.get_by_role("status")).to_contain_text("승인했습니다")
        # The next one is chosen by itself.
        page.keyboard.press("r")
        page.keyboard.type("서류가 모자랍니다")
        page.keyboard.press("Enter")
        expect(page.get_by_text("승인을 기다리는 공급기업이 없습니다.")).to_be_visible()
    assert (status_of(world, first), status_of(world, second)) == ("approved", "rejected")


def test_shortcuts_can_be_switched_off(site: Site, world: World) -> None:
    waiting = stored_supplier(world.client, SupplierStatus.PENDING)
    with site.visit(world.cookie(MANAGER)) as context:
        page = context.new_page()
        page.goto("/desk/approvals")
        page.keyboard.press("?")
        page.get_by_label("글자 하나로 된 단축키 쓰기").uncheck()
        page.reload()
        page.keyboard.press("j")
        page.keyboard.press("a")
        page.wait_for_load_state()
    assert status_of(world, waiting) == "pending"


def from_the_list_to_the_board(page: Page, desk: Desk) -> None:
    """Open a need, see two side by side, introduce one, move it on."""
    page.goto("/desk/needs")
    page.get_by_role("link", name="도금 두께를 손으로 잽니다").click()
    for name in desk.suppliers:
        page.locator(".candidate", has_text=name).get_by_label("나란히 보기").check()
    page.get_by_role("button", name="고른 곳 나란히 보기").click()
    expect(page.get_by_role("region", name="고른 공급기업 나란히 보기")).to_contain_text("먼도금")
    page.get_by_role("textbox", name="가까운도금 메모", exact=True).fill("잘 맞습니다")
    page.locator(".candidate", has_text="가까운도금").get_by_role("button", name="소개하기").click()
    expect(page.get_by_role("status")).to_contain_text("결정을 남겼습니다")
    page.get_by_role("link", name="진행 현황에서 보기").click()
    page.get_by_role("button", name="가까운도금 제안 단계로").click()
    expect(page.get_by_role("status")).to_contain_text("옮겼습니다")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_a_need_to_an_introduction_to_a_proposal(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    desk = set_up(world)
    with site.visit(world.cookie(MANAGER), size=size, scripts=scripts) as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        from_the_list_to_the_board(page, desk)
    assert desk.verdicts() == ["introduced", "proposed"]
    assert len(desk.run_ids()) == 1


def test_a_card_is_moved_by_keyboard_after_a_question(site: Site, world: World) -> None:
    desk = set_up(world)
    with site.visit(world.cookie(MANAGER)) as context:
        page = context.new_page()
        asked: list[str] = []

        def answer(dialog: object) -> None:
            asked.append(dialog.message)
            if len(asked) == 1:
                dialog.dismiss()
            else:
                dialog.accept()

        page.on("dialog", answer)
        page.goto(desk.page)
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.get_by_role("status")).to_contain_text("결정을 남겼습니다")
        page.goto("/desk/pipeline")
        page.keyboard.press("j")
        page.keyboard.press(">")
        assert desk.verdicts() == ["shortlisted"]
        page.keyboard.press("j")
        page.keyboard.press(">")
        expect(page.get_by_role("status")).to_contain_text("옮겼습니다")
    assert asked == ["가까운도금: 소개 단계로 옮길까요?"] * 2
    assert desk.verdicts() == ["shortlisted", "introduced"]


def test_weights_are_tried_while_typing_and_the_address_keeps_them(site: Site, world: World) -> None:
    desk = set_up(world, {"가까운도금": {}, "먼도금": {"region": "50", "employee_count": 500}})
    with site.visit(world.cookie(MANAGER)) as context:
        page = context.new_page()
        page.goto(desk.page)
        page.get_by_text("가중치를 바꾸어 보기").click()
        page.get_by_label("회사 규모").fill("20")
        expect(page.get_by_role("region", name="가중치를 바꾸었을 때의 순위")).to_contain_text("1계단 위로")
        page.reload()
        expect(page.get_by_label("회사 규모")).to_have_value("20")
    assert len(desk.run_ids()) == 1


def test_a_plan_shows_by_itself_when_it_is_ready(site: Site, world: World) -> None:
    desk = set_up(world)
    with site.visit(world.cookie(MANAGER)) as context:
        page = context.new_page()
        page.goto("/desk/assignments")
        page.get_by_label("가장 낮은 소개 확률").fill("0")
        page.get_by_role("button", name="배정하기").click()
        expect(page.get_by_text("수요 1건 가운데 0건을 살펴보았습니다.")).to_be_visible()
        world.catch_up()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="모두 추천에 올리기").click()
        expect(page.get_by_role("status")).to_contain_text("추천 단계에 올렸습니다")
    assert desk.verdicts() == ["shortlisted", "shortlisted"]
