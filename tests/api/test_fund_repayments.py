"""Money that comes back to the fund: divided to the won, beside the schedule, reversed when it was wrong."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.fund.verification import verify_fund
from service.kit import clock
from tests.factories.answers import pointers, problem
from tests.factories.funds import applied, lent, open_fund, signed_in
from tests.factories.people import Headers, Person

LENT_ON = date(2026, 1, 26)
HUNDRED_MILLION = 100_000_000


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.frozen(datetime.combine(day, time(1), UTC)):
        yield


@pytest.fixture
def manager(client: TestClient) -> Headers:
    return signed_in(client, Role.ACCOUNT_MANAGER).headers


@pytest.fixture
def borrower(client: TestClient) -> Person:
    return signed_in(client, Role.SUPPLIER)


@pytest.fixture
def loan(client: TestClient, database: Database, manager: Headers, borrower: Person) -> str:
    """A hundred million won over half a year from 26 January 2026 on, at 3.7 percent."""
    open_fund(database)
    with on(LENT_ON):
        return lent(client, manager, applied(client, manager, borrower.company_id, months=6), LENT_ON)


def read(client: TestClient, headers: Headers, loan: str, what: str = "", **query: str) -> Any:
    answer = client.get(f"/v1/fund/loans/{loan}{what}", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def pay(client: TestClient, headers: Headers, loan: str, amount: int, **more: Any) -> Any:
    return client.post(
        f"/v1/fund/loans/{loan}/repayments", json={"amount_won": amount} | more, headers=headers
    )


def reverse(client: TestClient, headers: Headers, loan: str, repayment: str) -> Any:
    path = f"/v1/fund/loans/{loan}/repayments/{repayment}/reversal"
    return client.post(path, json={"reason": "다른 회사의 돈입니다"}, headers=headers)


def book_is_whole(database: Database) -> None:
    with database.transaction() as session:
        assert verify_fund(session).faults == ()


def test_a_loan_that_is_paid_in_time_ends_at_zero_and_gives_the_fund_its_money_back(
    client: TestClient, database: Database, manager: Headers, loan: str
) -> None:
    while True:
        rows = read(client, manager, loan, "/schedule", as_of="2026-01-26")["rows"]
        row = next((row for row in rows if row["state"] != "paid"), None)
        if row is None:
            break
        with on(date.fromisoformat(row["payment_date"])):
            answer = pay(client, manager, loan, row["payment_won"])
            assert answer.status_code == 201
            assert answer.json()["principal_won"] == row["principal_won"]
            assert answer.json()["interest_won"] == row["interest_won"]
    found = read(client, manager, loan)
    assert (found["status"], found["outstanding_won"], found["closed_on"]) == ("repaid", 0, "2026-07-27")
    assert found["interest_received_won"] == sum(row["interest_won"] for row in rows)
    fund = client.get("/v1/fund", headers=manager).json()
    assert fund["available_won"] == fund["ceiling_won"]
    assert fund["interest_received_won"] == found["interest_received_won"]
    assert fund["interest_saved_won"] == found["interest_saved_won"] > 0
    assert fund["loans"] == {"repaid": 1}
    problem(pay(client, manager, loan, 1), 409, "status_transition")
    book_is_whole(database)


def test_a_late_payment_is_divided_by_the_rule_that_it_names(
    client: TestClient, database: Database, manager: Headers, borrower: Person, loan: str
) -> None:
    with on(date(2026, 3, 10)):
        owed = read(client, manager, loan, "/settlement")
        answer = pay(client, manager, loan, owed["due_won"] - 1_000_000, reference="TX-1")
        paid = answer.json()
        assert answer.headers["Location"] == f"/v1/fund/loans/{loan}/repayments/{paid['id']}"
        assert client.get(answer.headers["Location"], headers=borrower.headers).json() == paid
        assert paid["overdue_charge_won"] == owed["overdue_charge_won"] > 0
        assert paid["interest_won"] == owed["interest_won"]
        assert paid["principal_won"] == owed["principal_won"] - 1_000_000
        assert f"{paid['overdue_charge_won']:,}원" in paid["text"]
        assert "제479조" in paid["rule"]
        schedule = read(client, borrower.headers, loan, "/schedule")
        first, second = schedule["rows"][:2]
        assert (first["state"], first["unpaid_won"], first["days_late"]) == ("late", 1_000_000, 12)
        assert first["overdue_charge_paid_won"] == first["overdue_charge_won"]
        assert (second["state"], second["paid_won"], second["paid_on"]) == ("upcoming", 0, None)
        assert schedule["settlement"]["due_won"] == 1_000_000
        assert schedule["next_payment_on"] == first["payment_date"]
    book_is_whole(database)


def test_a_payment_that_comes_early_is_kept_for_the_next_instalment(
    client: TestClient, manager: Headers, loan: str
) -> None:
    before = read(client, manager, loan, "/schedule", as_of="2026-01-26")["rows"]
    with on(date(2026, 2, 23)):
        assert pay(client, manager, loan, before[0]["payment_won"]).status_code == 201
        after = read(client, manager, loan, "/schedule")["rows"]
    assert [row["payment_won"] for row in after] == [row["payment_won"] for row in before]
    assert [row["state"] for row in after[:2]] == ["paid", "upcoming"]


@pytest.mark.parametrize(("effect", "rows"), [("shorten", 4), ("lower", 7)])
def test_an_early_repayment_shortens_the_term_or_lowers_the_instalments(
    client: TestClient, database: Database, manager: Headers, loan: str, effect: str, rows: int
) -> None:
    before = read(client, manager, loan)
    with on(date(2026, 2, 10)):
        paid = pay(client, manager, loan, 50_000_000, effect=effect).json()
        after = read(client, manager, loan)
        schedule = read(client, manager, loan, "/schedule")["rows"]
    assert paid["interest_won"] == HUNDRED_MILLION * 37 * 15 // (1000 * 365)
    assert paid["principal_won"] == paid["early_won"] == 50_000_000 - paid["interest_won"]
    assert len(schedule) == rows
    assert schedule[0]["kind"] == "prepayment"
    assert schedule[-1]["closing_balance_won"] == 0
    assert after["outstanding_won"] == HUNDRED_MILLION - paid["principal_won"]
    assert 0 < after["interest_saved_won"] < before["interest_saved_won"]
    book_is_whole(database)


def test_an_early_repayment_says_what_it_is_for(client: TestClient, manager: Headers, loan: str) -> None:
    with on(date(2026, 2, 10)):
        told = problem(pay(client, manager, loan, 50_000_000), 422, "repayment_effect_required")
    assert pointers(told) == ["/effect"]


def test_more_than_the_loan_is_refused_and_what_settles_it_settles_it(
    client: TestClient, database: Database, manager: Headers, borrower: Person, loan: str
) -> None:
    with on(date(2026, 4, 10)):
        settles = read(client, borrower.headers, loan, "/settlement")["total_won"]
        told = problem(pay(client, manager, loan, settles + 1), 422, "repayment_over_settlement")
        assert pointers(told) == ["/amount_won"]
        assert f"{settles:,}원" in told["detail"]
        assert pay(client, manager, loan, settles).status_code == 201
        found = read(client, manager, loan)
        assert (found["status"], found["outstanding_won"]) == ("repaid", 0)
        assert found["overdue_charges_received_won"] > 0
        assert read(client, manager, loan, "/schedule")["settlement"] is None
        asked = client.get(f"/v1/fund/loans/{loan}/settlement", headers=manager)
        problem(asked, 409, "status_transition")
    book_is_whole(database)


def test_a_schedule_is_told_as_of_the_last_event_at_the_earliest(
    client: TestClient, manager: Headers, loan: str
) -> None:
    with on(date(2026, 2, 10)):
        assert read(client, manager, loan, "/schedule", as_of="2020-01-01")["as_of"] == "2026-01-26"
        pay(client, manager, loan, 1_000_000, paid_on="2026-02-05")
        assert read(client, manager, loan, "/schedule", as_of="2026-02-01")["as_of"] == "2026-02-05"


def test_what_will_settle_a_loan_can_be_asked_for_a_day_to_come(
    client: TestClient, manager: Headers, loan: str
) -> None:
    with on(date(2026, 2, 10)):
        today = read(client, manager, loan, "/settlement")
        later = read(client, manager, loan, "/settlement", day="2026-02-20")
        assert today["day"] == "2026-02-10"
        assert later["accrued_interest_won"] > today["accrued_interest_won"]
        past = client.get(f"/v1/fund/loans/{loan}/settlement", params={"day": "2026-01-01"}, headers=manager)
        assert pointers(problem(past, 422, "repayment_out_of_order")) == ["/query/day"]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-02-11", "day_out_of_bounds"),
        ("2026-01-25", "day_out_of_bounds"),
        ("2026-02-01", "repayment_out_of_order"),
    ],
)
def test_payments_are_written_down_in_the_order_of_their_days(
    client: TestClient, manager: Headers, loan: str, day: str, code: str
) -> None:
    with on(date(2026, 2, 10)):
        pay(client, manager, loan, 1_000_000, paid_on="2026-02-05")
        refused = pay(client, manager, loan, 1_000_000, paid_on=day)
        assert pointers(problem(refused, 422, code)) == ["/paid_on"]


def test_one_transfer_of_the_bank_is_not_written_down_twice(
    client: TestClient, manager: Headers, loan: str
) -> None:
    with on(date(2026, 2, 10)):
        first = pay(client, manager, loan, 1_000_000, reference="TX-9").json()
        again = pay(client, manager, loan, 1_000_000, reference="TX-9")
        assert pointers(problem(again, 409, "repayment_reference_taken")) == ["/reference"]
        assert reverse(client, manager, loan, first["id"]).status_code == 200
        assert pay(client, manager, loan, 2_000_000, reference="TX-9").status_code == 201


def test_a_wrong_repayment_is_reversed_by_an_entry_that_mirrors_it(
    client: TestClient, database: Database, manager: Headers, loan: str
) -> None:
    with on(date(2026, 3, 10)):
        before = read(client, manager, loan), read(client, manager, loan, "/schedule")
        one = pay(client, manager, loan, 9_000_000).json()
        other = pay(client, manager, loan, 50_000_000, effect="lower").json()
        problem(reverse(client, manager, loan, one["id"]), 409, "repayment_not_last")
        assert reverse(client, manager, loan, other["id"]).json()["reversal_reason"] == "다른 회사의 돈입니다"
        problem(reverse(client, manager, loan, other["id"]), 409, "repayment_reversed")
        reverse(client, manager, loan, one["id"])
        after = read(client, manager, loan), read(client, manager, loan, "/schedule")
    unlike = {"version", "updated_at"}
    assert {k: v for k, v in after[0].items() if k not in unlike} == {
        k: v for k, v in before[0].items() if k not in unlike
    }
    assert after[1] == before[1]
    kept = read(client, manager, loan, "/repayments")["items"]
    assert [(each["number"], each["reversed_at"] is not None) for each in kept] == [(1, True), (2, True)]
    entries = read(client, manager, loan, "/entries")["items"]
    assert [each["kind"] for each in entries] == [
        "reservation", "disbursement", "repayment", "repayment", "reversal", "reversal",
    ]  # fmt: skip
    assert {sum(posting["amount_won"] for posting in each["postings"]) for each in entries} == {0}
    book_is_whole(database)


def test_a_reversal_that_lends_again_needs_room(
    client: TestClient, database: Database, manager: Headers, borrower: Person
) -> None:
    open_fund(database, ceiling_won=HUNDRED_MILLION)
    with on(LENT_ON):
        loan = lent(client, manager, applied(client, manager, borrower.company_id), LENT_ON)
        paid = pay(client, manager, loan, HUNDRED_MILLION).json()
        applied(client, manager, borrower.company_id, principal_won=1)
        problem(reverse(client, manager, loan, paid["id"]), 409, "fund_ceiling_reached")
        assert read(client, manager, loan)["status"] == "repaid"
    book_is_whole(database)


def test_who_made_an_entry_is_told_to_staff_only(
    client: TestClient, manager: Headers, borrower: Person, loan: str
) -> None:
    told = {
        role: {each["actor"] for each in read(client, headers, loan, "/entries")["items"]}
        for role, headers in (("staff", manager), ("company", borrower.headers))
    }
    assert None not in told["staff"]
    assert told["company"] == {None}


def test_the_overdue_list_shows_who_is_late_the_longest_first(
    client: TestClient, database: Database, manager: Headers, loan: str
) -> None:
    with on(date(2026, 2, 26)):
        other = signed_in(client, Role.SUPPLIER)
        second = lent(client, manager, applied(client, manager, other.company_id), date(2026, 2, 26))
        assert client.get("/v1/fund/overdue", headers=manager).json()["items"] == []
        assert client.get("/v1/fund", headers=manager).json()["overdue_loans"] == 0
    with on(date(2026, 4, 10)):
        items = client.get("/v1/fund/overdue", headers=manager).json()["items"]
        assert [item["loan_id"] for item in items] == [loan, second]
        first = items[0]
        schedule = read(client, manager, loan, "/schedule")
        assert (first["installments_late"], first["days_late"]) == (2, 43)
        assert first["overdue_since"] == "2026-02-26"
        assert first["overdue_won"] == sum(row["payment_won"] for row in schedule["rows"][:2])
        assert first["overdue_charge_won"] == schedule["settlement"]["overdue_charge_won"]
        assert client.get("/v1/fund", headers=manager).json()["overdue_loans"] == 2
        page = client.get("/v1/fund/overdue", params={"limit": 1}, headers=manager).json()
        rest = {"limit": 1, "cursor": page["next_cursor"]}
        found = client.get("/v1/fund/overdue", params=rest, headers=manager).json()
        assert [item["loan_id"] for item in found["items"]] == [second]
        pay(client, manager, loan, read(client, manager, loan, "/settlement")["due_won"])
        left = client.get("/v1/fund/overdue", headers=manager).json()["items"]
        assert [item["loan_id"] for item in left] == [second]


def test_two_officers_who_enter_money_at_once_lose_none(
    client: TestClient, database: Database, manager: Headers, loan: str
) -> None:
    with on(date(2026, 2, 10)), ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: pay(client, manager, loan, 1_000_000 + n), range(8)))
        assert {answer.status_code for answer in answers} == {201}
        kept = read(client, manager, loan, "/repayments")["items"]
        assert [each["number"] for each in kept] == list(range(1, 9))
        assert sum(each["amount_won"] for each in kept) == 8_000_028
        found = read(client, manager, loan)
        assert found["outstanding_won"] == HUNDRED_MILLION - sum(each["principal_won"] for each in kept)
    book_is_whole(database)


def test_a_loan_that_is_not_out_has_no_schedule_yet(
    client: TestClient, manager: Headers, borrower: Person, loan: str
) -> None:
    with on(LENT_ON + timedelta(1)):
        waiting = applied(client, manager, borrower.company_id)
        for what in ("schedule", "settlement"):
            answer = client.get(f"/v1/fund/loans/{waiting}/{what}", headers=manager)
            problem(answer, 409, "status_transition")
        problem(pay(client, manager, waiting, 1), 409, "status_transition")
