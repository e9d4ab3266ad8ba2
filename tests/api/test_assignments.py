"""A plan for a matching day: asked for, made by a job, read as JSON, CSV and XLSX."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook
from sqlmodel import select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.assignments import operations, queries, schemas
from service.assignments.operations import make_assignment
from service.db.session import Database
from service.db.tables import RecommendationRun
from service.job_status.operations import fail_job
from service.jobs.services import Services
from service.kit import clock
from tests.factories import companies
from tests.factories.answers import pointers, problem, row_counts
from tests.factories.people import Headers, Person, sign_in, staff, stored_supplier

Jobs = Callable[[], None]
PLATING = "도금 두께를 손으로 재고 종이에 적어서 불량이 나도 원인을 찾지 못합니다."
WAREHOUSE = "자재 창고 재고가 장부와 맞지 않아 급하게 찾느라 라인이 섭니다."
EVERYBODY = {"floor": 0}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def client(matching_client: TestClient) -> TestClient:
    """The service with an intent model beside it."""
    return matching_client


@pytest.fixture
def manager(client: TestClient) -> Headers:
    """An account manager."""
    return staff(client)


@pytest.fixture
def owner(client: TestClient) -> Person:
    """A manufacturer that writes down needs."""
    return sign_in(client, Role.MANUFACTURER)


def written(client: TestClient, owner: Person, title: str = "도금 두께 기록", **changes: Any) -> str:
    body = companies.need(title=title, description=PLATING) | changes
    answer = client.post(f"/v1/manufacturers/{owner.company_id}/needs", json=body, headers=owner.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def closed(client: TestClient, owner: Person, need_id: str) -> None:
    headers = owner.headers | {"If-Match": "*"}
    assert client.patch(f"/v1/needs/{need_id}", json={"status": "closed"}, headers=headers).status_code == 200


def plater(client: TestClient, **changes: Any) -> UUID:
    """A supplier that measures plating."""
    solution = companies.solution(
        name="도금 두께 기록기",
        description="도금 두께를 자동으로 재어 로트마다 남기고 불량 원인을 찾게 합니다.",
        categories=["QMS"],
        processes=["도금"],
    )
    return stored_supplier(client, **{"solutions": [solution], "summary": "도금 두께를 잽니다."} | changes)


def asked(client: TestClient, headers: Headers, **body: Any) -> Any:
    answer = client.post("/v1/assignments", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()


def planned(client: TestClient, headers: Headers, run_jobs: Jobs, **body: Any) -> Any:
    """The plan, after its job has run; before it, every supplier is embedded."""
    run_jobs()
    job = asked(client, headers, **body)
    run_jobs()
    followed = client.get(f"/v1/jobs/{job['id']}", headers=headers).json()
    assert followed["status"] == "succeeded", followed
    answer = client.get(followed["result_url"], headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def suppliers_of(plan: Any) -> dict[str, list[str]]:
    return {need["id"]: [each["supplier"]["id"] for each in need["suppliers"]] for need in plan["needs"]}


def test_an_accepted_request_says_where_its_job_is(
    client: TestClient, manager: Headers, owner: Person
) -> None:
    written(client, owner)
    written(client, owner)
    answer = client.post("/v1/assignments", json={}, headers=manager)
    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["status"], job["total"], job["done"]) == ("assignment", "queued", 2, 0)
    refused = problem(client.get(f"/v1/assignments/{job['id']}", headers=manager), 409, "assignment_running")
    assert job["id"] in refused["detail"]


def test_the_plan_names_needs_suppliers_and_reasons(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    supplier = plater(client, company_name="가온계측", concurrent_project_capacity=2)
    need_id = written(client, owner, "도금 기록")
    plan = planned(client, manager, run_jobs, suppliers_per_need=2, day="2099-03-02", **EVERYBODY)
    (need,) = plan["needs"]
    (assigned,) = need["suppliers"]
    company = client.get(f"/v1/manufacturers/{owner.company_id}", headers=manager).json()["company_name"]
    assert (need["id"], need["title"]) == (need_id, "도금 기록")
    assert need["manufacturer"] == {"id": str(owner.company_id), "company_name": company}
    assert (assigned["rank"], assigned["supplier"]["id"]) == (1, str(supplier))
    assert (assigned["supplier"]["company_name"], assigned["solution"]["name"]) == (
        "가온계측",
        "도금 두께 기록기",
    )
    assert 0 < assigned["score"] < 1
    assert assigned["reasons"]
    assert all(reason["text"] and reason["code"] not in ("other", "base") for reason in assigned["reasons"])
    assert (need["shortage"]["code"], need["shortage"]["missing"]) == ("no_candidate_above_floor", 1)
    assert "1곳" in need["shortage"]["text"]
    (load,) = plan["suppliers"]
    assert load == {
        "id": str(supplier), "company_name": "가온계측", "assigned": 1, "capacity": 2,
        "capacity_known": True, "wanted": 1,
    }  # fmt: skip
    assert (plan["day"], plan["suppliers_per_need"], plan["floor"]) == ("2099-03-02", 2, 0)
    assert plan["totals"]["plan"]["expected_introductions"] == pytest.approx(assigned["score"], abs=1e-5)


def test_scores_are_those_of_the_need_s_own_recommendations(
    client: TestClient, manager: Headers, owner: Person, catch_up: Jobs, run_jobs: Jobs
) -> None:
    plater(client)
    stored_supplier(client)
    need_id = written(client, owner)
    plan = planned(client, manager, run_jobs, **EVERYBODY)
    catch_up()
    own = client.get(f"/v1/needs/{need_id}/recommendations", headers=manager).json()["items"]
    assert [(each["supplier"]["id"], each["score"]) for each in plan["needs"][0]["suppliers"]] == [
        (each["supplier"]["id"], pytest.approx(each["score"])) for each in own
    ]


def test_a_supplier_is_planned_within_its_free_capacity_and_the_rest_is_told(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    only = plater(client, concurrent_project_capacity=2)
    needs = [written(client, owner) for _ in range(3)]
    plan = planned(client, manager, run_jobs, **EVERYBODY)
    assert list(suppliers_of(plan).values()) == [[str(only)]] * 2
    (left,) = plan["unserved"]
    assert {left["id"], *suppliers_of(plan)} == set(needs)
    assert left["code"] == "capacity_exhausted"
    assert "맡을 수 있는 만큼" in left["text"]
    assert [(load["assigned"], load["capacity"], load["wanted"]) for load in plan["suppliers"]] == [(2, 2, 3)]
    totals = plan["totals"]
    assert (totals["plan"]["overloaded_suppliers"], totals["plan"]["needs_served"]) == (0, 2)
    assert (totals["own_choices"]["overloaded_suppliers"], totals["own_choices"]["pairs_over_capacity"]) == (
        1,
        1,
    )


def test_running_projects_take_from_the_capacity(
    client: TestClient, manager: Headers, owner: Person, catch_up: Jobs, run_jobs: Jobs
) -> None:
    only = plater(client, concurrent_project_capacity=1)
    first, second = written(client, owner), written(client, owner)
    catch_up()
    run = client.get(f"/v1/needs/{first}/recommendations", headers=manager).json()["run_id"]
    body = {"supplier_id": str(only), "verdict": "contracted"}
    client.post(f"/v1/recommendations/{run}/feedback", json=body, headers=manager)
    plan = planned(client, manager, run_jobs, **EVERYBODY)
    assert [(need["id"], need["code"]) for need in plan["unserved"]] == [(second, "capacity_exhausted")]


def test_an_unknown_capacity_counts_as_asked(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    plater(client)
    for _ in range(5):
        written(client, owner)
    by_default = planned(client, manager, run_jobs, **EVERYBODY)
    wider = planned(client, manager, run_jobs, unknown_capacity=5, **EVERYBODY)
    loads = [
        (load["assigned"], load["capacity"], load["capacity_known"])
        for plan in (by_default, wider)
        for load in plan["suppliers"]
    ]
    assert loads == [(3, 3, False), (5, 5, False)]


def test_nothing_under_the_floor_is_planned(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    plater(client)
    written(client, owner)
    plan = planned(client, manager, run_jobs, floor=1)
    assert plan["needs"] == plan["suppliers"] == []
    assert [need["code"] for need in plan["unserved"]] == ["no_candidate_above_floor"]
    assert "1 이상" in plan["unserved"][0]["text"]


def test_all_open_needs_are_planned_or_just_those_named(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    plater(client, concurrent_project_capacity=9)
    first, second, done = (written(client, owner) for _ in range(3))
    closed(client, owner, done)
    everything = planned(client, manager, run_jobs, **EVERYBODY)
    named = planned(client, manager, run_jobs, need_ids=[second, first, second], **EVERYBODY)
    assert list(suppliers_of(everything)) == [first, second]
    assert list(suppliers_of(named)) == [second, first]


def test_a_need_closed_after_the_request_is_left_out_and_told(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    plater(client)
    need_id = written(client, owner)
    job = asked(client, manager, **EVERYBODY)
    closed(client, owner, need_id)
    run_jobs()
    plan = client.get(f"/v1/assignments/{job['id']}", headers=manager).json()
    assert plan["needs"] == []
    assert [(need["id"], need["code"]) for need in plan["unserved"]] == [(need_id, "need_closed")]


def test_unknown_needs_are_named_by_their_place(client: TestClient, manager: Headers, owner: Person) -> None:
    known = written(client, owner)
    body = {"need_ids": [str(uuid4()), known, str(uuid4())]}
    answer = client.post("/v1/assignments", json=body, headers=manager)
    assert pointers(problem(answer, 422, "need_unknown")) == ["/need_ids/0", "/need_ids/2"]


def test_closed_needs_are_refused(client: TestClient, manager: Headers, owner: Person) -> None:
    first, second = written(client, owner), written(client, owner)
    closed(client, owner, second)
    answer = client.post("/v1/assignments", json={"need_ids": [first, second]}, headers=manager)
    assert pointers(problem(answer, 409, "need_not_assignable")) == ["/need_ids/1"]


def test_without_an_open_need_there_is_nothing_to_plan(client: TestClient, manager: Headers) -> None:
    problem(client.post("/v1/assignments", json={}, headers=manager), 409, "no_open_need")


def test_more_needs_than_one_plan_takes_are_refused(
    client: TestClient, manager: Headers, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [str(uuid4()) for _ in range(schemas.MOST_NEEDS + 1)]
    answer = client.post("/v1/assignments", json={"need_ids": ids}, headers=manager)
    assert pointers(problem(answer, 422, "validation_failed")) == ["/need_ids"]
    monkeypatch.setattr(queries, "MOST_NEEDS", 1)
    written(client, owner)
    written(client, owner)
    problem(client.post("/v1/assignments", json={}, headers=manager), 422, "too_many_needs")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("need_ids", []),
        ("need_ids", ["17"]),
        ("suppliers_per_need", 0),
        ("suppliers_per_need", 11),
        ("suppliers_per_need", 2.5),
        ("floor", "0.30"),
        ("floor", 1.01),
        ("floor", -0.1),
        ("unknown_capacity", -1),
        ("day", "어제"),
        ("colour", "blue"),
    ],
)
def test_a_wrong_value_is_named(client: TestClient, manager: Headers, field: str, value: Any) -> None:
    answer = client.post("/v1/assignments", json={field: value}, headers=manager)
    (pointer,) = pointers(problem(answer, 422, answer.json()["code"]))
    assert pointer.startswith(f"/{field}")


def test_a_day_gone_by_is_refused_and_today_is_taken_without_one(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    written(client, owner)
    with clock.frozen(datetime(2026, 11, 2, 3, tzinfo=UTC)):
        yesterday = (clock.today() - timedelta(days=1)).isoformat()
        answer = client.post("/v1/assignments", json={"day": yesterday}, headers=manager)
        assert pointers(problem(answer, 422, "validation_failed")) == ["/day"]
    plan = planned(client, manager, run_jobs)
    assert plan["day"] == clock.today().isoformat()


def test_progress_is_visible_while_the_job_runs(
    client: TestClient, manager: Headers, owner: Person, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "NEEDS_AT_ONCE", 2)
    for _ in range(5):
        written(client, owner)
    job = asked(client, manager)
    seen = []
    ranking = operations._rank

    def rank_and_look(*given: Any) -> Any:
        now = client.get(f"/v1/jobs/{job['id']}", headers=manager).json()
        seen.append((now["status"], now["done"], now["total"], now["result_url"]))
        return ranking(*given)

    monkeypatch.setattr(operations, "_rank", rank_and_look)
    make_assignment(services, UUID(job["id"]))
    assert seen == [("running", 0, 5, None), ("running", 2, 5, None), ("running", 4, 5, None)]
    done = client.get(f"/v1/jobs/{job['id']}", headers=manager).json()
    assert (done["status"], done["done"]) == ("succeeded", 5)
    assert done["outcome"]["plan"].keys() == done["outcome"]["greedy"].keys()


class KilledError(Exception):
    """Stands for the end of the process."""


def runs_of(database: Database, need_id: str) -> list[UUID]:
    with database.transaction() as session:
        statement = select(RecommendationRun.id).where(RecommendationRun.need_id == UUID(need_id))
        return list(session.exec(statement))


@pytest.mark.parametrize("stage", ["_rank", "plan_for", "finish_job"])
def test_a_job_that_was_killed_makes_its_plan_once(
    client: TestClient,
    manager: Headers,
    owner: Person,
    database: Database,
    services: Services,
    run_jobs: Jobs,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
) -> None:
    plater(client)
    need_id = written(client, owner)
    run_jobs()
    job_id = UUID(asked(client, manager, **EVERYBODY)["id"])
    with monkeypatch.context() as broken:

        def die(*_: Any) -> None:
            raise KilledError

        broken.setattr(operations, stage, die)
        with pytest.raises(KilledError):
            make_assignment(services, job_id)
    assert runs_of(database, need_id) == []
    for _ in range(2):
        make_assignment(services, job_id)
    plan = client.get(f"/v1/assignments/{job_id}", headers=manager).json()
    assert [str(run) for run in runs_of(database, need_id)] == [plan["needs"][0]["run_id"]]


def test_a_worker_taken_for_dead_that_comes_back_changes_nothing(
    client: TestClient,
    manager: Headers,
    owner: Person,
    database: Database,
    services: Services,
    run_jobs: Jobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plater(client)
    need_id = written(client, owner)
    run_jobs()
    job_id = UUID(asked(client, manager, **EVERYBODY)["id"])
    planning = operations.plan_for

    def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(operations, "plan_for", planning)
        make_assignment(services, job_id)
        return planning(*given)

    monkeypatch.setattr(operations, "plan_for", overtaken)
    make_assignment(services, job_id)
    assert len(runs_of(database, need_id)) == 1
    assert client.get(f"/v1/jobs/{job_id}", headers=manager).json()["status"] == "succeeded"


def test_a_plan_s_pair_takes_feedback_like_any_recommendation(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs
) -> None:
    supplier = plater(client)
    written(client, owner)
    (need,) = planned(client, manager, run_jobs, **EVERYBODY)["needs"]
    body = {"supplier_id": str(supplier), "verdict": "introduced"}
    path = f"/v1/recommendations/{need['run_id']}/feedback"
    assert client.post(path, json=body, headers=manager).json()["position"] == 1


def test_a_failed_job_has_no_plan(
    client: TestClient, manager: Headers, owner: Person, database: Database
) -> None:
    written(client, owner)
    job_id = asked(client, manager)["id"]
    fail_job(database, UUID(job_id))
    problem(client.get(f"/v1/assignments/{job_id}", headers=manager), 409, "job_failed")


def test_plans_are_listed_the_newest_first_whatever_became_of_them(
    client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs, database: Database
) -> None:
    plater(client)
    written(client, owner)
    made = planned(client, manager, run_jobs, **EVERYBODY)
    failed = asked(client, manager)["id"]
    fail_job(database, UUID(failed))
    waiting = asked(client, manager)["id"]
    first = client.get("/v1/assignments", params={"limit": 2}, headers=manager).json()
    rest = client.get("/v1/assignments", params={"cursor": first["next_cursor"]}, headers=manager).json()
    listed = [*first["items"], *rest["items"]]
    assert [(plan["id"], plan["status"]) for plan in listed] == [
        (waiting, "queued"),
        (failed, "failed"),
        (made["id"], "succeeded"),
    ]
    assert [plan["totals"] for plan in listed] == [None, None, made["totals"]["plan"]]
    assert {plan["needs"] for plan in listed} == {1}


def test_the_job_of_something_else_is_no_plan(client: TestClient, manager: Headers) -> None:
    headers = sign_in(client, Role.ADMIN).headers | {"Content-Type": "text/csv"}
    text = "business_number,company_name,industry,region\n"
    job = client.post("/v1/imports/manufacturers", content=text, headers=headers).json()
    problem(client.get(f"/v1/assignments/{job['id']}", headers=manager), 404, "not_found")


def test_a_plan_reserves_nothing(
    client: TestClient, manager: Headers, owner: Person, database: Database, run_jobs: Jobs
) -> None:
    plater(client, concurrent_project_capacity=1)
    written(client, owner)
    first = planned(client, manager, run_jobs, **EVERYBODY)
    before = row_counts(database)
    again = planned(client, manager, run_jobs, **EVERYBODY)
    assert suppliers_of(again) == suppliers_of(first)
    changed = {name for name, count in row_counts(database).items() if count != before[name]}
    assert changed <= {"job", "recommendation_run", "audit_event", "procrastinate_events"}


@pytest.fixture
def printed(client: TestClient, manager: Headers, owner: Person, run_jobs: Jobs) -> str:
    """The address of a plan with an assigned and an unserved need; all names look like formulas."""
    plater(client, company_name="=HYPERLINK(1)", concurrent_project_capacity=1)
    for title in ("+도금", "@도금"):
        written(client, owner, title)
    run_jobs()
    job = asked(client, manager, day="2099-03-02", **EVERYBODY)
    run_jobs()
    return f"/v1/assignments/{job['id']}"


def test_a_plan_prints_as_csv(client: TestClient, manager: Headers, printed: str) -> None:
    answer = client.get(printed, headers=manager | {"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="assignment-2099-03-02.csv"' in answer.headers["content-disposition"]
    assert answer.headers["vary"] == "Accept"
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assigned, unserved = rows
    assert assigned["공급기업"] == "'=HYPERLINK(1)", "Excel must not run a company's name"
    assert {assigned["수요"], unserved["수요"]} == {"'+도금", "'@도금"}
    assert 0 < float(assigned["소개 확률"]) < 1
    assert assigned["추천 사유"]
    assert (unserved["공급기업"], unserved["순위"]) == ("", "")
    assert "맡을 수 있는 만큼" in unserved["비고"]


def test_a_plan_prints_as_a_workbook(client: TestClient, manager: Headers, printed: str) -> None:
    answer = client.get(printed, headers=manager | {"Accept": XLSX})
    assert answer.headers["content-type"] == XLSX
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["요약", "배정표", "공급기업별", "배정하지 못한 수요"]
    heading, row = book["배정표"].iter_rows(values_only=True)
    pair = dict(zip(heading, row, strict=True))
    assert (pair["공급기업"], pair["순위"]) == ("=HYPERLINK(1)", 1)
    assert book["배정표"].cell(2, heading.index("공급기업") + 1).data_type == "s", "a text, not a formula"
    assert [cell.value for cell in book["공급기업별"][2]][1:4] == [1, 1, 2]
    assert book["배정하지 못한 수요"].max_row == 2
    summary = {row[0]: row[1] for row in book["요약"].iter_rows(values_only=True) if row[0]}
    assert (summary["날짜"], summary["수요"], summary["배정한 짝"]) == (date(2099, 3, 2).isoformat(), 2, 1)


def test_another_form_is_not_offered(client: TestClient, manager: Headers, printed: str) -> None:
    answer = client.get(printed, headers=manager | {"Accept": "text/html"})
    problem(answer, 406, "not_acceptable_plan")


def test_a_replayed_request_opens_one_job(
    client: TestClient, manager: Headers, owner: Person, database: Database
) -> None:
    written(client, owner)
    headers = manager | {"Idempotency-Key": "matching-day-1"}
    first, second = (client.post("/v1/assignments", json={}, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    assert row_counts(database)["job"] == 1
