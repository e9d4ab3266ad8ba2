"""Inviting, admitting and removing the people of a company.

Whoever was invited has a closed account, with a password that nobody knows, until the link that was
mailed is used.
"""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.links import mail_link, redeem_link, use_up_links
from service.accounts.operations import (
    account_by_email,
    actor_of,
    deactivate,
    open_account,
    reactivate,
    set_password,
)
from service.colleagues.schemas import ColleagueInput, InvitationInput
from service.db.rows import one_row
from service.db.tables import Account, AccountLink, ConsentRecord, LinkPurpose
from service.kit import clock
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import Problem, field_problem
from service.privacy.closing import withdraw_closure
from service.privacy.consents import record_consents


def invite(session: Session, actor: Actor, data: ColleagueInput) -> Account:
    """Mail an invitation; again to someone whose invitation ran out or who left the same company.

    Raises `Problem` 409 `email_taken` for an address that anyone else has, `closed_by_alliance` for a
    colleague whom the alliance shut out.
    """
    account = account_by_email(session, data.email)
    if account is not None and account.closed_by_alliance and _same_company(actor, account):
        raise field_problem("/email", "closed_by_alliance", 409)
    if account is None or account.active or not _same_company(actor, account):
        account = open_account(
            session,
            email=data.email,
            password=secrets.token_urlsafe(32),
            name=data.name,
            role=actor.role,
            supplier_id=actor.supplier_id,
            manufacturer_id=actor.manufacturer_id,
        )
        account.active = False
    use_up_links(session, account.id, LinkPurpose.INVITATION)
    mail_link(session, LinkPurpose.INVITATION, account)
    record_event(session, actor, "colleague.invited", account.id)
    return account


def accept_invitation(session: Session, data: InvitationInput, key: str) -> Account:
    """Open the invited account, keep the consents. Raises `Problem` 422 `link_invalid`."""
    account = redeem_link(session, data.token, LinkPurpose.INVITATION, key)
    withdraw_closure(session, account)
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    set_password(session, actor_of(account), account, data.password.get_secret_value())
    record_consents(session, account.id, data.consents)
    reactivate(session, actor_of(account), account, "colleague.joined")
    return account


def remove(session: Session, actor: Actor, account: Account) -> None:
    """Close a colleague's (or one's own) account. Raises `Problem` 409 `last_contact`.

    `lock_colleague` holds everyone of the company, so that two people who remove each other at the
    same moment do not leave it without anyone.
    """
    statement = select(Account.id).where(_colleagues_of(actor), col(Account.active).is_(True))
    if list(session.exec(statement).all()) == [account.id]:
        raise Problem(409, "last_contact")
    deactivate(session, actor, account)


def drop_unanswered_invitations(session: Session) -> None:
    """Delete accounts of people who never joined and can no longer: their addresses are free again."""
    never_joined = (
        col(Account.active).is_(False),
        col(Account.email_confirmed_at).is_(None),
        ~exists().where(col(ConsentRecord.account_id) == col(Account.id)),
    )
    links = select(AccountLink.account_id).where(AccountLink.purpose == LinkPurpose.INVITATION.value)
    open_links = links.where(col(AccountLink.used_at).is_(None), AccountLink.expires_at > clock.now())
    invited, still_open = col(Account.id).in_(links), col(Account.id).in_(open_links)
    statement = select(Account.id).where(*never_joined, invited, ~still_open)
    gone = session.exec(statement.with_for_update()).all()
    session.execute(delete(AccountLink).where(col(AccountLink.account_id).in_(gone)))
    session.execute(delete(Account).where(col(Account.id).in_(gone)))


def lock_colleague(session: Session, actor: Actor, account_id: UUID) -> Account:
    """That person of the actor's company, the whole company held. Raises `Problem` 404."""
    statement = select(Account).where(_colleagues_of(actor)).order_by(col(Account.id)).with_for_update()
    people = session.exec(statement.execution_options(populate_existing=True)).all()
    found = next((person for person in people if person.id == account_id), None)
    if found is None:
        raise Problem(404, "not_found")
    return found


def get_colleague(session: Session, actor: Actor, account_id: UUID) -> Account:
    """That person of the actor's company. Raises `Problem` 404."""
    return one_row(session, select(Account).where(_colleagues_of(actor), Account.id == account_id))


def list_colleagues(
    session: Session, actor: Actor, limit: int, cursor: str | None
) -> tuple[Sequence[Account], str | None]:
    """One page of the people of the actor's company, oneself too, the longest there first."""
    statement = select(Account).where(_colleagues_of(actor))
    if cursor is not None:
        statement = statement.where(col(Account.id) > decode_uuid_cursor(cursor)[1])
    rows = session.exec(statement.order_by(col(Account.id)).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: ("", str(row.id)))


def _colleagues_of(actor: Actor) -> ColumnElement[bool]:
    if actor.supplier_id is not None:
        return col(Account.supplier_id) == actor.supplier_id
    return col(Account.manufacturer_id) == actor.manufacturer_id


def _same_company(actor: Actor, account: Account) -> bool:
    company = (account.supplier_id, account.manufacturer_id)
    return company == (actor.supplier_id, actor.manufacturer_id)
