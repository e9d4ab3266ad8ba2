"""Mailed links: good once, for a while, for one purpose.

Asking for one does the same work and gives the same answer whether anyone has the address. The token
is signed when the mail is written and stored nowhere, so neither the database nor the queue holds it.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from service.accounts.tokens import TokenError, issue_link_token, read_link_token
from service.db.tables import Account, AccountLink, LinkPurpose
from service.jobs.names import SEND_LINK
from service.jobs.queue import enqueue
from service.kit import clock
from service.kit.problems import field_problem
from service.mail.letters import Letter
from service.messages.mail import mail_text

GOOD_FOR: Mapping[LinkPurpose, timedelta] = {
    LinkPurpose.RESET: timedelta(minutes=30),
    LinkPurpose.CONFIRMATION: timedelta(days=3),
    LinkPurpose.INVITATION: timedelta(days=7),
}
PAGES: Mapping[LinkPurpose, str] = {
    LinkPurpose.RESET: "/auth/password-reset",
    LinkPurpose.CONFIRMATION: "/auth/email-confirmation",
    LinkPurpose.INVITATION: "/auth/invitation",
}


def mail_link(session: Session, purpose: LinkPurpose, account: Account | None) -> None:
    """Have a link mailed to that account after the commit; without an account, to nobody."""
    link = AccountLink(
        account_id=account.id if account else None,
        purpose=purpose.value,
        expires_at=clock.now() + GOOD_FOR[purpose],
    )
    session.add(link)
    session.flush()
    enqueue(session, SEND_LINK, once=f"link:{link.id}", link_id=str(link.id))


def letter_of_link(session: Session, link_id: UUID, key: str, public_url: str) -> Letter | None:
    """The letter for a link that is still good, None for any other.

    The token stands in the query, so that the page works without scripts: the service logs no query, its
    pages send no referrer elsewhere, and opening one uses nothing up, as mail scanners open links too.
    """
    link = session.get(AccountLink, link_id)
    account = session.get(Account, link.account_id) if link and link.account_id else None
    if link is None or account is None or not _is_good(link):
        return None
    token = issue_link_token(link.id, link.purpose, link.expires_at, key)
    address = f"{public_url.rstrip('/')}{PAGES[LinkPurpose(link.purpose)]}?token={token}"
    subject, text = mail_text(link.purpose, name=account.name, link=address)
    return Letter(link.id, account.email, subject, text)


def redeem_link(session: Session, token: str, purpose: LinkPurpose, key: str) -> Account:
    """The account that a link was mailed to, held; the link and its like are used up with this.

    Raises `Problem` 422 `link_invalid`, the same for a forged, used, expired or unknown one.
    """
    try:
        link = session.get(AccountLink, read_link_token(token, purpose.value, key))
    except TokenError as error:
        raise field_problem("/token", "link_invalid") from error
    if link is None or link.account_id is None:
        raise field_problem("/token", "link_invalid")
    # The account first and then the link, as everyone who ends links does.
    statement = select(Account).where(Account.id == link.account_id).with_for_update()
    account = session.exec(statement.execution_options(populate_existing=True)).one()
    session.refresh(link, with_for_update=True)
    if not _is_good(link):
        raise field_problem("/token", "link_invalid")
    use_up_links(session, account.id, purpose)
    return account


def use_up_links(session: Session, account_id: UUID, *purposes: LinkPurpose) -> None:
    """Make the open links of an account for these purposes (any, when none is named) useless."""
    named = [purpose.value for purpose in purposes or LinkPurpose]
    session.execute(
        update(AccountLink)
        .where(
            col(AccountLink.account_id) == account_id,
            col(AccountLink.purpose).in_(named),
            col(AccountLink.used_at).is_(None),
        )
        .values(used_at=clock.now())
    )


def _is_good(link: AccountLink) -> bool:
    return link.used_at is None and link.expires_at > clock.now()
