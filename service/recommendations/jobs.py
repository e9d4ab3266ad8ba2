"""The tasks that embed a changed supplier or need."""

from uuid import UUID

from procrastinate import JobContext

from service.jobs.names import EMBED_NEED, EMBED_SUPPLIER, EMBED_SUPPLIERS
from service.jobs.worker import services_of, task
from service.recommendations.vectors import embed_needs, embed_suppliers


@task(EMBED_SUPPLIER)
def embed_supplier_task(context: JobContext, supplier_id: str) -> None:
    """Embed what changed in that supplier's texts."""
    services = services_of(context)
    embed_suppliers(services.database, services.encoder(), [UUID(supplier_id)])


@task(EMBED_SUPPLIERS)
def embed_suppliers_task(context: JobContext, supplier_ids: list[str]) -> None:
    """Embed what changed in the texts of several suppliers: what an import brought."""
    services = services_of(context)
    embed_suppliers(services.database, services.encoder(), [UUID(each) for each in supplier_ids])


@task(EMBED_NEED)
def embed_need_task(context: JobContext, need_id: str) -> None:
    """Embed what changed in that need's text."""
    services = services_of(context)
    embed_needs(services.database, services.encoder(), [UUID(need_id)])
