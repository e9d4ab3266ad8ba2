"""The person who registers a company: an account, and what that person agreed to."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from service.accounts.actor import Role
from service.accounts.links import mail_link
from service.accounts.operations import open_account
from service.accounts.schemas import Contact, ContactAnswer
from service.db.tables import Account, ConsentRecord, LinkPurpose
from service.kit.masking import mask_email, mask_name, mask_phone
from service.privacy.access_log import Form
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


def shown_contact(account: Account | None, form: Form) -> ContactAnswer | None:
    """A company's contact, masked in lists."""
    if account is None:
        return None
    if form is Form.FULL:
        return ContactAnswer(name=account.name, email=account.email, phone=account.phone)
    return ContactAnswer(
        name=mask_name(account.name),
        email=mask_email(account.email),
        phone=mask_phone(account.phone) if account.phone else None,
    )


def shown_name(name: str | None, form: Form) -> str | None:
    """A representative's name, masked in lists."""
    return mask_name(name) if name and form is Form.MASKED else name


def shared_contacts(session: Session, supplier_ids: Sequence[UUID]) -> dict[UUID, ContactAnswer]:
    """By supplier, the person whom the other company of an introduction may know.

    That is the longest there of those whose last answer on passing their data on (`third_party`) was yes;
    a supplier of whom nobody agreed is left out.
    """
    answers = (
        select(ConsentRecord.account_id, ConsentRecord.accepted)
        .where(ConsentRecord.purpose == "third_party")
        .ext(distinct_on(col(ConsentRecord.account_id)))
        .order_by(
            col(ConsentRecord.account_id), col(ConsentRecord.recorded_at).desc(), col(ConsentRecord.id).desc()
        )
        .subquery()
    )
    newest_first = (
        select(Account)
        .join(answers, answers.c.account_id == col(Account.id))
        .where(col(Account.supplier_id).in_(supplier_ids), col(Account.active), answers.c.accepted)
        .order_by(col(Account.created_at).desc(), col(Account.id).desc())
    )
    return {
        account.supplier_id: ContactAnswer(name=account.name, email=account.email, phone=account.phone)
        for account in session.exec(newest_first)
        if account.supplier_id is not None
    }
