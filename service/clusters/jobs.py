"""The tasks that find the clusters anew: on request, and every night."""

from procrastinate import JobContext

from service.clusters.operations import have_clusters_refreshed, mark_refreshes_failed, refresh_clusters
from service.jobs.names import NIGHTLY_CLUSTERS, REFRESH_CLUSTERS
from service.jobs.worker import is_last_attempt, nightly, services_of, task

QUIET_HOUR_KST = 3


@task(REFRESH_CLUSTERS)
def refresh_clusters_task(context: JobContext) -> None:
    """Find the clusters of the needs open now; after the last attempt the waiting jobs say that it failed."""
    services = services_of(context)
    try:
        refresh_clusters(services)
    except Exception:
        if is_last_attempt(context):
            mark_refreshes_failed(services.database)
        raise


@nightly(NIGHTLY_CLUSTERS, hour_kst=QUIET_HOUR_KST)
def nightly_clusters_task(context: JobContext) -> None:
    """Enqueue the same work, so that it never runs beside one that a person asked for."""
    with services_of(context).database.transaction() as session:
        have_clusters_refreshed(session)
