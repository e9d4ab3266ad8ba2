"""The task that runs an import."""

from uuid import UUID

from procrastinate import JobContext

from service.imports.operations import run_import
from service.jobs.names import RUN_IMPORT
from service.jobs.worker import services_of, task


@task(RUN_IMPORT)
def run_import_task(context: JobContext, job_id: str) -> None:
    """Run the import of that job to its end."""
    run_import(services_of(context).database, UUID(job_id))
