"""Bring a database to the present schema, and tell whether it is there.

The old version goes on serving meanwhile; `migrations/README.md` says what that asks of a migration.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

import service.db.tables

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x616C6C69  # any fixed number: processes that start together take turns
TURN_POLL_SECONDS = 0.1

LOCK_WAIT_MILLISECONDS = 2_000
"""A statement that waits for a lock of a whole table makes everybody else wait behind it: not for longer."""
LOCK_ATTEMPTS = 60
LOCK_PAUSE_SECONDS = 3.0
"""Between two attempts, in which those who waited get on. With the above: five minutes in all."""


def migrate(engine: Engine) -> None:
    """Run the missing migrations, each in a transaction of its own, one process at a time.

    A database that a newer version has migrated is left as it is. Where a table stays busy, the migration
    lets go and tries again; what ran before it is kept. Raises `OperationalError` when that goes on for
    minutes.
    """
    with _turn(engine):
        for attempt in range(1, LOCK_ATTEMPTS + 1):
            if is_current(engine):
                break
            try:
                _upgrade(engine)
            except OperationalError as error:
                if attempt == LOCK_ATTEMPTS or not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                    raise
                log.warning("migration_waits_for_a_lock", attempt=attempt)
                time.sleep(LOCK_PAUSE_SECONDS)
    engine.dispose()  # connections made before the vector type existed do not know it


def is_current(engine: Engine) -> bool:
    """True when every migration that this code knows has run, also when a newer version has run more.

    By the rules of `migrations/README.md` this code works on with those of the next version.
    """
    present = _present(engine)
    return present is not None and (present == max(_known()) or present not in _known())


def is_newer(engine: Engine) -> bool:
    """True when a newer version has migrated the database past what this code knows."""
    present = _present(engine)
    return present is not None and present not in _known()


def differences(connection: Connection) -> list[object]:
    """Where the migrated schema differs from the tables in code; the tests expect nothing."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - see `_config`
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    assert service.db.tables.__all__
    context = MigrationContext.configure(
        connection,
        opts={"include_object": lambda _object, name, *_: not str(name).startswith("procrastinate_")},
    )
    return list(compare_metadata(context, SQLModel.metadata))


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Be the only process that migrates.

    Asked for again and again rather than waited for: a waiting statement would hold a snapshot, and an index
    that is built concurrently waits for all of those.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        asked = text("SELECT pg_try_advisory_lock(:lock)")
        while not connection.execute(asked, {"lock": MIGRATION_LOCK}).scalar_one():
            time.sleep(TURN_POLL_SECONDS)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})


def _upgrade(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - see `_config`

    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = {LOCK_WAIT_MILLISECONDS}"))
        connection.execute(text("SET statement_timeout = 0"))  # an index of a large table takes what it takes
        connection.commit()
        try:
            command.upgrade(_config(connection), "head")
        finally:
            connection.invalidate()  # its settings are not for requests


def _present(engine: Engine) -> str | None:
    """The last migration that ran in the database; None in an empty one."""
    with engine.connect() as connection:
        if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


@cache
def _known() -> frozenset[str]:
    """The migrations of this code: their files are named by their numbers, which follow one another."""
    return frozenset(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


def _config(connection: Connection | None = None) -> Config:
    """What Alembic runs by; imported where it works, as a process that finds nothing to do needs none."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
