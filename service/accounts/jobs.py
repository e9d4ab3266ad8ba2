"""Mailing links, and dropping what no longer serves a purpose."""

from datetime import timedelta
from uuid import UUID

import structlog
from procrastinate import JobContext
from sqlalchemy import delete
from sqlmodel import col

from service.accounts.links import letter_of_link
from service.accounts.throttle import forget_old_failures
from service.db.tables import AccountLink, AccountSession
from service.jobs.names import SEND_LINK, TIDY_ACCOUNTS
from service.jobs.worker import nightly, services_of, task
from service.kit import clock
from service.mail.carriers import carrier_of

log = structlog.get_logger()

KEPT_AFTER_END = timedelta(days=30)
"""How long a session or link that has ended can still be looked into."""


@task(SEND_LINK)
def send_link_task(context: JobContext, link_id: str) -> None:
    """Mail a link while it is good; the queue tries again when the mail server does not take it."""
    services = services_of(context)
    settings = services.settings
    with services.database.transaction() as session:
        letter = letter_of_link(session, UUID(link_id), settings.signing_key(), settings.public_url)
    if letter is not None:
        carrier_of(settings).send(letter)
        log.info("link_mailed", link_id=link_id)


@nightly(TIDY_ACCOUNTS, hour_kst=4)
def tidy_accounts_task(context: JobContext) -> None:
    """Delete sessions and links long after their end, and failures that no longer count."""
    cutoff = clock.now() - KEPT_AFTER_END
    with services_of(context).database.transaction() as session:
        session.execute(delete(AccountSession).where(col(AccountSession.expires_at) < cutoff))
        session.execute(delete(AccountLink).where(col(AccountLink.expires_at) < cutoff))
        forget_old_failures(session)
