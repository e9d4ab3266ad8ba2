"""The task that makes a plan."""

from uuid import UUID

from procrastinate import JobContext

from service.assignments.operations import make_assignment
from service.job_status.operations import fail_job
from service.jobs.names import MAKE_ASSIGNMENT
from service.jobs.worker import is_last_attempt, services_of, task


@task(MAKE_ASSIGNMENT)
def make_assignment_task(context: JobContext, job_id: str) -> None:
    """Make the plan of that job; after the last attempt the job says that it failed."""
    services = services_of(context)
    try:
        make_assignment(services, UUID(job_id))
    except Exception:
        if is_last_attempt(context):
            fail_job(services.database, UUID(job_id))
        raise
