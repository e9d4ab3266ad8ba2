"""Putting work on the queue, in the transaction that makes it necessary."""

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
    connection = session.connection().connection.driver_connection
    deferrer = _queue.configure_task(task, queueing_lock=once, lock=once, connection=connection)
    if once is None:
        deferrer.defer(**arguments)
        return
    try:
        with session.begin_nested():
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return
