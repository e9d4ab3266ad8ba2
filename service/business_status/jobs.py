"""Looking numbers up: soon after a registration, and every night once more for everyone."""

from datetime import datetime, timedelta

import structlog
from procrastinate import JobContext

from service.business_status.operations import check_numbers, have_numbers_checked
from service.jobs.names import CHECK_BUSINESS_NUMBERS, REFRESH_BUSINESS_NUMBERS
from service.jobs.worker import nightly, services_of, task
from service.kit import clock

log = structlog.get_logger()

QUIET_HOUR_KST = 2
FRESH_FOR = timedelta(hours=12)
"""What was checked since yesterday afternoon is not asked again tonight."""


@task(CHECK_BUSINESS_NUMBERS)
def check_business_numbers_task(context: JobContext, due_before: str | None) -> None:
    """Look up what is due; when the register is away the queue tries again, later and later."""
    services = services_of(context)
    since = datetime.fromisoformat(due_before) if due_before else None
    checked = check_numbers(services.database, services.register, since)
    log.info("business_numbers_checked", count=checked, source=services.register.source)


@nightly(REFRESH_BUSINESS_NUMBERS, hour_kst=QUIET_HOUR_KST)
def refresh_business_numbers_task(context: JobContext) -> None:
    """Have every number looked up again."""
    with services_of(context).database.transaction() as session:
        have_numbers_checked(session, clock.now() - FRESH_FOR)
