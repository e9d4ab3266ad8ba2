"""Installment contracts: pairs that were introduced, quotes, and contracts that are delivered already."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.tables import Feedback, RecommendationRun, Verdict
from service.kit import clock
from tests.factories import companies
from tests.factories.funds import signed_in
from tests.factories.people import Headers, Person

Body = dict[str, Any]
TERMS: Body = {
    "price_won": 60_000_000,
    "annual_rate_percent": "4.5",
    "months": 12,
    "vat": {"rate_percent": "10"},
    "prepayment_fee": {"rate_percent": "1.2"},
}


def introduced(
    client: TestClient, need_id: object, supplier_id: object, verdict: Verdict = Verdict.INTRODUCED
) -> UUID:
    """A decision on the pair, of a run that showed this supplier alone."""
    with client.app.state.database.transaction() as session:
        item = {"rank": 1, "supplier_id": str(supplier_id), "solution_id": None, "score": 0.5}
        run = RecommendationRun(
            need_id=UUID(str(need_id)),
            viewer_role="account_manager",
            model_version="test",
            need_version=1,
            answer={"items": [item], "excluded": [], "held_back": [], "inferred_categories": []},
        )
        session.add(run)
        session.flush()
        decision = Feedback(
            run_id=run.id,
            need_id=run.need_id,
            supplier_id=UUID(str(supplier_id)),
            position=1,
            verdict=verdict.value,
            created_at=clock.now(),
        )
        session.add(decision)
        session.flush()
        return decision.id


def quotation(supplier_id: object, **changes: Any) -> Body:
    """A quote of sixty million won over a year."""
    return {"supplier_id": str(supplier_id), "terms": TERMS | changes}


def delivered(client: TestClient, headers: Headers, contract: str, **delivery: Any) -> str:
    """The contract after it was accepted and delivered; nothing happens to one that is delivered already."""
    path = f"/v1/contracts/{contract}"
    state = client.get(path, headers=headers).json()["state"]
    if state == "quoted":
        answer = client.post(f"{path}/acceptance", headers=headers)
        assert answer.status_code == 200, answer.text
    if state in ("quoted", "accepted"):
        answer = client.post(f"{path}/delivery", json=delivery, headers=headers)
        assert answer.status_code == 200, answer.text
    return contract


def settling(client: TestClient, headers: Headers) -> int:
    """What settles the oldest contract that is delivered, or a won where there is none."""
    found = client.get("/v1/contracts?state=delivered&limit=100", headers=headers).json()["items"]
    if not found:
        return 1
    schedule = client.get(f"/v1/contracts/{found[-1]['id']}/schedule", headers=headers).json()
    return int(schedule["settlement"]["total_won"])


DELIVERED_ON = date(2026, 1, 26)


@contextmanager
def on(day: date) -> Iterator[None]:
    """The service believes that it is that day."""
    with clock.frozen(datetime.combine(day, time(1), UTC)):
        yield


@dataclass
class Match:
    """The two companies of an introduced pair, and an account manager."""

    client: TestClient
    supplier: Person
    manufacturer: Person
    manager: Headers
    need: str

    def post(self, path: str, headers: Headers, body: Any = None, **more: str) -> Any:
        """Send; `more` are headers."""
        return self.client.post(f"/v1{path}", json=body, headers=headers | more)

    def get(self, path: str, headers: Headers, **query: Any) -> Any:
        """Read."""
        return self.client.get(f"/v1{path}", params=query, headers=headers)

    def quote(self, headers: Headers | None = None, **terms: Any) -> Any:
        """The answer to a quote of the supplier, or of whose headers these are."""
        body = quotation(self.supplier.company_id, **terms)
        return self.post(f"/needs/{self.need}/contracts", headers or self.supplier.headers, body)

    def quoted(self, **terms: Any) -> str:
        """The id of a quote."""
        answer = self.quote(**terms)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def running(self, **terms: Any) -> str:
        """A contract that was delivered on 26 January 2026."""
        with on(DELIVERED_ON):
            return delivered(self.client, self.manager, self.quoted(**terms))

    def schedule(self, contract: str, **query: str) -> Any:
        """Its instalments and payments, as staff see them."""
        answer = self.get(f"/contracts/{contract}/schedule", self.manager, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pay(self, contract: str, amount: int, **more: str) -> Any:
        """The answer to a payment that staff record."""
        return self.post(f"/contracts/{contract}/payments", self.manager, {"amount_won": amount} | more)

    def verdict(self) -> str:
        """The newest decision on any pair."""
        with self.client.app.state.database.transaction() as session:
            newest = select(Feedback).order_by(col(Feedback.created_at).desc(), col(Feedback.id).desc())
            decision = session.exec(newest).first()
            assert decision is not None
            return decision.verdict


def introduced_match(client: TestClient) -> Match:
    """A pair that was introduced on that day."""
    supplier, manufacturer = signed_in(client, Role.SUPPLIER), signed_in(client, Role.MANUFACTURER)
    manager = signed_in(client, Role.ACCOUNT_MANAGER).headers
    path = f"/v1/manufacturers/{manufacturer.company_id}/needs"
    need = client.post(path, json=companies.need(), headers=manager).json()["id"]
    with on(DELIVERED_ON):
        introduced(client, need, supplier.company_id)
    return Match(client, supplier, manufacturer, manager, need)
