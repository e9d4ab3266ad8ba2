"""Which pages there are and who may see them: one line for each page that can be opened.

A page without a line fails `test_every_page.py`, and so does a line without a page. Each is opened as
everyone, and by whoever may see it in a browser, narrow and wide, where it is held to what every page is
held to. The table is written by hand, so that a right that was lost in the code shows.

A rule names the roles that are let in. `owner` says whose things a page with an id shows: that company's
own; of another's they see nothing. Staff see everyone's.
"""

from dataclasses import dataclass
from typing import Literal

Owner = Literal["supplier", "manufacturer"]
EVERYONE = frozenset({"anonymous", "supplier", "manufacturer", "account_manager", "admin"})


@dataclass(frozen=True)
class PageRule:
    """Who is let in. `query` is what the page is opened with."""

    allowed: frozenset[str]
    owner: Owner | None = None
    query: str = ""


PUBLIC = PageRule(EVERYONE)
SIGNED_IN = PageRule(EVERYONE - {"anonymous"})
COMPANY = PageRule(frozenset({"supplier", "manufacturer"}))
SUPPLIER = PageRule(frozenset({"supplier"}))
MANUFACTURER = PageRule(frozenset({"manufacturer"}))
STAFF = PageRule(frozenset({"account_manager", "admin"}))
ADMIN = PageRule(frozenset({"admin"}))

PAGES: dict[str, PageRule] = {
    "/sign-in": PUBLIC,
    "/password-reset": PUBLIC,
    "/email-confirmation": PUBLIC,
    "/auth/password-reset": PUBLIC,
    "/auth/email-confirmation": PUBLIC,
    "/auth/invitation": PUBLIC,
    "/dashboard": STAFF,
    "/dashboard/needs": STAFF,
    "/dashboard/suppliers": STAFF,
    "/dashboard/manufacturers": STAFF,
    "/dashboard/decisions": STAFF,
    "/dashboard/figures.csv": STAFF,
    "/admin": ADMIN,
    "/admin/users": ADMIN,
    "/admin/users/new": ADMIN,
    "/admin/users/{account_id}": ADMIN,
    "/admin/keys": ADMIN,
    "/admin/keys/new": ADMIN,
    "/admin/keys/{key_id}": ADMIN,
    "/admin/ranking": ADMIN,
    "/admin/ranking/edit": ADMIN,
    "/admin/jobs": ADMIN,
    "/admin/jobs/{job_id}": ADMIN,
    "/admin/jobs/{job_id}/refused.csv": ADMIN,
    "/admin/imports": ADMIN,
    "/admin/imports/suppliers.csv": ADMIN,
    "/admin/imports/manufacturers.csv": ADMIN,
    "/admin/access-log": ADMIN,
    "/admin/access-log/check": ADMIN,
    "/admin/audit": ADMIN,
}
