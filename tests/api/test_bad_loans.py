"""Loans that a bank calls in or writes off: written down after its decision, in a book that stays whole."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.fund.verification import verify_fund
from service.kit import clock
from tests.factories.answers import pointers, problem
from tests.factories.funds import applied, lent, open_fund, signed_in, terms
from tests.factories.people import Headers, Person, stored_supplier

LENT_ON, CALLED_ON, LOST_ON = date(2026, 1, 26), date(2026, 4, 10), date(2026, 9, 1)
REASON = {"reason": "이자를 두 달 넘게 내지 않음, 은행 통지 2026-117"}


def on(day: date) -> Any:
    return clock.frozen(datetime.combine(day, time(1), UTC))


@pytest.fixture
def manager(client: TestClient) -> Headers:
    return signed_in(client, Role.ACCOUNT_MANAGER).headers


@pytest.fixture
def borrower(client: TestClient) -> Person:
    return signed_in(client, Role.SUPPLIER)


@pytest.fixture
def loan(client: TestClient, database: Database, manager: Headers, borrower: Person) -> str:
    """A hundred million won over a year from 26 January 2026 on, of which nothing was paid."""
    open_fund(database)
    with on(LENT_ON):
        return lent(client, manager, applied(client, manager, borrower.company_id), LENT_ON)


def decide(client: TestClient, headers: Headers, loan: str, what: str, day: date, **more: str) -> Any:
    with on(day):
        return client.post(f"/v1/fund/loans/{loan}/{what}", json=REASON | more, headers=headers)


def pay(client: TestClient, headers: Headers, loan: str, day: date, amount: int) -> Any:
    with on(day):
        path = f"/v1/fund/loans/{loan}/repayments"
        return client.post(path, json={"amount_won": amount}, headers=headers)


def read(client: TestClient, headers: Headers, path: str) -> Any:
    answer = client.get(f"/v1/fund{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def whole(database: Database) -> bool:
    with database.transaction() as session:
        return verify_fund(session).faults == ()


def test_a_loan_is_called_in_written_off_and_paid_back_after_all(
    client: TestClient, database: Database, manager: Headers, borrower: Person, loan: str
) -> None:
    called = decide(client, manager, loan, "acceleration", CALLED_ON).json()
    assert (called["status"], called["accelerated_on"]) == ("accelerated", "2026-04-10")
    assert (called["outstanding_won"], called["status_reason"]) == (100_000_000, REASON["reason"])
    with on(CALLED_ON):
        fund = read(client, manager, "")
        assert (fund["accelerated_won"], fund["outstanding_won"]) == (100_000_000, 100_000_000)
        owed = read(client, borrower.headers, f"/loans/{loan}/settlement")
        assert owed["total_won"] == owed["due_won"] > 100_000_000
        overdue = read(client, manager, "/overdue")["items"]
        assert [(each["loan_id"], each["accelerated_on"]) for each in overdue] == [(loan, "2026-04-10")]
    assert pay(client, manager, loan, date(2026, 5, 4), 20_000_000).status_code == 201
    lost = decide(client, manager, loan, "write-off", LOST_ON).json()
    assert (lost["status"], lost["outstanding_won"]) == ("written_off", 0)
    assert 80_000_000 < lost["written_off_won"] < 85_000_000
    with on(LOST_ON):
        fund = read(client, manager, "")
        assert fund["available_won"] == fund["ceiling_won"] - lost["written_off_won"]
        assert read(client, manager, "/overdue")["items"] == []
        line = read(client, manager, "/statements/2026-09")["loans"][0]
        assert (line["outstanding_won"], line["written_off_won"]) == (0, lost["written_off_won"])
        total = read(client, manager, f"/loans/{loan}/settlement")["total_won"]
    assert whole(database)
    assert pay(client, manager, loan, LOST_ON, total).status_code == 201
    found = read(client, manager, f"/loans/{loan}")
    assert (found["status"], found["written_off_won"]) == ("repaid", 0)
    fund = read(client, manager, "")
    assert (fund["available_won"], fund["written_off_won"]) == (fund["ceiling_won"], 0)
    kinds = [each["kind"] for each in read(client, manager, f"/loans/{loan}/entries")["items"]]
    assert kinds[-4:] == ["acceleration", "repayment", "write_off", "repayment"]
    assert whole(database)


def test_what_a_closed_month_told_stays_when_the_loan_is_called_in_for_a_day_in_it(
    client: TestClient, manager: Headers, loan: str
) -> None:
    with on(date(2026, 5, 6)):
        before = read(client, manager, "/statements/2026-04")["loans"]
    decide(client, manager, loan, "acceleration", date(2026, 5, 6), decided_on="2026-04-10")
    with on(date(2026, 5, 6)):
        assert read(client, manager, "/statements/2026-04")["loans"] == before


def test_decisions_come_after_what_was_recorded_and_in_their_order(
    client: TestClient, database: Database, manager: Headers, loan: str
) -> None:
    refused = decide(client, manager, loan, "write-off", CALLED_ON)
    problem(refused, 409, "status_transition")
    paid = pay(client, manager, loan, CALLED_ON, 1_000_000).json()["id"]
    refused = decide(client, manager, loan, "acceleration", CALLED_ON)
    assert pointers(problem(refused, 422, "day_out_of_bounds")) == ["/decided_on"]
    day = date(2026, 4, 13)
    assert decide(client, manager, loan, "acceleration", day).status_code == 200
    problem(decide(client, manager, loan, "acceleration", day), 409, "status_transition")
    path = f"/v1/fund/loans/{loan}/repayments/{paid}/reversal"
    problem(client.post(path, json=REASON, headers=manager), 409, "repayment_before_bank_decision")
    later = pay(client, manager, loan, day, 2_000_000).json()["id"]
    path = f"/v1/fund/loans/{loan}/repayments/{later}/reversal"
    assert client.post(path, json=REASON, headers=manager).status_code == 200
    assert read(client, manager, f"/loans/{loan}")["outstanding_won"] == 100_000_000 - _principal(
        client, manager, loan
    )
    assert whole(database)


def _principal(client: TestClient, headers: Headers, loan: str) -> int:
    made = read(client, headers, f"/loans/{loan}/repayments")["items"]
    return sum(each["principal_won"] for each in made if each["reversed_at"] is None)


def changed(client: TestClient, headers: Headers, code: str, since: str, **changes: Any) -> Any:
    path = f"/v1/fund/terms/{code}/{since}"
    present = {"If-Match": client.get(path, headers=headers).headers["ETag"]}
    return client.patch(path, json=changes, headers=headers | present)


def test_terms_that_nobody_has_used_are_mended_and_used_ones_only_ended(
    client: TestClient, manager: Headers
) -> None:
    with on(LENT_ON):
        admin = signed_in(client, Role.ADMIN).headers
        made = client.post("/v1/fund/terms", json=terms(), headers=admin).json()
        since = made["valid_from"]
        assert changed(client, admin, made["code"], since, ceiling_won=5_000_000_000).status_code == 200
        assert read(client, manager, "")["ceiling_won"] == 5_000_000_000
        applied(client, manager, stored_supplier(client))
        refused = changed(client, admin, made["code"], since, ceiling_won=6_000_000_000)
        problem(refused, 409, "fund_terms_used")
        same = changed(client, admin, made["code"], since, ceiling_won=5_000_000_000, valid_to="2026-01-31")
        assert same.json()["valid_to"] == "2026-01-31", same.text
    with on(date(2026, 2, 1)):
        problem(client.get("/v1/fund", headers=manager), 404, "fund_not_open")
        past = changed(client, admin, made["code"], since, valid_to="2026-01-30")
        problem(past, 422, "fund_terms_last_day")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"rate_reduction_percent_min": "3"}, "/rate_reduction_percent_min"),
        ({"overdue_addon_percent": "4"}, "/overdue_addon_percent"),
        ({"valid_to": "2026-03-01"}, "/valid_to"),
        ({"valid_to": None}, "/valid_to"),
        ({"ceiling_won": None}, "/ceiling_won"),
    ],
)
def test_terms_are_mended_within_the_law_and_before_those_that_follow(
    client: TestClient, changes: Any, pointer: str
) -> None:
    with on(LENT_ON):
        admin = signed_in(client, Role.ADMIN).headers
        made = client.post("/v1/fund/terms", json=terms(), headers=admin).json()
        client.post("/v1/fund/terms", json=terms(valid_from="2026-03-01"), headers=admin)
        refused = changed(client, admin, made["code"], made["valid_from"], **changes)
        assert refused.status_code == 422
        assert pointers(refused.json()) == [pointer]
