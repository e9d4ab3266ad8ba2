"""The task that runs an import."""

from functools import partial
from uuid import UUID

from procrastinate import JobContext
from procrastinate.exceptions import JobAborted

from service.imports.operations import run_import
from service.job_status.operations import fail_job
from service.jobs.names import RUN_IMPORT
from service.jobs.worker import give_back_if_asked, is_last_attempt, services_of, task


@task(RUN_IMPORT)
def run_import_task(context: JobContext, job_id: str) -> None:
    """Run the import of that job to its end, or give the rest back when the worker is to end.

    After the last attempt the job says that it failed.
    """
    database = services_of(context).database
    try:
        run_import(database, UUID(job_id), partial(give_back_if_asked, context))
    except JobAborted:
        raise
    except Exception:
        if is_last_attempt(context):
            fail_job(database, UUID(job_id))
        raise
