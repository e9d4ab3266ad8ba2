"""The tax service's register: what is asked, what is understood, what happens when it is away."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from service.business_status import nts
from service.business_status.nts import NtsRegister, make_register
from service.business_status.stand_in import respond, row_of
from service.kit import clock
from service.kit.business_register import BusinessState, RegisterUnavailableError
from service.settings import Settings

KEY = "a+key/with=signs"
ACTIVE, CLOSED, SUSPENDED, UNREGISTERED = "2208110076", "2208110004", "2208100511", "2208101029"
Answerer = Callable[[httpx.Request], httpx.Response]


class Away:
    """A service that fails with one status, and counts."""

    def __init__(self, status: int, failures: int = 1_000) -> None:
        self.status, self.failures, self.asked = status, failures, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.asked <= self.failures:
            return httpx.Response(self.status, json={"code": -999, "msg": "x"})
        numbers = json.loads(request.content)["b_no"]
        return httpx.Response(200, json={"status_code": "OK", "data": [row_of(number) for number in numbers]})


def register(answerer: Answerer, waits: list[float] | None = None) -> NtsRegister:
    client = httpx.Client(base_url="http://nts.example/v1/", transport=httpx.MockTransport(answerer))
    return NtsRegister(client, KEY, wait=(waits if waits is not None else []).append)


@pytest.fixture(scope="module")
def loopback() -> Iterator[str]:
    """The stand-in behind a real socket."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, document = respond("POST", address.path, dict(parse_qsl(address.query)), body)
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/api/nts-businessman/v1"
        server.shutdown()
        serving.join()


@pytest.fixture(params=["in process", "over a socket"])
def stand_in(request: pytest.FixtureRequest) -> NtsRegister:
    """The adapter before the stand-in, without and with a network between."""
    if request.param == "in process":
        return make_register(Settings())
    url = request.getfixturevalue("loopback")
    return make_register(Settings(nts_api_key=SecretStr("any"), nts_url=url))


def test_the_stand_in_knows_every_state(stand_in: NtsRegister) -> None:
    entries = {entry.number: entry for entry in stand_in.look_up([ACTIVE, CLOSED, SUSPENDED, UNREGISTERED])}
    assert {number: entry.state for number, entry in entries.items()} == {
        ACTIVE: BusinessState.ACTIVE,
        CLOSED: BusinessState.CLOSED,
        SUSPENDED: BusinessState.SUSPENDED,
        UNREGISTERED: BusinessState.UNREGISTERED,
    }
    assert entries[CLOSED].closed_on == date(2024, 6, 30)
    assert "등록되지 않은" in entries[UNREGISTERED].tax_type
    assert entries[ACTIVE].status_name == "계속사업자"


def test_more_than_a_hundred_numbers_are_asked_in_hundreds(stand_in: NtsRegister) -> None:
    numbers = [f"22081{serial:04d}0" for serial in range(250)]
    assert [entry.number for entry in stand_in.look_up(numbers)] == numbers


def test_only_a_real_key_makes_answers_that_are_not_a_demo() -> None:
    assert make_register(Settings()).source == "demo"
    assert make_register(Settings(nts_api_key=SecretStr("k"))).source == "nts"


@pytest.mark.parametrize(
    ("path", "parameters", "body", "status", "told"),
    [
        ("/v1/status", {}, b"{}", 401, {"code": -401}),
        ("/v1/status", {"serviceKey": "k", "returnType": "JSON"}, b"{}", 400, {"code": -999}),
        ("/v1/status", {"serviceKey": "k"}, b"{", 400, {"status_code": "BAD_JSON_REQUEST"}),
        ("/v1/status", {"serviceKey": "k"}, b"{}", 411, {"status_code": "REQUEST_DATA_MALFORMED"}),
        ("/v1/other", {"serviceKey": "k"}, b"{}", 404, {"status_code": "HTTP_ERROR"}),
        (
            "/v1/status",
            {"serviceKey": "k"},
            json.dumps({"b_no": ["1"] * 101}).encode(),
            413,
            {"status_code": "TOO_LARGE_REQUEST"},
        ),
    ],
)
def test_the_stand_in_refuses_as_the_published_api_does(
    path: str, parameters: dict[str, str], body: bytes, status: int, told: dict[str, object]
) -> None:
    found, document = respond("POST", path, parameters, body)
    assert (found, told.items() <= document.items()) == (status, True)


def test_a_request_is_what_the_api_publishes() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"status_code": "OK", "data": [row_of(ACTIVE)]})

    register(answer).look_up([ACTIVE])
    assert (seen[0].method, seen[0].url.path) == ("POST", "/v1/status")
    assert dict(seen[0].url.params) == {"serviceKey": KEY}, "and no returnType"
    assert json.loads(seen[0].content) == {"b_no": [ACTIVE]}


def test_a_key_may_be_given_percent_encoded() -> None:
    keys = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.url.params["serviceKey"])
        return httpx.Response(200, json={"status_code": "OK", "data": []})

    client = httpx.Client(base_url="http://nts.example/", transport=httpx.MockTransport(answer))
    NtsRegister(client, "a%2Bkey%2Fwith%3Dsigns").look_up([ACTIVE])
    assert keys == [KEY]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_that_may_pass_is_tried_again_after_a_growing_wait(status: int) -> None:
    waits: list[float] = []
    away = Away(status, failures=2)
    assert register(away, waits).look_up([ACTIVE])[0].state is BusinessState.ACTIVE
    assert away.asked == 3
    assert len(waits) == 2
    assert all(0 <= wait <= nts.FIRST_WAIT_SECONDS * 2 ** (n + 1) for n, wait in enumerate(waits))


@pytest.mark.parametrize("status", [400, 401, 413])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    away = Away(status)
    with pytest.raises(RegisterUnavailableError):
        register(away).look_up([ACTIVE])
    assert away.asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>점검 중입니다</html>"),
        httpx.Response(200, json={"status_code": "INTERNAL_ERROR"}),
        httpx.Response(200, json=[]),
    ],
)
def test_an_answer_that_is_none_is_a_fault(answer: httpx.Response) -> None:
    with pytest.raises(RegisterUnavailableError):
        register(lambda _request: answer).look_up([ACTIVE])


def test_a_fault_tells_neither_the_key_nor_the_number() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout(f"cannot reach {request.url} for {request.content!r}")

    with pytest.raises(RegisterUnavailableError) as raised:
        register(refuse).look_up([ACTIVE])
    assert str(raised.value) == "ConnectTimeout"
    assert raised.value.__cause__ is None


def test_a_code_that_is_not_published_is_unknown() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        row = row_of(ACTIVE) | {"b_stt_cd": "09"}
        return httpx.Response(200, json={"status_code": "OK", "data": [row, row_of(CLOSED)]})

    entries = register(answer).look_up([ACTIVE])
    assert [(entry.number, entry.state) for entry in entries] == [(ACTIVE, BusinessState.UNKNOWN)]


def test_a_service_that_is_down_is_left_alone_and_then_tried_once() -> None:
    away, now = Away(503), datetime(2026, 11, 27, tzinfo=UTC)
    asking = register(away)

    def asked() -> int:
        before = away.asked
        with pytest.raises(RegisterUnavailableError):
            asking.look_up([ACTIVE])
        return away.asked - before

    with clock.frozen(now):
        assert [asked() for _ in range(nts.FAILURES_TO_OPEN + 2)] == [3] * nts.FAILURES_TO_OPEN + [0, 0]
    with clock.frozen(now + nts.OPEN_FOR + timedelta(seconds=1)):
        assert [asked(), asked()] == [3, 0], "half-open: one trial, and it failed"
    away.failures = 0
    with clock.frozen(now + 2 * nts.OPEN_FOR + timedelta(seconds=2)):
        assert asking.look_up([ACTIVE])
        assert asking.look_up([ACTIVE]), "closed again"


def test_where_others_can_reach_the_service_no_answer_is_invented() -> None:
    register = make_register(Settings(host="0.0.0.0", secret_key=SecretStr("k" * 32)))

    assert (register.source, register.look_up([ACTIVE])) == ("none", [])
