"""Many at once: writers of the same rows lose no update, one business number is registered once, and no more
is reserved of a fund than it has.

`python -m tests.faults.races`
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.factories import companies
from tests.factories.databases import database_of_its_own
from tests.factories.funds import application
from tests.factories.numbers import business_number
from tests.factories.ports import free_port
from tests.faults.environment import open_fund, prove_fund, staff_token
from tests.faults.server import Server

WRITERS, UPDATES, ROWS = 8, 200, 4
REGISTRATIONS = 200
RESERVATIONS, LOANS_THAT_FIT, LOAN_WON = 64, 20, 100_000_000


def count_up(address: str, staff: dict[str, str], writers: int, updates: int, rows: int) -> dict[str, int]:
    """Each writer adds one to a head count that many times, against the version that it has read."""
    ids = [_registered(address) for _ in range(rows)]
    refused = Counter[str]()

    def write(writer: int) -> None:
        with httpx.Client(base_url=address, headers=staff, timeout=60) as client:
            for number in range(updates):
                path = f"/v1/suppliers/{ids[(writer + number) % rows]}"
                while not _add_one(client, path):
                    refused["stale"] += 1

    _at_once(writers, write)
    answers = [httpx.get(f"{address}/v1/suppliers/{one}", headers=staff) for one in ids]
    counted = sum(answer.json()["employee_count"] for answer in answers)
    versions = sum(int(answer.headers["ETag"].strip('"')) - 1 for answer in answers)
    return {"sent": writers * updates, "counted": counted, "versions": versions, "stale": refused["stale"]}


def register_one_number(address: str, attempts: int) -> Counter[str]:
    """How often each answer was given to registrations of one number that start together."""
    number = business_number()
    bodies = [companies.supplier(business_number=number) for _ in range(attempts)]
    found = Counter[str]()

    def register(which: int) -> None:
        answer = httpx.post(f"{address}/v1/suppliers", json=bodies[which], timeout=60)
        found[f"{answer.status_code} {answer.json().get('code', 'registered')}"] += 1

    _at_once(attempts, register)
    return found


def reserve_at_once(address: str, staff: dict[str, str], attempts: int) -> Counter[str]:
    """How often each answer was given to applications of as many companies that start together."""
    headers, found = {"headers": staff, "timeout": 60}, Counter[str]()
    suppliers = [_registered(address) for _ in range(attempts)]
    for each in suppliers:
        httpx.post(f"{address}/v1/suppliers/{each}/approval", **headers).raise_for_status()

    def reserve(which: int) -> None:
        body = application(suppliers[which], principal_won=LOAN_WON)
        answer = httpx.post(f"{address}/v1/fund/loans", json=body, **headers)
        found[f"{answer.status_code} {answer.json().get('code', 'reserved')}"] += 1

    _at_once(attempts, reserve)
    return found


def _registered(address: str) -> str:
    body = companies.supplier(employee_count=0)
    return str(httpx.post(f"{address}/v1/suppliers", json=body, timeout=60).raise_for_status().json()["id"])


def _add_one(client: httpx.Client, path: str) -> bool:
    read = client.get(path)
    changed = {"employee_count": read.json()["employee_count"] + 1}
    answer = client.patch(path, json=changed, headers={"If-Match": read.headers["ETag"]})
    assert answer.status_code in (200, 412), answer.text
    return answer.status_code == 200


def _at_once(many: int, work: Callable[[int], Any]) -> None:
    start = threading.Barrier(many)

    def run(number: int) -> None:
        start.wait()
        work(number)

    with ThreadPoolExecutor(many) as threads:
        list(threads.map(run, range(many)))


def main() -> None:
    """Print the figures of tests/README.md."""
    with database_of_its_own() as (_, url):
        server = Server(url, free_port())
        try:
            server.start()
            started = time.monotonic()
            counts = count_up(server.address, staff_token(url), WRITERS, UPDATES, ROWS)
            seconds = time.monotonic() - started
            answers = register_one_number(server.address, REGISTRATIONS)
            open_fund(url, ceiling_won=LOANS_THAT_FIT * LOAN_WON + LOAN_WON - 1)
            reserved = reserve_at_once(server.address, staff_token(url), RESERVATIONS)
            faults = prove_fund(url).faults
        finally:
            server.kill()
    print(
        f"{WRITERS} writers x {UPDATES} updates of the same {ROWS} rows with If-Match: "
        f"{counts['sent']} sent, {counts['counted']} counted, {counts['versions']} versions, "
        f"{counts['stale']} refused as stale and sent again, {seconds:.0f} s"
    )
    print(f"{REGISTRATIONS} registrations of one business number at once: {dict(answers)}")
    print(f"{RESERVATIONS} applications at once to a fund that holds {LOANS_THAT_FIT}: {dict(reserved)}")
    if faults or reserved["201 reserved"] != LOANS_THAT_FIT:
        sys.exit(f"the fund: {faults}")
    if not counts["sent"] == counts["counted"] == counts["versions"] or answers["201 registered"] != 1:
        sys.exit(1)


if __name__ == "__main__":
    main()
