"""What is read at the moment that somebody asks for metrics: this process' state, and the database's.

The database is asked through a connection of its own, as the pool may be what is exhausted, with short limits
and at most once in ten seconds. When it does not answer, `alliance_database_up` is 0 and what it would have
told is left out.
"""

import platform
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import cast

import structlog
from prometheus_client import disable_created_metrics, generate_latest
from prometheus_client.core import REGISTRY, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, NullPool, QueuePool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from service.db.session import Database
from service.db.tables import FundLedger
from service.fund.ledger import Account, balances, of_fund
from service.jobs.names import SEND_LINK
from service.kit import clock
from service.kit.folders import nearest_existing
from service.recommendations.matching_engine import MatchingEngine, encoder_name
from service.settings import Settings

log = structlog.get_logger()
disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which nothing asks for

READ_AGAIN_SECONDS = 10.0
CONNECT_SECONDS = 2
STATEMENT_MILLISECONDS = 2000
ALIVE_SECONDS = 30
"""A worker that has not been heard of for so long is gone; it says so every two seconds."""

TOLD_OF_THE_FUND = {
    Account.CEILING: -1,
    Account.RESERVED: 1,
    Account.OUTSTANDING: 1,
    Account.AVAILABLE: 1,
}
"""Accounts, and the sign with which their balance is a sum of money (`service/fund/ledger.py`)."""

_JOBS = text("""
    SELECT task_name AS task,
           count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()) AS waiting,
           count(*) FILTER (WHERE status = 'doing') AS running,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           count(*) FILTER (WHERE status = 'todo' AND attempts > 0) AS retried
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY task_name ORDER BY task_name
""")
# Ids rise as jobs are put on the queue, so one job is looked up and not the event of each.
_OLDEST = text("""
    SELECT extract(epoch FROM now() - min(since)) FROM (
        SELECT min(scheduled_at) AS since FROM procrastinate_jobs
        WHERE status = 'todo' AND scheduled_at <= now()
        UNION ALL
        SELECT max(at) FROM procrastinate_events WHERE type = 'deferred' AND job_id = (
            SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL)
    ) AS waiting
""")
_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :alive)"
)
_CONNECTIONS = text(
    "SELECT count(*) AS used, current_setting('max_connections')::int AS most, "
    "pg_database_size(current_database()) AS bytes "
    "FROM pg_stat_activity WHERE backend_type = 'client backend'"
)


@dataclass(frozen=True)
class _Chosen(Collector):
    """Families of metrics that were read already."""

    families: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        return self.families


@dataclass
class Readings:
    """Tells the metrics of this process; `money` says whether the fund's are among them."""

    settings: Settings
    database: Database
    _reader: Engine = field(init=False)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _kept: tuple[tuple[Metric, ...], tuple[Metric, ...]] = ((), ())
    _kept_until: float = 0.0

    def __post_init__(self) -> None:
        self._reader = _reader(self.database.url)

    def told(self, engine: MatchingEngine, *, money: bool) -> bytes:
        """All of it in the text format of Prometheus."""
        figures, of_fund = self._of_the_database(engine)
        families = (*self._of_this_process(engine), *figures, *(of_fund if money else ()))
        return generate_latest(REGISTRY) + generate_latest(_Chosen(families))

    def _of_this_process(self, engine: MatchingEngine) -> Iterator[Metric]:
        build = {"version": version("smart-factory-alliance"), "python": platform.python_version()}
        yield _info("alliance_build", "The service", build)
        yield _gauge("alliance_matching_ready", "1 when models and index are ready", engine.ready)
        encoder = {"name": encoder_name(self.settings)}
        yield _info("alliance_encoder", "The encoder whose vectors are compared", encoder)
        if engine.ranker is not None:
            weights = {"version": engine.ranker.version, "origin": engine.ranker.origin}
            yield _info("alliance_ranker", "The weights in use", weights)
        if engine.indexed_at is not None:
            age = (clock.now() - engine.indexed_at).total_seconds()
            yield _gauge("alliance_index_age_seconds", "Since the index last agreed with the database", age)
        pool = cast(QueuePool, self.database.engine.pool)
        states = {"in_use": pool.checkedout(), "idle": pool.checkedin()}
        yield _labelled("alliance_pool_connections", "Connections of the pool", "state", states)
        disk = shutil.disk_usage(nearest_existing(self.settings.data_dir))
        sizes = {"free": disk.free, "total": disk.total}
        yield _labelled("alliance_disk_bytes", "The disk of the data folder", "state", sizes)

    def _of_the_database(self, engine: MatchingEngine) -> tuple[tuple[Metric, ...], tuple[Metric, ...]]:
        with self._reading:
            if time.monotonic() >= self._kept_until:
                self._kept = self._read(engine)
                self._kept_until = time.monotonic() + READ_AGAIN_SECONDS
            return self._kept

    def _read(self, engine: MatchingEngine) -> tuple[tuple[Metric, ...], tuple[Metric, ...]]:
        up = "alliance_database_up", "1 when the database answered within two seconds"
        try:
            with Session(self._reader) as session:
                figures = (*_queue(session), *_index(session, engine), *_server(session))
                return (_gauge(*up, 1), *figures), tuple(_fund(session))
        except SQLAlchemyError as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            return (_gauge(*up, 0),), ()


def _reader(url: str) -> Engine:
    options = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c lock_timeout=500"
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "options": f"{options} -c default_transaction_read_only=on -c timezone=UTC",
        },
    )


def _queue(session: Session) -> Iterator[Metric]:
    rows = session.execute(_JOBS).all()
    for state in ("waiting", "running", "failed"):
        by_task = {row.task: getattr(row, state) for row in rows}
        yield _labelled(f"alliance_jobs_{state}", f"Jobs in the queue: {state}", "task", by_task)
    oldest = float(session.execute(_OLDEST).scalar_one() or 0)
    yield _gauge("alliance_jobs_oldest_waiting_seconds", "How long the oldest of them has waited", oldest)
    mails = [row for row in rows if row.task == SEND_LINK]
    yield _gauge("alliance_mails_waiting", "Mails to be sent", sum(row.waiting for row in mails))
    yield _gauge(
        "alliance_mails_retried", "Mails that were refused before", sum(row.retried for row in mails)
    )
    workers = session.execute(_WORKERS, {"alive": ALIVE_SECONDS}).scalar_one()
    yield _gauge("alliance_workers", "Workers heard of in the last 30 seconds", workers)


def _index(session: Session, engine: MatchingEngine) -> Iterator[Metric]:
    waiting = engine.changes_waiting(session)
    if waiting is not None:
        yield _gauge("alliance_index_waiting_changes", "Changed suppliers not yet in the index", waiting)


def _server(session: Session) -> Iterator[Metric]:
    row = session.execute(_CONNECTIONS).one()
    connections = {"used": row.used, "most": row.most}
    yield _labelled("alliance_database_connections", "Connections of all programs", "state", connections)
    yield _gauge("alliance_database_bytes", "Size of the database", row.bytes)


def _fund(session: Session) -> Iterator[Metric]:
    family = GaugeMetricFamily("alliance_fund_won", "Balances of each fund", labels=["fund", "account"])
    for code in session.exec(select(FundLedger.code).order_by(col(FundLedger.code))):
        found = balances(session, of_fund(code))
        for account, sign in TOLD_OF_THE_FUND.items():
            family.add_metric([code, account.value], sign * found[account])
    yield family


def _gauge(name: str, text_: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text_, value=value)


def _labelled(name: str, text_: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text_, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _info(name: str, text_: str, values: dict[str, str]) -> Metric:
    return InfoMetricFamily(name, text_, value=values)
