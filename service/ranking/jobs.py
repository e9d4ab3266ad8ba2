"""Learning from decisions, when asked and every night."""

from uuid import UUID

import structlog
from procrastinate import JobContext

from service.accounts.actor import SYSTEM, Actor, Role
from service.db.tables import Job
from service.job_status.operations import fail_job, finish_job
from service.jobs.names import LEARN_NIGHTLY, TRAIN_RANKER
from service.jobs.worker import is_last_attempt, nightly, services_of, task
from service.ranking.operations import learn

log = structlog.get_logger()

QUIET_HOUR_KST = 3


@task(TRAIN_RANKER)
def train_ranker_task(context: JobContext, job_id: str) -> None:
    """Learn now, for somebody who waits; the job ends in the transaction that keeps what was learned."""
    database = services_of(context).database
    try:
        with database.transaction() as session:
            job = session.get(Job, UUID(job_id))
            requested_by = job.requested_by if job else None
            trial = learn(session, Actor(Role.ADMIN, account_id=requested_by))
            outcome = trial.as_json() | {"version": trial.fitted.version}
            finish_job(session, UUID(job_id), {"done": 1, "outcome": outcome})
    except Exception:
        if is_last_attempt(context):
            fail_job(database, UUID(job_id))
        raise


@nightly(LEARN_NIGHTLY, hour_kst=QUIET_HOUR_KST)
def learn_nightly_task(context: JobContext) -> None:
    """Learn from everything decided so far."""
    with services_of(context).database.transaction() as session:
        trial = learn(session, SYSTEM)
    log.info("ranker_learned", outcome=trial.outcome.value, version=trial.fitted.version)
