"""Somebody works out what an installment costs: on a desk and on a phone, with scripts and without."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browsing import DESKTOP, PHONE, Site

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


def _price(page: Page, typed: str) -> None:
    page.get_by_label("가격").fill(typed)


@SIZES
def test_the_answer_follows_what_is_typed(site: Site, size: dict[str, int]) -> None:
    with site.visit(size=size) as context:
        page = context.new_page()
        page.goto("/calculators")
        page.get_by_role("link", name="할부 계산기").click()
        amount = page.locator("#answer .headline-amount")
        expect(amount).to_have_text("2,974,692원")

        _price(page, "2억")
        expect(amount).to_have_text("5,949,384원")
        expect(page.locator("#rows tbody tr")).to_have_count(36)
        expect(page).to_have_url(re.compile("price_won=2%EC%96%B5"))
        expect(page.get_by_role("status").first).to_contain_text("5,949,384원")

        page.get_by_label("연 이율", exact=False).first.fill("21")
        beside = page.locator("#annual_rate_percent-error")
        expect(beside).to_contain_text("법정 최고 이자율")
        expect(page.locator("#price_won-error")).to_have_count(0)

        page.get_by_label("연 이율", exact=False).first.fill("4.5")
        expect(beside).to_have_count(0)
        expect(amount).to_have_text("5,949,384원")

        page.reload()
        expect(page.get_by_label("가격")).to_have_value("2억")
        expect(amount).to_have_text("5,949,384원")


def test_on_a_phone_the_amount_stays_in_sight_while_one_types(site: Site) -> None:
    with site.visit(size=PHONE) as context:
        page = context.new_page()
        page.goto("/calculators/installment")
        quick = page.locator("#quick")

        expect(quick).to_be_in_viewport()
        expect(quick).to_contain_text("2,974,692원")
        quick.get_by_role("link", name="결과 보기").click()
        expect(page.locator("#answer .headline-amount")).to_be_in_viewport()


@SIZES
def test_everything_works_without_scripts(site: Site, size: dict[str, int]) -> None:
    with site.visit(size=size, scripts=False) as context:
        page = context.new_page()
        page.goto("/calculators/installment")
        page.get_by_text("보증료, 취급 수수료").click()
        page.locator("[id='fees.0.amount_won']").fill("50만")
        page.get_by_role("button", name="이 조건으로 계산하기").click()

        answer = page.locator("#answer")
        expect(answer).to_contain_text("500,000원")
        expect(page.locator("[id='fees.0.name']")).to_have_value("수수료")
        expect(page.locator("#share")).to_have_value(re.compile(r"fees\.0\.amount_won"))
        expect(page.get_by_role("button", name="복사")).to_be_hidden()

        with page.expect_download() as downloading:
            page.get_by_role("link", name="CSV 파일").first.click()
        assert downloading.value.suggested_filename == "schedule.csv"

        page.get_by_role("link", name="인쇄 화면").first.click()
        expect(page.get_by_role("heading", name="상환표", level=1)).to_be_visible()
        expect(page.locator(".schedule tbody tr")).to_have_count(36)
        page.get_by_role("link", name="계산기로 돌아가기").click()

        page.get_by_role("link", name="다른 방법과 비교하기").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("할부, 대출, 일시불 비교")
        expect(page.locator(".compared thead th")).to_have_count(3)
        expect(page.locator("[id='options.3.price_won']")).to_be_hidden()
        page.get_by_role("group", name="4안").get_by_label("방법", exact=True).select_option("일시불")
        page.locator("[id='options.3.price_won']").fill("9천만")
        page.get_by_role("button", name="견주기").click()
        expect(page.locator("#best .headline-amount")).to_have_text("4안 일시불")


def test_a_wrong_amount_is_kept_and_the_way_leads_to_its_field(site: Site) -> None:
    with site.visit(scripts=False) as context:
        page = context.new_page()
        page.goto("/calculators/fund-loan")
        page.get_by_label("은행 금리").first.fill("25")
        page.get_by_role("button", name="계산하기", exact=True).click()

        expect(page.get_by_label("은행 금리").first).to_have_value("25")
        page.get_by_role("alert").get_by_role("link").click()
        expect(page).to_have_url(re.compile("#bank_rate_percent$"))
        expect(page.locator("#bank_rate_percent-error")).to_contain_text("법정 최고 이자율")


@SIZES
@pytest.mark.parametrize(
    "address",
    [
        "/calculators/installment?price_won=abc&fees.0.amount_won=3%EC%B2%9C%EB%A7%8C",
        "/calculators/installment?months=100&vat.timing=per_installment&fees.0.amount_won=1000&balloon_won=100"
        "&prepayments.0.date=2027-05-06&prepayments.0.amount_won=100&start_date=2026-01-25&method=level_principal",
        "/calculators/comparison?options.0.kind=lump_sum",
    ],
    ids=["refused", "full", "refused comparison"],
)
def test_a_full_page_and_a_refused_one_can_be_used_by_everyone(
    site: Site, size: dict[str, int], address: str
) -> None:
    with site.visit(size=size) as context:
        page = context.new_page()
        page.goto(address)
        violations = Axe().run(page).response["violations"]

        assert not [f"{each['id']}: {node['html']}" for each in violations for node in each["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
