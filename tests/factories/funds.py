"""Funds and loans: a fund with terms that a test names, applications, and loans that are out already."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

import seed_data
from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import FundTerm
from service.kit import clock
from tests.factories.people import Person, sign_in

DEMO_FUND: dict[str, Any] = next(row for row in seed_data.fund_terms() if row["demo"])
Body = dict[str, Any]


def open_fund(database: Database, **changes: Any) -> None:
    """The demo fund, changed in what a test names."""
    with database.transaction() as session:
        session.add(FundTerm.model_validate(DEMO_FUND | changes))


def terms(**changes: Any) -> Body:
    """Terms of a further fund from today on."""
    return {
        "code": "GAON_2026",
        "name": "가온 상생협력펀드",
        "valid_from": clock.today().isoformat(),
        "ceiling_won": 10_000_000_000,
        "rate_reduction_percent_max": "2.0",
    } | changes


def application(supplier_id: object, **changes: Any) -> Body:
    """An application for a hundred million won over a year."""
    return {"supplier_id": str(supplier_id), "principal_won": 100_000_000, "months": 12} | changes


def approval(**changes: Any) -> Body:
    """What a bank decided today."""
    return {
        "decision": "approved",
        "bank": "가온은행 판교지점",
        "reference": "GA-2026-0042",
        "decided_on": clock.today().isoformat(),
        "bank_rate_percent": "5.2",
    } | changes


def applied(client: TestClient, headers: dict[str, str], supplier_id: object, **changes: Any) -> str:
    """The id of a loan that was applied for."""
    made = client.post("/v1/fund/loans", json=application(supplier_id, **changes), headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def lent(client: TestClient, headers: dict[str, str], loan: str, on: date | None = None) -> str:
    """The loan after a bank has approved it and paid it out; nothing happens to one that is out already."""
    path = f"/v1/fund/loans/{loan}"
    if client.get(path, headers=headers).json()["status"] == "reserved":
        decided = approval(**({"decided_on": on.isoformat()} if on else {}))
        answer = client.post(f"{path}/bank-decision", json=decided, headers=headers)
        assert answer.status_code == 200, answer.text
        day = {"disbursed_on": on.isoformat()} if on else {}
        answer = client.post(f"{path}/disbursement", json=day, headers=headers)
        assert answer.status_code == 200, answer.text
    return loan


def signed_in(client: TestClient, role: Role, company_id: UUID | None = None) -> Person:
    """Somebody whose token is good now, whatever day a test stands still at: tokens go by the real clock."""
    with clock.frozen(datetime.now(UTC)):
        return sign_in(client, role, company_id)
