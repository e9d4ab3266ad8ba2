"""Who may call what: one line for each operation of the API.

An operation without a line fails `test_access.py`, and so does a line without an operation. The table is
written by hand and not derived from the code, so that a right that was lost in the code shows.

A rule has three parts: who is let in whatever the thing (`PUBLIC`, `SIGNED_IN`, `STAFF`, `ADMIN`), whether
the owner of a thing is let in too (`OWN_AND_STAFF`; then a thing of others is a 404 like one that does
not exist), and what a caller has to send (`.sending(...)`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from service.db.tables import Challenge
from tests.factories import challenges, companies, contracts, funds, webhooks
from tests.factories.world import ACTORS, STAFF_ACTORS, World

OK = "allowed"
OWN, OTHER, MISSING = "own", "other", "missing"
OWNERS = {
    "supplier_id": "supplier",
    "manufacturer_id": "manufacturer",
    "need_id": "manufacturer",
    "run_id": "manufacturer",
    "session_id": "supplier",
    "account_id": "supplier",
    "loan_id": "supplier",
    "contract_id": "supplier",
    "application_id": "supplier",
    "review_id": "account_manager",
}
"""Whose thing a path parameter names; a parameter that is not here names nobody's."""

Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """Who is let in, and with what."""

    allowed: frozenset[str]
    owners: bool = False
    sent: Body = field(default=lambda _: {})
    exceptions: dict[str, Any] = field(default_factory=dict)

    def sending(self, body: Callable[[], Any] | dict[str, Any]) -> "Rule":
        """The same with a JSON body: a literal, or what makes a fresh one each time."""
        return replace(self, sent=lambda _: {"json": body() if callable(body) else body})

    def sending_form(self, **form: str) -> "Rule":
        """The same with a form."""
        return replace(self, sent=lambda _: {"data": form})

    def sending_lines(self, lines: str) -> "Rule":
        """The same with JSON Lines."""
        return replace(
            self, sent=lambda _: {"content": lines, "headers": {"Content-Type": "application/x-ndjson"}}
        )

    def sending_about(self, body: Callable[[World], Any]) -> "Rule":
        """The same with a JSON body that names something of the world."""
        return replace(self, sent=lambda world: {"json": body(world)})

    def given(self, setting: Callable[[World], None]) -> "Rule":
        """The same in a world where that was seen to."""

        def nothing_sent(world: World) -> dict[str, Any]:
            setting(world)
            return {}

        return replace(self, sent=nothing_sent)

    def asking(self, **query: str) -> "Rule":
        """The same with a query."""
        return replace(self, sent=lambda _: {"params": query})

    def but(self, **exceptions: Any) -> "Rule":
        """The same with another verdict for some actors."""
        return replace(self, exceptions=exceptions)

    def verdict(self, actor: str, whose: str) -> str | int:
        """What that actor is answered about a thing of that kind: OK, or the status of the refusal."""
        if actor in self.exceptions:
            verdict: str | int = self.exceptions[actor]
            return verdict
        let_in = actor in self.allowed or (self.owners and whose == OWN)
        if let_in:
            return 404 if whose == MISSING else OK
        if actor == "anonymous":
            return 401
        return 404 if self.owners else 403


PUBLIC = Rule(frozenset(ACTORS))
SIGNED_IN = Rule(frozenset(ACTORS) - {"anonymous"})
STAFF = Rule(STAFF_ACTORS)
OWN_AND_STAFF = Rule(STAFF_ACTORS, owners=True)
ADMIN = Rule(frozenset({"admin", "key_admin"}))
_NO_KEYS = {"key_account_manager": 403, "key_admin": 403}
PERSON = SIGNED_IN.but(**_NO_KEYS)
ADMIN_IN_PERSON = Rule(frozenset({"admin"}))
COMPANY = Rule(frozenset({"supplier", "manufacturer"}))
OWN_ONLY = Rule(frozenset(), owners=True).but(**_NO_KEYS)
APPLICANT = Rule(STAFF_ACTORS | {"supplier"})
OF_OWN_COMPANY = OWN_ONLY.but(account_manager=403, admin=403, **_NO_KEYS)
STAFF_KEY = ADMIN_IN_PERSON.but(supplier=404, manufacturer=404)
WRONG_TOKEN = PUBLIC.but(**dict.fromkeys(ACTORS, 401))
WRONG_LINK = PUBLIC.but(**dict.fromkeys(ACTORS, 422))
"""Whoever shows a password, a token or a mailed link that is not good is refused, whoever they are."""

APPLICANT_ONLY = OWN_ONLY.but(manufacturer=403, account_manager=403, admin=403, **_NO_KEYS)
REVIEWER = Rule(frozenset({"account_manager"}))
OWN_REVIEW = Rule(frozenset(), owners=True).but(supplier=404, manufacturer=404)

_REASON = {"reason": "사유입니다"}
_PRICE = {"price_won": 10_000_000}
_RATE = {"annual_rate_percent": "4.5"}
_BUDGET = {"monthly_budget_won": 900_000}
_TERMS = _PRICE | _RATE | {"months": 12}
_FUND_LOAN = {
    "principal_won": 10_000_000,
    "months": 12,
    "bank_rate_percent": "5.2",
    "rate_reduction_percent": "1.5",
    "floor_rate_percent": "1.0",
    "start_date": "2026-01-25",
}
_COMPARISON = {
    "discount_rate_percent": "6",
    "options": [{"name": "할부", "kind": "installment", **_TERMS, "start_date": "2026-01-25"}],
}
_PREPAYMENT = {
    "amount_won": 10_000_000,
    "fee_rate_percent": "1.2",
    "start_date": "2024-01-15",
    "prepayment_date": "2025-01-15",
    "maturity_date": "2027-01-15",
}
_STAFF_ACCOUNT = {"name": "새사람", "role": "admin", "password": companies.PASSWORD}


_TOKEN = {"refresh_token": "x.y.z"}
_ADDRESS = {"email": "nobody@people.example"}
_TOKEN_AND_PASSWORD = {"token": "x.y.z", "password": companies.PASSWORD}
_INVITED = _TOKEN_AND_PASSWORD | {"consents": [{"purpose": "registration", "accepted": True}]}


def _colleague() -> dict[str, Any]:
    return {"name": "박동료", "email": companies.contact()["email"]}


def _account() -> dict[str, Any]:
    return _STAFF_ACCOUNT | {"email": companies.contact()["email"]}


def _decision(world: World) -> dict[str, Any]:
    return {"supplier_id": world.shown_supplier, "verdict": "introduced"}


def _plan(world: World) -> dict[str, Any]:
    return {"need_ids": [world.thing("need_id", None)]}


def _application(world: World) -> dict[str, Any]:
    world.fund()
    return funds.application(str(world.person("supplier").company_id))


def _repayment(world: World) -> dict[str, Any]:
    world.lend()
    return {"amount_won": 100_000}


def _quotation(world: World) -> dict[str, Any]:
    world.introduce()
    return contracts.quotation(world.thing("supplier_id", "supplier"))


def _installment(world: World) -> dict[str, Any]:
    world.deliver()
    return {"amount_won": 1_000}


def _reminder(world: World) -> dict[str, Any]:
    world.deliver()
    return {"channel": "telephone"}


def _settlement(world: World) -> dict[str, Any]:
    world.deliver()
    return {"amount_won": contracts.settling(world.client, world.headers("admin"))}


def _grant(world: World) -> dict[str, Any]:
    code = world.thing("code", None)
    return {"programme": code, "year": 2022, "level": "고도화2", "cost_won": 1_500_000_000}


def _conflict(world: World) -> dict[str, Any]:
    return {"supplier_id": world.thing("supplier_id", None), "reason": "가족이 다니는 회사입니다"}


def _with_draft(world: World) -> dict[str, Any]:
    """Nothing is sent; the call is made a draft again, as no other is deleted."""
    with world.client.app.state.database.transaction() as session:
        challenge = session.get(Challenge, UUID(world.thing("challenge_id", None)))
        if challenge is not None:  # somebody deleted it meanwhile
            challenge.published_at = None
    return {}


RULES: dict[str, Rule] = {
    "POST /v1/suppliers": PUBLIC.sending(companies.supplier),
    "GET /v1/suppliers": PUBLIC,
    "GET /v1/suppliers/{supplier_id}": PUBLIC,
    "PATCH /v1/suppliers/{supplier_id}": OWN_AND_STAFF.sending({"employee_count": 4}),
    "POST /v1/suppliers/{supplier_id}/approval": STAFF,
    "POST /v1/suppliers/{supplier_id}/rejection": STAFF.sending(_REASON),
    "POST /v1/suppliers/{supplier_id}/suspension": STAFF.sending(_REASON),
    "GET /v1/suppliers/{supplier_id}/leads": OWN_AND_STAFF,
    "GET /v1/suppliers/{supplier_id}/introductions": OWN_AND_STAFF,
    "GET /v1/suppliers/{supplier_id}/certificates": OWN_AND_STAFF,
    "POST /v1/suppliers/{supplier_id}/certificates": OWN_AND_STAFF.sending(companies.certificate),
    "GET /v1/suppliers/{supplier_id}/certificates/{certificate_id}": OWN_AND_STAFF,
    "DELETE /v1/suppliers/{supplier_id}/certificates/{certificate_id}": OWN_AND_STAFF,
    "POST /v1/manufacturers": PUBLIC.sending(companies.manufacturer),
    "GET /v1/manufacturers": STAFF,
    "GET /v1/manufacturers/{manufacturer_id}": OWN_AND_STAFF,
    "PATCH /v1/manufacturers/{manufacturer_id}": OWN_AND_STAFF.sending({"employee_count": 4}),
    "POST /v1/manufacturers/{manufacturer_id}/needs": OWN_AND_STAFF.sending(companies.need),
    "GET /v1/needs": SIGNED_IN,
    "GET /v1/needs/{need_id}": OWN_AND_STAFF,
    "PATCH /v1/needs/{need_id}": OWN_AND_STAFF.sending({"budget_won": 40_000_000}),
    "POST /v1/needs/{need_id}/category-confirmation": OWN_ONLY.but(
        supplier=403, account_manager=403, admin=403, **_NO_KEYS
    ).sending({"categories": ["MES"]}),
    "GET /v1/needs/{need_id}/recommendations": OWN_AND_STAFF,
    "POST /v1/needs/{need_id}/funding-stacks": OWN_AND_STAFF.sending(_PRICE | _RATE),
    "POST /v1/recommendations/preview": PUBLIC.sending(companies.preview),
    "POST /v1/recommendations/{run_id}/feedback": STAFF.sending_about(_decision),
    "GET /v1/recommendations/{run_id}/feedback": STAFF,
    "GET /v1/ranking/weights": STAFF,
    "POST /v1/ranking/weights": ADMIN.sending({"weights": {"region_same": 0.4}, "note": "가까운 곳"}),
    "GET /v1/ranking/versions": STAFF,
    "POST /v1/ranking/versions/{version_id}/activation": ADMIN.sending({}),
    "POST /v1/ranking/rollback": ADMIN.sending({}),
    "POST /v1/ranking/trainings": ADMIN,
    "POST /v1/assignments": STAFF.sending_about(_plan),
    "GET /v1/assignments": STAFF,
    "GET /v1/assignments/{job_id}": STAFF,
    "POST /v1/imports/suppliers": ADMIN.sending_lines('{"company_name": "한빛"}\n'),
    "POST /v1/imports/manufacturers": ADMIN.sending_lines('{"company_name": "새벽"}\n'),
    "GET /v1/jobs/{job_id}": OWN_AND_STAFF,
    "GET /v1/jobs/{job_id}/rejections": OWN_AND_STAFF,
    "GET /v1/programmes": PUBLIC,
    "GET /v1/programmes/{code}": PUBLIC,
    "GET /v1/programmes/{code}/companies": STAFF,
    "GET /v1/manufacturers/{manufacturer_id}/programmes": OWN_AND_STAFF,
    "GET /v1/suppliers/{supplier_id}/programmes": OWN_AND_STAFF,
    "GET /v1/fund-terms": PUBLIC,
    "GET /v1/codes/solution-categories": PUBLIC,
    "GET /v1/codes/industries": PUBLIC,
    "GET /v1/codes/regions": PUBLIC,
    "GET /v1/codes/processes": PUBLIC,
    "GET /v1/codes/smart-levels": PUBLIC,
    "GET /v1/codes/certifications": PUBLIC,
    # A key is a system: it has no account of its own and hands out no rights.
    "GET /v1/me": PERSON,
    "GET /v1/accounts/me": PERSON,
    "PATCH /v1/me": PERSON.sending({"name": "새이름"}),
    "GET /v1/me/sessions": PERSON,
    "GET /v1/me/sessions/{session_id}": OWN_ONLY,
    "DELETE /v1/me/sessions/{session_id}": OWN_ONLY,
    "POST /v1/me/sessions/revocation": PERSON,
    "GET /v1/me/colleagues": COMPANY,
    "POST /v1/me/colleagues": COMPANY.sending(_colleague),
    "GET /v1/me/colleagues/{account_id}": OF_OWN_COMPANY,
    "DELETE /v1/me/colleagues/{account_id}": OF_OWN_COMPANY,
    "GET /v1/me/notification-mail": PERSON,
    "PATCH /v1/me/notification-mail": PERSON.sending({"frequency": "weekly"}),
    "GET /v1/me/notifications": SIGNED_IN,
    "POST /v1/me/notifications/reading": SIGNED_IN.sending({"ids": ["01a20571-1241-77d9-942c-d8cfbf80bd23"]}),
    "GET /v1/me/consents": PERSON,
    "POST /v1/me/consents": PERSON.sending({"purpose": "marketing", "accepted": False}),
    "GET /v1/me/export": PERSON,
    "POST /v1/me/closure": COMPANY,
    "GET /v1/consent-texts": PUBLIC,
    "GET /v1/accounts": ADMIN_IN_PERSON,
    "POST /v1/accounts": ADMIN_IN_PERSON.sending(_account),
    "GET /v1/accounts/{account_id}": ADMIN_IN_PERSON,
    "PATCH /v1/accounts/{account_id}": ADMIN_IN_PERSON.sending({"active": False}),
    # The key that is asked for is one of staff; a company keeps its own (test_rights.py).
    "GET /v1/webhook-event-types": PUBLIC,
    "GET /v1/webhooks": ADMIN,
    "POST /v1/webhooks": ADMIN_IN_PERSON.sending(webhooks.endpoint),
    "GET /v1/webhooks/{webhook_id}": ADMIN,
    "PATCH /v1/webhooks/{webhook_id}": ADMIN_IN_PERSON.sending({"event_types": ["need.created"]}),
    "DELETE /v1/webhooks/{webhook_id}": ADMIN_IN_PERSON,
    "POST /v1/webhooks/{webhook_id}/secret-rotation": ADMIN_IN_PERSON,
    "POST /v1/webhooks/{webhook_id}/test": ADMIN,
    "GET /v1/webhooks/{webhook_id}/deliveries": ADMIN,
    "POST /v1/webhooks/{webhook_id}/redelivery": ADMIN.sending({"since": "2026-01-01T00:00:00+09:00"}),
    "GET /v1/webhook-deliveries/{delivery_id}": ADMIN,
    "POST /v1/webhook-deliveries/{delivery_id}/redelivery": ADMIN,
    "GET /v1/api-keys": PERSON.but(account_manager=403, **_NO_KEYS),
    "POST /v1/api-keys": ADMIN_IN_PERSON.sending({"name": "누리집", "role": "account_manager"}),
    "GET /v1/api-keys/{key_id}": STAFF_KEY,
    "POST /v1/api-keys/{key_id}/rotation": STAFF_KEY,
    "POST /v1/api-keys/{key_id}/revocation": STAFF_KEY,
    "DELETE /v1/api-keys/{key_id}": STAFF_KEY,
    "GET /v1/clusters": PUBLIC,
    "GET /v1/clusters/{cluster_id}": PUBLIC,
    "POST /v1/clusters/refresh": STAFF,
    "GET /v1/access-log": ADMIN,
    "GET /v1/access-log/check": ADMIN,
    "GET /v1/exports/access-log": ADMIN_IN_PERSON.asking(reason="분기 점검"),
    "GET /v1/audit-events": ADMIN,
    "GET /v1/destruction-records": ADMIN,
    "GET /v1/consent-counts": ADMIN,
    "GET /v1/people": ADMIN_IN_PERSON,
    "GET /v1/jobs": ADMIN,
    "POST /v1/accounts/{account_id}/sessions/revocation": ADMIN_IN_PERSON,
    "GET /v1/dashboard": STAFF,
    "GET /v1/dashboard/figures": STAFF.asking(name="funnel"),
    "GET /v1/dashboard/needs": STAFF,
    "GET /v1/dashboard/suppliers": STAFF,
    "GET /v1/dashboard/manufacturers": STAFF,
    "GET /v1/dashboard/decisions": STAFF,
    "GET /v1/dashboard/contracts": STAFF,
    "GET /v1/suppliers/{supplier_id}/history": OWN_AND_STAFF,
    "GET /v1/manufacturers/{manufacturer_id}/history": OWN_AND_STAFF,
    "GET /v1/exports/suppliers": STAFF.asking(reason="설명회 안내"),
    "POST /v1/business-numbers/check": PUBLIC.sending({"business_number": "120-81-47521"}),
    "POST /v1/financing/installment-schedules": PUBLIC.sending(_TERMS),
    "POST /v1/financing/fund-loan-schedules": PUBLIC.sending(_FUND_LOAN),
    "POST /v1/financing/comparisons": PUBLIC.sending(_COMPARISON),
    "POST /v1/financing/prepayment-fees": PUBLIC.sending(_PREPAYMENT),
    "POST /v1/financing/overdue-charges": PUBLIC.sending(
        {"base_won": 2_974_692, "contract_rate_percent": "4.5", "days": 17}
    ),
    "POST /v1/financing/present-values": PUBLIC.sending(
        {"annual_rate_percent": "10", "cashflows_won": [0, 100_000]}
    ),
    "POST /v1/financing/affordable-prices": PUBLIC.sending(_RATE | {"months": 12, **_BUDGET}),
    "POST /v1/financing/shortest-terms": PUBLIC.sending(_RATE | _PRICE | _BUDGET),
    "POST /v1/financing/implied-rates": PUBLIC.sending(
        _PRICE | {"months": 12, "total_payment_won": 10_250_000}
    ),
    "POST /v1/financing/installment-schedules/batch": PUBLIC.sending({"items": [_TERMS]}),
    "POST /v1/financing/overdue-schedules": PUBLIC.sending(
        _TERMS | {"start_date": "2026-01-25", "first_missed_number": 3, "as_of": "2026-06-01"}
    ),
    "POST /v1/financing/grants": PUBLIC.sending_about(_grant),
    "GET /v1/fund": STAFF.given(World.fund),
    "POST /v1/fund/terms": ADMIN.sending(funds.terms),
    "GET /v1/fund/terms/{fund_code}/{valid_from}": ADMIN,
    "PATCH /v1/fund/terms/{fund_code}/{valid_from}": ADMIN.sending({"valid_to": None}),
    "GET /v1/fund/overdue": STAFF,
    "GET /v1/fund/statements/{month}": STAFF,
    "POST /v1/fund/loans": APPLICANT.sending_about(_application),
    "GET /v1/fund/loans": SIGNED_IN,
    "GET /v1/fund/loans/{loan_id}": OWN_AND_STAFF,
    "PATCH /v1/fund/loans/{loan_id}": OWN_AND_STAFF.sending({"principal_won": 90_000_000}),
    "POST /v1/fund/loans/{loan_id}/bank-decision": STAFF.sending(funds.approval),
    "POST /v1/fund/loans/{loan_id}/disbursement": STAFF.sending({}),
    "POST /v1/fund/loans/{loan_id}/acceleration": STAFF.sending(_REASON),
    "POST /v1/fund/loans/{loan_id}/write-off": STAFF.sending(_REASON),
    "POST /v1/fund/loans/{loan_id}/cancellation": OWN_AND_STAFF.sending(_REASON),
    "GET /v1/fund/loans/{loan_id}/schedule": OWN_AND_STAFF,
    "GET /v1/fund/loans/{loan_id}/settlement": OWN_AND_STAFF,
    "POST /v1/fund/loans/{loan_id}/repayments": STAFF.sending_about(_repayment),
    "GET /v1/fund/loans/{loan_id}/repayments": OWN_AND_STAFF,
    "GET /v1/fund/loans/{loan_id}/repayments/{repayment_id}": OWN_AND_STAFF,
    "POST /v1/fund/loans/{loan_id}/repayments/{repayment_id}/reversal": STAFF.sending(_REASON),
    "GET /v1/fund/loans/{loan_id}/entries": OWN_AND_STAFF,
    # Whom a quote is made for must have been introduced, so that a supplier's own needs are none of these.
    "POST /v1/needs/{need_id}/contracts": APPLICANT.sending_about(_quotation),
    "GET /v1/contracts": SIGNED_IN,
    "GET /v1/contracts/dunning": STAFF,
    "GET /v1/contracts/totals": STAFF,
    "GET /v1/contracts/{contract_id}": OWN_AND_STAFF,
    "PATCH /v1/contracts/{contract_id}": OWN_AND_STAFF.but(manufacturer=403).sending(
        {"overdue_addon_percent": "2"}
    ),
    "POST /v1/contracts/{contract_id}/acceptance": OWN_AND_STAFF.but(supplier=403),
    "POST /v1/contracts/{contract_id}/delivery": STAFF.sending({}),
    "POST /v1/contracts/{contract_id}/cancellation": STAFF.sending(_REASON),
    "POST /v1/contracts/{contract_id}/payments": STAFF.sending_about(_installment),
    "GET /v1/contracts/{contract_id}/payments/{payment_id}": OWN_AND_STAFF,
    "POST /v1/contracts/{contract_id}/payments/{payment_id}/reversal": STAFF.sending(_REASON),
    "POST /v1/contracts/{contract_id}/settlement": STAFF.sending_about(_settlement),
    "GET /v1/contracts/{contract_id}/reminders": STAFF,
    "POST /v1/contracts/{contract_id}/reminders": STAFF.sending_about(_reminder),
    "GET /v1/contracts/{contract_id}/schedule": OWN_AND_STAFF,
    "GET /v1/challenges": PUBLIC,
    "POST /v1/challenges": ADMIN.sending(challenges.call),
    "GET /v1/challenges/{challenge_id}": PUBLIC,
    "PATCH /v1/challenges/{challenge_id}": ADMIN.sending({"places": 4}),
    "DELETE /v1/challenges/{challenge_id}": replace(ADMIN, sent=_with_draft),
    "POST /v1/challenges/{challenge_id}/publication": ADMIN,
    "POST /v1/challenges/{challenge_id}/panel": ADMIN.sending({}),
    "GET /v1/challenges/{challenge_id}/ranking": ADMIN,
    "POST /v1/challenges/{challenge_id}/decision": ADMIN_IN_PERSON.sending({"chosen": []}),
    "POST /v1/challenges/{challenge_id}/applications": Rule(frozenset({"supplier"})).sending(
        challenges.application
    ),
    "GET /v1/challenges/{challenge_id}/applications": SIGNED_IN,
    "GET /v1/challenges/{challenge_id}/conflicts": REVIEWER,
    "POST /v1/challenges/{challenge_id}/conflicts": REVIEWER.sending_about(_conflict),
    "GET /v1/challenge-applications/{application_id}": OWN_AND_STAFF,
    "PATCH /v1/challenge-applications/{application_id}": APPLICANT_ONLY.sending({"title": "다른 제목"}),
    "POST /v1/challenge-applications/{application_id}/withdrawal": APPLICANT_ONLY,
    "GET /v1/challenge-applications/{application_id}/departments": ADMIN,
    "GET /v1/challenge-reviews": REVIEWER,
    "GET /v1/challenge-reviews/{review_id}": OWN_REVIEW,
    "PATCH /v1/challenge-reviews/{review_id}": OWN_REVIEW.sending(challenges.review),
    "POST /v1/challenge-reviews/{review_id}/conflict": OWN_REVIEW.sending(_REASON),
    "POST /v1/auth/token": WRONG_TOKEN.sending_form(username="nobody@people.example", password="wrong"),
    "POST /v1/auth/refresh": WRONG_TOKEN.sending(_TOKEN),
    "POST /v1/auth/sign-out": PERSON,
    "POST /v1/auth/password-resets": PUBLIC.sending(_ADDRESS),
    "POST /v1/auth/password-resets/completion": WRONG_LINK.sending(_TOKEN_AND_PASSWORD),
    "POST /v1/auth/email-confirmations": PUBLIC.sending(_ADDRESS),
    "POST /v1/auth/email-confirmations/completion": WRONG_LINK.sending({"token": "x.y.z"}),
    "POST /v1/auth/invitations": WRONG_LINK.sending(_INVITED),
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": PUBLIC,
}
