"""`alliance doctor`: it finds what is wrong and says how to mend it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from starlette.testclient import TestClient

from matching.encoder_folder import ENCODER_NAME
from matching.intent import ARTEFACT_FOLDER, NUMBERS_FILE
from service.accounts.actor import Role
from service.cli import checks
from service.cli.doctor import doctor
from service.db.session import Database
from service.db.tables import Job
from service.settings import Settings
from tests.factories import companies
from tests.factories.people import sign_in, stored_supplier
from tests.factories.world import World

CHECKS = {
    "settings", "secrets", "folder", "disk", "encoder", "intent", "database", "schema", "extensions",
    "locale", "clock", "queue", "jobs", "mail", "demo", "index", "vectors", "outbox", "metrics", "tracing",
    "connections", "fund", "search",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database) -> Path:
    """A data folder that is as it should be, with settings that point at it."""
    (tmp_path / "encoder").mkdir()
    manifest = {"name": ENCODER_NAME}
    (tmp_path / "encoder" / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(checks, "is_complete", lambda path: (path / "manifest.json").exists())
    monkeypatch.setenv("ALLIANCE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", database.url)
    monkeypatch.setenv("ALLIANCE_PORT", "1")
    return tmp_path


@pytest.fixture
def examined(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, Any]]:
    """Runs the doctor; the faults by check, after a look at the exit code and the form of the answer."""

    def run() -> dict[str, Any]:
        with pytest.raises(SystemExit) as ended:
            doctor(as_json=True)
        findings = json.loads(capsys.readouterr().out)
        faults = {finding["check"]: finding for finding in findings if not finding["ok"]}
        assert ended.value.code == (1 if faults else 0)
        assert all(finding.keys() == {"check", "ok", "code", "text"} for finding in findings)
        return faults

    return run


def test_a_sound_installation_has_no_fault(
    examined: Any, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examined() == {}
    with pytest.raises(SystemExit) as ended:
        doctor()
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "문제를 찾지 못했습니다" in said
    assert len(said.splitlines()) == len(CHECKS) + 1


def test_every_check_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        doctor(as_json=True)
    assert {finding["check"] for finding in json.loads(capsys.readouterr().out)} == CHECKS


def test_a_setting_that_cannot_be_read_is_named(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCE_PORT", "many")
    assert "ALLIANCE_PORT" in examined()["settings"]["text"]


def test_a_weak_key_on_an_open_address_is_a_fault(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCE_HOST", "0.0.0.0")
    assert "ALLIANCE_SECRET_KEY" in examined()["secrets"]["text"]


def test_secrets_that_others_can_read_are_named(examined: Any, folder: Path) -> None:
    (folder / "secret-key").write_text("x" * 40)
    (folder / "secret-key").chmod(0o644)
    assert "chmod 600" in examined()["secrets"]["text"]


def test_a_data_folder_that_others_can_write_is_a_fault(examined: Any, folder: Path) -> None:
    folder.chmod(0o777)
    assert examined()["folder"]["code"] == "folder_open"


def test_a_disk_that_is_nearly_full_is_a_fault(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        checks.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 5 * 10**8)
    )
    assert "0.5GB" in examined()["disk"]["text"]


def test_a_damaged_encoder_is_a_fault(examined: Any, folder: Path) -> None:
    (folder / "encoder" / "manifest.json").unlink()
    assert "alliance prepare" in examined()["encoder"]["text"]


@pytest.mark.parametrize("damage", ["cut", "empty", "missing"])
def test_a_damaged_intent_model_is_a_fault(
    examined: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """The real artefact, in a copy."""
    copy = shutil.copytree(ARTEFACT_FOLDER, tmp_path / "artefact")
    numbers = copy / NUMBERS_FILE
    content = numbers.read_bytes()
    numbers.write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    if damage == "missing":
        numbers.unlink()
    monkeypatch.setattr("service.recommendations.matching_engine.ARTEFACT_FOLDER", copy)
    assert "alliance train intent" in examined()["intent"]["text"]


def test_a_database_that_is_away_is_a_fault(
    examined: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", f"postgresql://alliance@/nowhere?host={tmp_path}")
    assert "ALLIANCE_DATABASE_URL" in examined()["database"]["text"]


def test_a_replica_that_is_searched_is_asked_too(
    examined: Any, monkeypatch: pytest.MonkeyPatch, database: Database, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALLIANCE_INDEX", "pgvector")
    monkeypatch.setenv("ALLIANCE_SEARCH_DATABASE_URL", database.url)
    assert examined() == {}
    monkeypatch.setenv("ALLIANCE_SEARCH_DATABASE_URL", f"postgresql://alliance@/nowhere?host={tmp_path}")
    assert "ALLIANCE_SEARCH_DATABASE_URL" in examined()["search"]["text"]


def test_a_database_of_an_older_version_is_a_fault(
    examined: Any, monkeypatch: pytest.MonkeyPatch, new_database: Callable[..., str]
) -> None:
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", new_database("bare"))
    assert "alliance migrate" in examined()["schema"]["text"]


def test_clocks_that_differ_are_a_fault(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = checks.time.time
    monkeypatch.setattr("service.cli.checks.time.time", lambda: real() + 90)
    assert examined()["clock"]["code"] == "clock_apart"


def test_a_mail_that_the_server_refused_is_a_fault(
    examined: Any, client: TestClient, database: Database
) -> None:
    assert client.post("/v1/suppliers", json=companies.supplier()).status_code == 201
    assert "mail" not in examined(), "a mail that waits for its first try is no fault"
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET attempts = 1 WHERE task_name = 'send_link'"))
    assert "ALLIANCE_SMTP_URL" in examined()["mail"]["text"]


def test_work_that_nobody_takes_is_a_fault(examined: Any, client: TestClient, database: Database) -> None:
    stored_supplier(client)
    assert "queue" not in examined(), "work that has just been put there is no fault"
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_events SET at = at - interval '1 hour'"))
    assert "alliance worker" in examined()["queue"]["text"]


def test_failed_work_is_named(examined: Any, client: TestClient, database: Database) -> None:
    stored_supplier(client)
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'failed'"))
        session.add(Job(kind="import_suppliers", status="failed"))
    told = examined()["jobs"]["text"]
    assert "embed_supplier 1" in told
    assert "import_suppliers 1" in told


def test_suppliers_without_vectors_are_counted(examined: Any, client: TestClient) -> None:
    stored_supplier(client)
    assert "1곳" in examined()["vectors"]["text"]


def test_demo_accounts_on_an_open_address_are_a_fault(client: TestClient, database: Database) -> None:
    sign_in(client, Role.ADMIN)
    with database.transaction() as session:
        session.execute(text("UPDATE account SET email = 'admin@alliance.example'"))
        for host, fine in (("127.0.0.1", True), ("0.0.0.0", False)):
            settings = Settings(host=host, secret_key="k" * 40)
            assert checks.check_demo_accounts(settings, session).ok is fine


@pytest.mark.parametrize(
    ("indexed", "age", "found"),
    [("0.0", "1.2", "index_fine"), ("7.0", "1.2", "index_differs"), ("0.0", "90.0", "index_old")],
)
def test_the_index_of_a_running_service_is_held_against_the_database_and_the_clock(
    database: Database, monkeypatch: pytest.MonkeyPatch, indexed: str, age: str, found: str
) -> None:
    class Metrics:
        text = f"# HELP\nalliance_indexed_suppliers {indexed}\nalliance_index_age_seconds {age}\n"

    asked: list[Any] = []
    monkeypatch.setattr(checks.httpx, "get", lambda *_, headers, **__: asked.append(headers) or Metrics)
    token = "a-token-that-is-long-enough"
    with database.transaction() as session:
        settings = Settings(metrics_token=SecretStr(token))
        assert checks.check_index(settings, session).code == found
    assert asked == [{"Authorization": f"Bearer {token}"}]


def test_a_fund_whose_book_does_not_sum_to_zero_is_a_fault(
    examined: Any, database: Database, world: World
) -> None:
    world.fund()
    assert "fund" not in examined()
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text("UPDATE fund_posting SET amount_won = amount_won + 1 WHERE account = 'available'")
        )
    assert "alliance verify fund" in examined()["fund"]["text"]


def test_connections_that_run_out_are_a_fault(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MOST_CONNECTIONS_USED", 0.0)
    assert "max_connections" in examined()["connections"]["text"]


@pytest.mark.parametrize(
    ("set_to", "outbox", "metrics"),
    [
        ({}, True, "metrics_on_this_machine"),
        ({"host": "0.0.0.0"}, False, "metrics_without_money"),
        ({"host": "0.0.0.0", "smtp_url": "smtp://mail.example"}, True, "metrics_without_money"),
        ({"behind_tls": "on", "metrics_token": "x" * 16}, False, "metrics_guarded"),
    ],
)
def test_where_others_come_in_mail_must_go_out_and_metrics_hold_no_money(
    tmp_path: Path, set_to: dict[str, Any], outbox: bool, metrics: str
) -> None:
    settings = Settings(data_dir=tmp_path, **set_to)
    assert checks.check_outbox(settings).ok is outbox
    assert checks.check_metrics(settings).code == metrics


def test_traces_are_asked_for_by_the_standard_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.check_tracing().code == "tracing_off"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    monkeypatch.setattr(checks, "can_trace", lambda: True)
    assert checks.check_tracing().code == "tracing_on"
