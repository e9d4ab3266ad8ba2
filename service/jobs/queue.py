"""Putting work on the queue, in the transaction that makes it necessary."""

from collections.abc import Mapping

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import JSONValue
from sqlmodel import Session

# Never opened: it only writes rows through the connection of the caller's transaction.
_queue = App(connector=SyncPsycopgConnector())


def enqueue(session: Session, task: str, *, once: str | None = None, **arguments: JSONValue) -> None:
    """Run `task` with these arguments after the commit; a rollback takes it back.

    `once` names work of which one waiting copy is enough: a second is not added while the first waits.
    """
    if once is None:
        _defer(session, task, once, arguments)
        return
    try:
        with session.begin_nested():
            _defer(session, task, once, arguments)
    except AlreadyEnqueued:
        return


def _defer(session: Session, task: str, once: str | None, arguments: Mapping[str, JSONValue]) -> None:
    # Asking for the connection is what sets the savepoint: it must happen inside the nested block.
    connection = session.connection().connection.driver_connection
    _queue.configure_task(task, queueing_lock=once, lock=once, connection=connection).defer(**arguments)
