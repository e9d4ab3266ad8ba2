"""A loan from the win-win fund in a browser: the supplier applies, staff records, the supplier sees it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def usable(page: Page) -> None:
    """What `test_every_page.py` asks for, of a page with something on it."""
    assert not Axe().run(page).response["violations"]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{wider} pixels wider than the screen"


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=["desk", "phone, no scripts"]
)
def test_from_the_application_to_a_repayment(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    world.fund()
    world.person("supplier")
    with (
        site.visit(world.cookie("supplier"), size=size, scripts=scripts) as company,
        site.visit(world.cookie("account_manager"), size=size, scripts=scripts) as staff,
    ):
        theirs, ours = company.new_page(), staff.new_page()
        theirs.goto("/supplier/fund-loan")
        theirs.get_by_role("link", name="신청하기", exact=True).click()
        theirs.fill("#principal_won", "1억 2천만")
        theirs.fill("#months", "12")
        theirs.fill("#purpose", "로봇 부품")
        press(theirs, "신청하기")
        expect(theirs.get_by_role("status")).to_contain_text("신청했습니다")
        expect(theirs.locator("main")).to_contain_text("120,000,000원")

        ours.goto("/fund")
        expect(ours.locator("main")).to_contain_text("은행의 결정을 기다리는 신청 1건")
        if scripts:
            usable(ours)
        ours.locator("main th a").first.click()
        ours.check("input[name=decision][value=approved]")
        ours.fill("#bank", "가온은행 판교지점")
        ours.fill("#reference", "GA-77")
        ours.fill("#bank_rate_percent", "5.2")
        press(ours, "결정 기록하기")
        press(ours, "실행 기록하기")
        expect(ours.get_by_role("status")).to_contain_text("대출 실행을 기록")
        ours.fill("#amount_won", "300만")
        press(ours, "어떻게 나뉘는지 보기")
        expect(ours.locator("#division")).to_contain_text("아직 기록하지 않았습니다")
        press(ours, "상환 기록하기")
        expect(ours.get_by_role("status")).to_contain_text("상환을 기록했습니다")
        if scripts:
            usable(ours)

        theirs.reload()
        expect(theirs.locator("main")).to_contain_text("다음에 낼 돈")
        expect(theirs.locator("main")).to_contain_text("받은 3,000,000원")
        if scripts:
            usable(theirs)
        theirs.goto("/me/notifications")
        expect(theirs.locator("main")).to_contain_text("펀드 대출이 실행되었습니다")
