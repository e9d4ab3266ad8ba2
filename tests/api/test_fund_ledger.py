"""The fund's journal: kept by the database itself, proved by a command, told month by month."""

import contextlib
import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.testclient import TestClient
from typer.testing import CliRunner

from service.accounts.actor import SYSTEM, Role
from service.cli import cli
from service.db.session import Database
from service.db.tables import FundLoan, FundTerm, LoanStatus
from service.financing.conventions import Method, PrepaymentEffect
from service.fund.bad_loans import accelerate, write_off
from service.fund.ledger import Account, balances, of_company, of_fund
from service.fund.operations import (
    apply_for_loan,
    cancel,
    disburse,
    expire_applications,
    record_bank_decision,
)
from service.fund.queries import lock_loan, repayments_of
from service.fund.repayments import LENT, record_repayment, reverse_repayment
from service.fund.schemas import BadLoanInput, BankDecisionInput, LoanInput, RepaymentInput
from service.fund.verification import verify_fund
from service.jobs.names import EXPIRE_FUND_APPLICATIONS
from service.jobs.queue import enqueue
from service.kit import clock
from service.kit.problems import Problem
from tests.factories.answers import problem
from tests.factories.funds import DEMO_FUND, applied, lent, open_fund, signed_in
from tests.factories.people import Headers, stored_supplier

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def manager(client: TestClient) -> Headers:
    return signed_in(client, Role.ACCOUNT_MANAGER).headers


def at(day: date) -> Any:
    return clock.frozen(datetime.combine(day, time(1), UTC))


@pytest.fixture
def loan(client: TestClient, database: Database, manager: Headers) -> str:
    open_fund(database)
    with at(date(2026, 1, 26)):
        return lent(client, manager, applied(client, manager, stored_supplier(client)), date(2026, 1, 26))


ENTRY = "INSERT INTO fund_entry (fund, kind, occurred_on, booked_on, actor, recorded_at) VALUES "
ENTRY += "('DEMO_ALLIANCE', 'ceiling', now(), now(), 'x', now()) RETURNING number"
POSTING = "INSERT INTO fund_posting VALUES (:entry, :account, :won)"


def _add(database: Database, entry: str, amounts: dict[str, int]) -> None:
    """Postings to the entry that a statement makes or names, past the operations."""
    with database.engine.begin() as connection:
        number = connection.execute(text(entry)).scalar_one()
        for account, won in amounts.items():
            connection.execute(text(POSTING), {"entry": number, "account": account, "won": won})


@pytest.mark.usefixtures("loan")
@pytest.mark.parametrize("amounts", [{}, {"ceiling": 5}, {"ceiling": 5, "available": -4}])
def test_the_database_keeps_no_entry_that_does_not_balance(
    database: Database, amounts: dict[str, int]
) -> None:
    with pytest.raises(IntegrityError, match="does not balance"):
        _add(database, ENTRY, amounts)


@pytest.mark.usefixtures("loan")
@pytest.mark.parametrize("table", ["fund_entry", "fund_posting"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_changes_and_removes_nothing_of_the_journal(
    database: Database, table: str, statement: str
) -> None:
    column = {"fund_entry": "actor", "fund_posting": "amount_won"}[table]
    with pytest.raises(IntegrityError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(statement.format(table, column, column)))


@pytest.mark.usefixtures("loan")
def test_nothing_is_added_to_an_entry_of_the_past_not_even_what_cancels_out(database: Database) -> None:
    with pytest.raises(IntegrityError, match="is closed"):
        _add(database, "SELECT max(number) FROM fund_entry", {"payers": -5, "interest_received": 5})


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        ("UPDATE fund_posting SET amount_won = amount_won + 1 WHERE account = 'outstanding'", "합이 0이"),
        ("UPDATE fund_loan SET principal_won = principal_won + 1", "대출 잔액"),
        ("UPDATE fund_loan SET status = 'reserved'", "예약"),
        ("UPDATE fund_term SET per_company_limit_won = 1", "기업당 한도"),
        (
            "UPDATE fund_posting SET amount_won = amount_won / 10000 FROM fund_entry"
            " WHERE number = entry_number AND kind = 'ceiling'",
            "0보다 적어",
        ),
        (
            "UPDATE fund_repayment SET interest_won = interest_won - 1, principal_won = principal_won + 1",
            "다시 나누면",
        ),
    ],
)
def test_what_somebody_changed_behind_the_journals_back_is_found(
    client: TestClient, database: Database, manager: Headers, loan: str, forged: str, told: str
) -> None:
    with at(date(2026, 2, 26)):
        client.post(f"/v1/fund/loans/{loan}/repayments", json={"amount_won": 8_000_000}, headers=manager)
    with database.transaction() as session:
        assert verify_fund(session).faults == ()
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(forged))
    with database.transaction() as session:
        assert any(told in fault for fault in verify_fund(session).faults)


def test_a_command_proves_the_book(database: Database, loan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", database.url)
    proved = CliRunner().invoke(cli, ["verify", "fund"])
    assert proved.exit_code == 0
    assert "장부가 맞습니다: 전표 3건, 대출 1건" in proved.output
    with database.transaction() as session:
        session.execute(text("UPDATE fund_loan SET principal_won = 1"))
    broken = CliRunner().invoke(cli, ["verify", "fund"])
    assert broken.exit_code == 1
    assert loan in broken.output


def statement(client: TestClient, headers: Headers, month: str, form: str = "application/json") -> Any:
    return client.get(f"/v1/fund/statements/{month}", headers=headers | {"Accept": form})


def test_a_month_that_has_ended_is_told_the_same_way_for_ever(
    client: TestClient, manager: Headers, loan: str
) -> None:
    with at(date(2026, 3, 2)):
        before = statement(client, manager, "2026-02").json()
        assert before["provisional"] is False
        late = next(line for line in before["loans"] if line["loan_id"] == loan)
        assert (late["days_late"], late["outstanding_won"]) == (2, 100_000_000)
        backdated = {"amount_won": 8_600_000, "paid_on": "2026-02-26"}
        client.post(f"/v1/fund/loans/{loan}/repayments", json=backdated, headers=manager)
        assert statement(client, manager, "2026-02").json() == before
        march = statement(client, manager, "2026-03").json()
        assert march["provisional"] is True
        entry = march["entries"][0]
        assert (entry["occurred_on"], entry["booked_on"]) == ("2026-02-26", "2026-03-02")
        assert march["loans"][0]["principal_repaid_won"] > 0
        assert march["loans"][0]["overdue_won"] == 0


def test_balances_go_on_from_month_to_month(client: TestClient, manager: Headers, loan: str) -> None:
    with at(date(2026, 2, 26)):
        client.post(f"/v1/fund/loans/{loan}/repayments", json={"amount_won": 8_000_000}, headers=manager)
    with at(date(2026, 3, 2)):
        months = [statement(client, manager, month).json() for month in ("2026-01", "2026-02", "2026-03")]
    assert {line["opening_won"] for line in months[0]["accounts"]} == {0}
    for one, following in pairwise(months):
        closing = [line["closing_won"] for line in one["accounts"]]
        assert closing == [line["opening_won"] for line in following["accounts"]]
    for month in months:
        assert sum(line["closing_won"] for line in month["accounts"]) == 0
        totals = {line["account"]: line["closing_won"] for line in month["accounts"]}
        assert totals["outstanding"] == sum(line["outstanding_won"] for line in month["loans"])


def test_a_statement_is_a_workbook_and_a_file_of_entries_too(
    client: TestClient, manager: Headers, loan: str
) -> None:
    with at(date(2026, 2, 2)):
        answer = statement(client, manager, "2026-01", XLSX)
        told = statement(client, manager, "2026-01").json()
        listed = statement(client, manager, "2026-01", "text/csv")
    assert 'filename="fund-2026-01.xlsx"' in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["계정별 잔액", "대출별", "전표"]
    accounts = {row[0]: row[3] for row in book["계정별 잔액"].iter_rows(min_row=7, values_only=True)}
    assert accounts["대출 잔액"] == 100_000_000
    rows = list(book["대출별"].iter_rows(min_row=2, values_only=True))
    assert rows[0][1] == 100_000_000
    assert rows[-1][5] == 100_000_000
    assert book["전표"].max_row == 1 + len(told["entries"])
    assert listed.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(listed.content.decode("utf-8-sig"))))
    assert len(lines) == 1 + len(told["entries"])
    assert {sum(int(cell) for cell in line[5:14]) for line in lines[1:]} == {0}


@pytest.mark.parametrize(
    ("month", "status", "code"),
    [
        ("2026-13", 422, "month_malformed"),
        ("2026-1", 422, "month_malformed"),
        ("2026-03", 422, "statement_not_begun"),
        ("2025-12", 404, "not_found"),
    ],
)
@pytest.mark.usefixtures("loan")
def test_a_month_without_a_statement_is_refused(
    client: TestClient, manager: Headers, month: str, status: int, code: str
) -> None:
    with at(date(2026, 2, 2)):
        problem(statement(client, manager, month), status, code)
        problem(statement(client, manager, "2026-01", "image/png"), 406, "not_acceptable_statement")


CEILING, LIMIT = 1_000_000, 600_000
KINDS = ("apply", "onwards", "onwards", "onwards", "repay", "prepay", "decline", "cancel", "reverse", "wait",
         "expire", "accelerate", "write_off")  # fmt: skip
OPERATIONS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.integers(1, 400_000)), min_size=10, max_size=60
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=OPERATIONS)
def test_whatever_happens_in_whatever_order_the_book_is_whole_and_no_limit_passed(
    client: TestClient, database: Database, operations: list[tuple[str, int, int]]
) -> None:
    """Each example runs in one transaction that is rolled back; its deferred checks are made before."""
    day = date(2026, 1, 26)
    with Session(database.engine, expire_on_commit=False) as session:
        suppliers = [stored_supplier(client) for _ in range(2)]
        changed = {"code": "TRIED", "ceiling_won": CEILING, "per_company_limit_won": LIMIT, "demo": True,
                   "valid_from": "2026-01-01", "application_days": 40}  # fmt: skip
        session.add(FundTerm.model_validate(DEMO_FUND | changed))
        session.flush()
        for what, which, won in operations:
            if what == "wait":
                day += timedelta(which * 12)
                continue
            with at(day):
                _try(session, what, which, won, suppliers)
            found = balances(session, of_fund("TRIED"))
            assert sum(found.won.values()) == 0
            held = (Account.AVAILABLE, Account.RESERVED, Account.OUTSTANDING, Account.CALLED)
            assert min(found[account] for account in (*held, Account.WRITTEN_OFF)) >= 0
            assert found.promised_won <= CEILING
            for supplier in suppliers:
                assert balances(session, of_company("TRIED", supplier)).promised_won <= LIMIT
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        assert verify_fund(session).faults == ()
        session.rollback()


def _try(session: Session, what: str, which: int, won: int, suppliers: list[Any]) -> None:
    """One operation; what is refused changes nothing."""
    with contextlib.suppress(Problem), session.begin_nested():
        _do(session, what, which, won, suppliers)


def _do(session: Session, what: str, which: int, won: int, suppliers: list[Any]) -> None:
    if what == "apply":
        asked = {"supplier_id": suppliers[which % 2], "principal_won": won, "months": 6}
        asked["method"] = list(Method)[which % 3]
        apply_for_loan(session, SYSTEM, LoanInput.model_validate(asked))
        return
    if what == "expire":
        expire_applications(session, SYSTEM, "TRIED")
        return
    ids = session.execute(text("SELECT id FROM fund_loan WHERE fund = 'TRIED' ORDER BY id")).scalars().all()
    if not ids:
        return
    loan: FundLoan = lock_loan(session, SYSTEM, ids[which % len(ids)])
    today = clock.today()
    if what == "onwards":
        what = {"reserved": "approve", "approved": "disburse"}.get(loan.status, "repay")
    if what in ("approve", "decline"):
        decision = {"decision": f"{what}d", "bank": "가온", "reference": "R", "decided_on": today}
        decision |= {"bank_rate_percent": "5.2"}
        record_bank_decision(session, SYSTEM, loan, BankDecisionInput.model_validate(decision))
    elif what == "disburse":
        disburse(session, SYSTEM, loan, today)
    elif what == "cancel":
        cancel(session, SYSTEM, loan, "까닭")
    elif what in ("repay", "prepay"):
        effect = list(PrepaymentEffect)[which % 2] if what == "prepay" else None
        record_repayment(session, SYSTEM, loan, RepaymentInput(amount_won=won, effect=effect))
    elif what in ("accelerate", "write_off"):
        decide = accelerate if what == "accelerate" else write_off
        decide(session, SYSTEM, loan, BadLoanInput(reason="은행의 통지"))
    elif loan.status in {*LENT, LoanStatus.REPAID}:
        standing = [each for each in repayments_of(session, loan) if each.reversed_at is None]
        if standing:
            reverse_repayment(session, SYSTEM, loan, standing[-1], "까닭")


def test_the_nightly_job_frees_what_has_expired(
    client: TestClient,
    database: Database,
    manager: Headers,
    run_jobs: Callable[[], None],
) -> None:
    open_fund(database)
    with at(date(2026, 1, 26)):
        waiting = applied(client, manager, stored_supplier(client))
    with database.transaction() as session:
        enqueue(session, EXPIRE_FUND_APPLICATIONS, once="tonight", timestamp=0)
    run_jobs()
    found = client.get(f"/v1/fund/loans/{waiting}", headers=manager).json()
    assert (found["status"], found["reserved_won"]) == ("expired", 0)
