"""Erasing every night what is past its time."""

import structlog
from procrastinate import JobContext

from service.jobs.names import PURGE_NIGHTLY
from service.jobs.worker import nightly, services_of
from service.mail.carriers import outbox_of
from service.privacy.purge import purge

log = structlog.get_logger()

QUIET_HOUR_KST = 4


@nightly(PURGE_NIGHTLY, hour_kst=QUIET_HOUR_KST)
def purge_nightly_task(context: JobContext) -> None:
    """One transaction: what is erased and the record of it stand or fall together."""
    services = services_of(context)
    with services.database.transaction() as session:
        records = purge(session, outbox_of(services.settings))
    log.info("purged", **{record.rule: record.count for record in records})
