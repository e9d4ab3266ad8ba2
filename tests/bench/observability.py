"""What watching costs a request: python -m tests.bench.observability

The whole application over the demo data, called in this process without a socket. Three ways of running take
turns, round by round: watching nothing (no metrics, no look at statements), as the service runs, and with
every request traced (spans made and dropped). What counts is the processor time of this process, without
PostgreSQL's, so that a busy machine says nearly the same. Log lines are written in all three ways.
"""

import asyncio
import contextlib
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

import prometheus_client
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from starlette.testclient import TestClient

from matching.encoder import HashingEncoder
from matching.intent_training import fit_intent
from matching.problem_examples import read_examples
from matching.stages import STAGES, unwatched
from seed_data import PROBLEM_EXAMPLES
from service.app import create_app
from service.db.session import Database
from service.kit import tracing
from service.kit.logging import configure_logging
from service.kit.measuring import Timed
from service.seeding import embed_everything, seed_demo
from service.settings import Settings
from tests.factories.databases import database_of_its_own
from tests.factories.people import staff

ROUNDS = 150
SCHEDULE = json.dumps(
    {"price_won": 100_000_000, "months": 36, "annual_rate_percent": "4.5", "start_date": "2026-01-25"}
).encode()
Ask = Callable[[], None]


class Nowhere(SpanExporter):
    """Drops every span."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        del spans
        return SpanExportResult.SUCCESS


@contextlib.contextmanager
def watching_nothing() -> Iterator[None]:
    """Metrics are not written; the application of this way has a database whose statements nobody sees."""
    nothing: Callable[..., Any] = lambda *_, **__: None  # noqa: E731 - as many as there are methods
    with contextlib.ExitStack() as stack:
        for kind, names in (
            (prometheus_client.Counter, ("inc",)),
            (prometheus_client.Gauge, ("inc", "dec")),
            (prometheus_client.Histogram, ("observe",)),
            (Timed, ("__enter__", "__exit__")),
        ):
            for name in names:
                stack.enter_context(patch.object(kind, name, nothing))
        yield


@contextlib.contextmanager
def traced(provider: trace.TracerProvider) -> Iterator[None]:
    """Every request is traced."""
    with patch.object(trace, "_TRACER_PROVIDER", provider):
        yield


def asking(app: FastAPI, loop: asyncio.AbstractEventLoop, asked: tuple[str, str, bytes], token: str) -> Ask:
    """One request, from the first byte to the last. Raises AssertionError unless it is answered with 200."""
    method, path, body = asked

    async def once() -> None:
        statuses = []
        headers = [(b"authorization", token.encode()), (b"content-type", b"application/json")]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
            "raw_path": path.encode(), "query_string": b"", "headers": headers, "scheme": "http",
            "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Any:
            return next(messages, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            statuses.append(message.get("status", 200))

        await app(scope, receive, send)
        assert set(statuses) == {200}

    return lambda: loop.run_until_complete(once())


def in_turn(ways: dict[str, tuple[AbstractContextManager[None], Ask]]) -> dict[str, list[float]]:
    """The seconds of every round of each way."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (way, ask) in ways.items():
            with way:
                started = process_time()
                ask()
                seconds[name].append(process_time() - started)
    return seconds


class Anew:
    """A context that can be entered again and again."""

    def __init__(self, make: Callable[[], AbstractContextManager[None]]) -> None:
        self._make = make

    def __enter__(self) -> None:
        self._entered = self._make()
        self._entered.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._entered.__exit__(*error)


def applications(url: str, folder: Path) -> tuple[FastAPI, FastAPI, str, str]:
    """The application as it is and over a database that nobody watches, a need, and a manager's header."""
    encoder = HashingEncoder(64)
    settings = Settings(data_dir=folder / "own", rate_limit="off", log_level="INFO")
    statements = read_examples(PROBLEM_EXAMPLES)
    fit_intent(statements[:: len(statements) // 120], encoder).save(settings.intent_dir)
    database = Database(url)
    seed_demo(database, settings)
    embed_everything(database, encoder, lambda _: None)
    with patch("service.db.session.watch_statements"):
        unwatched = Database(url)
    plain, whole = (create_app(settings, each, encoder=encoder) for each in (unwatched, database))
    for app in (plain, whole):
        app.state.matching.refresh()
    client = TestClient(whole)
    manager = staff(client)
    need_id = client.get("/v1/needs?limit=1", headers=manager).json()["items"][0]["id"]
    return plain, whole, need_id, manager["Authorization"]


def cost_of_naming_stages() -> float:
    """Microseconds to enter and leave all stages that nobody measures."""
    started = process_time()
    for _ in range(10_000):
        for stage in STAGES:
            with unwatched(stage):
                pass
    return (process_time() - started) / 10_000 * 1e6


def main() -> None:
    configure_logging("INFO")
    provider = tracing.discreet_provider()
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    with database_of_its_own() as (cluster, url), contextlib.redirect_stderr(open("/dev/null", "w")):
        plain, whole, need_id, token = applications(url, cluster.data_dir)
        loop = asyncio.new_event_loop()
        for title, method, path, body in (
            ("recommendation", "GET", f"/v1/needs/{need_id}/recommendations", b""),
            ("schedule", "POST", "/v1/financing/installment-schedules", SCHEDULE),
        ):
            bare, ask = (asking(app, loop, (method, path, body), token) for app in (plain, whole))
            found = in_turn(
                {
                    "nothing": (Anew(watching_nothing), bare),
                    "as it runs": (nullcontext(), ask),
                    "traced": (Anew(lambda: traced(provider)), ask),
                }
            )
            report(title, found)
        loop.close()
    provider.shutdown()
    microseconds = cost_of_naming_stages()
    sys.stdout.write(f"stages that nobody measures: {microseconds:.2f} µs a recommendation\n")


def report(title: str, found: dict[str, list[float]]) -> None:
    """A line for each way: milliseconds and the multiple of watching nothing."""
    least, middle = ({name: of(times) for name, times in found.items()} for of in (min, statistics.median))
    for name in found:
        sys.stdout.write(
            f"{title:<16}{name:<12}"
            f"median {middle[name] * 1000:7.2f} ms  {middle[name] / middle['nothing']:5.3f}   "
            f"best {least[name] * 1000:7.2f} ms  {least[name] / least['nothing']:5.3f}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
