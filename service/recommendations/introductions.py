"""What a supplier learns once an account manager has introduced it: who the manufacturer is.

The contact is shown as far as that person agreed to have it given to the other side (`third_party`).
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
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
"""Verdicts from the introduction on. Who was rejected after it sees the manufacturer no longer."""


class _Decided(NamedTuple):
    need: Need
    manufacturer: Manufacturer
    verdict: str
    decided_at: datetime


def introductions_of(session: Session, supplier_id: UUID) -> list[IntroductionAnswer]:
    """The needs that this supplier was introduced to, the latest decision first: three queries in all.

    Who may ask for this supplier was decided before.
    """
    decided = _decided(session, supplier_id)
    contacts = contacts_of(session, [each.manufacturer.id for each in decided])
    agreed = who_agreed(session, [contact.id for contact in contacts.values()], THIRD_PARTY)
    answers = []
    for need, manufacturer, verdict, decided_at in decided:
        contact = contacts.get(manufacturer.id)
        shown = shown_contact(contact, Form.FULL) if contact and contact.id in agreed else None
        known = manufacturer.model_dump(include={"id", "company_name", "industry", "region"})
        answers.append(
            IntroductionAnswer(
                need_id=need.id,
                title=need.title,
                description=need.description,
                budget_won=need.budget_won,
                verdict=verdict,
                decided_at=decided_at,
                manufacturer=IntroducedManufacturer(**known, contact=shown),
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


def _decided(session: Session, supplier_id: UUID) -> list[_Decided]:
    """The needs on which the last decision about this supplier is an introduction or what follows one."""
    latest = (
        select(Feedback.id)
        .where(Feedback.supplier_id == supplier_id)
        .ext(distinct_on(col(Feedback.need_id)))
        .order_by(col(Feedback.need_id), col(Feedback.created_at).desc(), col(Feedback.id).desc())
    )
    rows = session.exec(
        select(Need, Manufacturer, Feedback.verdict, Feedback.created_at)
        .join(Feedback, col(Feedback.need_id) == col(Need.id))
        .join(Manufacturer, col(Manufacturer.id) == col(Need.manufacturer_id))
        .where(col(Feedback.id).in_(latest), col(Feedback.verdict).in_(INTRODUCED))
        .order_by(col(Feedback.created_at).desc(), col(Feedback.id).desc())
    )
    return [_Decided(*row) for row in rows]
