"""Recommendations, previews and leads over a live index."""

import json
import math
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from tests.factories import companies
from tests.factories.answers import pointers, problem, row_counts
from tests.factories.numbers import business_number
from tests.factories.people import ANYONE, Headers, Person, sign_in, staff
from tests.factories.plating import (
    PLATING,
    WAREHOUSE,
    CatchUp,
    plater,
    recommended,
    storekeeper,
    suppliers_in,
    written,
)


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
