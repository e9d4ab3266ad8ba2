"""What the service leans on fails: the answer is 503 with the time to come back, and it mends by itself.

The faults are real (signals to PostgreSQL, a file system of a few megabytes, damaged files), save where a
test says what it simulates.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, ResourceClosedError
from starlette.testclient import TestClient

from matching.domain import FloatArray, Prompt
from matching.encoder import HashingEncoder
from service.accounts.actor import Role
from service.app import create_app
from service.db import session
from service.db.embedded import EmbeddedPostgres
from service.db.session import Database
from service.kit import clock
from service.recommendations import matching_engine
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.databases import database_of_its_own
from tests.factories.people import sign_in
from tests.factories.waiting import within

LONGEST_MENDING_SECONDS = 30
WRITERS = 4


def unavailable(answer: Any, code: str = "database_unavailable") -> None:
    """The answer is a 503 that says when to come back."""
    problem(answer, 503, code)
    assert int(answer.headers["Retry-After"]) > 0


@pytest.fixture(scope="module")
def breakable() -> Iterator[tuple[EmbeddedPostgres, str]]:
    """A PostgreSQL that these tests may kill."""
    with database_of_its_own() as made:
        yield made


@pytest.fixture
def over(breakable: tuple[EmbeddedPostgres, str], settings: Settings) -> Iterator[TestClient]:
    """The service over that PostgreSQL."""
    database = Database(breakable[1])
    yield TestClient(create_app(settings, database, encoder=HashingEncoder(8)), raise_server_exceptions=False)
    database.close()


def register(client: TestClient) -> Any:
    return client.post("/v1/suppliers", json=companies.supplier())


def kill(cluster: EmbeddedPostgres) -> None:
    """kill -9 of the server and of what it started, as the kernel does when memory runs out."""
    postmaster = int((cluster.cluster / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)


def test_a_killed_postgresql_is_a_503_and_the_same_process_goes_on_when_it_is_back(
    breakable: tuple[EmbeddedPostgres, str], over: TestClient
) -> None:
    cluster, _ = breakable
    assert register(over).status_code == 201
    kill(cluster)
    answers = [register(over), over.get("/v1/suppliers")]
    assert over.get("/healthz").status_code == 200
    for answer in answers:
        if answer.status_code != 200:
            unavailable(answer)
    assert answers[0].status_code == 503
    cluster._launch()  # what its watch does every two seconds
    assert within(LONGEST_MENDING_SECONDS, lambda: register(over).status_code == 201)


def test_a_postgresql_that_is_restarted_under_load_loses_nothing_acknowledged(
    breakable: tuple[EmbeddedPostgres, str], over: TestClient
) -> None:
    cluster, url = breakable
    stop, acknowledged, refused = threading.Event(), set[str](), list[Any]()

    def write() -> None:
        while not stop.is_set():
            answer = register(over)
            acknowledged.add(answer.json()["id"]) if answer.status_code == 201 else refused.append(answer)

    writing = [threading.Thread(target=write) for _ in range(WRITERS)]
    for each in writing:
        each.start()
    cluster._pg_ctl("-m", "fast", "-w", "stop")
    cluster._launch()
    assert within(LONGEST_MENDING_SECONDS, lambda: over.get("/v1/suppliers").status_code == 200)
    stop.set()
    for each in writing:
        each.join()
    for answer in refused:
        unavailable(answer)
    with psycopg.connect(url) as connection:
        stored = {one for (one,) in connection.execute("SELECT id::text FROM supplier")}
    assert acknowledged <= stored


def test_a_connection_that_could_not_learn_of_vectors_is_not_used(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would give them back as texts; its types are asked for over a server that may end meanwhile."""
    fresh = Database(database.url)
    client = TestClient(create_app(settings, fresh, encoder=HashingEncoder(8)), raise_server_exceptions=False)
    with monkeypatch.context() as patch:
        patch.setattr(session, "register_vector", Mock(side_effect=psycopg.OperationalError("ended")))
        unavailable(register(client))
    assert register(client).status_code == 201
    fresh.close()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = Path("/tmp") / f"alliance-small-disk-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0777", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        folder.rmdir()
        pytest.skip("a file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    shutil.rmtree(folder, ignore_errors=True)


def test_a_full_disk_is_a_503_for_who_writes_and_mends_when_there_is_room(
    breakable: tuple[EmbeddedPostgres, str], over: TestClient, small_disk: Path
) -> None:
    """The table of audit events, which every change writes to, lies on a full file system."""
    owned = small_disk / "space"
    owned.mkdir(mode=0o700)
    owner = breakable[0].cluster.stat()
    os.chown(owned, owner.st_uid, owner.st_gid)
    with psycopg.connect(breakable[1], autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{owned}'")
        connection.execute("ALTER TABLE audit_event SET TABLESPACE small")
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        with suppress(psycopg.errors.DiskFull):  # what is left of the last pages
            for _ in range(3000):
                connection.execute(
                    "INSERT INTO audit_event (id, occurred_at, action, actor, subject_id) VALUES "
                    "(gen_random_uuid(), now(), repeat('x', 900), 'x', gen_random_uuid())"
                )
        before = stored_suppliers(connection)
        answers = [register(over) for _ in range(20)]  # the first few find room on a page
        unavailable(answers[-1])
        kept = sum(answer.status_code == 201 for answer in answers)
        assert stored_suppliers(connection) == before + kept
        filler.unlink()
        assert within(LONGEST_MENDING_SECONDS, lambda: register(over).status_code == 201)
        connection.execute("ALTER TABLE audit_event SET TABLESPACE pg_default")
        connection.execute("DROP TABLESPACE small")


def stored_suppliers(connection: psycopg.Connection[Any]) -> int:
    found = connection.execute("SELECT count(*) FROM supplier").fetchone()
    assert found is not None
    return int(found[0])


def test_a_database_that_only_reads_is_a_503_for_who_writes(
    breakable: tuple[EmbeddedPostgres, str], settings: Settings
) -> None:
    """A standby after a failover, simulated by sessions that may only read."""
    database = Database(breakable[1])
    event.listen(database.engine, "connect", _only_read)
    client = TestClient(
        create_app(settings, database, encoder=HashingEncoder(8)), raise_server_exceptions=False
    )
    assert client.get("/v1/suppliers").status_code == 200
    unavailable(register(client))
    database.close()


def _only_read(connection: Any, _record: object) -> None:
    connection.execute("SET default_transaction_read_only = on")
    connection.commit()


@pytest.mark.parametrize("state", ["53100", "57014", "40P01", "55P03", "58030"])
def test_what_passes_by_itself_is_a_503(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """Full disk, cancelled statement, deadlock, lock wait, failed read: as the driver raises them."""

    def fail(*_: object) -> None:
        raise DBAPIError("SELECT", {}, psycopg.errors.lookup(state)("secret detail"))

    monkeypatch.setattr("service.suppliers.endpoints.with_parts", fail)
    answer = client.get("/v1/suppliers")
    unavailable(answer)
    assert "secret" not in answer.text


def test_a_server_that_ends_while_it_greets_a_connection_is_a_503(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As seen in a restart under load: the greeting's query comes back without rows."""

    def fail(*_: object) -> None:
        raise ResourceClosedError("This result object does not return rows.")

    monkeypatch.setattr("service.suppliers.endpoints.with_parts", fail)
    unavailable(client.get("/v1/suppliers"))


class SlowEncoder(HashingEncoder):
    """An encoder that hangs until it is told to go on."""

    def __init__(self) -> None:
        super().__init__(64)
        self.go_on = threading.Event()
        self.hangs = False

    def encode(self, texts: Any, prompt: Prompt) -> FloatArray:
        """The vectors, when it may."""
        if self.hangs:
            self.go_on.wait(60)
        return super().encode(texts, prompt)


def recommending(settings: Settings, database: Database, encoder: SlowEncoder) -> TestClient:
    """The service with matching loaded over that encoder."""
    app = create_app(settings, database, encoder=encoder)
    app.state.matching.refresh()
    return TestClient(app, raise_server_exceptions=False)


def test_an_encoder_that_hangs_over_what_is_stored_is_a_503_too(
    settings: Settings, database: Database, intent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Needs whose job has not run yet: no worker runs here."""
    monkeypatch.setattr(matching_engine, "LONGEST_ENCODING_SECONDS", 0.05)
    encoder = SlowEncoder()
    client = recommending(settings, database, encoder)
    owner, supplier = sign_in(client, Role.MANUFACTURER), sign_in(client, Role.SUPPLIER)
    path = f"/v1/manufacturers/{owner.company_id}/needs"
    needs = [client.post(path, json=companies.need(), headers=owner.headers).json() for _ in range(2)]
    asked = [
        (f"/v1/needs/{needs[0]['id']}/recommendations", owner.headers),
        (f"/v1/suppliers/{supplier.company_id}/leads", supplier.headers),
    ]
    encoder.hangs = True
    for address, headers in asked:
        unavailable(client.get(address, headers=headers), "encoder_slow")
    encoder.hangs = False
    encoder.go_on.set()
    for address, headers in asked:
        assert within(10, lambda: client.get(address, headers=headers).status_code == 200)  # noqa: B023


def test_an_encoder_that_hangs_is_a_503_and_not_a_hang(
    settings: Settings, database: Database, intent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching_engine, "LONGEST_ENCODING_SECONDS", 0.05)
    encoder = SlowEncoder()
    client = recommending(settings, database, encoder)
    encoder.hangs = True
    for _ in range(matching_engine.ENCODING_THREADS + 2):
        unavailable(client.post("/v1/recommendations/preview", json=companies.preview()), "encoder_slow")
    assert client.get("/v1/suppliers").status_code == 200
    encoder.hangs = False
    encoder.go_on.set()
    preview = "/v1/recommendations/preview"
    assert within(10, lambda: client.post(preview, json=companies.preview()).status_code == 200)


def test_a_damaged_model_leaves_the_rest_working_and_is_taken_up_when_it_is_mended(
    settings: Settings, database: Database, intent: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intent model of a small encoder, cut in half and then whole again, under one running service."""
    monkeypatch.setattr(matching_engine, "LOAD_AGAIN_SECONDS", 0.05)
    folder = shutil.copytree(settings.intent_dir, tmp_path / "intent")
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    for path, content in whole.items():
        path.write_bytes(content[: len(content) // 2])
    damaged = settings.model_copy(update={"data_dir": tmp_path})
    with TestClient(create_app(damaged, database, encoder=HashingEncoder(64))) as client:
        assert client.get("/v1/suppliers").status_code == 200
        unavailable(client.get("/readyz"), "not_ready")
        unavailable(client.post("/v1/recommendations/preview", json=companies.preview()), "not_ready")
        for path, content in whole.items():
            path.write_bytes(content)
        assert within(10, lambda: client.get("/readyz").status_code == 200)
        preview = client.post("/v1/recommendations/preview", json=companies.preview())
        assert preview.status_code == 200


@pytest.mark.parametrize("hours", [-26, 26])
def test_a_clock_that_jumps_doubles_nothing_and_is_survived(
    client: TestClient, database: Database, hours: int
) -> None:
    body, headers = companies.supplier(), {"Idempotency-Key": "once"}
    assert client.post("/v1/suppliers", json=body, headers=headers).status_code == 201
    owner = sign_in(client, Role.MANUFACTURER)
    with clock.frozen(clock.now() + timedelta(hours=hours)):
        again = client.post("/v1/suppliers", json=body, headers=headers)
        assert again.status_code in (201, 409)
        path = f"/v1/manufacturers/{owner.company_id}/needs"
        made = client.post(path, json=companies.need(), headers=owner.headers)
        assert made.status_code == 201
    assert client.get(f"/v1/needs/{made.json()['id']}", headers=owner.headers).status_code == 200
    with database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM supplier")).scalar_one() == 1


def test_a_token_from_a_clock_that_is_ahead_is_good(client: TestClient) -> None:
    """Two processes never have quite the same time; the one that reads may be behind."""
    with clock.frozen(clock.now() + timedelta(seconds=90)):
        headers = sign_in(client, Role.ACCOUNT_MANAGER).headers
    assert client.get("/v1/manufacturers", headers=headers).status_code == 200


def test_a_token_that_has_run_out_on_a_clock_that_went_back_is_refused(client: TestClient) -> None:
    with clock.frozen(clock.now() - timedelta(hours=2)):
        headers = sign_in(client, Role.ACCOUNT_MANAGER).headers
    problem(client.get("/v1/manufacturers", headers=headers), 401, "token_invalid")
