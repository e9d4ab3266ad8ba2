"""Bring a database to the present schema, and tell whether it is there."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlmodel import SQLModel

import service.db.tables

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x616C6C69  # any fixed number: processes that start together take turns


def migrate(engine: Engine) -> None:
    """Run the missing migrations, in one transaction, one process at a time."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        command.upgrade(_config(connection), "head")
    engine.dispose()  # connections made before the vector type existed do not know it


def is_current(engine: Engine) -> bool:
    """True when every migration has run."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present == ScriptDirectory.from_config(_config()).get_current_head()


def differences(connection: Connection) -> list[object]:
    """Where the migrated schema differs from the tables in code; the tests expect nothing."""
    assert service.db.tables.__all__
    context = MigrationContext.configure(
        connection,
        opts={"include_object": lambda _object, name, *_: not str(name).startswith("procrastinate_")},
    )
    return list(compare_metadata(context, SQLModel.metadata))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
