"""From rows to what the wire carries, by who is looking."""

from service.accounts.actor import Actor
from service.accounts.schemas import ContactAnswer
from service.kit.business_number import format_business_number
from service.suppliers.queries import SupplierRecord
from service.suppliers.schemas import (
    PublicSupplierAnswer,
    ReferenceAnswer,
    SolutionAnswer,
    SupplierAnswer,
)

_OF_ROW = ("id", "company_name", "region", "homepage", "employee_count", "founded_on", "summary",
           "service_regions", "certifications", "status")  # fmt: skip
_OF_ROW_PRIVATE = ("representative_name", "address", "concurrent_project_capacity", "status_reason",
                   "status_changed_at", "version", "created_at", "updated_at")  # fmt: skip


def answer_for(actor: Actor, record: SupplierRecord) -> SupplierAnswer | PublicSupplierAnswer:
    """The whole profile for staff and the supplier itself, the public part for everyone else."""
    own = actor.supplier_id is not None and actor.supplier_id == record.supplier.id
    return whole_answer(record) if actor.is_staff or own else public_answer(record)


def public_answer(record: SupplierRecord) -> PublicSupplierAnswer:
    """What anyone may see of an approved supplier."""
    return PublicSupplierAnswer(
        **{name: getattr(record.supplier, name) for name in _OF_ROW},
        solutions=[SolutionAnswer.model_validate(solution) for solution in record.solutions],
        references=[ReferenceAnswer.model_validate(reference) for reference in record.references],
    )


def whole_answer(record: SupplierRecord) -> SupplierAnswer:
    """All of it."""
    supplier, contact = record.supplier, record.contact
    return SupplierAnswer(
        **public_answer(record).model_dump(),
        **{name: getattr(supplier, name) for name in _OF_ROW_PRIVATE},
        business_number=format_business_number(supplier.business_number),
        contact=ContactAnswer(name=contact.name, email=contact.email, phone=contact.phone)
        if contact
        else None,
    )
