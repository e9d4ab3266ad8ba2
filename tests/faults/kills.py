"""kill -9 of the server while suppliers register and borrow: nothing acknowledged is lost or doubled.

`python -m tests.faults.kills [ROUNDS]`. The fund holds few loans, so that applications meet at its ceiling;
after every restart `alliance verify fund` must find its book whole.
"""

import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from service.db.session import driver_url
from tests.factories import companies
from tests.factories.databases import database_of_its_own
from tests.factories.funds import application, approval
from tests.factories.ports import free_port
from tests.faults.environment import open_fund, prove_fund, staff_token
from tests.faults.server import Server

CLIENTS = 4
LONGEST_ROUND_SECONDS = 1.0
LOAN_WON, LOANS_THAT_FIT = 100_000_000, 3
SUPPLIERS, LOANS, REPAYMENTS = "/v1/suppliers", "/v1/fund/loans", "/repayments"


@dataclass(frozen=True)
class Sent:
    """A request that creates something, under its key; sent again as it is when nobody answered."""

    path: str
    key: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Record:
    """What the clients were told, and what they sent without hearing back."""

    registered: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    reserved: set[str] = field(default_factory=set)
    disbursed: set[str] = field(default_factory=set)
    repaid: dict[str, int] = field(default_factory=dict)
    ceiling_reached: int = 0
    unanswered: list[Sent] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    settled: int = 0
    kept_without_answer: int = 0
    fund_faults: list[str] = field(default_factory=list)


def kill_rounds(url: str, rounds: int, report: Callable[[str], None] = print) -> Record:
    """That many rounds over a migrated database; their record, which must show nothing lost or doubled."""
    server, record = Server(url, free_port()), Record()
    chance = random.Random(7)
    open_fund(url, ceiling_won=LOANS_THAT_FIT * LOAN_WON)
    staff = staff_token(url)  # one for all: a key is known again to whoever sent it
    try:
        server.start()
        for number in range(rounds):
            _one_round(server, record, staff, chance.uniform(0.05, LONGEST_ROUND_SECONDS))
            record.fund_faults += prove_fund(url).faults
            server.start()
            with httpx.Client(base_url=server.address, timeout=30) as client:
                _settle(client, record)
                _end_loans(client, record, staff)
            if (number + 1) % 10 == 0:
                report(f"  {number + 1} rounds, {len(record.registered)} registered")
    finally:
        server.kill()
    record.fund_faults += prove_fund(url).faults
    _compare(url, record)
    return record


def _one_round(server: Server, record: Record, staff: dict[str, str], seconds: float) -> None:
    killed, answered = threading.Event(), threading.Event()

    def work() -> None:
        with httpx.Client(base_url=server.address, timeout=30) as client:
            while not killed.is_set():
                try:
                    supplier = _register_and_approve(client, record, staff)
                    if _borrow_and_repay(client, record, supplier, staff):
                        answered.set()
                except httpx.HTTPError:
                    return

    with ThreadPoolExecutor(CLIENTS) as threads:
        working = [threads.submit(work) for _ in range(CLIENTS)]
        answered.wait(30)
        time.sleep(seconds)
        server.kill()
        killed.set()
        for each in working:
            each.result()


def _register_and_approve(client: httpx.Client, record: Record, staff: dict[str, str]) -> str:
    body = companies.supplier()
    key = body["contact"]["email"].partition("@")[0]
    supplier = str(_create(client, record, Sent(SUPPLIERS, key, body)).json()["id"])
    _act(client, f"{SUPPLIERS}/{supplier}/approval", staff)
    record.approved.add(supplier)
    return supplier


def _borrow_and_repay(client: httpx.Client, record: Record, supplier: str, staff: dict[str, str]) -> bool:
    """A whole life of a loan, whose settlement makes room again; False when the fund had none."""
    body = application(supplier, principal_won=LOAN_WON)
    loan = _create(client, record, Sent(LOANS, supplier, body, staff)).json().get("id")
    if loan is None:
        return False
    path = f"{LOANS}/{loan}"
    _act(client, f"{path}/bank-decision", staff, approval())
    _act(client, f"{path}/disbursement", staff, {})
    record.disbursed.add(loan)
    for amount in (LOAN_WON // 4, LOAN_WON - LOAN_WON // 4):  # on the day itself there is no interest
        paid = {"amount_won": amount, "effect": "shorten"}
        _create(client, record, Sent(path + REPAYMENTS, f"{loan}-{amount}", paid, staff))
    return True


def _create(client: httpx.Client, record: Record, sent: Sent) -> httpx.Response:
    try:
        answer = client.post(sent.path, json=sent.body, headers=sent.headers | {"Idempotency-Key": sent.key})
    except httpx.HTTPError:
        record.unanswered.append(sent)
        raise
    _note(record, sent, answer)
    return answer


def _note(record: Record, sent: Sent, answer: httpx.Response) -> None:
    if sent.path == LOANS and answer.status_code == 409:
        assert answer.json()["code"] == "fund_ceiling_reached", answer.text
        record.ceiling_reached += 1
        return
    assert answer.status_code == 201, answer.text
    made = answer.json()["id"]
    if sent.path == SUPPLIERS:
        record.registered[sent.body["business_number"].replace("-", "")] = made
    elif sent.path == LOANS:
        record.reserved.add(made)
    else:
        record.repaid[made] = sent.body["amount_won"]


def _act(client: httpx.Client, path: str, staff: dict[str, str], body: dict[str, Any] | None = None) -> None:
    answer = client.post(path, headers=staff, json=body)
    assert answer.status_code == 200, answer.text


def _settle(client: httpx.Client, record: Record) -> None:
    """What a client does that heard nothing: send the same again under the same key."""
    unanswered, record.unanswered = record.unanswered, []
    for sent in unanswered:
        answer = _create(client, record, sent)
        record.kept_without_answer += "idempotency-replayed" in answer.headers
        record.settled += 1


def _end_loans(client: httpx.Client, record: Record, staff: dict[str, str]) -> None:
    """Cancel what a kill cut short and repay what is out, so that there is room again."""
    for status in ("reserved", "approved", "disbursed"):
        listed = client.get(LOANS, params={"status": status, "limit": 100}, headers=staff).json()["items"]
        for loan in listed:
            path = f"{LOANS}/{loan['id']}"
            if status == "disbursed":
                record.disbursed.add(loan["id"])
                left = client.get(f"{path}/settlement", headers=staff).json()["total_won"]
                paid = Sent(path + REPAYMENTS, f"{loan['id']}-rest", {"amount_won": left}, staff)
                _create(client, record, paid)
            else:
                _act(client, f"{path}/cancellation", staff, {"reason": "서버가 멈추었습니다"})


def _compare(url: str, record: Record) -> None:
    with psycopg.connect(driver_url(url)) as connection:
        stored = dict(connection.execute("SELECT business_number, id::text FROM supplier").fetchall())
        approved = connection.execute("SELECT id::text FROM supplier WHERE status = 'approved'").fetchall()
        twice = "SELECT 1 FROM audit_event GROUP BY subject_id, action, after HAVING count(*) > 1"
        doubled = connection.execute(f"SELECT count(*) FROM ({twice}) d").fetchone()
        people = connection.execute("SELECT count(*) FROM account WHERE role = 'supplier'").fetchone()
        loans = dict(connection.execute("SELECT id::text, status FROM fund_loan").fetchall())
        repaid = dict(connection.execute("SELECT id::text, amount_won FROM fund_repayment").fetchall())
    out = {loan for loan, status in loans.items() if status in ("disbursed", "repaid")}
    record.lost = sum(stored.get(number) != supplier for number, supplier in record.registered.items())
    record.lost += len(record.approved - {one for (one,) in approved})
    record.lost += len(record.reserved - loans.keys()) + len(record.disbursed - out)
    record.lost += len(record.repaid.items() - repaid.items())
    assert doubled is not None
    assert people is not None
    record.doubled = doubled[0] + abs(people[0] - len(stored)) + len(stored.keys() - record.registered.keys())
    record.doubled += len(loans.keys() - record.reserved) + len(repaid.keys() - record.repaid.keys())


def main() -> None:
    """Print the figures of tests/README.md."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with database_of_its_own() as (_, url):
        found = kill_rounds(url, rounds)
    print(
        f"kill -9 of the server, {rounds} rounds, {CLIENTS} clients: {len(found.registered)} registrations, "
        f"{len(found.approved)} approvals, {len(found.reserved)} reservations, {len(found.disbursed)} "
        f"disbursements and {len(found.repaid)} repayments acknowledged, {found.ceiling_reached} refused at "
        f"the ceiling, {found.settled} sent again after a kill ({found.kept_without_answer} had been kept), "
        f"lost {found.lost}, doubled {found.doubled}, faults of the fund's book {len(found.fund_faults)}"
    )
    if found.lost or found.doubled or found.fund_faults:
        sys.exit("\n".join(found.fund_faults) or 1)


if __name__ == "__main__":
    main()
