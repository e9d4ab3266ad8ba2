"""Who was introduced to whom: from here on the two companies know each other's name.

A contact is shown as far as that person agreed to have it given to the other side (`third_party`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from service.db.tables import Feedback, Manufacturer, Need, NotificationCode, Supplier, Verdict
from service.manufacturers.queries import contacts_of
from service.notifications.operations import notify
from service.privacy.access_log import Form
from service.privacy.consents import THIRD_PARTY, who_agreed
from service.privacy.contacts import shown_contact
from service.recommendations.schemas import IntroducedManufacturer, IntroductionAnswer

INTRODUCED = tuple(
    each.value for each in (Verdict.INTRODUCED, Verdict.PROPOSED, Verdict.CONTRACTED, Verdict.COMPLETED)
)
"""Verdicts from the introduction on. Who was rejected after it sees the other side no longer."""

# Many verdicts may follow each other: the last one on a supplier for a need holds.
_INTRODUCTIONS = text("""
    WITH latest AS (
        SELECT DISTINCT ON (need_id, supplier_id) need_id, supplier_id, verdict, created_at
        FROM feedback
        WHERE (CAST(:need_ids AS uuid[]) IS NULL OR need_id = ANY(:need_ids))
          AND (CAST(:supplier_id AS uuid) IS NULL OR supplier_id = :supplier_id)
        ORDER BY need_id, supplier_id, created_at DESC, id DESC
    )
    SELECT need_id, supplier_id, verdict, created_at FROM latest
    WHERE verdict = ANY(:introduced) ORDER BY created_at, supplier_id
""")


@dataclass(frozen=True)
class Introduction:
    """One supplier introduced for one need; `since` is when its last verdict was given."""

    need_id: UUID
    supplier_id: UUID
    verdict: str
    since: datetime


def introductions(
    session: Session, *, need_id: UUID | None = None, supplier_id: UUID | None = None
) -> Sequence[Introduction]:
    """What was introduced for a need, or of a supplier, the earliest first.

    Who may see the need or the supplier was decided before. Raises ValueError without either.
    """
    if need_id is None and supplier_id is None:
        raise ValueError("introductions of a need or of a supplier")
    return _found(session, None if need_id is None else [need_id], supplier_id)


def introduced_counts(session: Session, need_ids: Sequence[UUID]) -> Counter[UUID]:
    """How many suppliers were introduced for each of these needs: one query however many they are."""
    return Counter(each.need_id for each in _found(session, need_ids, None))


def _found(
    session: Session, need_ids: Sequence[UUID] | None, supplier_id: UUID | None
) -> Sequence[Introduction]:
    asked = {
        "need_ids": None if need_ids is None else list(need_ids),
        "supplier_id": supplier_id,
        "introduced": list(INTRODUCED),
    }
    return [Introduction(*row) for row in session.execute(_INTRODUCTIONS, asked)]


def introductions_of(session: Session, supplier_id: UUID) -> list[IntroductionAnswer]:
    """The needs that this supplier was introduced to, the latest decision first: four queries in all.

    Who may ask for this supplier was decided before.
    """
    found = sorted(introductions(session, supplier_id=supplier_id), key=lambda each: each.since, reverse=True)
    statement = (
        select(Need, Manufacturer)
        .join(Manufacturer, col(Manufacturer.id) == col(Need.manufacturer_id))
        .where(col(Need.id).in_([each.need_id for each in found]))
    )
    known = {need.id: (need, manufacturer) for need, manufacturer in session.exec(statement)}
    contacts = contacts_of(session, [manufacturer.id for _, manufacturer in known.values()])
    agreed = who_agreed(session, [contact.id for contact in contacts.values()], THIRD_PARTY)
    answers = []
    for each in found:
        need, manufacturer = known[each.need_id]
        contact = contacts.get(manufacturer.id)
        shown = shown_contact(contact, Form.FULL) if contact and contact.id in agreed else None
        company = manufacturer.model_dump(include={"id", "company_name", "industry", "region"})
        answers.append(
            IntroductionAnswer(
                need_id=need.id,
                title=need.title,
                description=need.description,
                budget_won=need.budget_won,
                verdict=each.verdict,
                decided_at=each.since,
                manufacturer=IntroducedManufacturer(**company, contact=shown),
            )
        )
    return answers


def tell_of_introduction(session: Session, need_id: UUID, supplier_id: UUID) -> None:
    """Tell both sides, at the first introduction of the two only; call it before the decision is kept."""
    known = select(Feedback.id).where(
        Feedback.need_id == need_id,
        Feedback.supplier_id == supplier_id,
        col(Feedback.verdict).in_(INTRODUCED),
    )
    if session.exec(known.limit(1)).first() is not None:
        return
    need, supplier = session.get_one(Need, need_id), session.get_one(Supplier, supplier_id)
    notify(
        session,
        NotificationCode.INTRODUCED_TO_MANUFACTURER,
        supplier_id=supplier_id,
        need_id=str(need_id),
        need_title=need.title,
    )
    notify(
        session,
        NotificationCode.INTRODUCED_TO_SUPPLIER,
        manufacturer_id=need.manufacturer_id,
        need_id=str(need_id),
        need_title=need.title,
        company_name=supplier.company_name,
    )
