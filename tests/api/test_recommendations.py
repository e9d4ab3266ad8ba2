"""Recommendations, feedback and leads over a live index."""

import json
import math
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import Account
from tests.factories import companies
from tests.factories.answers import pointers, problem, row_counts
from tests.factories.numbers import business_number
from tests.factories.people import ANYONE, Headers, Person, sign_in, staff, stored_supplier
from tests.factories.world import World

CatchUp = Callable[[], None]
PLATING = "도금 두께를 손으로 재고 종이에 적어서 불량이 나도 원인을 찾지 못합니다."
WAREHOUSE = "자재 창고 재고가 장부와 맞지 않아 급하게 찾느라 라인이 섭니다."


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
    body = companies.need(title="도금 두께 기록", description=PLATING) | changes
    answer = client.post(f"/v1/manufacturers/{owner.company_id}/needs", json=body, headers=owner.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def recommended(client: TestClient, need_id: str, headers: Headers, **asked: Any) -> Any:
    answer = client.get(f"/v1/needs/{need_id}/recommendations", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def suppliers_in(answer: Any) -> list[str]:
    return [item["supplier"]["id"] for item in answer["items"]]


def test_the_supplier_that_solved_such_a_problem_comes_first(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    store, plating = storekeeper(client), plater(client)
    first, second = written(client, owner), written(client, owner, title="창고 재고", description=WAREHOUSE)
    catch_up()
    assert suppliers_in(recommended(client, first, manager))[0] == str(plating)
    assert suppliers_in(recommended(client, second, manager))[0] == str(store)


def test_contributions_add_up_to_the_log_odds_of_the_score(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    plater(client)
    storekeeper(client)
    need_id = written(client, owner, budget_won=90_000_000, needs_on_site_support=True)
    catch_up()
    answer = recommended(client, need_id, manager)
    assert len(answer["items"]) == 2
    for item in answer["items"]:
        log_odds = sum(reason["contribution"] for reason in item["reasons"])
        assert item["score"] == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-6)
        assert "base" in {reason["code"] for reason in item["reasons"]}
        assert all(reason["text"] for reason in item["reasons"])


def test_candidates_come_in_order_of_rank_and_score(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    for _ in range(4):
        plater(client)
        storekeeper(client)
    need_id = written(client, owner)
    catch_up()
    items = recommended(client, need_id, manager, limit=8)["items"]
    assert [item["rank"] for item in items] == list(range(1, 9))
    assert [item["score"] for item in items] == sorted((item["score"] for item in items), reverse=True)


def test_evidence_pairs_a_sentence_of_the_need_with_one_of_the_supplier(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    plater(client)
    need_id = written(client, owner)
    catch_up()
    pairs = recommended(client, need_id, manager)["items"][0]["evidence"]
    assert pairs
    for pair in pairs:
        assert pair["need_text"] in f"도금 두께 기록\n{PLATING}"
        assert "도금" in pair["supplier_text"]
        assert -1 <= pair["similarity"] <= 1


def test_the_same_question_gets_the_same_answer(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    plater(client)
    need_id = written(client, owner)
    catch_up()
    answers = [recommended(client, need_id, manager) for _ in range(2)]
    for answer in answers:
        del answer["run_id"], answer["generated_at"]
    assert answers[0] == answers[1]


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


def test_a_need_whose_job_has_not_run_is_ranked_all_the_same(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    plating = plater(client)
    catch_up()
    assert suppliers_in(recommended(client, written(client, owner), manager)) == [str(plating)]


def test_who_is_ruled_out_is_counted_by_rule(client: TestClient, manager: Headers, catch_up: CatchUp) -> None:
    number = business_number()
    owner = sign_in_manufacturer(client, number)
    plater(client, business_number=number)
    plater(client, service_regions=["26"])
    plater(client, solutions=[companies.solution(price_min_won=900_000_000)])
    unwanted, fitting = plater(client), plater(client, certifications=["ISO9001"])
    need_id = written(
        client,
        owner,
        budget_won=50_000_000,
        required_certifications=["ISO9001"],
        excluded_supplier_ids=[str(unwanted)],
    )
    catch_up()
    answer = recommended(client, need_id, manager)
    assert suppliers_in(answer) == [str(fitting)]
    assert answer["considered"] == 5
    counted = {rule["code"]: rule["count"] for rule in answer["excluded"]}
    assert sum(counted.values()) == 4
    assert counted["same_business_number"] == counted["excluded_by_manufacturer"] == 1
    assert counted["region_not_served"] == 1
    assert all(f"{rule['count']}곳" in rule["text"] for rule in answer["excluded"])


def sign_in_manufacturer(client: TestClient, number: str) -> Person:
    made = client.post("/v1/manufacturers", json=companies.manufacturer(business_number=number)).json()
    return sign_in(client, Role.MANUFACTURER, UUID(made["id"]))


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


def test_a_closed_need_gets_no_recommendations(client: TestClient, owner: Person) -> None:
    need_id = written(client, owner)
    path = f"/v1/needs/{need_id}"
    client.patch(path, json={"status": "closed"}, headers=owner.headers | {"If-Match": "*"})
    problem(client.get(f"{path}/recommendations", headers=owner.headers), 409, "need_closed")


def test_leads_bring_the_needs_that_fit_first(client: TestClient, owner: Person, catch_up: CatchUp) -> None:
    supplier = sign_in(client, Role.SUPPLIER, plater(client))
    other = written(client, owner, title="창고 재고", description=WAREHOUSE)
    fitting = written(client, owner)
    closed = written(client, owner)
    client.patch(f"/v1/needs/{closed}", json={"status": "closed"}, headers=owner.headers | {"If-Match": "*"})
    catch_up()
    leads = client.get(f"/v1/suppliers/{supplier.company_id}/leads", headers=supplier.headers).json()["items"]
    assert [lead["need_id"] for lead in leads] == [fitting, other]
    assert leads[0]["score"] > leads[1]["score"]
    assert leads[0]["reasons"]


def test_a_supplier_that_is_not_approved_has_no_leads(
    client: TestClient, owner: Person, catch_up: CatchUp
) -> None:
    registered = client.post("/v1/suppliers", json=companies.supplier()).json()
    supplier = sign_in(client, Role.SUPPLIER, UUID(registered["id"]))
    written(client, owner)
    catch_up()
    leads = client.get(f"/v1/suppliers/{supplier.company_id}/leads", headers=supplier.headers)
    assert leads.json()["items"] == []


def test_account_managers_see_up_to_a_hundred_and_others_three(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    for _ in range(12):
        plater(client)
    need_id = written(client, owner)
    catch_up()
    assert len(recommended(client, need_id, manager)["items"]) == 10
    assert len(recommended(client, need_id, manager, limit=100)["items"]) == 12
    assert len(recommended(client, need_id, owner.headers, limit=100)["items"]) == 3
    path = "/v1/recommendations/preview?limit=100"
    body = companies.preview(description=PLATING)
    counts = {
        name: len(client.post(path, json=body, headers=headers).json()["items"])
        for name, headers in (("staff", manager), ("anyone", ANYONE), ("owner", owner.headers))
    }
    assert counts == {"staff": 12, "anyone": 3, "owner": 3}


TELLING = "가온누리계측"


def test_without_a_right_to_names_an_answer_tells_no_name_id_or_product(
    client: TestClient, owner: Person, manager: Headers, catch_up: CatchUp
) -> None:
    """Also where the supplier's own sentences name the company (without its legal form) or the product."""
    product = "두께지기 X-200"
    for number in range(2):
        plater(
            client,
            company_name=f"(주){TELLING}{number}",
            homepage=f"https://gaonnuri{number}.example",
            solutions=[
                companies.solution(name=product, description="도금 두께를 남깁니다.", categories=["QMS"])
            ],
            references=[
                {
                    "title": "도금 공장",
                    "problem": f"{TELLING}{number}의 {product.lower()}(gaonnuri{number}.example)는 "
                    "도금 두께를 손으로 재고 종이에 적어서 불량이 나도 원인을 찾지 못하던 곳에 있습니다.",
                }
            ],
        )
    need_id = written(client, owner)
    catch_up()
    whole = recommended(client, need_id, manager, limit=2)
    told = json.dumps([item["evidence"] for item in whole["items"]], ensure_ascii=False)
    assert all(secret in told for secret in (TELLING, product.lower(), "gaonnuri")), told
    secrets = [TELLING, product, product.lower(), "gaonnuri"]
    secrets += [item[part]["id"] for item in whole["items"] for part in ("supplier", "solution")]
    for headers in (ANYONE, owner.headers):
        body = companies.preview(title="도금 두께 기록", description=PLATING)
        answer = client.post("/v1/recommendations/preview", json=body, headers=headers)
        assert len(answer.json()["items"]) == 2
        assert [secret for secret in secrets if secret in answer.text] == []
    own = client.get(f"/v1/needs/{need_id}/recommendations", headers=owner.headers)
    assert [secret for secret in secrets if secret in own.text] == []
    assert own.json()["items"][0]["evidence"], "the sentences themselves are shown"


def test_a_preview_stores_nothing(client: TestClient, database: Database, catch_up: CatchUp) -> None:
    plater(client)
    catch_up()
    before = row_counts(database)
    answer = client.post("/v1/recommendations/preview", json=companies.preview(description=PLATING)).json()
    assert answer["items"]
    assert (answer["run_id"], answer["need_id"]) == (None, None)
    assert row_counts(database) == before


def test_a_preview_needs_an_industry_and_a_region(client: TestClient) -> None:
    answer = client.post("/v1/recommendations/preview", json=companies.need())
    assert pointers(problem(answer, 422, "validation_failed")) == ["/industry", "/region"]


def test_inferred_categories_are_named_and_come_the_most_probable_first(
    client: TestClient, catch_up: CatchUp
) -> None:
    catch_up()
    body = companies.preview(title="재고", description=WAREHOUSE)
    inferred = client.post("/v1/recommendations/preview", json=body).json()["inferred_categories"]
    probabilities = [each["probability"] for each in inferred]
    assert inferred
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= probability <= 1 for probability in probabilities)
    assert all(each["name"] and each["name"] != each["category"] for each in inferred)


def test_an_empty_alliance_answers_with_an_empty_list(client: TestClient, catch_up: CatchUp) -> None:
    catch_up()
    answer = client.post("/v1/recommendations/preview", json=companies.preview()).json()
    assert (answer["items"], answer["excluded"], answer["considered"]) == ([], [], 0)


def test_leads_do_not_depend_on_whether_the_vectors_of_needs_were_stored_yet(
    client: TestClient, owner: Person, run_jobs: CatchUp, catch_up: CatchUp
) -> None:
    supplier = sign_in(client, Role.SUPPLIER)
    catch_up()
    path = f"/v1/manufacturers/{owner.company_id}/needs"
    for title in ("작업 일보를 손으로 씁니다", "금형 온도를 재지 못합니다", "출하 검사가 밀립니다"):
        body = companies.need(title=title, description=f"{title}. 그래서 현장에서 하루가 늦게 시작됩니다.")
        assert client.post(path, json=body, headers=owner.headers).status_code == 201

    def leads() -> Any:
        return client.get(f"/v1/suppliers/{supplier.company_id}/leads", headers=supplier.headers).json()

    encoded_in_the_request = leads()
    run_jobs()
    assert len({item["score"] for item in encoded_in_the_request["items"]}) == 3
    assert leads() == encoded_in_the_request


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
