"""Migrations run while the version before them still answers, and disturb it for no more than a moment."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from service.db import migrate as migrating
from service.db.migrate import _config, _upgrade, is_current, is_newer, migrate
from service.db.session import Database
from tests.conftest import TEMPLATE
from tests.migrations.rolling import RULES, faults

LAST_WITHOUT_RULES = "0014"


@pytest.fixture(scope="module")
def url(new_database: Callable[..., str]) -> str:
    """A migrated database that these tests may spoil."""
    return new_database("rolling", TEMPLATE)


@pytest.fixture
def own(url: str) -> Iterator[Database]:
    """The same as the service sees it."""
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def at_0014(new_database: Callable[..., str]) -> Iterator[Database]:
    """A database as it was before there were rules."""
    database = Database(new_database("rules"))
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), LAST_WITHOUT_RULES)
    yield database
    database.close()


def _stand_at(database: Database, revision: str) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})


def test_no_migration_takes_from_the_version_before_what_it_needs(at_0014: Database) -> None:
    sent: list[str] = []
    event.listen(at_0014.engine, "before_cursor_execute", lambda _c, _cursor, sql, *_: sent.append(sql))
    broken = []
    for script in _after(LAST_WITHOUT_RULES):
        sent.clear()
        with at_0014.engine.connect() as connection:
            command.upgrade(_config(connection), script.revision)
        allowed = getattr(script.module, "ALLOWED", {})
        assert set(allowed) <= set(RULES), f"{script.revision} allows itself what is no rule"
        broken += [f"{script.revision} {rule}: {sql}" for rule, sql in faults(sent) if rule not in allowed]
    assert is_current(at_0014.engine)
    assert broken == [], "see service/db/migrations/README.md"


def _after(revision: str) -> list[Any]:
    scripts = ScriptDirectory.from_config(_config()).walk_revisions(revision, "head")
    return [script for script in reversed(list(scripts)) if script.revision != revision]


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("drop_table", "DROP TABLE need"),
        ("drop_column", "ALTER TABLE need DROP COLUMN title"),
        ("rename", "ALTER TABLE need RENAME title TO name"),
        ("rename", "ALTER TABLE need RENAME TO demand"),
        ("column_type", "ALTER TABLE need ALTER COLUMN title TYPE TEXT"),
        ("not_null", "ALTER TABLE need ALTER COLUMN budget_won SET NOT NULL"),
        ("not_null", "ALTER TABLE need ADD COLUMN urgent BOOLEAN NOT NULL"),
        ("rewrites_table", "ALTER TABLE need ADD COLUMN n INT GENERATED ALWAYS AS (1) STORED"),
        ("constraint_checked_at_once", "ALTER TABLE need ADD CONSTRAINT c CHECK (budget_won > 0)"),
        ("index_not_concurrent", "CREATE UNIQUE INDEX need_title ON need (title)"),
        ("truncate", "TRUNCATE need"),
    ],
)
def test_a_statement_is_noticed_that_breaks_the_rule(rule: str, statement: str) -> None:
    assert [found for found, _ in faults([statement])] == [rule]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE need ADD COLUMN urgent BOOLEAN",
        "ALTER TABLE need ADD COLUMN urgent BOOLEAN DEFAULT false NOT NULL",
        "ALTER TABLE need ADD CONSTRAINT c CHECK (budget_won > 0) NOT VALID",
        "CREATE INDEX CONCURRENTLY need_title ON need (title)",
        "CREATE TABLE fresh (id UUID NOT NULL)",
        "CREATE TRIGGER t BEFORE TRUNCATE ON fresh FOR EACH STATEMENT EXECUTE FUNCTION f()",
    ],
)
def test_a_statement_is_fine_that_the_old_version_does_not_feel(statement: str) -> None:
    assert list(faults([statement])) == []


def test_a_new_table_may_be_made_in_any_way() -> None:
    made = ["CREATE TABLE fresh (id UUID)", "CREATE INDEX fresh_id ON fresh (id)"]
    assert list(faults([*made, "ALTER TABLE fresh ADD CONSTRAINT c CHECK (true)"])) == []


def test_an_index_can_be_built_concurrently_by_a_migration(own: Database) -> None:
    """As the README says it is done; it fails inside a transaction."""
    with own.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        with context.begin_transaction(_per_migration=True), context.autocommit_block():
            connection.execute(text("DROP INDEX CONCURRENTLY IF EXISTS need_title"))
            connection.execute(text("CREATE INDEX CONCURRENTLY need_title ON need (title)"))


def test_a_process_stays_ready_while_the_database_is_ahead_of_it(own: Database) -> None:
    _stand_at(own, "9999")
    assert is_current(own.engine)
    assert is_newer(own.engine)
    migrate(own.engine)
    with own.transaction() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_a_process_is_not_ready_before_its_migrations_ran(own: Database) -> None:
    _stand_at(own, LAST_WITHOUT_RULES[:-1] + "3")
    assert not is_current(own.engine)
    assert not is_newer(own.engine)


def test_readyz_of_an_old_process_answers_while_a_newer_revision_stands(
    matching_client: TestClient, database: Database
) -> None:
    with database.transaction() as session:
        head = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    try:
        _stand_at(database, "9999")
        assert matching_client.get("/readyz").status_code == 200
    finally:
        _stand_at(database, head)


@pytest.fixture
def table_held(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody's long transaction that has read `need`."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE need IN ACCESS SHARE MODE")
        yield connection


MIGRATION = "ALTER TABLE need ADD COLUMN IF NOT EXISTS urgent BOOLEAN"


@pytest.fixture
def one_migration(monkeypatch: pytest.MonkeyPatch, own: Database) -> None:
    """The missing migrations are one that needs the lock of a whole table."""

    def upgrade(config: Any, _to: str) -> None:
        connection = config.attributes["connection"]
        with connection.begin():
            connection.execute(text(MIGRATION))
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    _stand_at(own, "0013")
    monkeypatch.setattr("alembic.command.upgrade", upgrade)
    monkeypatch.setattr(migrating, "LOCK_WAIT_MILLISECONDS", 50)
    monkeypatch.setattr(migrating, "LOCK_PAUSE_SECONDS", 0.01)


@pytest.mark.usefixtures("one_migration")
def test_a_migration_lets_go_of_a_busy_table_and_comes_back(
    own: Database, table_held: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    def free_at_the_third(engine: Any) -> None:
        attempts.append(engine)
        if len(attempts) == 3:
            table_held.rollback()
        _upgrade(engine)

    monkeypatch.setattr(migrating, "_upgrade", free_at_the_third)
    migrate(own.engine)
    assert len(attempts) == 3
    assert is_newer(own.engine)


@pytest.mark.usefixtures("one_migration", "table_held")
def test_a_table_that_stays_busy_ends_the_migration_and_nobody_waits_behind_it(
    own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LOCK_ATTEMPTS", 2)
    with pytest.raises(OperationalError, match="lock timeout"):
        migrate(own.engine)
    with own.transaction() as session:
        session.execute(text("SET LOCAL lock_timeout = 1000"))
        session.execute(text("SELECT count(*) FROM need"))


def test_processes_that_start_together_migrate_once(
    url: str, own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stand_at(own, "0013")
    ran: list[str] = []

    def upgrade(engine: Any) -> None:
        ran.append(threading.current_thread().name)
        _stand_at(own, "9999")

    monkeypatch.setattr(migrating, "_upgrade", upgrade)
    processes = [Database(url, pool_size=2) for _ in range(3)]
    together = [threading.Thread(target=migrate, args=(each.engine,)) for each in processes]
    for each in together:
        each.start()
    for each in together:
        each.join()
    for process in processes:
        process.close()
    assert len(ran) == 1
