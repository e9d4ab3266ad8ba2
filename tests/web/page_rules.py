"""Which pages there are and who may see them: one line for each page that can be opened.

A page without a line fails `test_every_page.py`, and so does a line without a page. Each is opened as
everyone, and by whoever may see it in a browser, narrow and wide, where it is held to what every page is
held to. The table is written by hand, so that a right that was lost in the code shows.

A rule names the roles that are let in. `owner` says whose things a page with an id shows: that company's
own; of another's they see nothing. Staff see everyone's.
"""

from dataclasses import dataclass, replace
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
OWN_NEED = replace(MANUFACTURER, owner="manufacturer")
ADMIN = PageRule(frozenset({"admin"}))

PAGES: dict[str, PageRule] = {
    "/sign-in": PUBLIC,
    "/password-reset": PUBLIC,
    "/email-confirmation": PUBLIC,
    "/auth/password-reset": PUBLIC,
    "/auth/email-confirmation": PUBLIC,
    "/auth/invitation": PUBLIC,
    "/register/manufacturer": PUBLIC,
    "/manufacturer": MANUFACTURER,
    "/manufacturer/edit": MANUFACTURER,
    "/manufacturer/history": MANUFACTURER,
    "/manufacturer/needs": MANUFACTURER,
    "/manufacturer/needs/new": MANUFACTURER,
    "/manufacturer/needs/{need_id}": OWN_NEED,
    "/manufacturer/needs/{need_id}/edit": OWN_NEED,
    "/manufacturer/needs/{need_id}/costs": replace(OWN_NEED, query="price_won=120000000"),
    "/manufacturer/programmes": MANUFACTURER,
    "/me": SIGNED_IN,
    "/me/sessions": SIGNED_IN,
    "/me/colleagues": COMPANY,
    "/me/privacy": SIGNED_IN,
    "/me/privacy/my-data.json": SIGNED_IN,
}
