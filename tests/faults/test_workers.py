"""Several workers on one queue: what one leaves undone another does, and nothing has its effect twice."""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from service.accounts.actor import SYSTEM
from service.db.session import Database
from service.imports import files
from service.imports.files import FileFormat
from service.imports.operations import SUPPLIERS, start_import
from service.jobs.worker import make_worker_app, rescue_stalled_jobs
from service.settings import Settings
from tests.conftest import TEMPLATE
from tests.factories import companies
from tests.factories.aside import run_aside
from tests.factories.waiting import until
from tests.faults.worker import Worker

LINES, REFUSED_EACH = 120, 20


@pytest.fixture
def shared(new_database: Callable[..., str]) -> Iterator[Database]:
    """The database that the workers share."""
    database = Database(new_database("workers", TEMPLATE))
    yield database
    database.close()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LINES_A_BATCH", 5)


@pytest.fixture
def workers(shared: Database, settings: Settings, intent: None) -> Iterator[list[Worker]]:
    """Two workers that have not been started."""
    made = [Worker(shared.url, Path(settings.data_dir)) for _ in range(2)]
    yield made
    for each in made:
        each.kill()


def begun_import(database: Database) -> UUID:
    """An import of suppliers, some lines of which are refused, waiting in the queue."""
    rows: list[Any] = [companies.supplier_profile() for _ in range(LINES)]
    rows[::REFUSED_EACH] = [{"company_name": "번호 없음"}] * (LINES // REFUSED_EACH)
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    with database.transaction() as session:
        job = start_import(session, SYSTEM, SUPPLIERS, FileFormat.JSON_LINES, BytesIO(content))
        return job.id


def told(database: Database, job_id: UUID) -> tuple[str, int]:
    """State and progress of the import."""
    asked = "SELECT status, (result ->> 'done')::int AS done FROM job WHERE id = :id"
    with database.transaction() as session:
        row = session.execute(text(asked), {"id": job_id}).one()
    return row.status, row.done


def count(database: Database, what: str) -> int:
    with database.transaction() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {what}")).scalar_one())


def everything_was_done_once(database: Database) -> None:
    """Each line was taken or refused once, each supplier embedded, each change written down once."""
    refused = LINES // REFUSED_EACH
    until(lambda: count(database, "procrastinate_jobs WHERE status IN ('todo', 'doing')") == 0)
    counted = {
        what: count(database, what)
        for what in (
            "supplier",
            "audit_event WHERE action = 'supplier.registered'",
            "(SELECT DISTINCT owner_id FROM embedding) AS embedded",
            "import_rejection",
            "import_batch",
            "procrastinate_jobs WHERE status = 'failed'",
        )
    }
    assert list(counted.values()) == [LINES - refused] * 3 + [refused, 0, 0], counted


def test_an_import_whose_worker_is_killed_is_ended_by_another(
    shared: Database, workers: list[Worker]
) -> None:
    job = begun_import(shared)
    workers[0].start()
    until(lambda: told(shared, job)[1] > 0)
    workers[0].kill()
    assert told(shared, job)[1] < LINES, "it was killed in the midst of it"
    workers[1].start()
    until(lambda: told(shared, job) == ("succeeded", LINES))
    everything_was_done_once(shared)


def test_a_worker_that_is_told_to_end_gives_its_import_back(shared: Database, workers: list[Worker]) -> None:
    job = begun_import(shared)
    workers[0].start()
    until(lambda: told(shared, job)[1] > 0)
    assert workers[0].stop() == 0
    assert told(shared, job)[1] < LINES
    assert count(shared, "procrastinate_jobs WHERE task_name = 'run_import' AND status = 'todo'") == 1
    workers[1].start()
    until(lambda: told(shared, job) == ("succeeded", LINES))
    everything_was_done_once(shared)


def test_a_worker_that_was_only_taken_for_dead_does_nothing_twice(
    shared: Database, workers: list[Worker]
) -> None:
    """Stopped as a frozen machine is, overtaken, and awake again in the midst of its job."""
    job = begun_import(shared)
    workers[0].start()
    until(lambda: told(shared, job)[1] > 0)
    assert workers[0].process is not None
    frozen = workers[0].process.pid
    assert frozen is not None
    os.kill(frozen, signal.SIGSTOP)
    workers[1].start()
    until(lambda: count(shared, "procrastinate_jobs WHERE task_name = 'run_import' AND attempts > 0") == 1)
    os.kill(frozen, signal.SIGCONT)
    until(lambda: told(shared, job) == ("succeeded", LINES))
    everything_was_done_once(shared)


def test_a_job_is_given_back_once_however_many_look_for_it(shared: Database) -> None:
    begun_import(shared)
    with shared.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL"))

    async def rescue_together() -> list[int]:
        app = make_worker_app(shared.url)
        async with app.open_async():
            return list(await asyncio.gather(*(rescue_stalled_jobs(app) for _ in range(4))))

    assert sum(run_aside(rescue_together())) == 1
    assert count(shared, "procrastinate_jobs WHERE status = 'todo' AND attempts = 1") == 1
