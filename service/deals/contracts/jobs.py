"""Every night: quotes that nobody accepted in time end, and days to pay follow new bank holidays."""

import structlog
from procrastinate import JobContext

from service.accounts.actor import SYSTEM
from service.deals.contracts.operations import follow_calendar, lapse_quotes
from service.jobs.names import LAPSE_QUOTES
from service.jobs.worker import nightly, services_of

log = structlog.get_logger()

QUIET_HOUR_KST = 1


@nightly(LAPSE_QUOTES, hour_kst=QUIET_HOUR_KST)
def lapse_quotes_task(context: JobContext) -> None:
    """All in one transaction; quotes that somebody is changing wait for the next night."""
    with services_of(context).database.transaction() as session:
        lapsed, moved = lapse_quotes(session, SYSTEM), follow_calendar(session)
    log.info("contracts_of_the_night", lapsed=lapsed, moved=moved)
