"""국세청 사업자등록정보 상태조회 over HTTP: batches, timeouts, retries, a circuit breaker.

The published API (data.go.kr 15081808): POST {base}/status?serviceKey=… with {"b_no": ["0000000000", …]},
100 numbers at most. Only /status is used: /validate would send the representative's name out of the house.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import unquote

import httpx
from opentelemetry.trace import SpanKind
from pydantic import BaseModel, ValidationError

from service.business_status.circuit_breaker import CircuitBreaker, CircuitOpenError
from service.business_status.stand_in import StandInTransport
from service.kit.business_register import (
    BusinessRegister,
    NoRegister,
    RegisterEntry,
    RegisterUnavailableError,
)
from service.kit.tracing import span
from service.settings import Settings

MOST_AT_ONCE = 100
ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.5
TIMEOUT = httpx.Timeout(5.0, connect=3.0)
FAILURES_TO_OPEN = 3
OPEN_FOR = timedelta(seconds=60)

NTS, DEMO = "nts", "demo"


class _Row(BaseModel):
    b_no: str
    b_stt: str = ""
    b_stt_cd: str = ""
    tax_type: str = ""
    end_dt: str = ""


class _Answer(BaseModel):
    status_code: str
    data: list[_Row] = []


class _WorthAnotherTryError(Exception):
    """A fault that may be gone in a moment."""


class NtsRegister:
    """The tax service's register behind its published API, or whatever speaks it.

    `wait` is what passes the seconds between two tries.
    """

    def __init__(
        self, client: httpx.Client, key: str, source: str = NTS, *, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self.source = source
        self._client = client
        self._key = unquote(key)  # the portal hands keys out percent-encoded and plain
        self._wait = wait
        self._breaker = CircuitBreaker(FAILURES_TO_OPEN, OPEN_FOR)

    def look_up(self, numbers: Sequence[str]) -> list[RegisterEntry]:
        """The entries of these numbers, a request for each hundred. Raises `RegisterUnavailableError`."""
        return [entry for batch in batches(numbers) for entry in self._look_up_batch(batch)]

    def _look_up_batch(self, numbers: Sequence[str]) -> list[RegisterEntry]:
        try:
            return self._breaker.call(lambda: self._with_retries(numbers))
        except CircuitOpenError as error:
            raise RegisterUnavailableError("circuit open") from error

    def _with_retries(self, numbers: Sequence[str]) -> list[RegisterEntry]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._ask(numbers)
            except _WorthAnotherTryError as fault:
                if attempt == ATTEMPTS:
                    raise RegisterUnavailableError(str(fault)) from None
            # Full jitter: processes that failed together do not come back together.
            self._wait(random.uniform(0, FIRST_WAIT_SECONDS * 2**attempt))
        raise AssertionError("the last attempt returns or raises")

    def _ask(self, numbers: Sequence[str]) -> list[RegisterEntry]:
        try:
            # The key stands in the query and the numbers in the body: the span names neither.
            with span("POST nts status", SpanKind.CLIENT, {"http.request.method": "POST"}):
                answer = self._client.post(
                    "status", params={"serviceKey": self._key}, json={"b_no": list(numbers)}
                )
        except httpx.TransportError as error:  # its text may hold the address, and with it the key
            raise _WorthAnotherTryError(type(error).__name__) from None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _WorthAnotherTryError(f"status {answer.status_code}")
        if answer.status_code != 200:
            raise RegisterUnavailableError(f"status {answer.status_code}")
        try:
            read = _Answer.model_validate_json(answer.content)
        except ValidationError:
            raise RegisterUnavailableError("answer not understood") from None
        if read.status_code != "OK":
            raise RegisterUnavailableError(read.status_code[:40])
        wanted = set(numbers)
        return [_entry(row) for row in read.data if row.b_no in wanted]


def batches(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    """The numbers in groups that one request may hold."""
    for start in range(0, len(numbers), MOST_AT_ONCE):
        yield numbers[start : start + MOST_AT_ONCE]


def make_register(settings: Settings) -> BusinessRegister:
    """The tax service when the settings hold a key for it.

    Without one the stand-in answers, as `demo`, on a machine of one's own; where others can reach the
    service nobody is asked, so that no real company is called closed by an invented answer.
    """
    base = settings.nts_url.rstrip("/") + "/"
    if settings.nts_api_key is None and settings.listens_beyond_loopback:
        return NoRegister()
    if settings.nts_api_key is None:
        client = httpx.Client(base_url=base, transport=StandInTransport())
        return NtsRegister(client, "stand-in", DEMO)
    client = httpx.Client(base_url=base, timeout=TIMEOUT)
    return NtsRegister(client, settings.nts_api_key.get_secret_value())


def _entry(row: _Row) -> RegisterEntry:
    return RegisterEntry(row.b_no, row.b_stt_cd, row.b_stt, row.tax_type, _day(row.end_dt))


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date() if text else None  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return None
