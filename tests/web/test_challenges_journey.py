"""A challenge in a browser: a supplier applies, somebody reviews it without names, a person decides."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.factories.challenges import days_later
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
def test_from_the_call_to_the_result(site: Site, world: World, size: dict[str, int], scripts: bool) -> None:
    challenge = world.thing("challenge_id", None)
    world.client.patch(
        f"/v1/challenges/{challenge}",
        headers=world.headers("admin") | {"If-Match": "*"},
        json={"reviewers_per_application": 1},
    )
    world.person("account_manager")
    with (
        site.visit(world.cookie("supplier"), size=size, scripts=scripts) as company,
        site.visit(world.cookie("account_manager"), size=size, scripts=scripts) as reviewer,
        site.visit(world.cookie("admin"), size=size, scripts=scripts) as administrator,
    ):
        theirs, reading, ours = company.new_page(), reviewer.new_page(), administrator.new_page()
        theirs.goto("/supplier/challenges")
        theirs.get_by_role("link", name="지원하기").first.click()
        theirs.fill("#title", "탱크의 가스를 먼저 잽니다")
        theirs.select_option("#field", "산업안전")
        for name in ("problem", "proposal", "outcome"):
            theirs.fill(f"#{name}", "밀폐공간에 들어가기 전에 산소를 잽니다.")
        press(theirs, "지원하기")
        expect(theirs.get_by_role("status")).to_contain_text("지원했습니다")
        if scripts:
            usable(theirs)

        with days_later(11):
            ours.goto(f"/admin/challenges/{challenge}")
            press(ours, "배정하기")
            expect(ours.get_by_role("status")).to_contain_text("배정했습니다")

            reading.goto("/desk/reviews")
            reading.get_by_role("link", name="탱크의 가스를 먼저 잽니다").click()
            for number, score in enumerate(("5", "4")):
                reading.check(f"input[name='scores.{number}.score'][value='{score}']")
                reading.fill(f"[name='scores.{number}.comment']", "현장에서 바로 쓸 수 있습니다.")
            if scripts:
                usable(reading)
            press(reading, "제출하기")
            expect(reading.get_by_role("status")).to_contain_text("제출했습니다")

            ours.reload()
            if scripts:
                usable(ours)
                ours.on("dialog", lambda dialog: dialog.accept())
            ours.check("input[name=pick]")
            ours.select_option("select[name^='department.']", label="안전·환경")
            press(ours, "결과 발표하기")
            expect(ours.get_by_role("status")).to_contain_text("결과를 발표하고")

            theirs.reload()
            expect(theirs.locator("main")).to_contain_text("선정되었습니다")
            expect(theirs.locator("main")).to_contain_text("현장에서 바로 쓸 수 있습니다")
            if scripts:
                usable(theirs)
            ours.goto(f"/challenges/{challenge}")
            expect(ours.locator("main")).to_contain_text("함께 일하는 부서: 안전·환경")
            if scripts:
                usable(ours)
