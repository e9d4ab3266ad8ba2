"""Releasing every night what expired applications hold."""

import structlog
from procrastinate import JobContext
from sqlmodel import select

from service.accounts.actor import SYSTEM
from service.db.tables import FundLedger
from service.fund.operations import expire_applications
from service.jobs.names import EXPIRE_FUND_APPLICATIONS
from service.jobs.worker import nightly, services_of

log = structlog.get_logger()

QUIET_HOUR_KST = 1


@nightly(EXPIRE_FUND_APPLICATIONS, hour_kst=QUIET_HOUR_KST)
def expire_applications_task(context: JobContext) -> None:
    """A transaction a fund: none waits for another's row."""
    database = services_of(context).database
    with database.transaction() as session:
        codes = session.exec(select(FundLedger.code)).all()
    for code in codes:
        with database.transaction() as session:
            expired = expire_applications(session, SYSTEM, code)
        log.info("fund_applications_expired", fund=code, count=expired)
