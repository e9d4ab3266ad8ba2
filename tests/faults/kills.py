"""kill -9 of the server while suppliers register and are approved: nothing acknowledged lost or doubled.

`python -m tests.faults.kills [ROUNDS]`. Reservations of the fund do not exist yet and are not part of it.
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
from tests.faults.environment import database_of_its_own, free_port, staff_token
from tests.faults.server import Server

CLIENTS = 4
LONGEST_ROUND_SECONDS = 1.0


@dataclass
class Record:
    """What the clients were told, and what they sent without hearing back."""

    registered: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    unanswered: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    settled: int = 0
    kept_without_answer: int = 0


def kill_rounds(url: str, rounds: int, report: Callable[[str], None] = print) -> Record:
    """That many rounds over a migrated database; their record, which must show nothing lost or doubled."""
    server, record = Server(url, free_port()), Record()
    chance = random.Random(7)
    try:
        server.start()
        for number in range(rounds):
            _one_round(server, record, staff_token(url), chance.uniform(0.05, LONGEST_ROUND_SECONDS))
            server.start()
            _settle(server, record, staff_token(url))
            if (number + 1) % 10 == 0:
                report(f"  {number + 1} rounds, {len(record.registered)} registered")
    finally:
        server.kill()
    _compare(url, record)
    return record


def _one_round(server: Server, record: Record, staff: dict[str, str], seconds: float) -> None:
    killed, answered = threading.Event(), threading.Event()

    def work() -> None:
        with httpx.Client(base_url=server.address, timeout=30) as client:
            while not killed.is_set():
                body = companies.supplier()
                key = body["contact"]["email"].partition("@")[0]
                try:
                    _register_and_approve(client, record, key, body, staff)
                except httpx.HTTPError:
                    record.unanswered.append((key, body))
                    return
                answered.set()

    with ThreadPoolExecutor(CLIENTS) as threads:
        working = [threads.submit(work) for _ in range(CLIENTS)]
        answered.wait(30)
        time.sleep(seconds)
        server.kill()
        killed.set()
        for each in working:
            each.result()


def _register_and_approve(
    client: httpx.Client, record: Record, key: str, body: dict[str, Any], staff: dict[str, str]
) -> None:
    answer = client.post("/v1/suppliers", json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    supplier = answer.json()["id"]
    record.registered[body["business_number"].replace("-", "")] = supplier
    approved = client.post(f"/v1/suppliers/{supplier}/approval", headers=staff)
    assert approved.status_code == 200, approved.text
    record.approved.add(supplier)


def _settle(server: Server, record: Record, staff: dict[str, str]) -> None:
    """What a client does that heard nothing: send the same again under the same key."""
    unanswered, record.unanswered = record.unanswered, []
    with httpx.Client(base_url=server.address, timeout=30) as client:
        for key, body in unanswered:
            answer = client.post("/v1/suppliers", json=body, headers={"Idempotency-Key": key})
            assert answer.status_code == 201, answer.text
            record.kept_without_answer += "idempotency-replayed" in answer.headers
            record.registered[body["business_number"].replace("-", "")] = answer.json()["id"]
            record.settled += 1


def _compare(url: str, record: Record) -> None:
    with psycopg.connect(driver_url(url)) as connection:
        stored = dict(connection.execute("SELECT business_number, id::text FROM supplier").fetchall())
        approved = connection.execute("SELECT id::text FROM supplier WHERE status = 'approved'").fetchall()
        twice = "SELECT 1 FROM audit_event GROUP BY subject_id, action HAVING count(*) > 1"
        doubled = connection.execute(f"SELECT count(*) FROM ({twice}) d").fetchone()
        people = connection.execute("SELECT count(*) FROM account WHERE role = 'supplier'").fetchone()
    record.lost = sum(stored.get(number) != supplier for number, supplier in record.registered.items())
    record.lost += len(record.approved - {one for (one,) in approved})
    assert doubled is not None
    assert people is not None
    record.doubled = doubled[0] + abs(people[0] - len(stored)) + len(stored.keys() - record.registered.keys())


def main() -> None:
    """Print the figures of tests/README.md."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with database_of_its_own() as (_, url):
        found = kill_rounds(url, rounds)
    print(
        f"kill -9 of the server, {rounds} rounds, {CLIENTS} clients: {len(found.registered)} registrations "
        f"and {len(found.approved)} approvals acknowledged, {found.settled} sent again after a kill "
        f"({found.kept_without_answer} had been kept), lost {found.lost}, doubled {found.doubled}"
    )
    if found.lost or found.doubled:
        sys.exit(1)


if __name__ == "__main__":
    main()
