"""Which pages there are and who may see them: one line for each page that can be opened.

A page without a line fails `test_every_page.py`, and so does a line without a page. Each is opened as
everyone, and by whoever may see it in a browser, narrow and wide, where it is held to what every page is
held to. The table is written by hand, so that a right that was lost in the code shows.

A rule names the roles that are let in. `owner` says whose things a page with an id shows: that company's
own; of another's they see nothing. Staff see everyone's.
"""

from dataclasses import dataclass, replace
from typing import Literal

Owner = Literal["supplier", "manufacturer", "account_manager"]
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
OWN = replace(SUPPLIER, owner="supplier")
OWN_NEED = replace(MANUFACTURER, owner="manufacturer")
OWN_REVIEW = PageRule(frozenset({"account_manager"}), owner="account_manager")
REVIEWER = PageRule(frozenset({"account_manager"}))
ADMIN = PageRule(frozenset({"admin"}))

PAGES: dict[str, PageRule] = {
    "/sign-in": PUBLIC,
    "/password-reset": PUBLIC,
    "/email-confirmation": PUBLIC,
    "/auth/password-reset": PUBLIC,
    "/auth/email-confirmation": PUBLIC,
    "/auth/invitation": PUBLIC,
    "/": PUBLIC,
    "/register": PUBLIC,
    "/robots.txt": PUBLIC,
    "/try": PUBLIC,
    "/suppliers": PUBLIC,
    "/suppliers/{supplier_id}": PUBLIC,
    "/programmes": PUBLIC,
    "/programmes/{code}": PUBLIC,
    "/challenges": PUBLIC,
    "/challenges/{challenge_id}": PUBLIC,
    "/clusters": PUBLIC,
    "/clusters/{cluster_id}": PUBLIC,
    "/calculators": PUBLIC,
    "/calculators/installment": PUBLIC,
    "/calculators/installment/print": PUBLIC,
    "/calculators/installment.csv": PUBLIC,
    "/calculators/installment.xlsx": PUBLIC,
    "/calculators/fund-loan": PUBLIC,
    "/calculators/fund-loan/print": PUBLIC,
    "/calculators/fund-loan.csv": PUBLIC,
    "/calculators/fund-loan.xlsx": PUBLIC,
    "/calculators/comparison": PUBLIC,
    "/calculators/affordable-price": PUBLIC,
    "/calculators/shortest-term": PUBLIC,
    "/calculators/implied-rate": PUBLIC,
    "/calculators/prepayment-fee": PUBLIC,
    "/calculators/overdue-charge": PUBLIC,
    "/calculators/present-value": PUBLIC,
    "/calculators/grant": PUBLIC,
    "/register/supplier": PUBLIC,
    "/register/supplier/solutions": PUBLIC,
    "/register/supplier/experience": PUBLIC,
    "/register/supplier/review": PUBLIC,
    "/register/supplier/contact": PUBLIC,
    "/supplier": SUPPLIER,
    "/supplier/welcome": SUPPLIER,
    "/supplier/edit": SUPPLIER,
    "/supplier/history": SUPPLIER,
    "/supplier/documents": SUPPLIER,
    "/supplier/leads": SUPPLIER,
    "/supplier/fund-loan": SUPPLIER,
    "/supplier/fund-loan/new": SUPPLIER,
    "/supplier/fund-loan/{loan_id}": OWN,
    "/supplier/fund-loan/{loan_id}/edit": OWN,
    "/supplier/programmes": SUPPLIER,
    "/supplier/challenges": SUPPLIER,
    "/supplier/challenges/{challenge_id}/new": SUPPLIER,
    "/supplier/challenges/applications/{application_id}": OWN,
    "/desk": STAFF,
    "/desk/approvals": STAFF,
    "/desk/suppliers/{supplier_id}": STAFF,
    "/desk/manufacturers/{manufacturer_id}": STAFF,
    "/desk/needs": STAFF,
    "/desk/needs/{need_id}": STAFF,
    "/desk/needs/{need_id}/runs/{run_id}": STAFF,
    "/desk/needs/{need_id}/runs/{run_id}/introduction": STAFF,
    "/desk/pipeline": STAFF,
    "/desk/assignments": STAFF,
    "/desk/assignments/{job_id}": STAFF,
    "/desk/assignments/{job_id}/plan.csv": STAFF,
    "/desk/assignments/{job_id}/plan.xlsx": STAFF,
    "/desk/reviews": REVIEWER,
    "/desk/reviews/{review_id}": OWN_REVIEW,
    "/desk/exports": STAFF,
    "/desk/programmes": STAFF,
    "/desk/programmes/{code}": STAFF,
    "/desk/programmes/{code}/companies.csv": STAFF,
    "/desk/programmes/{code}/companies.xlsx": STAFF,
    "/desk/needs/{need_id}/costs": replace(STAFF, query="price_won=120000000"),
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
    "/me/notifications": SIGNED_IN,
    "/me/notifications/unsubscribe": PUBLIC,
    "/me/privacy": SIGNED_IN,
    "/me/privacy/my-data.json": SIGNED_IN,
    "/desk/contracts": STAFF,
    "/desk/contracts.csv": STAFF,
    "/desk/contracts.xlsx": STAFF,
    "/desk/contracts/overdue": STAFF,
    "/desk/contracts/{contract_id}": STAFF,
    "/desk/contracts/{contract_id}/edit": STAFF,
    "/desk/contracts/{contract_id}/schedule.csv": STAFF,
    "/desk/contracts/{contract_id}/schedule.xlsx": STAFF,
    "/desk/needs/{need_id}/quote": STAFF,
    "/manufacturer/contracts": MANUFACTURER,
    "/manufacturer/contracts/{contract_id}": OWN_NEED,
    "/manufacturer/contracts/{contract_id}/schedule.xlsx": OWN_NEED,
    "/supplier/contracts": SUPPLIER,
    "/supplier/contracts/new": SUPPLIER,
    "/supplier/contracts/{contract_id}/edit": OWN,
    "/supplier/contracts/{contract_id}": OWN,
    "/supplier/contracts/{contract_id}/schedule.xlsx": OWN,
    "/fund": STAFF,
    "/fund/loans": STAFF,
    "/fund/loans/new": STAFF,
    "/fund/loans/{loan_id}": STAFF,
    "/fund/loans/{loan_id}/edit": STAFF,
    "/fund/overdue": STAFF,
    "/fund/statements/{month}": STAFF,
    "/fund/statements/{month}.csv": STAFF,
    "/fund/statements/{month}.xlsx": STAFF,
    "/fund/terms": ADMIN,
    "/fund/terms/{fund_code}/{valid_from}": ADMIN,
    "/dashboard": STAFF,
    "/dashboard/needs": STAFF,
    "/dashboard/suppliers": STAFF,
    "/dashboard/manufacturers": STAFF,
    "/dashboard/decisions": STAFF,
    "/dashboard/contracts": STAFF,
    "/dashboard/figures.csv": STAFF,
    "/admin": ADMIN,
    "/admin/users": ADMIN,
    "/admin/users/new": ADMIN,
    "/admin/users/{account_id}": ADMIN,
    "/admin/keys": ADMIN,
    "/admin/keys/new": ADMIN,
    "/admin/keys/{key_id}": ADMIN,
    "/admin/webhooks": ADMIN,
    "/admin/webhooks/new": ADMIN,
    "/admin/webhooks/{webhook_id}": ADMIN,
    "/admin/webhooks/{webhook_id}/edit": ADMIN,
    "/admin/webhook-deliveries/{delivery_id}": ADMIN,
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
    "/admin/challenges": ADMIN,
    "/admin/challenges/new": ADMIN,
    "/admin/challenges/{challenge_id}": ADMIN,
    "/admin/challenges/{challenge_id}/edit": ADMIN,
    "/admin/challenges/{challenge_id}/ranking.csv": ADMIN,
    "/admin/challenges/{challenge_id}/ranking.xlsx": ADMIN,
    "/admin/challenges/applications/{application_id}": ADMIN,
}
