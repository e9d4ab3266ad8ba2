"""Who is at the browser: the person behind its cookie, and what a page lets them do.

The cookie holds a signed token that names a session, and every request reads that session, so that what
was revoked is signed out at the next click. Scripts cannot read the cookie, and other sites cannot make the
browser send it with a form (`SameSite=Lax`, and `same_site` refuses what still comes).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlmodel import Session

from service.accounts.actor import ANONYMOUS, STAFF_ROLES, Actor, Role, signed_in_actor
from service.accounts.audit import record_event
from service.accounts.devices import device_of
from service.accounts.operations import account_by_email, actor_of
from service.accounts.sessions import live_session, open_session
from service.accounts.tokens import TokenError, issue_browser_token, read_browser_token
from service.db.session import DbSession
from service.db.tables import Account, AccountSession
from service.kit.problems import Problem
from service.notifications.queries import unread_count
from service.web.forms import Posted

COOKIE = "alliance_session"
MOST_COUNTED = 100
"""The header counts so many unread notifications at most, for every page."""
VISITOR = "visitor"
"""Where the request keeps who is at the browser, for the frame of a page that tells a refusal."""


@dataclass(frozen=True)
class Visitor:
    """The actor of a page, with what the frame of the page shows of them."""

    actor: Actor
    path: str
    query: str = ""
    name: str = ""
    email: str = ""
    email_confirmed: bool = False
    unread: int = 0
    """How many notifications nobody has read whom they concern; no more than `MOST_COUNTED`."""

    @property
    def signed_in(self) -> bool:
        """Whether anybody is signed in."""
        return self.actor.account_id is not None

    @property
    def address(self) -> str:
        """This page, to come back to."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def account_id(self) -> UUID:
        """The account of who is signed in. Only for pages that nobody else reaches."""
        assert self.actor.account_id is not None
        return self.actor.account_id


class SignInNeeded(Exception):  # noqa: N818 - not a fault
    """The page is for people who are signed in; what was typed is kept until they are."""


def _visitor(request: Request, session: DbSession, _posted: Posted) -> Visitor:
    found = _account_at(request, session)
    visitor = _of_account(request, session, *found) if found else _nobody(request)
    setattr(request.state, VISITOR, visitor)
    return visitor


AnyVisitor = Annotated[Visitor, Depends(_visitor)]


def only(*roles: Role) -> Callable[[Visitor], Awaitable[Visitor]]:
    """A dependency that lets only people of these roles see a page; others sign in first, or get a 403."""

    async def allowed(visitor: AnyVisitor) -> Visitor:
        if visitor.actor.role in roles:
            return visitor
        if visitor.actor.role is Role.ANONYMOUS:
            raise SignInNeeded
        raise Problem(403, "forbidden")

    return allowed


SupplierVisitor = Annotated[Visitor, Depends(only(Role.SUPPLIER))]
ManufacturerVisitor = Annotated[Visitor, Depends(only(Role.MANUFACTURER))]
CompanyVisitor = Annotated[Visitor, Depends(only(Role.SUPPLIER, Role.MANUFACTURER))]
StaffVisitor = Annotated[Visitor, Depends(only(*STAFF_ROLES))]
AdminVisitor = Annotated[Visitor, Depends(only(Role.ADMIN))]
SignedInVisitor = Annotated[Visitor, Depends(only(Role.SUPPLIER, Role.MANUFACTURER, *STAFF_ROLES))]


HOMES: Mapping[Role, str] = {
    Role.ANONYMOUS: "/",
    Role.SUPPLIER: "/supplier",
    Role.MANUFACTURER: "/manufacturer",
    Role.ACCOUNT_MANAGER: "/desk",
    Role.ADMIN: "/desk",
}
"""Where each role lands after signing in."""


def remember(request: Request, response: Response, account: Account, opened: AccountSession) -> None:
    """Give the browser the cookie of that session."""
    token = issue_browser_token(account.id, opened.id, opened.expires_at, request.app.state.signing_key)
    response.set_cookie(
        COOKIE,
        token,
        expires=opened.expires_at,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.behind_tls == "on",
    )


def admit(request: Request, session: Session, response: Response, email: str) -> None:
    """Sign in whoever has just registered with that address: the password was typed a moment ago."""
    account = account_by_email(session, email)
    assert account is not None
    opened = open_session(session, account, device_of(request))
    record_event(session, actor_of(account), "session.opened", opened.id)
    remember(request, response, account, opened)


def forget(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def _nobody(request: Request) -> Visitor:
    return Visitor(ANONYMOUS, request.url.path, request.url.query)


def _of_account(request: Request, session: Session, account: Account, signed_in: AccountSession) -> Visitor:
    actor = signed_in_actor(session, account, signed_in)
    return Visitor(
        actor,
        request.url.path,
        request.url.query,
        account.name,
        account.email,
        account.email_confirmed_at is not None,
        unread_count(session, actor, MOST_COUNTED),
    )


def _account_at(request: Request, session: DbSession) -> tuple[Account, AccountSession] | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    try:
        return live_session(session, read_browser_token(token, request.app.state.signing_key))
    except TokenError:
        return None
