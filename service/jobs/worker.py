"""The worker: takes jobs from the queue and runs them, in its own process or beside the API."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy

from service.db.session import driver_url
from service.jobs.services import Services
from service.jobs.watching import watched

log = structlog.get_logger()

MOST_ATTEMPTS = 8
RETRY = RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=2)

POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = 2.0
STALLED_AFTER_SECONDS = 10.0
SHUTDOWN_SECONDS = 20.0
RESTART_SECONDS = 1.0
KST_AHEAD_OF_UTC = 9
"""The queue reads its schedules in UTC; Korea has no summer time."""


TaskFunction = Callable[..., None]
_registered: dict[str, TaskFunction] = {}
_nightly: dict[str, str] = {}


def task(name: str) -> Callable[[TaskFunction], TaskFunction]:
    """Register a function as the task of that name; it gets the job's context first."""

    def register(function: TaskFunction) -> TaskFunction:
        _registered[name] = function
        return function

    return register


def nightly(name: str, hour_kst: int) -> Callable[[TaskFunction], TaskFunction]:
    """Register a task that runs every night at that full hour, Korean time; it gets the job's context only.

    However many workers there are, one of them runs it: the queue keeps one entry a night. A night on which
    no worker ran is made up for within ten minutes of that hour, and skipped after that.
    """

    def register(function: TaskFunction) -> TaskFunction:
        @task(name)
        def run(context: JobContext, timestamp: int) -> None:
            function(context)

        _nightly[name] = f"0 {(hour_kst - KST_AHEAD_OF_UTC) % 24} * * *"
        return function

    return register


def make_worker_app(database_url: str) -> App:
    """A procrastinate application that runs every registered task."""
    app = App(connector=PsycopgConnector(conninfo=driver_url(database_url), max_size=6, timeout=10))
    for name, function in _registered.items():
        app.task(name=name, pass_context=True, retry=RETRY)(watched(name, function, is_last_attempt))
    return app


def _schedule(app: App) -> None:
    """Only in a worker that stays: one that runs what is waiting must not depend on the hour."""
    for name, cron in _nightly.items():
        app.periodic(cron=cron)(app.tasks[name])


async def keep_working(database_url: str, services: Services) -> None:
    """Work until cancelled; a database that goes away only makes the worker wait for it."""
    while True:
        try:
            app = make_worker_app(database_url)
            _schedule(app)
            await run_worker(app, services)
        except Exception as error:
            log.warning("worker_restarts", error=type(error).__name__)
        await asyncio.sleep(RESTART_SECONDS)


async def run_worker(app: App, services: Services, *, wait: bool = True) -> None:
    """Work until cancelled or, without `wait`, until no job is waiting."""
    async with app.open_async(), _rescuing_stalled_jobs(app):
        await app.run_worker_async(
            wait=wait,
            concurrency=1,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_AFTER_SECONDS,
            install_signal_handlers=False,
            shutdown_graceful_timeout=SHUTDOWN_SECONDS,
            delete_jobs="successful",
            additional_context={"services": services},
        )


@contextlib.asynccontextmanager
async def _rescuing_stalled_jobs(app: App) -> AsyncIterator[None]:
    """Give jobs whose worker was killed back to the queue while the block runs."""
    rescuing = asyncio.create_task(_rescue_forever(app))
    try:
        yield
    finally:
        rescuing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await rescuing


async def _rescue_forever(app: App) -> None:
    while True:
        with contextlib.suppress(Exception):  # the database may be down; the next round tries again
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
                log.info("stalled_job_requeued", task=job.task_name)
                await app.job_manager.retry_job(job)
        await asyncio.sleep(STALLED_AFTER_SECONDS)


def is_last_attempt(context: JobContext) -> bool:
    """Whether a failure now is final. The count that a job carries is of attempts that ended before."""
    return context.job is not None and context.job.attempts >= MOST_ATTEMPTS


def services_of(context: JobContext) -> Services:
    """What the worker was given to run tasks with."""
    services: Services = context.additional_context["services"]
    return services
