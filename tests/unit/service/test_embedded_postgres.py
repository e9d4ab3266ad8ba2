"""The embedded PostgreSQL: made once, shared, and back after any kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from service.db.embedded import EmbeddedPostgres

HOLD = """
import sys
from pathlib import Path
from service.db.embedded import EmbeddedPostgres
cluster = EmbeddedPostgres(Path(sys.argv[1]))
cluster.start()
print("started", flush=True)
sys.stdin.readline()
cluster.stop()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that every user may enter; what runs in it is stopped at the end."""
    made = Path(tempfile.mkdtemp(prefix="alliance-embedded-"))
    made.chmod(0o755)
    yield made
    _stop_what_runs_in(made)
    shutil.rmtree(made, ignore_errors=True)


def _stop_what_runs_in(folder: Path) -> None:
    cluster = EmbeddedPostgres(folder)
    if _server(cluster):
        cluster.start()
        cluster.stop()
    if cluster.cluster.parent != folder:
        shutil.rmtree(cluster.cluster.parent, ignore_errors=True)


def _server(cluster: EmbeddedPostgres) -> int | None:
    """The process id of the running server."""
    pid_file = cluster.cluster / "postmaster.pid"
    if not pid_file.exists():
        return None
    number = int(pid_file.read_text().splitlines()[0])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return None
    return number


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_first_start_makes_a_database_that_knows_vectors_and_hangul_trigrams(folder: Path) -> None:
    cluster = EmbeddedPostgres(folder)
    url = cluster.start()
    ask(url, "CREATE EXTENSION vector")
    ask(url, "CREATE EXTENSION pg_trgm")
    assert ask(url, "SELECT '[1,2]'::vector <=> '[2,4]'::vector") == [(0.0,)]
    assert ask(url, "SELECT cardinality(show_trgm('도금'))")[0][0] >= 3
    assert ask(url, "SHOW listen_addresses") == [("",)], "no network port"
    cluster.stop()
    assert _server(cluster) is None
    assert not cluster.socket_dir.exists(), "nothing is left beside the data"


def test_a_second_client_shares_the_server_and_the_last_one_out_stops_it(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    assert first.start() == second.start()
    number = _server(first)
    first.stop()
    assert _server(second) == number
    assert ask(second.url, "SELECT 1") == [(1,)]
    second.stop()
    assert _server(second) is None


def test_data_outlive_a_stop_and_a_kill_of_the_server(folder: Path) -> None:
    cluster = EmbeddedPostgres(folder)
    ask(cluster.start(), "CREATE TABLE kept AS SELECT 42 AS answer")
    cluster.stop()
    assert ask(cluster.start(), "SELECT answer FROM kept") == [(42,)]
    ask(cluster.url, "INSERT INTO kept VALUES (43)")
    number = _server(cluster)
    assert number
    os.kill(number, signal.SIGKILL)
    after_kill = EmbeddedPostgres(folder)
    assert ask(after_kill.start(), "SELECT answer FROM kept ORDER BY 1") == [(42,), (43,)]
    after_kill.stop()
    cluster.stop()
    assert _server(cluster) is None


def test_a_killed_client_leaves_a_server_that_the_next_one_takes_over_and_stops(folder: Path) -> None:
    client = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert client.stdout
    assert client.stdin
    assert client.stdout.readline() == "started\n"
    client.kill()
    client.communicate()
    cluster = EmbeddedPostgres(folder)
    number = _server(cluster)
    assert number, "the server outlives its client"
    cluster.start()
    assert _server(cluster) == number
    cluster.stop()
    assert _server(cluster) is None


def test_clients_that_start_at_the_same_moment_share_one_cluster(folder: Path) -> None:
    clients = [EmbeddedPostgres(folder) for _ in range(4)]
    threads = [threading.Thread(target=client.start) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {ask(client.url, "SELECT system_identifier FROM pg_control_system()")[0] for client in clients}
    for client in clients:
        client.stop()
    assert _server(clients[0]) is None


def test_a_start_that_was_killed_half_way_through_is_made_good(folder: Path) -> None:
    unfinished = folder / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    cluster = EmbeddedPostgres(folder)
    assert ask(cluster.start(), "SELECT 1") == [(1,)]
    cluster.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to the user of PostgreSQL")
def test_root_may_keep_its_data_where_only_root_can_enter(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = EmbeddedPostgres(closed / "data")
    try:
        assert ask(cluster.start(), "SELECT 1") == [(1,)]
        assert (closed.stat().st_mode & 0o777) == 0o700, "nobody's rights were widened"
    finally:
        cluster.stop()
        _stop_what_runs_in(closed / "data")


def test_a_server_that_dies_under_a_client_is_started_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.db.embedded.WATCH_SECONDS", 0.1)
    cluster = EmbeddedPostgres(folder)
    cluster.start()
    cluster.watch()
    first = _server(cluster)
    assert first
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not _answers(cluster.url) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _server(cluster) not in (None, first)
    cluster.stop()
    assert _server(cluster) is None


def _answers(url: str) -> bool:
    try:
        return ask(url, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False
