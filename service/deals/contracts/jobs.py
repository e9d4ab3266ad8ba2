"""Ending every night the quotes that nobody accepted in time."""

import structlog
from procrastinate import JobContext

from service.accounts.actor import SYSTEM
from service.deals.contracts.operations import lapse_quotes
from service.jobs.names import LAPSE_QUOTES
from service.jobs.worker import nightly, services_of

log = structlog.get_logger()

QUIET_HOUR_KST = 1


@nightly(LAPSE_QUOTES, hour_kst=QUIET_HOUR_KST)
def lapse_quotes_task(context: JobContext) -> None:
    """All in one transaction; quotes that somebody is changing wait for the next night."""
    with services_of(context).database.transaction() as session:
        lapsed = lapse_quotes(session, SYSTEM)
    log.info("contract_quotes_lapsed", count=lapsed)
