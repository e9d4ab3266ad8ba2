"""What can be done with manufacturers: register and change."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.business_status.operations import have_numbers_checked
from service.db.tables import Manufacturer
from service.kit import clock
from service.kit.problems import field_problem
from service.manufacturers.schemas import ManufacturerInput, ManufacturerPatch, ManufacturerProfileInput
from service.privacy.contacts import admit_contact


def register_manufacturer(session: Session, actor: Actor, data: ManufacturerInput) -> Manufacturer:
    """A manufacturer registers itself; its contact can sign in at once.

    Raises `Problem` 409 `business_number_taken` or `email_taken`.
    """
    manufacturer = add_manufacturer(session, actor, data)
    admit_contact(session, data.contact, data.consents, manufacturer_id=manufacturer.id)
    return manufacturer


def add_manufacturer(session: Session, actor: Actor, data: ManufacturerProfileInput) -> Manufacturer:
    """Store a profile and have its number checked. Raises `Problem` 409 `business_number_taken`."""
    manufacturer = store_manufacturer(session, actor, data)
    have_numbers_checked(session)
    return manufacturer


def store_manufacturer(session: Session, actor: Actor, data: ManufacturerProfileInput) -> Manufacturer:
    """Store a profile and nothing else. Raises `Problem` 409 `business_number_taken`."""
    manufacturer = Manufacturer(**data.model_dump(exclude={"contact", "consents"}))
    session.add(manufacturer)
    try:
        session.flush()
    except IntegrityError as error:
        if "manufacturer_business_number_key" in str(error.orig):
            raise field_problem("/business_number", "business_number_taken", 409) from error
        raise
    record_event(session, actor, "manufacturer.registered", manufacturer.id)
    return manufacturer


def change_manufacturer(
    session: Session, actor: Actor, manufacturer: Manufacturer, patch: ManufacturerPatch
) -> Manufacturer:
    """Apply a patch to a locked manufacturer."""
    changes = patch.model_dump(exclude_unset=True)
    before = {name: getattr(manufacturer, name) for name in changes}
    for name, value in changes.items():
        setattr(manufacturer, name, value)
    manufacturer.version += 1
    manufacturer.updated_at = clock.now()
    session.flush()
    record_event(session, actor, "manufacturer.changed", manufacturer.id, before=before, after=changes)
    return manufacturer
