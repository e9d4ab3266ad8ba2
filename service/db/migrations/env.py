"""Alembic's entry: runs the migrations on the connection that `service.db.migrate` hands over."""

from typing import Any

from alembic import context
from sqlmodel import SQLModel

import service.db.tables


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """The job library owns its tables; ours are all the others."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run() -> None:
    """Run the migrations on the caller's connection, each in a transaction of its own.

    One that must not be in a transaction (an index built concurrently) uses `autocommit_block`.
    """
    assert service.db.tables.__all__
    connection: Any = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_object=_is_ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
