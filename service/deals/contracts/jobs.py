"""Every night: quotes that nobody accepted end, days to pay follow new holidays, instalments are told of."""

import structlog
from procrastinate import JobContext

from service.accounts.actor import SYSTEM
from service.deals.contracts.instalment_notices import remind_of_instalments, tell_of_late_instalments
from service.deals.contracts.operations import follow_calendar, lapse_quotes
from service.jobs.names import LAPSE_QUOTES, TELL_OF_INSTALMENTS
from service.jobs.worker import nightly, services_of

log = structlog.get_logger()

QUIET_HOUR_KST = 1
MORNING_KST = 7
"""Who has notifications mailed at once is not woken."""


@nightly(LAPSE_QUOTES, hour_kst=QUIET_HOUR_KST)
def lapse_quotes_task(context: JobContext) -> None:
    """All in one transaction; quotes that somebody is changing wait for the next night."""
    with services_of(context).database.transaction() as session:
        lapsed, moved = lapse_quotes(session, SYSTEM), follow_calendar(session)
    log.info("contracts_of_the_night", lapsed=lapsed, moved=moved)


@nightly(TELL_OF_INSTALMENTS, hour_kst=MORNING_KST)
def tell_of_instalments_task(context: JobContext) -> None:
    """All in one transaction, once for each instalment and each lateness."""
    with services_of(context).database.transaction() as session:
        reminded, late = remind_of_instalments(session), tell_of_late_instalments(session)
    log.info("instalments_told", reminded=reminded, late=late)
