"""An administrator registers a webhook and tries it out, in a browser, narrow and wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.factories.webhooks import listening
from tests.factories.world import World
from tests.web.browsing import DESKTOP, PHONE, Site


@pytest.mark.parametrize(
    ("size", "scripts"), [(PHONE, False), (DESKTOP, True)], ids=["phone without scripts", "desktop"]
)
def test_registering_trying_out_and_sending_again(
    site: Site, world: World, run_jobs: Callable[[], None], size: dict[str, int], scripts: bool
) -> None:
    with (
        listening() as receiver,
        site.visit(world.cookie("admin"), size=size, scripts=scripts) as context,
    ):
        page = context.new_page()
        page.goto("/admin/webhooks")
        page.get_by_role("link", name="웹훅 등록").click()
        page.get_by_label("받는 시스템").fill("본사 누리집")
        page.get_by_label("받을 주소").fill(receiver.url)
        page.get_by_text("수요 (3가지)").click()
        page.get_by_label("수요가 닫혔습니다").check()
        page.get_by_role("button", name="등록하고 비밀값 보기").click()
        assert page.locator("#secret").inner_text().startswith("whsec_")
        page.get_by_role("link", name="옮겨 적었습니다").click()
        receiver.status = 500
        page.get_by_role("button", name="시험으로 보내기").click()
        run_jobs()
        page.reload()
        expect(page.get_by_text("받는 곳이 받지 않았습니다. (상태 500)")).to_be_visible()
        receiver.status = 204
        page.get_by_role("button", name="지금 다시 보내기").click()
        run_jobs()
        page.reload()
        expect(page.get_by_text("받는 곳이 받았습니다. (상태 204)")).to_be_visible()
        assert len(set(receiver.ids)) == 1
