"""From rows to what the wire carries, by who is looking."""

from collections.abc import Sequence

from sqlmodel import Session

from service.accounts.actor import Actor
from service.business_status.queries import BusinessStatusAnswer, statuses_of
from service.kit.business_number import format_business_number
from service.privacy.access_log import Form
from service.privacy.contacts import shown_contact, shown_name
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


def answers_for(
    session: Session, actor: Actor, records: Sequence[SupplierRecord], form: Form = Form.FULL
) -> list[SupplierAnswer | PublicSupplierAnswer]:
    """The whole profile for staff and the supplier itself, the public part for everyone else.

    `form` is how the people of other companies are shown.
    """
    numbers = [record.supplier.business_number for record in records] if actor.is_staff else []
    statuses = statuses_of(session, numbers)
    return [
        whole_answer(record, form, statuses.get(record.supplier.business_number))
        if actor.is_staff
        else whole_answer(record)
        if is_own(actor, record)
        else public_answer(record)
        for record in records
    ]


def is_own(actor: Actor, record: SupplierRecord) -> bool:
    """Whether the actor belongs to that supplier."""
    return actor.supplier_id is not None and actor.supplier_id == record.supplier.id


def public_answer(record: SupplierRecord) -> PublicSupplierAnswer:
    """What anyone may see of an approved supplier."""
    return PublicSupplierAnswer(
        **{name: getattr(record.supplier, name) for name in _OF_ROW},
        solutions=[SolutionAnswer.model_validate(solution) for solution in record.solutions],
        references=[ReferenceAnswer.model_validate(reference) for reference in record.references],
    )


def whole_answer(
    record: SupplierRecord, form: Form = Form.FULL, status: BusinessStatusAnswer | None = None
) -> SupplierAnswer:
    """All of it."""
    supplier = record.supplier
    private = {name: getattr(supplier, name) for name in _OF_ROW_PRIVATE}
    private["representative_name"] = shown_name(supplier.representative_name, form)
    return SupplierAnswer(
        **public_answer(record).model_dump(),
        **private,
        business_number=format_business_number(supplier.business_number),
        business_status=status,
        contact=shown_contact(record.contact, form),
        unattended=record.unattended,
    )
