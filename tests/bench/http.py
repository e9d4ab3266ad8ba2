"""Requests a second beside a hello-world of the same server: python -m tests.bench.http [SECONDS]

The service over 5,000 suppliers (`alliance serve`, one process, a PostgreSQL of its own) and the smallest
FastAPI application under the same uvicorn settings, each in a process of its own, are asked in turn: `ROUNDS`
times, for `SECONDS` (2 unless named) each, over 8 connections. The client is this process.

- schedule: the 36 rows of an instalment plan, another price each time;
- schedule alone: the same rows from an application that holds nothing else, as the most that can be had;
- recommendation, first: the list of a stored need that this process has not made yet, one after another;
- recommendation, again: the same once more, while neither the need nor any supplier has changed;
- directory: the first page of suppliers, as a browser gets it.

Then every kind of request alone at 50 and at 70 percent of what it is answered at, at random moments: median
and 99th percentile, while no request waits for another's answer. What it is answered at is asked again right
before each slice, since a machine that others use too may be half as fast a minute later, and a load that was
70 percent of one is more than all of the other. Requests that come one by one cost more than those that eight
connections hand over together, so that the load is higher than these shares: hello-world, which is asked in
the same way, says how much of the figures that, the machine and the client are.
"""

import math
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from uuid import UUID

import uvicorn
from fastapi import FastAPI

from matching.encoder_folder import made_encoder_name
from service.accounts.actor import Role
from service.accounts.devices import Device
from service.accounts.operations import open_account
from service.accounts.sessions import open_session
from service.accounts.tokens import issue_token
from service.cli.serving import GRACEFUL_SECONDS
from service.cli.terminal import say_aside
from service.db.session import Database
from service.financing.answers import ScheduleAnswer, schedule_answer
from service.financing.schedule import build_schedule
from service.financing.schemas import InstallmentInput
from service.settings import Settings
from tests.bench.load import Sample, closed, open_loop, request
from tests.bench.start import Serving, prepared
from tests.bench.stored_market import fill_needs
from tests.factories import companies
from tests.factories.ports import free_port

SUPPLIERS = 5_000
NEEDS = 40
PRICES = 200
CONNECTIONS = 8
ROUNDS = 5
SECONDS = 2.0
LOADED_SECONDS = 3.0
LOADS = (0.5, 0.7)
SCHEDULES = "/v1/financing/installment-schedules"
HELLO, SCHEDULE, ALONE = "hello-world", "상환표", "상환표, 그것만 있는 앱에서"
FIRST, AGAIN = "저장된 수요의 추천, 처음", "저장된 수요의 추천, 다시"
HEADING = "| 요청 | 초당 | hello-world 대비 | 실패 |" + "".join(
    f" {load:.0%}: 중앙값 ms | 99번째 백분위/중앙값 |" for load in LOADS
)

Samples = dict[str, Sample]


def say_hello(port: int) -> None:
    """The smallest application, served as the service is; it computes schedules too."""
    app = FastAPI()

    @app.get("/")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    @app.post(SCHEDULES)
    async def schedule(given: InstallmentInput) -> ScheduleAnswer:
        return schedule_answer(given, build_schedule(given.terms()))

    uvicorn.run(
        app,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


@contextmanager
def hello_world() -> Iterator[int]:
    """The port of a process that serves it."""
    port = free_port()
    program = f"from tests.bench.http import say_hello; say_hello({port})"
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        try:
            yield port
        finally:
            process.terminate()


def account_manager(database: Database, key: str) -> dict[str, str]:
    """The headers of one who is signed in."""
    with database.transaction() as session:
        account = open_account(
            session,
            email="bench@alliance.example",
            password=companies.PASSWORD,
            name="재는사람",
            role=Role.ACCOUNT_MANAGER,
        )
        opened = open_session(session, account, Device("127.0.0.1", "bench", "127.0.0.0/24"))
    return {"Authorization": f"Bearer {issue_token(account.id, opened.id, key, 600)}"}


def kinds_of_request(needs: Sequence[UUID], headers: Mapping[str, str]) -> dict[str, list[bytes]]:
    """By name: the requests that are sent in turn."""
    schedule = {"months": 36, "annual_rate_percent": "4.5", "start_date": "2026-01-25"}
    prices = range(10_000_000, 10_000_000 + 1_000_000 * PRICES, 1_000_000)
    return {
        SCHEDULE: [request("POST", SCHEDULES, {}, {"price_won": price, **schedule}) for price in prices],
        AGAIN: [request("GET", f"/v1/needs/{one}/recommendations", headers) for one in needs],
        "공급기업 목록": [request("GET", "/suppliers", {"Accept": "text/html"})],
    }


def in_turn(ports: Mapping[str, int], requests: Mapping[str, list[bytes]], seconds: float) -> Samples:
    """What each was answered at most, over all rounds."""
    found = {name: Sample() for name in requests}
    for _ in range(ROUNDS):
        for name, made in requests.items():
            found[name].add(closed(ports[name], cycle(made), CONNECTIONS, seconds))
    return found


def loaded(ports: Mapping[str, int], requests: Mapping[str, list[bytes]], load: float) -> Samples:
    """What each is like under a part of what it is answered at in that minute, over all rounds."""
    chance, found = random.Random(7), {name: Sample() for name in requests}
    for name, made in requests.items():
        say_aside(f"{name}: {load:.0%}")
        for _ in range(ROUNDS):
            most = closed(ports[name], cycle(made), CONNECTIONS, LOADED_SECONDS / 3)
            found[name].add(open_loop(ports[name], cycle(made), load * most.rate, LOADED_SECONDS, chance))
    return found


def report(seconds: float) -> None:
    """The table."""
    with prepared(SUPPLIERS) as (folder, url), hello_world() as hello:
        database, settings = Database(url), Settings(data_dir=folder)
        needs = fill_needs(database, NEEDS, str(made_encoder_name(settings.encoder_dir)))
        headers = account_manager(database, settings.signing_key())
        with Serving(folder, url) as service:
            service.encoding()
            kinds = kinds_of_request(needs, headers)
            first = closed(service.port, iter(kinds[AGAIN]), 1, math.inf)
            ports = {HELLO: hello, ALONE: hello} | dict.fromkeys(kinds, service.port)
            asked = {HELLO: [request("GET", "/", {})], ALONE: kinds[SCHEDULE], **kinds}
            in_turn(ports, asked, 0.5)  # connections, caches
            most = in_turn(ports, asked, seconds)
            busy = [loaded(ports, asked, load) for load in LOADS]
        database.close()
    columns = 4 + 2 * len(LOADS)
    sys.stdout.write(f"{HEADING}\n|{' --- |' * columns}\n")
    rows = most | {FIRST: first}
    for name, sample in rows.items():
        under = [each[name] for each in busy if name in each]
        failed = sum(len(each.failures) for each in (sample, *under))
        cells = [name, f"{sample.rate:,.0f}", f"{sample.rate / most[HELLO].rate:.3f}", f"{failed}"]
        for each in under:
            median = each.quantile(0.5)
            cells += [f"{1000 * median:.1f}", f"{each.quantile(0.99) / median:.1f}"]
        sys.stdout.write(f"| {' | '.join([*cells, *['–'] * (columns - len(cells))])} |\n")


if __name__ == "__main__":
    report(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
