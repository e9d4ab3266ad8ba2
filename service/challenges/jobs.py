"""The task that reads the texts of a call, for proposing departments."""

from uuid import UUID

from procrastinate import JobContext

from service.challenges.departments import embed_challenge
from service.jobs.names import EMBED_CHALLENGE
from service.jobs.worker import services_of, task


@task(EMBED_CHALLENGE)
def embed_challenge_task(context: JobContext, challenge_id: str) -> None:
    """Embed what changed in that call's departments and applications."""
    services = services_of(context)
    embed_challenge(services.database, services.encoder(), UUID(challenge_id))
