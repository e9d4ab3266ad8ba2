"""What every test may ask for: a database of its own, the application over it, and work run to its end.

One embedded PostgreSQL serves the whole run. Each pytest process works in its own database, copied
from a template that the real migrations made once; a test that asks for `database` finds it empty.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from fastapi import FastAPI
from filelock import FileLock
from psycopg import sql
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

import service.accounts.passwords
from matching.encoder import HashingEncoder
from matching.intent_training import fit_intent
from matching.problem_examples import read_examples
from seed_data import PROBLEM_EXAMPLES
from service.app import create_app
from service.business_status.nts import make_register
from service.db.embedded import EmbeddedPostgres
from service.db.migrate import migrate
from service.db.session import Database
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import make_worker_app, run_worker
from service.recommendations.matching_engine import MatchingEngine
from service.settings import Settings
from tests.factories.aside import run_aside
from tests.factories.emptying import empty_tables
from tests.factories.encoders import CountingEncoder
from tests.factories.world import World

pytest_plugins = ["tests.logs"]
TEMPLATE = "alliance_template"
SHARED_FOLDER = pytest.StashKey[Path]()

for _name in [name for name in os.environ if name.startswith("ALLIANCE_")]:
    del os.environ[_name]  # a developer's own settings must not reach the tests


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow_encoder: runs the real encoder (seconds to prepare and load)")
    # No test asserts wall time: an example that is slow on a busy machine is not wrong.
    hypothesis.settings.register_profile("without a clock", deadline=None)
    hypothesis.settings.load_profile("without a clock")
    # The cheapest argon2: hundreds of contacts are registered, and none of them is a real one.
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    service.accounts.passwords._hasher = cheap


def pytest_sessionstart(session: pytest.Session) -> None:
    base = session.config._tmp_path_factory.getbasetemp()
    shared = base.parent if _is_worker(session.config) else base
    digest = hashlib.sha256(str(shared).encode()).hexdigest()[:12]
    session.config.stash[SHARED_FOLDER] = Path(tempfile.gettempdir()) / f"alliance-tests-{digest}"


def pytest_unconfigure(config: pytest.Config) -> None:
    if SHARED_FOLDER in config.stash and not _is_worker(config):
        shutil.rmtree(config.stash[SHARED_FOLDER], ignore_errors=True)


def _is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of several that pytest-xdist started."""
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest) -> Path:
    """A folder that all processes of this run share; every user may enter it, as PostgreSQL is not root."""
    folder = request.config.stash[SHARED_FOLDER]
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def cluster(shared_folder: Path) -> Iterator[EmbeddedPostgres]:
    """The PostgreSQL of this run, with a migrated template database."""
    postgres = EmbeddedPostgres(shared_folder)
    postgres.start()
    try:
        with FileLock(shared_folder / "template.lock"):
            _ensure_template(postgres)
        yield postgres
    finally:
        postgres.stop()


def _ensure_template(cluster: EmbeddedPostgres) -> None:
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            return
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the run
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE template_in_the_making")
    making = Database(url_of(cluster, "template_in_the_making"))
    migrate(making.engine)
    making.close()
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE template_in_the_making RENAME TO {TEMPLATE}")


def url_of(cluster: EmbeddedPostgres, name: str) -> str:
    """The address of another database of the cluster."""
    return f"postgresql://alliance@/{name}?host={cluster.socket_dir}"


@pytest.fixture(scope="session")
def new_database(cluster: EmbeddedPostgres, worker_name: str) -> Callable[..., str]:
    """Makes a database of the given name (empty, or from the template) and returns its address."""
    made: list[str] = []

    def make(name: str, template: str | None = None) -> str:
        unique = f"{name}_{worker_name}_{len(made)}"
        copied = sql.SQL("TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        with FileLock(cluster.data_dir / "template.lock"), psycopg.connect(cluster.url, autocommit=True) as c:
            c.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(unique), copied))
        made.append(unique)
        return url_of(cluster, unique)

    return make


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """The name of this pytest process."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def own_database(new_database: Callable[..., str]) -> Iterator[Database]:
    """This process' database; tests ask for `database`, which is emptied."""
    # A busy machine is slow: its statements are no news in the log of a test.
    database = Database(new_database("tests", TEMPLATE), slow_ms=600_000)
    yield database
    database.close()


@pytest.fixture
def database(own_database: Database) -> Database:
    """An empty, migrated database."""
    with own_database.transaction() as session:
        empty_tables(session)
    return own_database


@pytest.fixture(scope="session")
def encoder() -> CountingEncoder:
    """A small deterministic encoder that counts the texts it was given."""
    return CountingEncoder(HashingEncoder(64))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a quiet service without limits on requests."""
    folder = tmp_path_factory.mktemp("service")
    return Settings(data_dir=folder, rate_limit="off", log_level="INFO", webhook_loopback="on")


@pytest.fixture(scope="session")
def intent(settings: Settings, encoder: CountingEncoder) -> None:
    """An intent model for the small encoder, fitted to some statements, where the service looks for one."""
    statements = read_examples(PROBLEM_EXAMPLES)
    fit_intent(statements[:: len(statements) // 120], encoder).save(settings.intent_dir)


@pytest.fixture(scope="session")
def shared_app(settings: Settings, own_database: Database, encoder: CountingEncoder) -> FastAPI:
    """The application for tests that recommend nothing; its matching engine is never started."""
    return create_app(settings, own_database, encoder=encoder)


@pytest.fixture
def client(shared_app: FastAPI, database: Database) -> TestClient:
    """The service over an empty database."""
    return TestClient(shared_app, raise_server_exceptions=False)


@pytest.fixture
def matching_client(matching_app: FastAPI, engine: MatchingEngine) -> TestClient:
    """The service with matching loaded; `catch_up` takes over what changed in the database."""
    engine.refresh()
    return TestClient(matching_app, raise_server_exceptions=False)


@pytest.fixture
def services(settings: Settings, database: Database, encoder: CountingEncoder) -> Services:
    """What a worker's tasks work with; nothing is loaded before a task asks for it."""
    lazy = LazyEncoder(lambda: encoder)
    engine = MatchingEngine(database, lazy, settings.intent_dir)
    return Services(database, lazy, make_register(settings), engine.caught_up, settings)


@pytest.fixture
def run_jobs(database: Database, services: Services) -> Callable[[], None]:
    """Runs every waiting job to its end in this process; in a thread, as a browser keeps this one's loop."""

    def run() -> None:
        run_aside(run_worker(make_worker_app(database.url), services, wait=False))

    return run


@pytest.fixture
def catch_up(matching_client: TestClient, run_jobs: Callable[[], None]) -> Callable[[], None]:
    """Runs the waiting jobs and brings the index up to date."""

    def catch() -> None:
        run_jobs()
        matching_client.app.state.matching.refresh()

    return catch


@pytest.fixture(scope="session")
def matching_app(
    settings: Settings, own_database: Database, encoder: CountingEncoder, intent: None
) -> FastAPI:
    """One application for all that is recommended: making one for each test would be most of the time."""
    return create_app(settings, own_database, encoder=encoder)


@pytest.fixture
def engine(
    matching_app: FastAPI, database: Database, services: Services, settings: Settings
) -> MatchingEngine:
    """The matching engine of this test, in that application: it knows nobody before it is refreshed."""
    engine = MatchingEngine(database, services.encoder, settings.intent_dir)
    matching_app.state.matching = engine
    return engine


@pytest.fixture
def world(matching_client: TestClient, engine: MatchingEngine, run_jobs: Callable[[], None]) -> World:
    """A world in which nothing exists yet, nor in the index."""

    def catch_up() -> None:
        run_jobs()
        engine.refresh()

    return World(matching_client, catch_up)
