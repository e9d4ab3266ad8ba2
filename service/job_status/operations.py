"""The life of a job record: opened with its work in one transaction, moved on by the worker, ended once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.session import Database
from service.db.tables import Job, JobStatus
from service.jobs.queue import enqueue
from service.kit import clock
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem

RESULT_URL = "result_url"
"""Member of a job's result: where what came of it is read."""


def open_job(session: Session, actor: Actor, kind: str, task: str, **result: Any) -> Job:
    """A job of that kind and the work behind it, both in this transaction; `task` gets the job's id."""
    job = Job(kind=kind, requested_by=actor.account_id, result=result)
    session.add(job)
    session.flush()
    enqueue(session, task, once=f"{kind}:{job.id}", job_id=str(job.id))
    return job


def report_progress(database: Database, job_id: UUID, **members: Any) -> None:
    """Show how far a job is, in a transaction of its own; `total` and `done` are what a reader expects.

    A job that has ended stays ended, also when a worker that was taken for dead comes back.
    """
    with database.transaction() as session:
        job = _locked(session, job_id)
        if job is not None and job.finished_at is None:
            job.status, job.result = JobStatus.RUNNING.value, {**job.result, **members}


def finish_job(session: Session, job_id: UUID, members: Mapping[str, Any]) -> None:
    """End a job well, in the transaction that keeps what came of it."""
    job = _locked(session, job_id)
    if job is not None:
        job.status, job.finished_at = JobStatus.SUCCEEDED.value, clock.now()
        job.result = {**job.result, **members}


def fail_job(database: Database, job_id: UUID) -> None:
    """End a job that cannot be brought to its end; what it did so far stays."""
    with database.transaction() as session:
        job = _locked(session, job_id)
        if job is not None:
            job.status, job.finished_at = JobStatus.FAILED.value, clock.now()


def get_job(session: Session, job_id: UUID, actor: Actor) -> Job:
    """That job, for who asked for it and for staff. Raises `Problem` 404."""
    job = session.get(Job, job_id)
    if job is None or not (actor.is_staff or (actor.account_id and job.requested_by == actor.account_id)):
        raise Problem(404, "not_found")
    return job


def list_jobs(
    session: Session, status: JobStatus | None, limit: int, cursor: str | None
) -> tuple[Sequence[Job], str | None]:
    """One page of the jobs in that state, the newest first."""
    statement = select(Job)
    if status is not None:
        statement = statement.where(Job.status == status.value)
    if cursor is not None:
        statement = statement.where(col(Job.id) < decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(Job.id).desc()).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row.id)))


def waiting_work(session: Session) -> dict[str, int]:
    """How many of each task wait in the queue or are being worked on."""
    asked = text(
        "SELECT task_name, count(*) AS waiting FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
        "GROUP BY task_name ORDER BY task_name"
    )
    return {row.task_name: row.waiting for row in session.execute(asked)}


def _locked(session: Session, job_id: UUID) -> Job | None:
    return session.get(Job, job_id, with_for_update=True, populate_existing=True)
