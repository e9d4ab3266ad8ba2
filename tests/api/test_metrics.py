"""What `/metrics` tells, to whom, and what it never stops telling."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from matching.stages import STAGES
from service.db.session import Database
from service.jobs.services import Services
from service.jobs.worker import MOST_ATTEMPTS
from service.observability import readings
from service.observability.readings import Readings
from service.settings import Settings
from tests.factories import companies
from tests.factories.people import stored_supplier
from tests.factories.world import World

TOKEN = "a-token-that-is-long-enough"


def told(client: TestClient) -> dict[str, float]:
    """Every sample by its name and labels, read anew."""
    client.app.state.readings._kept_until = 0.0
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {name: float(value) for name, value in re.findall(r"^(alliance_\S+) (\S+)$", answer.text, re.M)}


def swap(client: TestClient, monkeypatch: pytest.MonkeyPatch, **parts: object) -> None:
    """Run on other parts for the length of a test; making another application would take a second."""
    for name, part in parts.items():
        monkeypatch.setitem(client.app.state._state, name, part)


def risen(before: dict[str, float], after: dict[str, float], name: str) -> float:
    """By how much a sample has grown."""
    return after.get(name, 0.0) - before.get(name, 0.0)


@pytest.mark.parametrize(
    ("set_to", "with_money"),
    [
        ({}, True),
        ({"host": "0.0.0.0"}, False),
        ({"behind_tls": "on"}, False),
        ({"trusted_proxies": "10.0.0.5"}, False),
        ({"host": "0.0.0.0", "metrics_token": SecretStr(TOKEN)}, True),
    ],
)
def test_the_funds_money_is_for_this_machine_or_who_shows_the_token(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, set_to: dict[str, Any], with_money: bool
) -> None:
    swap(client, monkeypatch, settings=Settings(**set_to))
    asked = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert asked.status_code == 200
    assert ("alliance_fund_won" in asked.text) is with_money


@pytest.mark.parametrize("shown", [{}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}])
def test_where_a_token_is_set_nothing_is_told_without_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, shown: dict[str, str]
) -> None:
    swap(client, monkeypatch, settings=Settings(metrics_token=SecretStr(TOKEN)))
    refused = client.get("/metrics", headers=shown)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert "ALLIANCE_METRICS_TOKEN" in refused.json()["detail"]


def test_metrics_outlive_the_database(
    shared_app: FastAPI, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    away = Database(f"postgresql://alliance@/nowhere?host={tmp_path_factory.mktemp('away')}")
    own = Readings(shared_app.state.settings, away)
    without = own.told(shared_app.state.matching, money=True).decode()
    assert "alliance_database_up 0.0" in without
    assert "alliance_http_requests_total" in without
    assert "alliance_jobs_waiting" not in without


def test_the_database_is_asked_once_in_ten_seconds(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(client)
    monkeypatch.setattr(readings, "_queue", lambda _: pytest.fail("asked again"))
    assert client.get("/metrics").status_code == 200


def test_every_stage_of_a_recommendation_is_timed(world: World) -> None:
    need_id = world.thing("need_id", "manufacturer")
    world.catch_up()
    manager = world.person("account_manager").headers
    before = told(world.client)
    assert world.client.get(f"/v1/needs/{need_id}/recommendations", headers=manager).status_code == 200
    after = told(world.client)
    counted = {
        stage: risen(before, after, f'alliance_recommendation_stage_seconds_count{{stage="{stage}"}}')
        for stage in ("load", "encode", *STAGES, "save")
    }
    assert counted == dict.fromkeys(counted, 1.0) | {"encode": 0.0}, "the need's vector was there already"
    assert "alliance_index_waiting_changes" in after
    assert after["alliance_index_age_seconds"] < 60


def test_waiting_work_is_counted_by_task_and_by_its_age(client: TestClient, database: Database) -> None:
    client.post("/v1/suppliers", json=companies.supplier())
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_events SET at = at - interval '1 hour'"))
    found = told(client)
    assert found['alliance_jobs_waiting{task="embed_supplier"}'] == 1.0
    assert found["alliance_mails_waiting"] == 1.0
    assert 3600 <= found["alliance_jobs_oldest_waiting_seconds"] < 3700


def test_jobs_are_counted_by_how_they_ended(
    client: TestClient,
    database: Database,
    services: Services,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def outcomes(before: dict[str, float]) -> dict[str, float]:
        after = told(client)
        name = 'alliance_jobs_total{{outcome="{}",task="embed_supplier"}}'
        return {kind: risen(before, after, name.format(kind)) for kind in ("succeeded", "retried", "failed")}

    before = told(client)
    stored_supplier(client)
    run_jobs()
    assert outcomes(before) == {"succeeded": 1.0, "retried": 0.0, "failed": 0.0}

    monkeypatch.setattr("service.recommendations.jobs.embed_suppliers", _fail)
    stored_supplier(client)
    before = told(client)
    run_jobs()
    assert outcomes(before) == {"succeeded": 0.0, "retried": 1.0, "failed": 0.0}
    with database.transaction() as session:
        session.execute(
            text("UPDATE procrastinate_jobs SET attempts = :most, scheduled_at = NULL WHERE status = 'todo'"),
            {"most": MOST_ATTEMPTS},
        )
    before = told(client)
    run_jobs()
    assert outcomes(before) == {"succeeded": 0.0, "retried": 0.0, "failed": 1.0}
    assert told(client)['alliance_jobs_failed{task="embed_supplier"}'] == 1.0


def _fail(*_: object) -> None:
    raise RuntimeError


def test_encoding_is_timed_with_the_number_of_texts(
    client: TestClient, database: Database, services: Services
) -> None:
    before = told(client)
    services.encoder().encode(["가", "나", "다"], "passage")
    after = told(client)
    assert risen(before, after, 'alliance_encoded_texts_sum{prompt="passage"}') == 3.0
    assert risen(before, after, 'alliance_encoding_seconds_count{prompt="passage"}') == 1.0


def test_a_job_is_logged_with_the_request_that_caused_it(
    client: TestClient, run_jobs: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/v1/suppliers", json=companies.supplier(), headers={"X-Request-ID": "the-cause"})
    capsys.readouterr()
    run_jobs()
    lines = [line for line in capsys.readouterr().err.splitlines() if '"event": "job"' in line]
    assert any('"job": "embed_supplier"' in line and '"outcome": "succeeded"' in line for line in lines)
    assert all('"request_id": "the-cause"' in line for line in lines)


class TestSlowStatements:
    def test_one_line_tells_statement_route_and_request_and_no_value(
        self,
        client: TestClient,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        slow = Database(database.url, slow_ms=0)
        swap(client, monkeypatch, database=slow)
        client.get("/v1/suppliers?q=비밀회사", headers={"X-Request-ID": "slow-one"})
        slow.close()
        log = capsys.readouterr().err
        lines = [line for line in log.splitlines() if "slow_statement" in line and "FROM supplier" in line]
        assert lines
        assert all('"route": "GET /v1/suppliers"' in line for line in lines)
        assert all('"request_id": "slow-one"' in line for line in lines)
        assert "비밀회사" not in log

    def test_a_statement_that_fails_slowly_is_told_too(
        self, database: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        slow = Database(database.url, slow_ms=20)
        with slow.transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 40"))
            with pytest.raises(OperationalError), session.begin_nested():
                session.execute(text("SELECT pg_sleep(5)"))
        slow.close()
        (line,) = [line for line in capsys.readouterr().err.splitlines() if "slow_statement" in line]
        assert '"statement": "SELECT pg_sleep(5)"' in line
        assert '"error": "QueryCanceled"' in line

    def test_ordinary_statements_are_not_logged(
        self, client: TestClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        client.get("/v1/suppliers")
        assert "slow_statement" not in capsys.readouterr().err

    def test_a_server_that_ends_while_it_greets_a_connection_stays_the_error_it_is(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fresh = Database(database.url)
        terminate = "SELECT pg_terminate_backend(pg_backend_pid())"
        monkeypatch.setattr(
            fresh.engine.dialect,
            "_set_backslash_escapes",
            lambda connection: connection.exec_driver_sql(terminate),
        )
        with pytest.raises(OperationalError), fresh.transaction() as session:
            session.execute(text("SELECT 1"))
        fresh.close()
