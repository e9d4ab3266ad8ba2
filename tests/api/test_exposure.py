"""Everybody has a turn in the lists: what counts as shown, who yields, and that it is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.app import create_app
from service.db.session import Database
from service.db.tables import RecommendationRun
from service.kit import clock
from service.settings import Settings
from tests.factories import companies
from tests.factories.encoders import CountingEncoder
from tests.factories.people import ANYONE, Headers, Person, sign_in, staff, stored_supplier

CatchUp = Callable[[], None]
OFTEN = 12
"""Lists, over the ten under which nobody has taken too many."""


@pytest.fixture
def client(matching_client: TestClient) -> TestClient:
    """The service with matching loaded."""
    return matching_client


@pytest.fixture
def owner(client: TestClient) -> Person:
    """A manufacturer that writes down needs."""
    return sign_in(client, Role.MANUFACTURER)


@pytest.fixture
def manager(client: TestClient) -> Headers:
    """An account manager."""
    return staff(client)


def equals(client: TestClient, count: int) -> list[str]:
    """Suppliers between which only the id decides, in the order of a list by score."""
    return sorted(str(stored_supplier(client, company_name="한빛시스템")) for _ in range(count))


def written(client: TestClient, owner: Person) -> str:
    path = f"/v1/manufacturers/{owner.company_id}/needs"
    answer = client.post(path, json=companies.need(), headers=owner.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def list_was_shown(
    client: TestClient,
    need_id: str,
    suppliers: list[str],
    days_ago: int = 0,
    role: Role = Role.ACCOUNT_MANAGER,
) -> None:
    """A run that is already there."""
    items = [{"rank": rank, "supplier_id": each} for rank, each in enumerate(suppliers, start=1)]
    database: Database = client.app.state.database
    with database.transaction() as session:
        session.add(
            RecommendationRun(
                need_id=UUID(need_id),
                viewer_role=role.value,
                model_version="before",
                need_version=1,
                answer={"items": items},
                generated_at=clock.now() - timedelta(days=days_ago),
            )
        )


def recommended(client: TestClient, need_id: str, headers: Headers, **asked: Any) -> Any:
    answer = client.get(f"/v1/needs/{need_id}/recommendations", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def suppliers_in(answer: Any) -> list[str]:
    return [item["supplier"]["id"] for item in answer["items"]]


def recent_lists(client: TestClient) -> dict[str, int]:
    """How often each supplier was shown, counted now."""
    client.app.state.matching.recent_lists.refresh()
    return dict(client.app.state.matching.recent_lists.exposure.lists)


def test_lists_that_staff_saw_count_once_a_need_with_their_first_ten(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    everybody = equals(client, 12)
    first, second = written(client, owner), written(client, owner)
    catch_up()
    recommended(client, first, manager, limit=100)
    assert recent_lists(client) == dict.fromkeys(everybody[:10], 1)
    recommended(client, first, manager, limit=2)
    assert recent_lists(client) == dict.fromkeys(everybody[:10], 1)
    recommended(client, second, manager, limit=2)
    counted = recent_lists(client)
    assert sorted(counted.values()) == [*[1] * 8, 2, 2]


def test_what_manufacturers_see_and_previews_do_not_count(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    equals(client, 3)
    need_id = written(client, owner)
    catch_up()
    recommended(client, need_id, owner.headers)
    for headers in (ANYONE, owner.headers, manager):
        answer = client.post("/v1/recommendations/preview", json=companies.preview(), headers=headers)
        assert len(answer.json()["items"]) == 3
    assert recent_lists(client) == {}


def test_lists_of_more_than_thirty_days_ago_are_forgotten(client: TestClient, owner: Person) -> None:
    known = str(stored_supplier(client))
    list_was_shown(client, written(client, owner), [known], days_ago=29)
    list_was_shown(client, written(client, owner), [known], days_ago=31)
    assert recent_lists(client) == {known: 1}


def test_a_supplier_that_was_in_too_many_lists_yields_and_both_sides_are_told(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    best, popular, waiting, *others = equals(client, 5)
    for _ in range(OFTEN):
        list_was_shown(client, written(client, owner), [popular])
    need_id = written(client, owner)
    catch_up()
    answer = recommended(client, need_id, manager, limit=2)
    assert suppliers_in(answer) == [best, waiting]
    assert [item["notes"] for item in answer["items"]] == [
        [],
        [
            {
                "code": "exposure_bound",
                "text": "최근 추천 목록에 많이 나온 공급기업이 자리를 내주어 함께 보여 드립니다.",
            }
        ],
    ]
    (held_back,) = answer["held_back"]
    assert (held_back["code"], held_back["count"]) == ("exposure_bound", 1)
    assert [each["id"] for each in held_back["suppliers"]] == [popular]
    assert "1곳" in held_back["text"]
    assert answer["excluded"] == [], "it is held back, not ruled out"
    longer = recommended(client, need_id, manager, limit=5)
    assert suppliers_in(longer) == [best, popular, waiting, *others]
    assert longer["held_back"] == []


def test_a_supplier_that_was_hardly_shown_has_a_place_and_a_note(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    *known, new = equals(client, 12)
    for _ in range(3):
        list_was_shown(client, written(client, owner), known)
        list_was_shown(client, written(client, owner), known[1:])
    need_id = written(client, owner)
    catch_up()
    answer = recommended(client, need_id, manager)
    assert len(answer["items"]) == 10
    told = answer["items"][-1]
    assert told["supplier"]["id"] == new
    assert told["notes"] == [
        {"code": "newcomer", "text": "최근 추천이 적었던 공급기업이라 함께 보여 드립니다."}
    ]
    assert told["score"] == answer["items"][0]["score"], "a note is no part of the score"
    assert [rule["code"] for rule in answer["held_back"]] == ["newcomer"]


def test_looking_again_does_not_change_the_list_that_brought_the_newcomer_in(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    everybody = equals(client, 12)
    known, new = everybody[:11], everybody[11]
    for number in range(5):
        list_was_shown(client, written(client, owner), known[number > 2 :][:10])
        list_was_shown(client, written(client, owner), [known[10], *[new] * (number < 2)])
    first, second = written(client, owner), written(client, owner)
    catch_up()
    before = suppliers_in(recommended(client, first, manager))
    assert before[-1] == new
    assert recent_lists(client)[new] == 3
    assert suppliers_in(recommended(client, first, manager)) == before
    assert new not in suppliers_in(recommended(client, second, manager))


def test_whoever_may_not_know_names_is_told_only_how_many_were_held_back(
    client: TestClient, owner: Person, catch_up: CatchUp
) -> None:
    _, popular, *_ = equals(client, 5)
    for _ in range(OFTEN):
        list_was_shown(client, written(client, owner), [popular])
    need_id = written(client, owner)
    catch_up()
    answer = recommended(client, need_id, owner.headers)
    assert [(rule["count"], rule["suppliers"]) for rule in answer["held_back"]] == [(1, [])]
    preview = client.post("/v1/recommendations/preview", json=companies.preview()).json()
    assert [(rule["count"], rule["suppliers"]) for rule in preview["held_back"]] == [(1, [])]


def test_a_run_keeps_why_somebody_was_shown_and_who_was_held_back(
    client: TestClient, owner: Person, manager: Headers, database: Database, catch_up: CatchUp
) -> None:
    _, popular, *_ = equals(client, 5)
    for _ in range(OFTEN):
        list_was_shown(client, written(client, owner), [popular])
    need_id = written(client, owner)
    catch_up()
    run_id = recommended(client, need_id, manager, limit=2)["run_id"]
    with database.transaction() as session:
        kept = session.get_one(RecommendationRun, UUID(run_id)).answer
    assert [item["notes"] for item in kept["items"]] == [[], ["exposure_bound"]]
    assert kept["held_back"] == [{"code": "exposure_bound", "supplier_ids": [popular]}]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"exposure_bound": "off"}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 11]),
        ({"newcomer_places": 0}, [0, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ({"exposure_bound": "off", "newcomer_places": 0}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ({}, [0, 2, 3, 4, 5, 6, 7, 8, 9, 11]),
    ],
)
def test_each_bound_can_be_set(
    client: TestClient,
    owner: Person,
    manager: Headers,
    catch_up: CatchUp,
    settings: Settings,
    database: Database,
    encoder: CountingEncoder,
    changes: dict[str, Any],
    shown: list[int],
) -> None:
    everybody = equals(client, 12)
    for _ in range(3):
        list_was_shown(client, written(client, owner), everybody[:10])
        list_was_shown(client, written(client, owner), [everybody[10]])
    for _ in range(40):
        list_was_shown(client, written(client, owner), [everybody[1]])
    need_id = written(client, owner)
    catch_up()
    app = create_app(settings.model_copy(update=changes), database, encoder=encoder)
    app.state.matching.refresh()
    answer = recommended(TestClient(app), need_id, manager)
    assert suppliers_in(answer) == [everybody[place] for place in shown]
