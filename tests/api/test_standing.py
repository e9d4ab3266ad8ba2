"""A suspended supplier is in no list, however old the copy is that lists are made from."""

from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.recommendations import live_index
from service.recommendations.live_index import LiveIndex
from tests.factories import companies
from tests.factories.people import sign_in, staff
from tests.factories.world import World
from tests.faults.test_dependencies import within

LONGEST_SECONDS = 30


def suspended(client: TestClient, supplier_id: object) -> None:
    answer = client.post(
        f"/v1/suppliers/{supplier_id}/suspension", json={"reason": "연락 두절"}, headers=staff(client)
    )
    assert answer.status_code == 200, answer.text


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert [item["rank"] for item in answer.json()["items"]] == list(
        range(1, len(answer.json()["items"]) + 1)
    )
    return sorted(item["supplier"]["company_name"] for item in answer.json()["items"])
