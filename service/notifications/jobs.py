"""Mailing notifications."""

from datetime import date
from uuid import UUID

import structlog
from procrastinate import JobContext

from service.jobs.names import MAIL_DIGEST, MAIL_DIGESTS, MAIL_NOTIFICATION
from service.jobs.worker import nightly, services_of, task
from service.mail.carriers import MailError, carrier_of
from service.notifications.mail import (
    have_digests_mailed,
    letter_of_notification,
    note_digest_sent,
    put_back_digest,
    take_up_digest,
)

log = structlog.get_logger()

MORNING_KST = 8


@task(MAIL_NOTIFICATION)
def mail_notification_task(context: JobContext, notification_id: str, account_id: str) -> None:
    """Mail one notification; the queue tries again when the mail server does not take it."""
    services = services_of(context)
    settings = services.settings
    with services.database.transaction() as session:
        letter = letter_of_notification(
            session, UUID(notification_id), UUID(account_id), settings.public_url, settings.signing_key()
        )
    if letter is not None:
        carrier_of(settings).send(letter)
        log.info("notification_mailed", notification_id=notification_id)


@nightly(MAIL_DIGESTS, hour_kst=MORNING_KST)
def mail_digests_task(context: JobContext) -> None:
    """Arrange the digests of the day; a day that is missed is made up for by the next."""
    with services_of(context).database.transaction() as session:
        count = have_digests_mailed(session)
    log.info("digests_arranged", count=count)


@task(MAIL_DIGEST)
def mail_digest_task(context: JobContext, account_id: str, day: str) -> None:
    """Mail one person's digest of that day, once.

    Taken up in a transaction of its own before it is sent: after a crash in between it is not sent again
    that day, and the digest of the next tells what it would have told.
    """
    services = services_of(context)
    settings, owner, today = services.settings, UUID(account_id), date.fromisoformat(day)
    with services.database.transaction() as session:
        letter = take_up_digest(session, owner, today, settings.public_url, settings.signing_key())
    if letter is None:
        return
    try:
        carrier_of(settings).send(letter)
    except MailError:
        with services.database.transaction() as session:
            put_back_digest(session, owner)
        raise
    with services.database.transaction() as session:
        note_digest_sent(session, owner, today)
    log.info("digest_mailed", account_id=account_id)
