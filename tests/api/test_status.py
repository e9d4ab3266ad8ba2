"""Whether the service is alive, ready and measured; and the whole of it running by itself."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.db.session import Database
from service.kit.http_frame import METHODS
from service.settings import Settings
from tests.factories import companies
from tests.factories.encoders import CountingEncoder
from tests.factories.people import staff

CODE_LISTS = {
    "solution-categories": 27,
    "industries": 500,
    "regions": 17,
    "processes": 20,
    "smart-levels": 4,
    "certifications": 5,
}


@pytest.mark.parametrize("name", CODE_LISTS)
def test_code_lists_are_whole_and_named_in_korean(client: TestClient, name: str) -> None:
    answer = client.get(f"/v1/codes/{name}").json()
    codes = [item["code"] for item in answer["items"]]
    assert answer["next_cursor"] is None
    assert len(codes) == len(set(codes)) >= CODE_LISTS[name]
    assert all(item["name"] for item in answer["items"])


def test_programmes_and_fund_terms_that_are_unknown_are_not_found(client: TestClient) -> None:
    assert client.get("/v1/programmes/NOTHING").status_code == 404
    assert client.get("/v1/programmes").json() == {"items": [], "next_cursor": None}


def test_the_service_is_alive_at_once_and_ready_when_matching_is(
    client: TestClient, matching_client: TestClient
) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 503
    assert matching_client.get("/readyz").json() == {"status": "ready", "index": "current"}


def test_metrics_count_answers_by_route_and_never_by_id(client: TestClient) -> None:
    identifier = "01a20571-1241-77d9-942c-d8cfbf80bd23"
    client.get(f"/v1/suppliers/{identifier}")
    client.get("/v1/nothing-at-all")
    metrics = client.get("/metrics").text
    assert (
        'alliance_http_requests_total{method="GET",route="/v1/suppliers/{supplier_id}",status="404"}'
        in metrics
    )
    assert identifier not in metrics
    assert "nothing-at-all" not in metrics


def test_nobody_can_make_more_metrics_by_inventing_methods_and_ids(client: TestClient) -> None:
    def series_after(*invented: str) -> set[tuple[str, str]]:
        for each in invented:
            client.request(each, "/v1/suppliers")
            client.get(f"/v1/suppliers/{each}")
            client.get(f"/v1/programmes/{each}")
            client.get(f"/{each}")
        told = client.get("/metrics").text
        return set(re.findall(r'requests_total\{method="(\w+)",route="([^"]+)"', told))

    series_after()  # asking is counted too
    before = series_after("BREW", "e", "v1")
    assert series_after("DISTIL", "x", "v2", "suppliers.example") == before
    assert {method for method, _ in before} <= METHODS | {"other"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the library that serves the page's files
def test_the_api_is_documented_without_a_remote_script(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["info"]["title"] == "KT 스마트 팩토리 얼라이언스"
    page = client.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href)="(https?://[^"]+)"', page.text)
    assert loaded
    assert all(address.startswith(str(client.base_url)) for address in loaded)
    assert all(client.get(address).status_code == 200 for address in loaded)


@pytest.fixture
def running(
    settings: Settings, database: Database, encoder: CountingEncoder, intent: None
) -> Iterator[TestClient]:
    """The service as it runs: its worker and its index work by themselves in the background."""
    app = create_app(settings, database, encoder=encoder, with_worker=True)
    with TestClient(app) as client:
        yield client


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it holds before that time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_an_approved_supplier_is_recommended_within_moments(running: TestClient) -> None:
    manager = staff(running)
    assert within(20, lambda: running.get("/readyz").status_code == 200)
    supplier_id = running.post("/v1/suppliers", json=companies.supplier()).json()["id"]
    running.post(f"/v1/suppliers/{supplier_id}/approval", headers=manager)

    def is_recommended() -> bool:
        answer = running.post("/v1/recommendations/preview", json=companies.preview(), headers=manager)
        return [item["supplier"]["id"] for item in answer.json()["items"]] == [supplier_id]

    assert within(10, is_recommended)
