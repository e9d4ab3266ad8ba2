"""The life of a job record: opened with its work in one transaction, moved on by the worker, ended once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.session import Database
from service.db.tables import Job, JobStatus
from service.jobs.queue import enqueue
from service.kit import clock

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


def _locked(session: Session, job_id: UUID) -> Job | None:
    return session.get(Job, job_id, with_for_update=True, populate_existing=True)
