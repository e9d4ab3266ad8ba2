"""Invitations that nobody answered do not keep an address for ever."""

from procrastinate import JobContext

from service.colleagues.operations import drop_unanswered_invitations
from service.jobs.names import DROP_INVITATIONS
from service.jobs.worker import nightly, services_of


@nightly(DROP_INVITATIONS, hour_kst=4)
def drop_invitations_task(context: JobContext) -> None:
    """Delete the accounts behind invitations that have run out."""
    with services_of(context).database.transaction() as session:
        drop_unanswered_invitations(session)
