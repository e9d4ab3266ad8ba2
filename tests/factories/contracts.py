"""Installment contracts: pairs that were introduced, quotes, and contracts that are delivered already."""

from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from service.db.tables import Feedback, RecommendationRun, Verdict
from service.kit import clock

Headers = dict[str, str]
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
