"""What can be done with suppliers: register, change, approve, reject, suspend."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from procrastinate.types import JSONValue
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, delete, select

from matching import taxonomy
from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.own_company import refuse_own_company
from service.business_status.operations import have_numbers_checked
from service.db.tables import NotificationCode, Reference, Solution, Supplier, SupplierStatus
from service.jobs.names import EMBED_SUPPLIER, EMBED_SUPPLIERS
from service.jobs.queue import Priority, enqueue
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.notifications.operations import note_done, notify, notify_account_managers
from service.privacy.contacts import admit_contact
from service.suppliers.certificates import follow_certificates
from service.suppliers.schemas import (
    ReferenceInput,
    SolutionInput,
    SupplierInput,
    SupplierPatch,
    SupplierProfileInput,
)

EMBEDDED_TOGETHER = 32
"""An encoder is faster on many texts, and other work waits for no longer than these take: some seconds."""

_PARTS = {"solutions", "references", "contact", "consents"}
_PERSONAL = {"representative_name"}
"""Told of in the audit trail without its value: the trail stays when the person is forgotten."""

# From which states an account manager may move a supplier to which.
TRANSITIONS: Mapping[SupplierStatus, frozenset[SupplierStatus]] = {
    SupplierStatus.APPROVED: frozenset(
        {SupplierStatus.PENDING, SupplierStatus.REJECTED, SupplierStatus.SUSPENDED}
    ),
    SupplierStatus.REJECTED: frozenset({SupplierStatus.PENDING}),
    SupplierStatus.SUSPENDED: frozenset({SupplierStatus.APPROVED}),
}

TOLD: Mapping[SupplierStatus, NotificationCode] = {
    SupplierStatus.APPROVED: NotificationCode.SUPPLIER_APPROVED,
    SupplierStatus.REJECTED: NotificationCode.SUPPLIER_REJECTED,
    SupplierStatus.SUSPENDED: NotificationCode.SUPPLIER_SUSPENDED,
}
"""The reason is not part of it: it may name people, and is erased with them."""


def register_supplier(session: Session, actor: Actor, data: SupplierInput) -> Supplier:
    """A supplier registers itself: it waits for approval, its contact can sign in at once.

    Raises `Problem` 409 `business_number_taken` or `email_taken`.
    """
    supplier = add_supplier(session, actor, data, SupplierStatus.PENDING)
    admit_contact(session, data.contact, data.consents, supplier_id=supplier.id)
    notify_account_managers(
        session,
        NotificationCode.SUPPLIER_WAITS,
        supplier_id=str(supplier.id),
        company_name=supplier.company_name,
    )
    return supplier


def add_supplier(
    session: Session, actor: Actor, data: SupplierProfileInput, status: SupplierStatus
) -> Supplier:
    """Store a profile and have done what follows. Raises `Problem` 409 `business_number_taken`."""
    supplier = store_supplier(session, actor, data, status)
    # What comes in approved comes in bulk: nobody who registers by hand waits behind it.
    bulk = status is SupplierStatus.APPROVED
    _have_embedded(session, supplier, Priority.BULK if bulk else Priority.PERSON_WAITS)
    have_numbers_checked(session)
    return supplier


def store_supplier(
    session: Session, actor: Actor, data: SupplierProfileInput, status: SupplierStatus
) -> Supplier:
    """Store a profile and nothing else: what follows is done for many at once by `follow_up_suppliers`.

    Raises `Problem` 409 `business_number_taken`.
    """
    supplier = Supplier(**data.model_dump(exclude=_PARTS), status=status.value)
    supplier.search_text = _search_text(supplier, data.solutions)
    session.add(supplier)
    try:
        session.flush()
    except IntegrityError as error:
        if "supplier_business_number_key" in str(error.orig):
            raise field_problem("/business_number", "business_number_taken", 409) from error
        raise
    _replace_solutions(session, supplier, data.solutions)
    _replace_references(session, supplier, data.references)
    session.flush()
    record_event(session, actor, "supplier.registered", supplier.id, after={"status": status.value})
    return supplier


def follow_up_suppliers(session: Session, supplier_ids: Sequence[UUID]) -> None:
    """Have stored suppliers embedded, some dozens together, and their numbers checked."""
    for start in range(0, len(supplier_ids), EMBEDDED_TOGETHER):
        some: list[JSONValue] = [str(each) for each in supplier_ids[start : start + EMBEDDED_TOGETHER]]
        once = f"suppliers:{some[0]}"
        enqueue(session, EMBED_SUPPLIERS, once=once, priority=Priority.BULK, supplier_ids=some)
    have_numbers_checked(session)


def change_supplier(session: Session, actor: Actor, supplier: Supplier, patch: SupplierPatch) -> Supplier:
    """Apply a patch to a locked supplier; a changed text is embedded again."""
    changes = patch.model_dump(exclude_unset=True, exclude=_PARTS)
    before = {name: getattr(supplier, name) for name in changes}
    for name, value in changes.items():
        setattr(supplier, name, value)
    if patch.solutions is not None:
        _replace_solutions(session, supplier, patch.solutions)
    if patch.references is not None:
        _replace_references(session, supplier, patch.references)
    solutions = patch.solutions if patch.solutions is not None else _solutions_of(session, supplier.id)
    supplier.search_text = _search_text(supplier, solutions)
    supplier.version += 1
    supplier.updated_at = clock.now()
    session.flush()
    replaced = sorted(patch.model_fields_set & (_PARTS | _PERSONAL))
    record_event(
        session,
        actor,
        "supplier.changed",
        supplier.id,
        before=_storable(before),
        after=_storable(changes) | {"replaced": replaced},
    )
    if "certifications" in changes:  # the papers know better than a tick
        follow_certificates(session, supplier)
    _have_embedded(session, supplier)
    return supplier


def move_supplier(
    session: Session, actor: Actor, supplier: Supplier, target: SupplierStatus, reason: str | None = None
) -> Supplier:
    """Approve, reject or suspend a locked supplier.

    Raises `Problem` 409 `own_company` or `status_transition`.
    """
    refuse_own_company(session, actor, supplier.id)
    current = SupplierStatus(supplier.status)
    if current not in TRANSITIONS[target]:
        allowed = ", ".join(sorted(state.value for state in TRANSITIONS[target]))
        raise Problem(409, "status_transition", current=current.value, allowed=allowed)
    supplier.status = target.value
    supplier.status_reason = reason
    supplier.status_changed_at = clock.now()
    supplier.version += 1
    session.flush()
    record_event(
        session,
        actor,
        f"supplier.{target.value}",
        supplier.id,
        before={"status": current.value},
        after={"status": target.value, "reason": reason},
    )
    note_done(session, NotificationCode.SUPPLIER_WAITS, supplier_id=str(supplier.id))
    notify(session, TOLD[target], supplier_id=supplier.id)
    return supplier


def _have_embedded(session: Session, supplier: Supplier, priority: Priority = Priority.PERSON_WAITS) -> None:
    enqueue(
        session,
        EMBED_SUPPLIER,
        once=f"supplier:{supplier.id}",
        priority=priority,
        supplier_id=str(supplier.id),
    )


def _solutions_of(session: Session, supplier_id: UUID) -> Sequence[Solution]:
    return session.exec(select(Solution).where(Solution.supplier_id == supplier_id)).all()


def _replace_solutions(session: Session, supplier: Supplier, wanted: Sequence[SolutionInput]) -> None:
    """Make the solutions exactly these; one that keeps its name keeps its id, as old runs point at it."""
    present = {solution.name: solution for solution in _solutions_of(session, supplier.id)}
    for position, data in enumerate(wanted):
        solution = present.pop(data.name, None)
        if solution is None:
            session.add(Solution(supplier_id=supplier.id, position=position, **data.model_dump()))
            continue
        solution.position = position
        for name, value in data.model_dump().items():
            setattr(solution, name, value)
    for dropped in present.values():
        session.delete(dropped)


def _replace_references(session: Session, supplier: Supplier, wanted: Sequence[ReferenceInput]) -> None:
    session.exec(delete(Reference).where(Reference.supplier_id == supplier.id))  # type: ignore[arg-type]
    session.add_all(
        Reference(supplier_id=supplier.id, position=position, **data.model_dump())
        for position, data in enumerate(wanted)
    )


def _search_text(supplier: Supplier, solutions: Sequence[SolutionInput | Solution]) -> str:
    parts = [supplier.company_name, supplier.summary]
    for solution in solutions:
        parts += [solution.name, solution.description, *solution.processes]
        parts += [taxonomy.category_name(code) for code in solution.categories]
    return "\n".join(dict.fromkeys(parts)).casefold()


def _storable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int | list | None) else str(value)
        for name, value in values.items()
        if name not in _PERSONAL
    }
