"""The database: one engine a process, one transaction a request."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import contextmanager_in_threadpool
from pgvector.psycopg import register_vector
from psycopg import Connection
from psycopg.errors import ProgrammingError
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from service.db.statements import watch_statements
from service.kit.admission import Admission

CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_MILLISECONDS = 30_000
LOCK_TIMEOUT_MILLISECONDS = 10_000
SLOW_MILLISECONDS = 500


class Database:
    """An engine and the sessions on it."""

    def __init__(self, url: str, pool_size: int = 10, slow_ms: int = SLOW_MILLISECONDS) -> None:
        self.url = url
        self.engine = make_engine(url, pool_size)
        watch_statements(self.engine, slow_ms)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or rolled back when anything raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def answers(self) -> bool:
        """True when a query comes back."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def make_engine(url: str, pool_size: int) -> Engine:
    """An engine over psycopg 3 with bounded waits, so that a fault is an error and never a hang."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MILLISECONDS} "
            f"-c lock_timeout={LOCK_TIMEOUT_MILLISECONDS} -c timezone=UTC",
        },
    )
    event.listen(engine, "connect", _on_connect)
    return engine


def _on_connect(connection: Connection[object], _record: object) -> None:
    try:
        register_vector(connection)
    except ProgrammingError:  # before the first migration there is no vector type
        connection.rollback()


def driver_url(url: str) -> str:
    """The address as libpq reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _transaction_of(request: Request) -> Iterator[Session]:
    database: Database = request.app.state.database
    with database.transaction() as session:
        request.state.session = session
        on_begin: Callable[[Session], None] | None = getattr(request.state, "on_begin", None)
        if on_begin is not None:
            on_begin(session)
        yield session


async def _request_session(request: Request) -> AsyncIterator[Session]:
    admission: Admission = request.app.state.admission
    async with admission.place(), contextmanager_in_threadpool(_transaction_of(request)) as session:
        yield session


# scope="function": the commit happens before the answer leaves, so a failing commit is a 5xx
# and never a 201 for something that was not kept.
DbSession = Annotated[Session, Depends(_request_session, scope="function")]
