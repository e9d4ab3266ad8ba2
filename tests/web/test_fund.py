"""The pages of the win-win fund over HTTP: what they show, refuse and record."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from zipfile import is_zipfile

import pytest
from httpx2 import Response

from service.accounts.actor import Role
from service.db.tables import SupplierStatus
from service.kit import clock
from tests.factories.funds import applied, lent, terms
from tests.factories.people import sign_in, stored_supplier
from tests.factories.world import World
from tests.web.opening import open_page, send_form, text_of

MANAGER = "account_manager"
APPLICATION = {"principal_won": "1억", "months": "12", "method": "level_payment"}


def loan_of(world: World, supplier_id: object, **changes: object) -> str:
    world.fund()
    return applied(world.client, world.headers("admin"), supplier_id, **changes)


def record(world: World, loan: str, what: str, actor: str = MANAGER, **fields: str) -> Response:
    """Send a form of the loan's page as the page shows it now."""
    version = world.client.get(f"/v1/fund/loans/{loan}", headers=world.headers("admin")).json()["version"]
    return send_form(world, actor, f"/fund/loans/{loan}/{what}", {"version": str(version)} | fields)


def state(world: World, loan: str) -> str:
    answer = world.client.get(f"/v1/fund/loans/{loan}", headers=world.headers("admin"))
    return str(answer.json()["status"])


def decision(**changes: str) -> dict[str, str]:
    return {
        "decision": "approved",
        "bank": "가온은행 판교지점",
        "reference": "GA-1",
        "decided_on": clock.today().isoformat(),
        "bank_rate_percent": "5.2",
    } | changes


def test_the_overview_says_what_is_used_and_what_is_to_do(world: World) -> None:
    loan_of(world, stored_supplier(world.client, company_name="기다림"), principal_won=30_000_000)
    out = loan_of(world, stored_supplier(world.client, company_name="빌린곳"))
    lent(world.client, world.headers("admin"), out)
    said = text_of(open_page(world, MANAGER, "/fund"))
    fund = world.client.get("/v1/fund", headers=world.headers("admin")).json()
    for name in ("ceiling_won", "outstanding_won", "reserved_won", "available_won", "interest_saved_won"):
        assert f"{fund[name]:,}원" in said, name
    assert "은행의 결정을 기다리는 신청 1건" in said
    assert "연체한 대출이 없습니다." in said


def test_without_a_fund_an_administrator_is_shown_the_way_to_its_terms(world: World) -> None:
    assert 'href="/fund/terms"' in open_page(world, "admin", "/fund").text
    assert "지금 대출하는 펀드가 없습니다." in text_of(open_page(world, MANAGER, "/fund"))
    assert "신청할 수 없습니다" in text_of(open_page(world, MANAGER, "/fund/loans/new"))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"가나", "다라"}),
        ("?status=disbursed", {"다라"}),
        ("?company=가", {"가나"}),
        ("?company=%25", set()),
        ("?expiring=true", set()),
    ],
)
def test_loans_are_found_by_state_and_supplier(world: World, query: str, shown: set[str]) -> None:
    loan_of(world, stored_supplier(world.client, company_name="가나"))
    out = loan_of(world, stored_supplier(world.client, company_name="다라"))
    lent(world.client, world.headers("admin"), out)
    page = open_page(world, MANAGER, f"/fund/loans{query}").text
    assert set(re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)) == shown


def test_an_application_that_expires_soon_is_among_what_is_to_do(world: World) -> None:
    loan_of(world, stored_supplier(world.client, company_name="곧끝남"))
    days = world.client.get("/v1/fund", headers=world.headers("admin")).json()["application_days"]
    assert "곧 기한이 끝나는 신청이 없습니다." in text_of(open_page(world, MANAGER, "/fund"))
    with clock.frozen(datetime.now(UTC) + timedelta(days=days - 3)):
        world.forget(MANAGER)
        assert "3일 남음" in text_of(open_page(world, MANAGER, "/fund"))
        assert "곧끝남" in text_of(open_page(world, MANAGER, "/fund/loans?expiring=true"))


def test_staff_applies_for_a_supplier_by_its_business_number(world: World) -> None:
    world.fund()
    supplier = world.thing("supplier_id", None)
    found = world.client.get(f"/v1/suppliers/{supplier}", headers=world.headers("admin")).json()
    wrong = send_form(world, MANAGER, "/fund/loans/new", APPLICATION | {"supplier_id": "1"})
    assert wrong.status_code == 422
    assert 'id="supplier_id-error"' in wrong.text
    assert 'value="1억"' in wrong.text
    sent = APPLICATION | {"supplier_id": found["business_number"]}
    made = send_form(world, MANAGER, "/fund/loans/new", sent)
    assert made.status_code == 303
    assert found["company_name"] in text_of(open_page(world, MANAGER, made.headers["Location"]))


def test_what_the_fund_does_not_lend_is_told_beside_its_field(world: World) -> None:
    world.fund()
    refused = send_form(world, "supplier", "/supplier/fund-loan/new", APPLICATION | {"months": "999"})
    assert refused.status_code == 422
    assert 'id="months-error"' in refused.text
    too_much = send_form(world, "supplier", "/supplier/fund-loan/new", APPLICATION | {"principal_won": "1조"})
    assert 'id="principal_won-error"' in too_much.text


@pytest.mark.parametrize("missing", ["bank", "reference", "decided_on", "bank_rate_percent"])
def test_a_decision_without_what_it_needs_is_refused_beside_its_field(world: World, missing: str) -> None:
    loan = world.thing("loan_id", None)
    refused = record(world, loan, "bank-decision", **decision(**{missing: ""}))
    assert refused.status_code == 422
    assert f'id="{missing}-error"' in refused.text
    assert state(world, loan) == "reserved"


def test_a_loan_from_decision_to_the_last_won(world: World) -> None:
    loan = world.thing("loan_id", None)
    assert record(world, loan, "bank-decision", **decision()).status_code == 303
    assert state(world, loan) == "approved"
    today = clock.today().isoformat()
    assert record(world, loan, "disbursement", disbursed_on=today).status_code == 303
    assert state(world, loan) == "disbursed"
    path = f"/v1/fund/loans/{loan}/settlement"
    total = world.client.get(path, headers=world.headers("admin")).json()["total_won"]
    paid = record(world, loan, "repayments", amount_won=f"{total:,}", paid_on=today, effect="")
    assert paid.status_code == 303
    assert state(world, loan) == "repaid"
    assert "모두 갚은 대출입니다." in text_of(open_page(world, MANAGER, f"/fund/loans/{loan}"))


def test_an_application_is_changed_by_staff_and_by_the_supplier_until_the_bank_decides(world: World) -> None:
    loan = world.thing("loan_id", "supplier")
    changed = record(world, loan, "edit", **APPLICATION | {"principal_won": "8,000만"})
    assert changed.status_code == 303
    read = world.client.get(f"/v1/fund/loans/{loan}", headers=world.headers("admin")).json()
    assert read["reserved_won"] == 80_000_000
    path = f"/supplier/fund-loan/{loan}/edit"
    sent = APPLICATION | {"version": str(read["version"]), "months": "999"}
    refused = send_form(world, "supplier", path, dict(sent))
    assert 'id="months-error"' in refused.text
    assert send_form(world, "supplier", path, sent | {"months": "24"}).status_code == 303
    record(world, loan, "bank-decision", **decision())
    assert "고칠 수 없습니다" in text_of(open_page(world, "supplier", path))


def test_what_the_bank_calls_in_and_writes_off_is_recorded_and_told(world: World) -> None:
    loan = world.thing("loan_id", "supplier")
    lent(world.client, world.headers("admin"), loan)
    today = clock.today().isoformat()
    unsaid = record(world, loan, "acceleration", decided_on=today, reason="")
    assert 'id="reason-error"' in unsaid.text
    reason = "석 달 밀림, 통지 7호"
    assert record(world, loan, "acceleration", decided_on=today, reason=reason).status_code == 303
    assert state(world, loan) == "accelerated"
    said = text_of(open_page(world, "supplier", f"/supplier/fund-loan/{loan}"))
    assert reason in said
    assert "기한이익 상실을 정해" in said
    assert record(world, loan, "write-off", decided_on=today, reason=reason).status_code == 303
    assert "대손으로 상각한 원금 100,000,000원" in text_of(open_page(world, MANAGER, "/fund"))
    said = text_of(open_page(world, MANAGER, f"/fund/loans/{loan}"))
    assert "한도로 돌아오지 않았습니다" in said
    assert "상환 기록하기" in said, "money may still come"


def test_terms_that_are_in_use_are_only_ended(world: World) -> None:
    world.thing("loan_id", None)
    path = f"/fund/terms/{world.thing('fund_code', None)}/{world.thing('valid_from', None)}"
    page = open_page(world, "admin", path)
    assert "끝나는 날만 바꿀 수 있습니다" in text_of(page)
    assert 'name="ceiling_won"' not in page.text
    assert send_form(world, "admin", path, {"version": "1", "valid_to": "2001-01-01"}).status_code == 422
    last = clock.today().isoformat()
    assert send_form(world, "admin", path, {"version": "1", "valid_to": last}).status_code == 303


def test_a_form_sent_twice_is_entered_once(world: World) -> None:
    loan = world.thing("loan_id", None)
    lent(world.client, world.headers("admin"), loan)
    page = open_page(world, MANAGER, f"/fund/loans/{loan}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    fields = {"version": version[1], "amount_won": "100만", "paid_on": clock.today().isoformat()}
    codes = [
        send_form(world, MANAGER, f"/fund/loans/{loan}/repayments", dict(fields)).status_code
        for _ in range(2)
    ]
    assert codes == [303, 422]
    listed = world.client.get(f"/v1/fund/loans/{loan}/repayments", headers=world.headers("admin")).json()
    assert [each["amount_won"] for each in listed["items"]] == [1_000_000]


def test_how_money_would_be_divided_is_shown_and_nothing_entered(world: World) -> None:
    loan = world.thing("loan_id", None)
    lent(world.client, world.headers("admin"), loan)
    asked = {"amount_won": "5,000만", "paid_on": clock.today().isoformat(), "only": "division"}
    unsaid = record(world, loan, "repayments", **asked)
    assert unsaid.status_code == 422
    assert 'id="effect-error"' in unsaid.text
    assert "effect" not in text_of(unsaid)
    shown = record(world, loan, "repayments", **asked | {"effect": "shorten"})
    assert shown.status_code == 200
    assert "아직 기록하지 않았습니다" in text_of(shown)
    assert "조기상환한 원금 50,000,000원" in text_of(shown)
    assert "아직 받은 돈이 없습니다." in text_of(open_page(world, MANAGER, f"/fund/loans/{loan}"))


def test_a_repayment_is_reversed_with_its_reason(world: World) -> None:
    loan, repayment = world.thing("loan_id", None), world.thing("repayment_id", None)
    path = f"repayments/{repayment}/reversal"
    assert 'id="reversal_reason-error"' in record(world, loan, path, reversal_reason="").text
    assert record(world, loan, path, reversal_reason="다른 회사의 돈").status_code == 303
    said = text_of(open_page(world, MANAGER, f"/fund/loans/{loan}"))
    assert "다른 회사의 돈" in said
    assert "상환 취소" in said


def test_a_day_before_the_disbursement_settles_nothing_and_is_told_beside_the_field(world: World) -> None:
    loan = world.thing("loan_id", "supplier")
    lent(world.client, world.headers("admin"), loan)
    for actor, path in ((MANAGER, f"/fund/loans/{loan}"), ("supplier", f"/supplier/fund-loan/{loan}")):
        page = open_page(world, actor, f"{path}?day=2001-01-01")
        assert page.status_code == 422
        assert 'id="day-error"' in page.text


def test_late_instalments_are_marked_for_staff_and_for_the_supplier(world: World) -> None:
    loan = world.thing("loan_id", "supplier")
    lent(world.client, world.headers("admin"), loan)
    with clock.frozen(datetime.now(UTC) + timedelta(days=70)):
        world.forget(MANAGER)
        world._people["supplier"] = sign_in(world.client, Role.SUPPLIER, world.person("supplier").company_id)
        said = text_of(open_page(world, "supplier", f"/supplier/fund-loan/{loan}"))
        assert "2개 회차를 내지 않았습니다" in said
        assert 'class="late"' in open_page(world, MANAGER, f"/fund/loans/{loan}").text
        assert open_page(world, MANAGER, "/fund/overdue").text.count('<th scope="row">') == 1


def test_a_long_schedule_is_shown_in_parts(world: World) -> None:
    world.fund()
    code = world.client.get("/v1/fund", headers=world.headers("admin")).json()["code"]
    longer = terms(code=code)
    assert world.client.post("/v1/fund/terms", json=longer, headers=world.headers("admin")).status_code == 201
    loan = loan_of(world, stored_supplier(world.client), months=240)
    lent(world.client, world.headers("admin"), loan)
    first = open_page(world, MANAGER, f"/fund/loans/{loan}").text
    last = open_page(world, MANAGER, f"/fund/loans/{loan}?row=120").text
    rows = [
        re.findall(r'<th scope="row" class="figure">(\d+)</th><td class="nowrap">\d', page)
        for page in (first, last)
    ]
    assert rows == [[str(each) for each in range(1, 121)], [str(each) for each in range(121, 241)]]


def test_the_files_of_a_statement_are_the_apis(world: World) -> None:
    world.thing("loan_id", None)
    month = world.thing("month", None)
    page = open_page(world, MANAGER, f"/fund/statements/{month}")
    links = re.findall(rf'href="(/fund/statements/{month}\.\w+)"', unescape(page.text))
    assert len(links) == 2
    for link in links:
        assert open_page(world, MANAGER, link).status_code == 200
    csv = open_page(world, MANAGER, f"/fund/statements/{month}.csv")
    accept = world.headers("admin") | {"Accept": "text/csv"}
    assert csv.content == world.client.get(f"/v1/fund/statements/{month}", headers=accept).content
    xlsx = open_page(world, MANAGER, f"/fund/statements/{month}.xlsx")
    assert is_zipfile(BytesIO(xlsx.content))


def test_a_month_that_cannot_be_is_told(world: World) -> None:
    world.fund()
    assert open_page(world, MANAGER, "/fund/statements/soon").status_code == 422


def test_new_terms_begin_on_their_day_and_follow_those_in_force(world: World) -> None:
    world.fund()
    page = open_page(world, "admin", "/fund/terms")
    names = re.findall(r'<input [^>]*name="(\w+)"[^>]* value="([^"]*)"', page.text)
    fields = {name: unescape(value) for name, value in names}
    past = send_form(world, "admin", "/fund/terms", fields | {"valid_from": "2001-01-01"})
    assert 'id="valid_from-error"' in past.text
    new = fields | {"valid_from": clock.today().isoformat(), "ceiling_won": "77억"}
    assert send_form(world, "admin", "/fund/terms", new).status_code == 303
    assert "7,700,000,000원" in text_of(open_page(world, "admin", "/fund"))


@pytest.mark.parametrize("status", [SupplierStatus.PENDING, SupplierStatus.SUSPENDED])
def test_only_an_approved_supplier_is_offered_the_application(world: World, status: SupplierStatus) -> None:
    world.fund()
    assert 'href="/supplier/fund-loan/new"' in open_page(world, "supplier", "/supplier/fund-loan").text
    world._people["supplier"] = sign_in(world.client, Role.SUPPLIER, stored_supplier(world.client, status))
    page = open_page(world, "supplier", "/supplier/fund-loan")
    assert 'href="/supplier/fund-loan/new"' not in page.text
    assert "승인된 공급기업만 신청할 수 있습니다." in text_of(page)
    assert (
        'action="/supplier/fund-loan/new"' not in open_page(world, "supplier", "/supplier/fund-loan/new").text
    )


def test_a_supplier_takes_its_application_back_but_nobody_elses(world: World) -> None:
    own, other = world.thing("loan_id", "supplier"), world.thing("loan_id", None)
    fields = {"version": "1", "reason": "다른 자금을 구함"}
    foreign = send_form(world, "supplier", f"/supplier/fund-loan/{other}/cancellation", dict(fields))
    assert foreign.status_code == 404
    taken = send_form(world, "supplier", f"/supplier/fund-loan/{own}/cancellation", dict(fields))
    assert taken.status_code == 303
    assert (state(world, own), state(world, other)) == ("cancelled", "reserved")


def test_the_supplier_is_told_what_became_of_its_application(world: World) -> None:
    loan = world.thing("loan_id", "supplier")
    declined = loan_of(world, world.person("supplier").company_id, principal_won=20_000_000)
    lent(world.client, world.headers("admin"), loan)
    record(world, declined, "bank-decision", **decision(decision="declined", reason="담보가 모자랍니다"))
    page = open_page(world, "supplier", "/me/notifications")
    for title in (
        "은행이 펀드 대출을 승인했습니다",
        "펀드 대출이 실행되었습니다",
        "은행이 펀드 대출을 거절했습니다",
    ):
        assert title in text_of(page)
    assert "담보가 모자랍니다" in text_of(open_page(world, "supplier", f"/supplier/fund-loan/{declined}"))
