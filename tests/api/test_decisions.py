"""What was shown is kept as a run; what is decided on it, and what follows from that."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import Account
from tests.factories.answers import pointers, problem, row_counts
from tests.factories.people import Headers, Person, sign_in, staff
from tests.factories.plating import (
    CatchUp,
    plater,
    recommended,
    storekeeper,
    suppliers_in,
    written,
)
from tests.factories.world import World


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


def test_the_same_list_seen_again_is_the_same_run_for_one_viewer_and_one_day(
    client: TestClient, owner: Person, manager: Headers, database: Database, catch_up: CatchUp
) -> None:
    plater(client)
    need_id = written(client, owner)
    catch_up()

    def run(headers: Headers, **query: int) -> str:
        return str(recommended(client, need_id, headers, **query)["run_id"])

    other = sign_in(client, Role.ACCOUNT_MANAGER).headers
    first = run(manager)
    assert run(manager) == first
    others = [run(other), run(owner.headers), run(manager, limit=3)]
    with database.transaction() as session:
        session.execute(text("UPDATE recommendation_run SET generated_at = generated_at - interval '1 day'"))
    others.append(run(manager))
    plater(client)
    catch_up()
    others.append(run(manager))
    assert len({first, *others}) == 6


def test_a_run_keeps_what_was_shown(
    client: TestClient, owner: Person, manager: Headers, database: Database, catch_up: CatchUp
) -> None:
    plater(client)
    need_id = written(client, owner)
    catch_up()
    before = row_counts(database)["recommendation_run"]
    answer = recommended(client, need_id, manager)
    assert answer["need_id"] == need_id
    assert row_counts(database)["recommendation_run"] == before + 1
    assert client.get(f"/v1/recommendations/{answer['run_id']}/feedback", headers=manager).json() == []


def test_feedback_is_kept_with_the_position_that_was_shown(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    plater(client)
    storekeeper(client)
    need_id = written(client, owner)
    catch_up()
    answer = recommended(client, need_id, manager)
    second = answer["items"][1]["supplier"]["id"]
    path = f"/v1/recommendations/{answer['run_id']}/feedback"
    body = {
        "supplier_id": second,
        "verdict": "rejected",
        "reason_code": "too_far",
        "comment": "멀어서 어렵습니다",
    }
    made = client.post(path, json=body, headers=manager)
    assert made.status_code == 201
    kept = client.get(path, headers=manager).json()
    assert kept == [made.json()]
    assert kept[0] | body | {"position": 2, "need_id": need_id} == kept[0]


def test_feedback_on_a_supplier_that_was_not_shown_is_refused(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    plater(client)
    need_id = written(client, owner)
    catch_up()
    path = f"/v1/recommendations/{recommended(client, need_id, manager)['run_id']}/feedback"
    for body, where in (
        ({"supplier_id": str(uuid4()), "verdict": "introduced"}, "/supplier_id"),
        ({"supplier_id": str(uuid4()), "verdict": "loved"}, "/verdict"),
    ):
        answer = client.post(path, json=body, headers=manager)
        assert pointers(problem(answer, 422, answer.json()["code"])) == [where]


def test_a_contract_occupies_the_supplier_until_the_need_is_closed(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    only = plater(client, concurrent_project_capacity=1)
    first, second = written(client, owner), written(client, owner)
    catch_up()
    run_id = recommended(client, first, manager)["run_id"]
    body = {"supplier_id": str(only), "verdict": "contracted"}
    client.post(f"/v1/recommendations/{run_id}/feedback", json=body, headers=manager)
    assert client.get(f"/v1/needs/{first}", headers=owner.headers).json()["status"] == "contracted"
    catch_up()
    full = recommended(client, second, manager)
    assert (full["items"], [rule["code"] for rule in full["excluded"]]) == ([], ["no_capacity"])
    closed = client.patch(
        f"/v1/needs/{first}", json={"status": "closed"}, headers=manager | {"If-Match": "*"}
    )
    assert closed.status_code == 200
    catch_up()
    assert suppliers_in(recommended(client, second, manager)) == [str(only)]


def test_a_finished_project_frees_the_supplier_and_stays_in_its_record(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    only = plater(client, concurrent_project_capacity=1)
    first, second = written(client, owner), written(client, owner)
    catch_up()
    run_id = recommended(client, first, manager)["run_id"]
    for verdict in ("contracted", "completed"):
        body = {"supplier_id": str(only), "verdict": verdict}
        client.post(f"/v1/recommendations/{run_id}/feedback", json=body, headers=manager)
    assert client.get(f"/v1/needs/{first}", headers=owner.headers).json()["status"] == "closed"
    catch_up()
    found = recommended(client, second, manager)
    assert suppliers_in(found) == [str(only)]
    profile = client.app.state.matching.recommender().index.snapshot().profiles[0]
    assert (profile.track_record.introduced, profile.track_record.contracted) == (1, 1)


def test_nobody_decides_on_their_own_company(client: TestClient, owner: Person, catch_up: CatchUp) -> None:
    only = plater(client)
    need_id = written(client, owner)
    catch_up()
    manager = sign_in(client, Role.ACCOUNT_MANAGER)
    with client.app.state.database.transaction() as session:
        session.get_one(Account, manager.account_id).stake_supplier_id = only
    run_id = recommended(client, need_id, manager.headers)["run_id"]
    path = f"/v1/recommendations/{run_id}/feedback"
    body = {"supplier_id": str(only), "verdict": "introduced"}
    problem(client.post(path, json=body, headers=manager.headers), 409, "own_company")
    assert client.get(path, headers=manager.headers).json() == []


def test_what_a_manufacturer_was_shown_is_kept_without_the_words_that_name_suppliers(
    client: TestClient, owner: Person, catch_up: CatchUp
) -> None:
    plater(client)
    need_id = written(client, owner)
    catch_up()
    recommended(client, need_id, owner.headers)
    held = client.get("/v1/me/export", headers=owner.headers).json()["recommendation_runs"]
    assert "도금 두께 기록기" not in json.dumps(held, ensure_ascii=False)


def test_a_decision_about_a_supplier_that_is_gone_is_refused(world: World, database: Database) -> None:
    """Nothing here deletes a supplier; a run outlives one that somebody removed by hand."""
    run = world.thing("run_id", None)
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM supplier WHERE id = :id"), {"id": world.shown_supplier})
    body = {"supplier_id": world.shown_supplier, "verdict": "introduced"}
    path = f"/v1/recommendations/{run}/feedback"
    answer = world.client.post(path, json=body, headers=world.headers("account_manager"))
    problem(answer, 422, "supplier_unknown")
