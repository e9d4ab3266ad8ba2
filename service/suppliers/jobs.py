"""What a new day changes about suppliers."""

from procrastinate import JobContext

from service.jobs.names import CERTIFICATES_NIGHTLY
from service.jobs.worker import nightly, services_of
from service.suppliers.certificates import follow_the_calendar

QUIET_HOUR_KST = 1


@nightly(CERTIFICATES_NIGHTLY, hour_kst=QUIET_HOUR_KST)
def certificates_nightly_task(context: JobContext) -> None:
    """Tell of certificates that end soon, and take those that ended out of profiles."""
    with services_of(context).database.transaction() as session:
        follow_the_calendar(session)
