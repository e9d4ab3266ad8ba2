"""An installment contract in a browser: staff quotes, the company accepts, staff delivers and is paid."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.contracts import introduced
from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site
from tests.web.test_fund_journey import press, usable


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=["desk", "phone, no scripts"]
)
def test_from_the_quote_to_the_last_won(
    site: Site, world: World, size: dict[str, int], scripts: bool
) -> None:
    need = world.thing("need_id", "manufacturer")
    introduced(world.client, need, world.thing("supplier_id", None))
    with (
        site.visit(world.cookie("manufacturer"), size=size, scripts=scripts) as company,
        site.visit(world.cookie("account_manager"), size=size, scripts=scripts) as staff,
    ):
        theirs, ours = company.new_page(), staff.new_page()
        ours.goto(f"/desk/needs/{need}/quote")
        ours.fill("[name='terms.price_won']", "6,000만")
        ours.fill("[name='terms.months']", "12")
        press(ours, "미리 계산하기")
        expect(ours.locator("main")).to_contain_text("아직 저장하지 않았습니다")
        press(ours, "견적 내기")
        expect(ours.get_by_role("status")).to_contain_text("견적을 내고")

        theirs.goto("/manufacturer/contracts")
        expect(theirs.locator("main")).to_contain_text("수락을 기다리는 견적이 1건")
        theirs.locator("main th a").first.click()
        agree(theirs, "이 조건으로 수락하기")
        expect(theirs.get_by_role("status")).to_contain_text("수락했습니다")

        ours.reload()
        press(ours, "인도 기록하기")
        expect(ours.get_by_role("status")).to_contain_text("인도를 기록했습니다")
        ours.fill("#amount_won", "300만")
        press(ours, "납입 기록하기")
        expect(ours.get_by_role("status")).to_contain_text("납입을 기록했습니다")
        if scripts:
            usable(ours)
        ours.locator("summary", has_text="모두 갚은 것으로 기록하기").click()
        agree(ours, "모두 갚은 것으로 기록하기")
        expect(ours.get_by_role("status")).to_contain_text("계약을 끝냈습니다")

        theirs.reload()
        expect(theirs.locator("main")).to_contain_text("모두 갚았습니다")
        if scripts:
            usable(theirs)


def agree(page: Page, name: str) -> None:
    """Press a button that asks once more where a script runs."""
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, name)
