"""Suppliers that an account manager introduced."""

from typing import Any
from uuid import UUID

from tests.factories.world import World


def decide(world: World, need_id: str, verdict: str = "introduced") -> UUID:
    """An account manager looks at the need's list and decides so about its first candidate."""
    staff = world.headers("account_manager")
    run = world.client.get(f"/v1/needs/{need_id}/recommendations", headers=staff).json()
    supplier_id = run["items"][0]["supplier"]["id"]
    sent: dict[str, Any] = {"supplier_id": supplier_id, "verdict": verdict}
    answer = world.client.post(f"/v1/recommendations/{run['run_id']}/feedback", json=sent, headers=staff)
    assert answer.status_code == 201, answer.text
    return UUID(supplier_id)
