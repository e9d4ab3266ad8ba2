"""From rows to what the wire carries, by who is looking."""

from collections.abc import Sequence

from sqlmodel import Session

from service.accounts.actor import Actor
from service.business_status.queries import statuses_of
from service.db.tables import Manufacturer
from service.kit.business_number import format_business_number
from service.manufacturers.queries import contacts_of
from service.manufacturers.schemas import ManufacturerAnswer
from service.privacy.access_log import Form
from service.privacy.contacts import shown_contact


def answers_for(
    session: Session, actor: Actor, manufacturers: Sequence[Manufacturer], form: Form = Form.FULL
) -> list[ManufacturerAnswer]:
    """The profiles with their contacts, and for staff what the tax service says: two queries in all."""
    contacts = contacts_of(session, [each.id for each in manufacturers])
    numbers = [each.business_number for each in manufacturers] if actor.is_staff else []
    statuses = statuses_of(session, numbers)
    return [
        ManufacturerAnswer(
            **each.model_dump(exclude={"business_number"}),
            business_number=format_business_number(each.business_number),
            business_status=statuses.get(each.business_number),
            contact=shown_contact(contacts.get(each.id), form),
        )
        for each in manufacturers
    ]
