"""A plating shop's need, a supplier that fits it and one that does not."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from tests.factories import companies
from tests.factories.people import Headers, Person, stored_supplier

CatchUp = Callable[[], None]
PLATING = "도금 두께를 손으로 재고 종이에 적어서 불량이 나도 원인을 찾지 못합니다."
WAREHOUSE = "자재 창고 재고가 장부와 맞지 않아 급하게 찾느라 라인이 섭니다."


def plater(client: TestClient, **changes: Any) -> UUID:
    """A supplier that measures plating."""
    reference = {
        "title": "도금 라인 두께 기록",
        "problem": "도금 두께를 손으로 재고 종이에 적어 불량 원인을 몰랐다.",
        "outcome": "두께와 전류가 로트마다 남는다.",
        "industry": "25",
    }
    profile = {
        "summary": "도금 두께를 재고 기록하는 계측기를 만듭니다.",
        "solutions": [
            companies.solution(
                name="도금 두께 기록기",
                description="도금 두께를 자동으로 재어 로트마다 남기고 불량 원인을 찾게 합니다.",
                categories=["QMS", "SENSOR"] if changes.pop("two_kinds", False) else ["QMS"],
                processes=["도금"],
            )
        ],
        "references": [reference],
    }
    return stored_supplier(client, **profile | changes)


def storekeeper(client: TestClient, **changes: Any) -> UUID:
    """A supplier for warehouses."""
    profile = {
        "summary": "자재 창고의 재고를 바코드로 맞춥니다.",
        "solutions": [
            companies.solution(
                name="창고 재고 관리",
                description="자재 창고 입고와 출고를 바코드로 잡아 재고를 장부와 맞춥니다.",
                categories=["WMS"],
            )
        ],
    }
    return stored_supplier(client, **profile | changes)


def written(client: TestClient, owner: Person, **changes: Any) -> str:
    """The id of a need of that manufacturer."""
    body = companies.need(title="도금 두께 기록", description=PLATING) | changes
    answer = client.post(f"/v1/manufacturers/{owner.company_id}/needs", json=body, headers=owner.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def recommended(client: TestClient, need_id: str, headers: Headers, **asked: Any) -> Any:
    """The list for it, as that person sees it."""
    answer = client.get(f"/v1/needs/{need_id}/recommendations", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def suppliers_in(answer: Any) -> list[str]:
    """Who is in a list, the first first."""
    return [item["supplier"]["id"] for item in answer["items"]]
