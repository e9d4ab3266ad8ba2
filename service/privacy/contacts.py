"""The person who registers a company: an account, and what that person agreed to."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Role
from service.accounts.links import mail_link
from service.accounts.operations import open_account
from service.accounts.schemas import Contact
from service.db.tables import LinkPurpose
from service.privacy.consents import Consent, record_consents


def admit_contact(
    session: Session,
    contact: Contact,
    consents: Iterable[Consent],
    *,
    supplier_id: UUID | None = None,
    manufacturer_id: UUID | None = None,
) -> None:
    """Open the account of a company's contact, keep the consents, have the address confirmed by mail.

    Raises `Problem` 409 `email_taken`.
    """
    account = open_account(
        session,
        email=contact.email,
        password=contact.password.get_secret_value(),
        name=contact.name,
        phone=contact.phone,
        role=Role.SUPPLIER if supplier_id else Role.MANUFACTURER,
        supplier_id=supplier_id,
        manufacturer_id=manufacturer_id,
        pointer="/contact/email",
    )
    record_consents(session, account.id, list(consents))
    mail_link(session, LinkPurpose.CONFIRMATION, account)
