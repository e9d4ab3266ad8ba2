"""The worker: takes jobs from the queue and runs them, in its own process or beside the API.

A job is run at least once: one whose worker has given no sign of life goes back to the queue, and a worker
that was only taken for dead may still be at it. So every task must bear being run twice, also at the same
time: it writes what it has done in the transaction that does it, under the lock of a row.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryDecision, RetryStrategy
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from service.db.session import driver_url
from service.jobs.queue import Queue
from service.jobs.services import Services
from service.jobs.watching import watched

log = structlog.get_logger()

MOST_ATTEMPTS = 8


class Retry(RetryStrategy):
    """Again after a pause that doubles; at once, and as often as it takes, for what its worker gave back."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When, or None for never again."""
        if isinstance(exception, JobAborted):
            return RetryDecision()
        return super().get_retry_decision(exception=exception, job=job)


RETRY = Retry(max_attempts=MOST_ATTEMPTS, exponential_wait=2)

POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = 2.0
STALLED_AFTER_SECONDS = 10.0
SHUTDOWN_SECONDS = 5.0
"""How long a worker that is told to end waits before a job that can be given back is asked to end."""
RESTART_SECONDS = 1.0
OUTWARD_AT_ONCE = 4
"""How many of other systems may be waited for at the same time; each wait takes a thread."""
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
    """Work until cancelled or, without `wait`, until no job is waiting.

    What waits for other systems has hands of its own: a mail server or a receiver of webhooks that hangs
    holds up nothing of ours.
    """
    async with app.open_async(), _rescuing_stalled_jobs(app):
        if not wait:
            await _work_on(app, services, *Queue, at_once=1, wait=False)
            return
        async with asyncio.TaskGroup() as hands:
            hands.create_task(_work_on(app, services, Queue.OWN, at_once=1))
            hands.create_task(_work_on(app, services, Queue.OUTWARD, at_once=OUTWARD_AT_ONCE))


async def _work_on(app: App, services: Services, *queues: Queue, at_once: int, wait: bool = True) -> None:
    await app.run_worker_async(
        queues=[queue.value for queue in queues],
        wait=wait,
        concurrency=at_once,
        fetch_job_polling_interval=POLL_SECONDS,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_AFTER_SECONDS,
        install_signal_handlers=False,
        shutdown_graceful_timeout=SHUTDOWN_SECONDS,
        delete_jobs="successful",
        worker_middleware=[_with_heartbeat],
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
            await rescue_stalled_jobs(app)
        await asyncio.sleep(STALLED_AFTER_SECONDS)


# One statement, so that two workers do not give back the same job, and none that a third has taken meanwhile:
# a row that changed is looked at anew before it is locked.
_RESCUE = """
    SELECT task_name, procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM (
        SELECT id, task_name FROM procrastinate_jobs
        WHERE status = 'doing' AND (worker_id IS NULL OR worker_id NOT IN (
            SELECT id FROM procrastinate_workers
            WHERE last_heartbeat >= now() - make_interval(secs => %(seconds)s)
        ))
        FOR UPDATE SKIP LOCKED
    ) AS stalled
"""


async def rescue_stalled_jobs(app: App) -> int:
    """Give the jobs of workers that were killed back to the queue; returns how many."""
    found = await app.connector.execute_query_all_async(_RESCUE, seconds=STALLED_AFTER_SECONDS)
    for row in found:
        log.info("stalled_job_requeued", task=row["task_name"])
    return len(found)


async def _with_heartbeat(run: Callable[[], Awaitable[Any]], context: JobContext, _worker: object) -> Any:
    """Give signs of life until the job has ended.

    The queue's own stop as soon as a worker is told to end, while its job may need longer than others wait
    before they take it for dead.
    """
    beating = asyncio.create_task(_beat(context))
    try:
        return await run()
    finally:
        beating.cancel()


async def _beat(context: JobContext) -> None:
    while context.job.worker_id is not None:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        with contextlib.suppress(Exception):  # the database may be away for a moment
            await context.app.job_manager.update_heartbeat(context.job.worker_id)


def give_back_if_asked(context: JobContext) -> None:
    """For long work, between two of its transactions: end when the worker is to end. The queue gives what is
    left to another worker. Raises `JobAborted`."""
    if context.should_abort():
        raise JobAborted


def tell_of_task(_loop: object, context: Mapping[str, Any]) -> None:
    """An event loop's last resort, without the words of the exception.

    It is called when a worker that was taken for dead wants to end a job that another has ended meanwhile.
    """
    log.warning("worker_task_failed", error=type(context.get("exception")).__name__)


def is_last_attempt(context: JobContext) -> bool:
    """Whether a failure now is final. The count that a job carries is of attempts that ended before."""
    return context.job is not None and context.job.attempts >= MOST_ATTEMPTS


def services_of(context: JobContext) -> Services:
    """What the worker was given to run tasks with."""
    services: Services = context.additional_context["services"]
    return services
