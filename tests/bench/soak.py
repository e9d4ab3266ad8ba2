"""Mixed traffic for an hour: python -m tests.bench.soak [MINUTES]

One API process and one worker over 5,000 suppliers in a PostgreSQL of their own. In each of 60 minutes, or as
many as named, how much of this mix is answered at most is measured for some seconds; then 70 percent of that
arrives at random moments. Every minute: what was answered, latencies, failures, resident memory of both
processes, connections of the service. At the end: the growth of memory since the tenth minute (or the first,
of short runs), and of connections. Exit code 1 when a request failed, memory grew by more than 5 percent or
connections by any.
"""

import itertools
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import text

from matching.encoder_folder import made_encoder_name
from service.db.session import Database
from service.settings import Settings
from tests.bench.http import account_manager
from tests.bench.load import Sample, closed, open_loop, request
from tests.bench.start import Serving, memory, prepared
from tests.bench.stored_market import fill_needs
from tests.factories import companies

SUPPLIERS = 5_000
NEEDS = 100
MINUTES = 60
SETTLED = 10
"""Minutes after which memory must stay as it is."""
MOST_GROWTH = 0.05
LOAD = 0.7
CONNECTIONS = 8
WARMING_SECONDS, CALIBRATION_SECONDS = 20.0, 6.0
EMAIL, PASSWORD = "bench@alliance.example", companies.PASSWORD
HEADING = "| 분 | 초당 | 실패 | 중앙값 ms | 99번째 백분위 ms | API MB | 작업자 MB | 연결 |"


@dataclass(frozen=True)
class Reading:
    """One minute."""

    sample: Sample
    api_mb: float
    worker_mb: float
    connections: int


def traffic(suppliers: list[UUID], needs: list[UUID], headers: dict[str, str], seed: int) -> Iterator[bytes]:
    """Visitors who look around and calculate, account managers at work, a registration now and then."""
    chance = random.Random(seed)
    page = {"Accept": "text/html"}
    terms = {"annual_rate_percent": "4.5", "start_date": "2026-01-25"}
    sign_in = urlencode({"username": EMAIL, "password": PASSWORD}).encode()

    def price() -> dict[str, object]:
        return {"price_won": chance.randrange(10_000_000, 900_000_000, 10_000), "months": 36, **terms}

    kinds = {
        lambda: request("GET", f"/suppliers?region={chance.choice(('11', '41', '48'))}", page): 14,
        lambda: request("GET", f"/suppliers/{chance.choice(suppliers)}", page): 12,
        lambda: request("GET", "/", page): 8,
        lambda: request("POST", "/v1/financing/installment-schedules", {}, price()): 30,
        lambda: request("GET", "/v1/suppliers?limit=20", headers): 8,
        lambda: request("GET", "/v1/needs?limit=20", headers): 8,
        lambda: request("GET", f"/v1/needs/{chance.choice(needs)}/recommendations", headers): 14,
        lambda: request("POST", "/v1/recommendations/preview", headers, companies.preview()): 4,
        lambda: request("POST", "/v1/suppliers", {}, companies.supplier()): 1,
        lambda: posted_form("/v1/auth/token", sign_in): 1,
    }
    makers, weights = list(kinds), list(kinds.values())
    while True:
        yield chance.choices(makers, weights)[0]()


def posted_form(path: str, body: bytes) -> bytes:
    """The bytes of a form."""
    kind = "Content-Type: application/x-www-form-urlencoded"
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def worker(folder: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process that does the jobs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCE_")}
    environment |= {
        "ALLIANCE_DATABASE_URL": url,
        "ALLIANCE_DATA_DIR": str(folder),
        "ALLIANCE_LOG_LEVEL": "ERROR",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", "from service.cli import main; main()", "worker"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def connections(database: Database) -> int:
    """How many the service holds; this process asks over one of its own."""
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    with database.transaction() as session:
        return int(session.execute(asked).scalar_one()) - 1


def soak(minutes: int) -> list[Reading]:
    """A reading a minute."""
    with ExitStack() as stack:
        folder, url = stack.enter_context(prepared(SUPPLIERS))
        database, settings = Database(url), Settings(data_dir=folder)
        needs = fill_needs(database, NEEDS, str(made_encoder_name(settings.encoder_dir)))
        headers = account_manager(database, settings.signing_key())
        with database.transaction() as session:
            chosen = list(session.execute(text("SELECT id FROM supplier LIMIT 1000")).scalars())
        service = stack.enter_context(Serving(folder, url))
        working = stack.enter_context(worker(folder, url))
        service.encoding()
        source = traffic(chosen, needs, headers, 5)
        closed(service.port, source, CONNECTIONS, WARMING_SECONDS)
        sys.stdout.write(f"{HEADING}\n|{' --- |' * 8}\n")
        readings, chance = [], random.Random(6)
        for minute in range(1, minutes + 1):
            most = closed(service.port, source, CONNECTIONS, CALIBRATION_SECONDS)
            rest = 60 - CALIBRATION_SECONDS
            sample = open_loop(service.port, source, LOAD * most.rate, rest, chance)
            sample.failures += most.failures
            sizes = memory(service.pid)[0], memory(working.pid)[0]
            readings.append(Reading(sample, *sizes, connections(database)))
            sys.stdout.write(line(minute, readings[-1]))
            sys.stdout.flush()
        database.close()
    return readings


def line(minute: int, reading: Reading) -> str:
    """The table's line of a minute."""
    sample = reading.sample
    cells = (
        f"{minute}",
        f"{sample.rate:.1f}",
        f"{len(sample.failures)}",
        f"{1000 * sample.quantile(0.5):.1f}",
        f"{1000 * sample.quantile(0.99):.0f}",
        f"{reading.api_mb:.0f}",
        f"{reading.worker_mb:.0f}",
        f"{reading.connections}",
    )
    return f"| {' | '.join(cells)} |\n"


def report(minutes: int) -> int:
    """The table, what follows from it, and the exit code."""
    readings = soak(minutes)
    settled, last = readings[min(SETTLED, len(readings)) - 1], readings[-1]
    failures = list(itertools.chain.from_iterable(each.sample.failures for each in readings))
    growth = {
        "API": last.api_mb / settled.api_mb - 1,
        "작업자": last.worker_mb / settled.worker_mb - 1,
    }
    more = last.connections - settled.connections
    grown = ", ".join(f"{name} {share:+.1%}" for name, share in growth.items())
    sys.stdout.write(
        f"요청 {sum(len(each.sample.seconds) for each in readings):,}건, 실패 {len(failures)} "
        f"{sorted(set(failures))}; 메모리 {grown}; 연결 {more:+d}\n"
    )
    return int(bool(failures) or max(growth.values()) > MOST_GROWTH or more > 0)


if __name__ == "__main__":
    sys.exit(report(int(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
