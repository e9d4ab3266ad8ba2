"""The task that runs an import."""

from uuid import UUID

from procrastinate import JobContext

from service.imports.operations import run_import
from service.job_status.operations import fail_job
from service.jobs.names import RUN_IMPORT
from service.jobs.worker import is_last_attempt, services_of, task


@task(RUN_IMPORT)
def run_import_task(context: JobContext, job_id: str) -> None:
    """Run the import of that job to its end; after the last attempt the job says that it failed."""
    database = services_of(context).database
    try:
        run_import(database, UUID(job_id))
    except Exception:
        if is_last_attempt(context):
            fail_job(database, UUID(job_id))
        raise
