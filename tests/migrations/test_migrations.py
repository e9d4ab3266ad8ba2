"""The migrations make the schema that the code works with."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from service.db.migrate import _config, _known, differences, is_current, migrate
from service.db.session import Database

MIGRATE = "import sys; from service.db.migrate import migrate; from service.db.session import Database; "
MIGRATE += "migrate(Database(sys.argv[1]).engine)"

INSERT_SUPPLIER = """
    INSERT INTO supplier (id, business_number, company_name, region, summary, status, version,
                          search_text, created_at, updated_at)
    VALUES (gen_random_uuid(), '1208147521', 'x', '41', 'x', 'pending', 1, '', now(), now())
"""


@pytest.fixture
def empty(new_database: Callable[..., str]) -> Iterator[Database]:
    """A database that has nothing in it yet."""
    database = Database(new_database("empty"))
    yield database
    database.close()


def schema(database: Database) -> list[tuple[object, ...]]:
    """Every column, index and constraint there is."""
    asked = """
        SELECT table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
        FROM pg_constraint
        ORDER BY 1, 2, 3
    """
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(asked))]


def test_from_an_empty_database_the_migrations_make_the_tables_of_the_code(empty: Database) -> None:
    assert not is_current(empty.engine)
    migrate(empty.engine)
    assert is_current(empty.engine)
    with empty.engine.connect() as connection:
        assert differences(connection) == []


def test_migrations_are_known_by_the_numbers_of_their_files() -> None:
    scripts = ScriptDirectory.from_config(_config())
    assert {script.revision for script in scripts.walk_revisions()} == _known()
    assert scripts.get_current_head() == max(_known())


def test_a_difference_would_be_noticed(empty: Database) -> None:
    migrate(empty.engine)
    with empty.engine.begin() as connection:
        connection.execute(text("ALTER TABLE need DROP COLUMN budget_won"))
        connection.execute(text("DROP INDEX need_list"))
        assert len(differences(connection)) == 2


def test_migrating_twice_changes_nothing(empty: Database) -> None:
    migrate(empty.engine)
    before = schema(empty)
    migrate(empty.engine)
    assert schema(empty) == before


def test_two_processes_may_migrate_at_once(empty: Database) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, empty.url], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in started:
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 0, complaints
    assert is_current(empty.engine)
    with empty.engine.connect() as connection:
        assert differences(connection) == []


def test_keys_made_before_there_were_scopes_keep_what_they_could_do(empty: Database) -> None:
    with empty.engine.begin() as connection:
        command.upgrade(_config(connection), "0002")
        connection.execute(
            text(
                "INSERT INTO api_key (id, name, prefix, key_hash, role, created_at) "
                "VALUES (gen_random_uuid(), 'x', 'ak_x', 'x', 'admin', now())"
            )
        )
    migrate(empty.engine)
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT scopes FROM api_key")).scalar_one() == ["read", "write"]


def test_every_write_to_a_supplier_marks_it_with_its_transaction(database: Database) -> None:
    marks = []
    for statement in (
        INSERT_SUPPLIER,
        "UPDATE supplier SET changed_in = 0",
        "UPDATE supplier SET version = 2",
    ):
        with database.transaction() as session:
            session.execute(text(statement))
            now = session.execute(text("SELECT pg_current_xact_id()::text::bigint")).scalar_one()
            assert session.execute(text("SELECT changed_in FROM supplier")).scalar_one() == now
        marks.append(now)
    assert marks == sorted(set(marks))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE supplier SET business_number = '12081475'",
        "UPDATE supplier SET status = 'liked'",
        "UPDATE supplier SET concurrent_project_capacity = -1",
        "INSERT INTO account (id, email, password_hash, name, role, active, created_at) "
        "VALUES (gen_random_uuid(), 'a@b', 'x', 'x', 'supplier', true, now())",
        "INSERT INTO account (id, email, password_hash, name, role, active, created_at, supplier_id) "
        "SELECT gen_random_uuid(), 'a@b', 'x', 'x', 'admin', true, now(), id FROM supplier",
    ],
)
def test_the_database_itself_refuses(database: Database, statement: str) -> None:
    with database.transaction() as session:
        session.execute(text(INSERT_SUPPLIER))
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(statement))


def test_names_of_representatives_leave_the_audit_trail(empty: Database) -> None:
    with empty.engine.begin() as connection:
        config = _config(connection)
        command.upgrade(config, "0006")
        connection.execute(
            text("""
                INSERT INTO audit_event (id, occurred_at, action, actor, subject_id, before, after)
                SELECT gen_random_uuid(), now(), 'supplier.changed', 'x', gen_random_uuid(), before, after
                FROM (VALUES ('{"representative_name": "박대표", "region": "41"}'::jsonb,
                              '{"representative_name": "선우대표"}'::jsonb),
                             ('null'::jsonb, '{"representative_name": "박대표"}'::jsonb),
                             (NULL, NULL)) AS event (before, after)""")
        )
    migrate(empty.engine)
    with empty.engine.connect() as connection:
        kept = connection.execute(text("SELECT before, after FROM audit_event")).all()
    assert sorted(map(str, kept)) == ["(None, None)", "(None, {})", "({'region': '41'}, {})"]
