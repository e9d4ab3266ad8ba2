"""The win-win fund: who may ask for how much, what a bank decided, and that no limit is ever passed."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import SYSTEM, Role
from service.db.session import Database
from service.db.tables import Account, FundTerm, SupplierStatus
from service.fund.operations import expire_applications
from service.fund.terms import fund_on
from service.fund.verification import verify_fund
from service.kit import clock
from service.kit.problems import Problem
from tests.factories.answers import pointers, problem
from tests.factories.funds import DEMO_FUND, application, applied, approval, lent, open_fund, signed_in, terms
from tests.factories.people import Headers, Person, stored_supplier

TODAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
HUNDRED_MILLION = 100_000_000


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with clock.frozen(MORNING):
        yield


@pytest.fixture
def fund(database: Database) -> None:
    open_fund(database)


@pytest.fixture
def manager(client: TestClient) -> Headers:
    return signed_in(client, Role.ACCOUNT_MANAGER).headers


def of_fund(client: TestClient, headers: Headers) -> dict[str, int]:
    answer = client.get("/v1/fund", headers=headers)
    assert answer.status_code == 200, answer.text
    names = ("ceiling_won", "outstanding_won", "reserved_won", "available_won")
    return {name.removesuffix("_won"): answer.json()[name] for name in names}


def book_is_whole(database: Database) -> None:
    with database.transaction() as session:
        assert verify_fund(session).faults == ()


def read(client: TestClient, headers: Headers, loan: str) -> dict[str, Any]:
    answer = client.get(f"/v1/fund/loans/{loan}", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def post(client: TestClient, headers: Headers, loan: str, what: str, **body: Any) -> Any:
    return client.post(f"/v1/fund/loans/{loan}/{what}", json=body, headers=headers)


@pytest.mark.usefixtures("fund")
def test_the_fund_tells_its_terms_and_what_is_left(client: TestClient, manager: Headers) -> None:
    answer = client.get("/v1/fund", headers=manager).json()
    assert answer["code"] == "DEMO_ALLIANCE"
    assert answer["ceiling_won"] == answer["available_won"] == DEMO_FUND["ceiling_won"]
    assert answer["per_company_limit_won"] == DEMO_FUND["per_company_limit_won"]
    assert (answer["application_days"], answer["max_months"], answer["floor_rate_percent"]) == (60, 36, "1.0")


def test_without_terms_that_are_valid_there_is_no_fund(client: TestClient, database: Database) -> None:
    problem(
        client.get("/v1/fund", headers=signed_in(client, Role.ACCOUNT_MANAGER).headers), 404, "fund_not_open"
    )
    open_fund(database, valid_to="2026-03-01")
    supplier = signed_in(client, Role.SUPPLIER)
    answer = client.post("/v1/fund/loans", json=application(supplier.company_id), headers=supplier.headers)
    problem(answer, 404, "fund_not_open")


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        ([{"code": "A", "demo": False}, {"code": "B"}], "B"),
        ([{"code": "A", "demo": False}, {"code": "B", "valid_to": "2026-03-01"}], "A"),
        ([{"code": "A", "demo": False}, {"code": "B", "demo": False, "valid_from": "2025-01-01"}], "B"),
        ([{"code": "A", "demo": False}, {"code": "B", "demo": False, "reference_only": True}], "A"),
        ([{"code": "A", "demo": False}, {"code": "B", "ceiling_won": None}], "A"),
        ([{"code": "A"}, {"code": "B", "demo": False, "valid_from": "2026-03-03"}], "A"),
    ],
)
def test_which_fund_lends_follows_from_its_terms(
    database: Database, rows: list[dict[str, Any]], chosen: str
) -> None:
    for row in rows:
        open_fund(database, **row)
    with database.transaction() as session:
        assert fund_on(session, TODAY).code == chosen


@pytest.mark.usefixtures("fund")
def test_a_supplier_applies_for_itself_and_the_amount_is_reserved(
    client: TestClient, database: Database, manager: Headers
) -> None:
    supplier = signed_in(client, Role.SUPPLIER)
    asked = application(supplier.company_id, purpose="MES 서버 증설", payment_day=25)
    answer = client.post("/v1/fund/loans", json=asked, headers=supplier.headers)
    assert answer.status_code == 201
    loan = answer.json()
    assert answer.headers["Location"] == f"/v1/fund/loans/{loan['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (loan["status"], loan["reserved_won"], loan["outstanding_won"]) == ("reserved", HUNDRED_MILLION, 0)
    assert (loan["fund"], loan["applied_on"], loan["expires_on"]) == (
        "DEMO_ALLIANCE", "2026-03-02", "2026-05-01",
    )  # fmt: skip
    left = DEMO_FUND["ceiling_won"] - HUNDRED_MILLION
    assert of_fund(client, manager) == {
        "ceiling": DEMO_FUND["ceiling_won"], "outstanding": 0, "reserved": HUNDRED_MILLION, "available": left,
    }  # fmt: skip
    book_is_whole(database)


@pytest.mark.usefixtures("fund")
def test_account_managers_are_told_of_an_application_until_the_bank_has_decided(
    client: TestClient, fund: None, manager: Headers
) -> None:
    supplier = signed_in(client, Role.SUPPLIER)
    applied(client, manager, supplier.company_id, principal_won=10_000_000)
    loan = applied(client, supplier.headers, supplier.company_id, principal_won=10_000_000)
    (told,) = client.get("/v1/me/notifications", headers=manager).json()["items"]
    assert (told["code"], told["facts"]["loan_id"]) == ("fund_loan_waits", loan)
    lent(client, manager, loan)
    (told,) = client.get("/v1/me/notifications", headers=manager).json()["items"]
    assert told["read_at"]


def test_a_supplier_cannot_apply_for_another(client: TestClient) -> None:
    supplier, other = signed_in(client, Role.SUPPLIER), stored_supplier(client)
    answer = client.post("/v1/fund/loans", json=application(other), headers=supplier.headers)
    problem(answer, 404, "not_found")


@pytest.mark.usefixtures("fund")
@pytest.mark.parametrize(
    "status", [SupplierStatus.PENDING, SupplierStatus.SUSPENDED, SupplierStatus.REJECTED]
)
def test_only_approved_suppliers_are_lent_to(
    client: TestClient, manager: Headers, status: SupplierStatus
) -> None:
    company = stored_supplier(client, status)
    answer = client.post("/v1/fund/loans", json=application(company), headers=manager)
    assert pointers(problem(answer, 409, "supplier_not_approved")) == ["/supplier_id"]


@pytest.mark.usefixtures("fund")
def test_a_supplier_that_was_suspended_since_is_not_paid_out(client: TestClient, manager: Headers) -> None:
    company = stored_supplier(client)
    loan = applied(client, manager, company)
    post(client, manager, loan, "bank-decision", **approval())
    stopped = client.post(f"/v1/suppliers/{company}/suspension", json={"reason": "휴업"}, headers=manager)
    assert stopped.status_code == 200
    problem(post(client, manager, loan, "disbursement"), 409, "supplier_not_approved")


@pytest.mark.usefixtures("fund")
@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"months": 37}, "fund_over_months", "/months"),
        ({"months": 0}, "count_out_of_bounds", "/months"),
        ({"grace_months": 13}, "grace_over_term", "/grace_months"),
        ({"payment_day": 32}, "count_out_of_bounds", "/payment_day"),
        ({"principal_won": 1.5}, "validation_failed", "/principal_won"),
        ({"principal_won": 0}, "validation_failed", "/principal_won"),
        ({"method": "graduated"}, "validation_failed", "/method"),
    ],
)
def test_what_no_loan_can_be_is_refused(
    client: TestClient, manager: Headers, changes: dict[str, Any], code: str, pointer: str
) -> None:
    company = stored_supplier(client)
    answer = client.post("/v1/fund/loans", json=application(company, **changes), headers=manager)
    assert pointers(problem(answer, 422, code)) == [pointer]
    assert of_fund(client, manager)["reserved"] == 0


def test_the_ceiling_holds_and_staff_hear_what_is_left(client: TestClient, database: Database) -> None:
    open_fund(database, ceiling_won=250_000_000)
    manager, supplier = signed_in(client, Role.ACCOUNT_MANAGER).headers, signed_in(client, Role.SUPPLIER)
    for _ in range(2):
        applied(client, manager, stored_supplier(client))
    body = application(supplier.company_id, principal_won=50_000_001)
    told = problem(client.post("/v1/fund/loans", json=body, headers=manager), 409, "fund_ceiling_reached")
    assert "50,000,000원" in told["errors"][0]["message"]
    told = problem(
        client.post("/v1/fund/loans", json=body, headers=supplier.headers), 409, "fund_ceiling_reached"
    )
    assert told["errors"] == []
    applied(client, supplier.headers, supplier.company_id, principal_won=50_000_000)
    assert of_fund(client, manager)["available"] == 0
    book_is_whole(database)


def test_the_limit_of_a_company_counts_all_of_its_loans(client: TestClient, database: Database) -> None:
    open_fund(database, per_company_limit_won=250_000_000)
    manager, company = signed_in(client, Role.ACCOUNT_MANAGER).headers, stored_supplier(client)
    lent(client, manager, applied(client, manager, company))
    applied(client, manager, company)
    body = application(company, principal_won=50_000_001)
    told = problem(client.post("/v1/fund/loans", json=body, headers=manager), 409, "company_limit_reached")
    assert "250,000,000원" in told["detail"]
    assert "50,000,000원" in told["detail"]
    applied(client, manager, company, principal_won=50_000_000)
    applied(client, manager, stored_supplier(client), principal_won=250_000_000)
    book_is_whole(database)


def at_once(many: int, ask: Callable[[int], Any]) -> Counter[str]:
    start = Barrier(many)

    def run(number: int) -> str:
        start.wait()
        answer = ask(number)
        return str(answer.json().get("code", answer.status_code))

    with ThreadPoolExecutor(many) as threads:
        return Counter(threads.map(run, range(many)))


def test_reservations_that_meet_never_pass_the_ceiling(client: TestClient, database: Database) -> None:
    open_fund(database, ceiling_won=5 * HUNDRED_MILLION + 1)
    manager = signed_in(client, Role.ACCOUNT_MANAGER).headers
    companies = [stored_supplier(client) for _ in range(12)]
    found = at_once(
        12, lambda n: client.post("/v1/fund/loans", json=application(companies[n]), headers=manager)
    )
    assert found == {"201": 5, "fund_ceiling_reached": 7}
    assert of_fund(client, manager)["available"] == 1
    book_is_whole(database)


def test_reservations_that_meet_never_pass_the_limit_of_a_company(
    client: TestClient, database: Database
) -> None:
    open_fund(database, per_company_limit_won=3 * HUNDRED_MILLION)
    manager, company = signed_in(client, Role.ACCOUNT_MANAGER).headers, stored_supplier(client)
    found = at_once(8, lambda _: client.post("/v1/fund/loans", json=application(company), headers=manager))
    assert found == {"201": 3, "company_limit_reached": 5}
    book_is_whole(database)


@pytest.mark.usefixtures("fund")
def test_a_loan_is_paid_out_or_cancelled_but_not_both(
    client: TestClient, database: Database, manager: Headers
) -> None:
    loan = applied(client, manager, stored_supplier(client))
    post(client, manager, loan, "bank-decision", **approval())
    moves = ({"what": "disbursement"}, {"what": "cancellation", "reason": "다른 자금을 구했습니다"}) * 3
    found = at_once(6, lambda n: post(client, manager, loan, **moves[n]))
    assert found == {"200": 1, "status_transition": 5}
    book_is_whole(database)


@pytest.mark.usefixtures("fund")
def test_an_application_is_changed_until_the_bank_decides(
    client: TestClient, database: Database, manager: Headers
) -> None:
    supplier = signed_in(client, Role.SUPPLIER)
    loan = applied(client, supplier.headers, supplier.company_id)
    path = f"/v1/fund/loans/{loan}"
    less = client.patch(
        path, json={"principal_won": 80_000_000}, headers=supplier.headers | {"If-Match": '"1"'}
    )
    assert less.status_code == 200
    assert (less.json()["reserved_won"], less.headers["ETag"]) == (80_000_000, '"2"')
    assert of_fund(client, manager)["reserved"] == 80_000_000
    more = client.patch(path, json={"principal_won": 1_000_000_001}, headers=manager | {"If-Match": '"2"'})
    problem(more, 409, "company_limit_reached")
    longer = client.patch(path, json={"months": 48}, headers=manager | {"If-Match": '"2"'})
    problem(longer, 422, "fund_over_months")
    assert read(client, manager, loan)["version"] == 2
    post(client, manager, loan, "bank-decision", **approval())
    late = client.patch(path, json={"months": 6}, headers=manager | {"If-Match": '"3"'})
    problem(late, 409, "status_transition")
    book_is_whole(database)


@pytest.mark.usefixtures("fund")
def test_a_disbursement_needs_the_recorded_approval_of_a_bank(client: TestClient, manager: Headers) -> None:
    loan = applied(client, manager, stored_supplier(client))
    problem(post(client, manager, loan, "disbursement"), 409, "status_transition")
    decided = post(client, manager, loan, "bank-decision", **approval()).json()
    assert decided["status"] == "approved"
    assert (decided["bank"], decided["bank_reference"]) == ("가온은행 판교지점", "GA-2026-0042")
    assert (decided["bank_rate_percent"], decided["rate_reduction_percent"]) == ("5.20", "1.50")
    assert (decided["floor_rate_percent"], decided["customer_rate_percent"]) == ("1.00", "3.70")
    paid = post(client, manager, loan, "disbursement").json()
    assert (paid["status"], paid["outstanding_won"], paid["reserved_won"]) == (
        "disbursed",
        HUNDRED_MILLION,
        0,
    )
    assert (paid["disbursed_on"], paid["next_payment_on"]) == ("2026-03-02", "2026-04-02")
    assert paid["interest_saved_won"] > 0
    assert of_fund(client, manager)["outstanding"] == HUNDRED_MILLION


@pytest.mark.usefixtures("fund")
def test_what_the_bank_declines_is_free_again_and_the_company_sees_why(
    client: TestClient, database: Database, manager: Headers
) -> None:
    supplier = signed_in(client, Role.SUPPLIER)
    loan = applied(client, supplier.headers, supplier.company_id)
    body = {
        "decision": "declined", "bank": "가온은행", "reference": "GA-1", "decided_on": "2026-03-02",
        "reason": "담보 부족",
    }  # fmt: skip
    assert post(client, manager, loan, "bank-decision", **body).status_code == 200
    seen = read(client, supplier.headers, loan)
    assert (seen["status"], seen["status_reason"], seen["closed_on"]) == (
        "declined",
        "담보 부족",
        "2026-03-02",
    )
    assert of_fund(client, manager)["reserved"] == 0
    problem(post(client, manager, loan, "bank-decision", **approval()), 409, "status_transition")
    book_is_whole(database)


@pytest.mark.usefixtures("fund")
@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"bank_rate_percent": None}, "missing", "/bank_rate_percent"),
        ({"bank_rate_percent": "20.1"}, "rate_over_legal_cap", "/bank_rate_percent"),
        ({"bank_rate_percent": "0.9"}, "bank_rate_under_floor", "/bank_rate_percent"),
        ({"rate_reduction_percent": "1.6"}, "fund_reduction_over_limit", "/rate_reduction_percent"),
        ({"rate_reduction_percent": "1.4"}, "fund_reduction_too_small", "/rate_reduction_percent"),
        ({"decided_on": "2026-03-01"}, "day_out_of_bounds", "/decided_on"),
        ({"decided_on": "2026-03-03"}, "day_out_of_bounds", "/decided_on"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    client: TestClient, manager: Headers, changes: dict[str, Any], code: str, pointer: str
) -> None:
    loan = applied(client, manager, stored_supplier(client))
    answer = post(client, manager, loan, "bank-decision", **approval(**changes))
    assert pointers(problem(answer, 422, code)) == [pointer]
    assert read(client, manager, loan)["status"] == "reserved"


@pytest.mark.usefixtures("fund")
def test_a_slip_in_an_approval_is_mended_before_the_money_is_out(
    client: TestClient, manager: Headers
) -> None:
    loan = applied(client, manager, stored_supplier(client))
    post(client, manager, loan, "bank-decision", **approval(bank_rate_percent="6.2"))
    mended = post(client, manager, loan, "bank-decision", **approval())
    assert mended.json()["bank_rate_percent"] == "5.20"
    post(client, manager, loan, "disbursement")
    problem(post(client, manager, loan, "bank-decision", **approval()), 409, "status_transition")


@pytest.mark.usefixtures("fund")
def test_who_applied_may_cancel_until_the_money_is_out(
    client: TestClient, database: Database, manager: Headers
) -> None:
    supplier = signed_in(client, Role.SUPPLIER)
    loan = applied(client, supplier.headers, supplier.company_id)
    post(client, manager, loan, "bank-decision", **approval())
    cancelled = post(client, supplier.headers, loan, "cancellation", reason="다른 자금을 구했습니다")
    assert (cancelled.json()["status"], cancelled.json()["reserved_won"]) == ("cancelled", 0)
    assert of_fund(client, manager)["available"] == DEMO_FUND["ceiling_won"]
    out = lent(client, manager, applied(client, manager, supplier.company_id))
    problem(post(client, supplier.headers, out, "cancellation", reason="취소"), 409, "status_transition")
    book_is_whole(database)


def expired(database: Database, day: date) -> int:
    at = datetime.combine(day, datetime.min.time(), clock.KST)
    with clock.frozen(at), database.transaction() as session:
        return expire_applications(session, SYSTEM, "DEMO_ALLIANCE")


def test_an_application_expires_after_the_days_of_its_terms_and_frees_what_it_held(
    client: TestClient, database: Database, manager: Headers
) -> None:
    open_fund(database, application_days=10)
    company = stored_supplier(client)
    waiting, approved, out = (applied(client, manager, company) for _ in range(3))
    post(client, manager, approved, "bank-decision", **approval())
    lent(client, manager, out)
    assert expired(database, TODAY + timedelta(10)) == 0
    with clock.frozen(MORNING + timedelta(11)):
        late = post(client, signed_in(client, Role.ACCOUNT_MANAGER).headers, approved, "disbursement")
        problem(late, 409, "application_expired")
    assert expired(database, TODAY + timedelta(11)) == 2
    assert expired(database, TODAY + timedelta(11)) == 0
    states = {loan: read(client, manager, loan)["status"] for loan in (waiting, approved, out)}
    assert list(states.values()) == ["expired", "expired", "disbursed"]
    assert of_fund(client, manager)["reserved"] == 0
    history = client.get(f"/v1/suppliers/{company}/history", headers=manager).json()["items"]
    assert [(each["action"], each["by"]) for each in history[:2]] == [("fund_loan.expired", "system")] * 2
    book_is_whole(database)


def test_a_lowered_ceiling_takes_nothing_back_but_lends_no_more(
    client: TestClient, database: Database
) -> None:
    open_fund(database, valid_to="2026-03-31")
    open_fund(database, valid_from="2026-04-01", ceiling_won=150_000_000, per_company_limit_won=200_000_000)
    manager, company = signed_in(client, Role.ACCOUNT_MANAGER).headers, stored_supplier(client)
    for _ in range(2):
        lent(client, manager, applied(client, manager, company))
    with clock.frozen(datetime(2026, 4, 1, 1, tzinfo=UTC)):
        manager = signed_in(client, Role.ACCOUNT_MANAGER).headers
        assert of_fund(client, manager) == {
            "ceiling": 150_000_000, "outstanding": 200_000_000, "reserved": 0, "available": 0,
        }  # fmt: skip
        body = application(stored_supplier(client), principal_won=1)
        problem(client.post("/v1/fund/loans", json=body, headers=manager), 409, "fund_ceiling_reached")
    book_is_whole(database)


def test_the_terms_of_the_day_of_the_application_hold_for_the_loan(
    client: TestClient, database: Database
) -> None:
    open_fund(database, valid_to="2026-03-02")
    open_fund(database, valid_from="2026-03-03", rate_reduction_percent_min="0.5",
              rate_reduction_percent_max="0.5", max_months=6)  # fmt: skip
    manager = signed_in(client, Role.ACCOUNT_MANAGER).headers
    loan = applied(client, manager, stored_supplier(client))
    with clock.frozen(MORNING + timedelta(1)):
        manager = signed_in(client, Role.ACCOUNT_MANAGER).headers
        decided = post(client, manager, loan, "bank-decision", **approval()).json()
        assert (decided["terms_from"], decided["customer_rate_percent"]) == ("2020-09-01", "3.70")
        later = applied(client, manager, stored_supplier(client), months=6)
        decided = post(client, manager, later, "bank-decision", **approval()).json()
        assert (decided["terms_from"], decided["customer_rate_percent"]) == ("2026-03-03", "4.70")


@pytest.mark.usefixtures("fund")
def test_a_supplier_sees_its_own_loans_and_staff_all_of_them(client: TestClient, manager: Headers) -> None:
    one, other = signed_in(client, Role.SUPPLIER), signed_in(client, Role.SUPPLIER)
    of_one, of_other = (applied(client, each.headers, each.company_id) for each in (one, other))
    lent(client, manager, of_other)

    def listed(person: Headers, **query: str) -> list[str]:
        items = client.get("/v1/fund/loans", params=query, headers=person).json()["items"]
        return [item["id"] for item in items]

    assert listed(one.headers) == [of_one]
    assert listed(one.headers, supplier_id=str(other.company_id)) == []
    assert listed(manager) == [of_other, of_one]
    assert listed(manager, status="disbursed") == [of_other]
    assert listed(manager, supplier_id=str(one.company_id)) == [of_one]
    assert listed(signed_in(client, Role.MANUFACTURER).headers) == []


@pytest.mark.usefixtures("fund")
def test_the_list_comes_in_pages_the_newest_first(client: TestClient, manager: Headers) -> None:
    company = stored_supplier(client)
    loans = [applied(client, manager, company, principal_won=1_000_000) for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/fund/loans", params=query, headers=manager).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == loans[::-1]
    wrong = client.get("/v1/fund/loans", params={"cursor": "WyJ4Il0"}, headers=manager)
    problem(wrong, 422, "cursor_invalid")


@pytest.mark.usefixtures("fund")
def test_staff_with_a_stake_in_a_company_decide_nothing_about_it(
    client: TestClient, database: Database, manager: Headers
) -> None:
    company, involved = stored_supplier(client), signed_in(client, Role.ACCOUNT_MANAGER)
    with database.transaction() as session:
        session.get_one(Account, involved.account_id).stake_supplier_id = company
    refused = client.post("/v1/fund/loans", json=application(company), headers=involved.headers)
    problem(refused, 409, "own_company")
    loan = applied(client, manager, company)
    reason = {"reason": "까닭"}
    path = f"/v1/fund/loans/{loan}"
    change = client.patch(path, json={"months": 6}, headers=involved.headers | {"If-Match": "*"})
    problem(change, 409, "own_company")
    problem(post(client, involved.headers, loan, "bank-decision", **approval()), 409, "own_company")
    problem(post(client, involved.headers, loan, "cancellation", **reason), 409, "own_company")
    post(client, manager, loan, "bank-decision", **approval())
    problem(post(client, involved.headers, loan, "disbursement"), 409, "own_company")
    post(client, manager, loan, "disbursement")
    paid = {"amount_won": 1_000}
    problem(post(client, involved.headers, loan, "repayments", **paid), 409, "own_company")
    repayment = post(client, manager, loan, "repayments", **paid).json()["id"]
    refused = post(client, involved.headers, loan, f"repayments/{repayment}/reversal", **reason)
    problem(refused, 409, "own_company")


@pytest.mark.usefixtures("fund")
def test_every_change_of_state_stands_in_the_history_of_the_company(
    client: TestClient, manager: Headers
) -> None:
    supplier: Person = signed_in(client, Role.SUPPLIER)
    loan = applied(client, supplier.headers, supplier.company_id)
    client.patch(f"/v1/fund/loans/{loan}", json={"months": 6}, headers=manager | {"If-Match": "*"})
    lent(client, manager, loan)
    repayment = post(client, manager, loan, "repayments", amount_won=1_000).json()["id"]
    post(client, manager, loan, f"repayments/{repayment}/reversal", reason="다른 회사의 돈입니다")
    history = client.get(f"/v1/suppliers/{supplier.company_id}/history", headers=supplier.headers).json()
    told = [each for each in history["items"] if each["action"].startswith("fund_loan.")]
    assert [each["action"].removeprefix("fund_loan.") for each in told] == [
        "reversal", "repayment", "disbursed", "approved", "changed", "reserved",
    ]  # fmt: skip
    assert {each["after"]["loan_id"] for each in told} == {loan}
    assert all("상생협력펀드" in each["text"] for each in told)
    assert told[-1]["by"] == "company"


@pytest.mark.usefixtures("fund")
def test_a_company_takes_its_loans_along(client: TestClient, manager: Headers) -> None:
    supplier = signed_in(client, Role.SUPPLIER)
    loan = lent(client, manager, applied(client, supplier.headers, supplier.company_id))
    post(client, manager, loan, "repayments", amount_won=1_000)
    company = client.get("/v1/me/export", headers=supplier.headers).json()["company"]
    assert [each["id"] for each in company["fund_loans"]] == [loan]
    assert [each["amount_won"] for each in company["fund_loans"][0]["repayments"]] == [1_000]


@pytest.mark.usefixtures("fund")
def test_the_same_application_under_one_key_reserves_once(client: TestClient, manager: Headers) -> None:
    body, key = application(stored_supplier(client)), {"Idempotency-Key": "once"}
    first, again = (client.post("/v1/fund/loans", json=body, headers=manager | key) for _ in range(2))
    assert first.json() == again.json()
    assert of_fund(client, manager)["reserved"] == HUNDRED_MILLION


def test_an_administrator_sees_another_fund_by_its_code(client: TestClient, database: Database) -> None:
    open_fund(database)
    open_fund(database, code="OLD", demo=False, valid_to="2025-12-31")
    headers = signed_in(client, Role.ADMIN).headers
    assert client.get("/v1/fund", params={"fund": "OLD"}, headers=headers).json()["code"] == "OLD"
    problem(client.get("/v1/fund", params={"fund": "NONE"}, headers=headers), 404, "not_found")


def test_terms_have_one_row_for_each_period(database: Database) -> None:
    open_fund(database, valid_to="2025-12-31")
    open_fund(database, valid_from="2026-01-01", ceiling_won=1)
    with database.transaction() as session:
        assert session.get_one(FundTerm, ("DEMO_ALLIANCE", date(2026, 1, 1))).ceiling_won == 1
        assert session.execute(text("SELECT count(*) FROM fund_term")).scalar_one() == 2
        with pytest.raises(Problem):
            fund_on(session, date(2020, 1, 1))


def test_an_administrator_sets_terms_from_a_day_on_and_those_before_end(
    client: TestClient, database: Database
) -> None:
    headers = signed_in(client, Role.ADMIN).headers
    for changes in ({}, {"valid_from": "2026-07-01"}, {"valid_from": "2026-05-01", "ceiling_won": 1}):
        answer = client.post("/v1/fund/terms", json=terms(**changes), headers=headers)
        assert answer.status_code == 201, answer.text
    listed = client.get("/v1/fund-terms").json()["items"]
    assert [(row["valid_from"], row["valid_to"]) for row in listed] == [
        ("2026-03-02", "2026-04-30"), ("2026-05-01", "2026-06-30"), ("2026-07-01", None),
    ]  # fmt: skip
    assert of_fund(client, headers)["available"] == 10_000_000_000
    with clock.frozen(datetime(2026, 5, 1, 1, tzinfo=UTC)):
        assert of_fund(client, headers)["available"] == 1


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"valid_from": "2026-03-01"}, 422, "past_date", "/valid_from"),
        ({"rate_reduction_percent_min": "2.1"}, 422, "fund_reduction_order", "/rate_reduction_percent_min"),
        ({"overdue_addon_percent": "3.1"}, 422, "overdue_addon_over_limit", "/overdue_addon_percent"),
        ({"floor_rate_percent": "20.1"}, 422, "rate_over_legal_cap", "/floor_rate_percent"),
        ({}, 409, "fund_terms_taken", "/valid_from"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    client: TestClient, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    headers = signed_in(client, Role.ADMIN).headers
    client.post("/v1/fund/terms", json=terms(), headers=headers)
    answer = client.post("/v1/fund/terms", json=terms(**changes), headers=headers)
    assert pointers(problem(answer, status, code)) == [pointer]
