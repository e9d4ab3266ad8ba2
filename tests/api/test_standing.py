"""A suspended supplier is in no list, however old the copy is that lists are made from."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from starlette.testclient import TestClient

from matching.index import ProfileIndex
from service.accounts.actor import Role
from service.db.session import Database
from service.recommendations import live_index, matching_engine
from service.recommendations.live_index import LiveIndex
from service.web.visitor import COOKIE
from tests.factories import companies
from tests.factories.people import Headers, Person, sign_in, staff, stored_supplier
from tests.factories.waiting import until


@pytest.fixture
def offered(matching_client: TestClient, catch_up: Callable[[], None]) -> dict[str, UUID]:
    """Two approved suppliers that the index knows."""
    found = {name: stored_supplier(matching_client, company_name=name) for name in ("가람", "나래")}
    catch_up()
    return found


@pytest.fixture
def manager(matching_client: TestClient) -> Headers:
    """An account manager."""
    return staff(matching_client)


def suspend(client: TestClient, manager: Headers, supplier_id: UUID) -> None:
    body = {"reason": "연락 두절"}
    answer = client.post(f"/v1/suppliers/{supplier_id}/suspension", json=body, headers=manager)
    assert answer.status_code == 200, answer.text


def listed(answer: Any) -> dict[int, str]:
    """Who stands at which rank."""
    assert answer.status_code == 200, answer.text
    return {item["rank"]: item["supplier"]["company_name"] for item in answer.json()["items"]}


def need_of(client: TestClient, owner: Person) -> str:
    path = f"/v1/manufacturers/{owner.company_id}/needs"
    return str(client.post(path, json=companies.need(), headers=owner.headers).json()["id"])


def test_a_list_is_without_a_supplier_that_was_suspended_since_the_last_refresh(
    matching_client: TestClient, offered: dict[str, UUID], manager: Headers
) -> None:
    client = matching_client
    need = need_of(client, sign_in(client, Role.MANUFACTURER))
    asked = [
        lambda: client.post("/v1/recommendations/preview", json=companies.preview(), headers=manager),
        lambda: client.get(f"/v1/needs/{need}/recommendations", headers=manager),
    ]
    assert [sorted(listed(ask()).values()) for ask in asked] == [["가람", "나래"]] * 2
    suspend(client, manager, offered["가람"])
    assert [listed(ask()) for ask in asked] == [{1: "나래"}] * 2


def test_the_list_of_today_is_made_anew_when_one_of_it_was_suspended(
    matching_client: TestClient, offered: dict[str, UUID], manager: Headers
) -> None:
    client = matching_client
    page = f"/desk/needs/{need_of(client, sign_in(client, Role.MANUFACTURER))}"
    browser = sign_in(client, Role.ACCOUNT_MANAGER)
    cookies = {"Cookie": f"{COOKIE}={browser.cookie}"}
    assert "가람" in client.get(page, headers=cookies).text
    suspend(client, manager, offered["가람"])
    again = client.get(page, headers=cookies).text
    assert "나래" in again
    assert "가람" not in again


def test_a_suspended_supplier_has_no_leads_from_that_moment(
    matching_client: TestClient, offered: dict[str, UUID], manager: Headers, run_jobs: Callable[[], None]
) -> None:
    client = matching_client
    need_of(client, sign_in(client, Role.MANUFACTURER))
    run_jobs()
    owner = sign_in(client, Role.SUPPLIER, offered["가람"])
    path = f"/v1/suppliers/{owner.company_id}/leads"
    assert client.get(path, headers=owner.headers).json()["items"]
    suspend(client, manager, offered["가람"])
    assert client.get(path, headers=owner.headers).json()["items"] == []


@pytest.fixture
def following(database: Database) -> Iterator[LiveIndex]:
    """An index that follows the database as in a process of its own."""
    live = LiveIndex(database, ProfileIndex("hashing-64", 64))
    loaded = threading.Event()
    thread = threading.Thread(target=live.follow, args=(loaded.set,))
    thread.start()
    assert loaded.wait(60)
    yield live
    live.stop()
    thread.join()


def taken_over(live: LiveIndex, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The suppliers that it takes over from here on."""
    seen: list[UUID] = []
    monkeypatch.setattr(live, "_take_over", lambda _session, rows: seen.extend(row.id for row in rows))
    return seen


def _deaf(*_: object, **__: object) -> None:
    raise psycopg.OperationalError("no connection for listening")


def test_a_change_is_seen_by_a_process_that_hears_no_notify(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(live_index.psycopg, "connect", _deaf)
    seen = taken_over(request.getfixturevalue("following"), monkeypatch)
    supplier = stored_supplier(client)
    until(lambda: supplier in seen)


def test_a_notify_wakes_a_process_that_polls_hardly_ever(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(live_index, "POLL_SECONDS", 10_000)
    monkeypatch.setattr(live_index, "LISTEN_AGAIN_SECONDS", 0.05)
    following: LiveIndex = request.getfixturevalue("following")
    seen = taken_over(following, monkeypatch)
    first = stored_supplier(client)
    until(lambda: first in seen)
    with psycopg.connect(database.url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        ).fetchone()
    assert ended == (1,)
    second = stored_supplier(client)
    until(lambda: second in seen)  # it listens again, and asks for what it missed


def test_readyz_tells_of_an_index_that_cannot_be_refreshed_and_of_one_that_mended(
    matching_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with a 503: all processes would be out at once, and the rest of the service is well."""
    engine = matching_client.app.state.matching
    monkeypatch.setattr(matching_engine, "LONGEST_BEHIND_SECONDS", 0.5)
    monkeypatch.setattr(live_index, "POLL_SECONDS", 0.01)

    def told() -> str:
        answer = matching_client.get("/readyz")
        assert answer.status_code == 200
        return str(answer.json()["index"])

    assert told() == "current"
    loaded = threading.Event()
    thread = threading.Thread(target=engine._live.follow, args=(loaded.set,))
    thread.start()
    try:
        assert loaded.wait(60)
        with monkeypatch.context() as failing:
            failing.setattr(engine._live, "_refresh", _deaf)
            until(lambda: told() == "behind")
        until(lambda: told() == "current")
    finally:
        engine.stop()
        thread.join()
