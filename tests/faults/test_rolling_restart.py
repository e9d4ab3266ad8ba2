"""Processes are replaced one after the other while clients go on: no request fails."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from service.settings import Settings
from tests.conftest import TEMPLATE
from tests.factories import companies
from tests.factories.ports import free_port
from tests.factories.waiting import until
from tests.faults.server import Server

CLIENTS = 3
CHECK_SECONDS = 0.05
PAUSE_SECONDS = 0.02
"""Between two requests of a client: the test is about single requests, not about load."""


@pytest.fixture
def servers(new_database: Callable[..., str], settings: Settings, intent: None) -> Iterator[list[Server]]:
    """Two API processes on one database."""
    url = new_database("rolling_restart", TEMPLATE)
    started = [Server(url, free_port(), Path(settings.data_dir)) for _ in range(2)]
    try:
        for each in started:
            each.start()
        yield started
    finally:
        for each in started:
            each.kill()


@dataclass
class Proxy:
    """A proxy of the simplest kind: it asks `/readyz` and sends each request once, to one that was ready.

    It retries nothing, so that whatever a process lets fall is counted.
    """

    servers: list[Server]
    ready: set[int] = field(default_factory=set)
    answered: dict[int, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Look after the processes until it is over."""
        while not self.over.wait(CHECK_SECONDS):
            for server in self.servers:
                known = self.ready.add if server.is_ready() else self.ready.discard
                known(server.port)

    def send(self) -> None:
        """One request after the other over connections that are kept, reading and writing in turn."""
        clients = {each.port: httpx.Client(base_url=each.address, timeout=30) for each in self.servers}
        for number in cycle(range(3)):
            if self.over.wait(PAUSE_SECONDS):
                break
            ready = sorted(self.ready)
            if not ready:
                self.failed.append("no process was ready")
                break
            port = ready[number % len(ready)]
            try:
                answer = self._request(clients[port], number)
            except httpx.HTTPError as error:
                self.failed.append(f"{port}: {error!r}")
                continue
            if answer.status_code >= 500:
                self.failed.append(f"{port}: {answer.status_code} {answer.text[:200]}")
            self.answered[port] = self.answered.get(port, 0) + 1
        for client in clients.values():
            client.close()

    @staticmethod
    def _request(client: httpx.Client, number: int) -> httpx.Response:
        if number == 0:
            return client.post("/v1/suppliers", json=companies.supplier())
        if number == 1:
            return client.post("/v1/recommendations/preview", json=companies.preview())
        return client.get("/v1/suppliers")


def test_a_rolling_restart_fails_no_request(servers: list[Server]) -> None:
    proxy = Proxy(servers)
    checking = threading.Thread(target=proxy.check)
    checking.start()
    until(lambda: len(proxy.ready) == 2)
    sending = [threading.Thread(target=proxy.send) for _ in range(CLIENTS)]
    for each in sending:
        each.start()
    try:
        for server in servers:
            before = proxy.answered.get(server.port, 0)
            until(lambda: proxy.answered.get(server.port, 0) > before)  # noqa: B023 - asked within the turn of the loop
            assert server.stop() == 0
            server.start()
            before = proxy.answered[server.port]
            until(lambda: proxy.answered[server.port] > before)  # noqa: B023 - asked within the turn of the loop
    finally:
        proxy.over.set()
        for each in (*sending, checking):
            each.join()
    assert proxy.failed == []


def test_a_process_that_ends_answers_but_is_not_ready_and_closes_what_is_open(servers: list[Server]) -> None:
    leaving = servers[0]
    with httpx.Client(base_url=leaving.address) as client:
        until(leaving.is_ready)
        assert "connection" not in client.get("/v1/suppliers").headers
        assert leaving.process is not None
        leaving.process.terminate()
        until(lambda: not leaving.is_ready())
        answer = client.get("/v1/suppliers")
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")
        refused = client.get("/readyz")
        assert (refused.status_code, refused.json()["code"]) == (503, "draining")
    assert leaving.stop() == 0
