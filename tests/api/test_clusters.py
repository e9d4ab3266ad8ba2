"""Digital clusters over HTTP: found by a job, kept from run to run, shown by who is looking."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.clusters import operations
from service.db.session import Database
from service.db.tables import Cluster, ClusterMember, Need
from service.jobs import worker
from service.jobs.names import NIGHTLY_CLUSTERS
from service.jobs.queue import enqueue
from service.kit import clock
from service.recommendations import matching_engine
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.clusters import PLANTED, PlantedIntent
from tests.factories.encoders import CountingEncoder
from tests.factories.people import ANYONE, Headers, sign_in, staff, stored_manufacturer, stored_supplier

Jobs = Callable[[], None]
MEMBERS = 4
COMPANIES = ("가람정공", "나래표면", "다온정밀", "라온금속")
PUBLIC = {
    "id", "name", "need_count", "manufacturer_count", "supplier_count", "categories", "industries",
    "processes", "words", "own_need_ids", "made_at", "refreshed_at",
}  # fmt: skip


@dataclass(frozen=True)
class Plants:
    """Manufacturers in planted groups, each with one need."""

    client: TestClient
    manager: Headers
    manufacturers: dict[str, list[UUID]]
    needs: dict[str, list[str]]

    def clusters(self, headers: Headers = ANYONE, **asked: Any) -> Any:
        """The list as someone sees it."""
        answer = self.client.get("/v1/clusters", params=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def cluster(self, cluster_id: str, headers: Headers = ANYONE) -> Any:
        """One cluster as someone sees it."""
        answer = self.client.get(f"/v1/clusters/{cluster_id}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def of(self, kind: str) -> Any:
        """The cluster of a planted group, as staff see it."""
        found = [self.cluster(item["id"], self.manager) for item in self.clusters()["items"]]
        first = self.needs[kind][0]
        return next(one for one in found if first in [n["id"] for m in one["members"] for n in m["needs"]])


def write_need(
    client: TestClient, manager: Headers, kind: str, number: int, company: str
) -> tuple[UUID, str]:
    """A planted need of a manufacturer of its own."""
    industry, process, text = PLANTED[kind]
    owner = stored_manufacturer(
        client, industry=industry, company_name=company, region=("41", "26")[number % 2]
    )
    body = companies.need(
        title=f"{text.split()[0]} 이야기 {number}",
        description=f"{text}. 라인이 {number}개입니다. {COMPANIES[0]}에서 듣고 씁니다.",
        processes=[process],
    )
    answer = client.post(f"/v1/manufacturers/{owner}/needs", json=body, headers=manager)
    assert answer.status_code == 201, answer.text
    return owner, answer.json()["id"]


@pytest.fixture
def plants(matching_client: TestClient, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Plants:
    """Four groups of four, and the clusters found."""
    monkeypatch.setattr(matching_engine, "load_intent", lambda *_: PlantedIntent())
    manager = staff(matching_client)
    for kind, (industry, process, text) in PLANTED.items():
        answering = companies.solution(
            description=text, categories=[kind], industries=[industry], processes=[process]
        )
        stored_supplier(matching_client, solutions=[answering])
    manufacturers: dict[str, list[UUID]] = {}
    needs: dict[str, list[str]] = {}
    for kind in PLANTED:
        written = [
            write_need(matching_client, manager, kind, number, f"{COMPANIES[number]}{kind}")
            for number in range(MEMBERS)
        ]
        manufacturers[kind], needs[kind] = [one for one, _ in written], [one for _, one in written]
    run_jobs()
    refreshed(matching_client, manager, run_jobs)
    return Plants(matching_client, manager, manufacturers, needs)


def refreshed(client: TestClient, headers: Headers, run_jobs: Jobs) -> Any:
    """The job of a refresh after it has run."""
    answer = client.post("/v1/clusters/refresh", headers=headers)
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "queued"
    run_jobs()
    return client.get(answer.headers["Location"], headers=headers).json()


def test_before_anything_was_found_the_list_says_so(client: TestClient) -> None:
    answer = client.get("/v1/clusters").json()
    assert (answer["items"], answer["next_cursor"], answer["refreshed_at"]) == ([], None, None)
    assert "아직 클러스터를 만들지 않았습니다" in answer["note"]


def test_too_few_needs_make_no_clusters_and_job_and_list_say_so(
    matching_client: TestClient, run_jobs: Jobs
) -> None:
    manager = staff(matching_client)
    write_need(matching_client, manager, "VISION", 1, "가람정공")
    run_jobs()
    job = refreshed(matching_client, manager, run_jobs)
    assert job["status"] == "succeeded"
    assert job["detail"] == "열린 수요가 1건이라 클러스터를 만들기에 적습니다. 6건부터 찾습니다."
    listed = matching_client.get("/v1/clusters").json()
    assert (listed["items"], listed["note"]) == ([], job["detail"])


def test_alike_needs_come_together(plants: Plants) -> None:
    listed = plants.clusters()
    assert len(listed["items"]) == len(PLANTED)
    assert listed["note"].startswith("열린 수요 16건에서 클러스터 4개를 찾았습니다.")
    for kind, ids in plants.needs.items():
        cluster = plants.of(kind)
        assert {need["id"] for member in cluster["members"] for need in member["needs"]} == set(ids)
        assert (cluster["need_count"], cluster["manufacturer_count"]) == (MEMBERS, MEMBERS)
    names = [item["name"] for item in listed["items"]]
    assert len(set(names)) == len(names)


def test_staff_see_members_by_name_common_need_suppliers_and_quality(plants: Plants) -> None:
    cluster = plants.of("VISION")
    assert [member["company_name"] for member in cluster["members"]] == [
        f"{name}VISION" for name in COMPANIES
    ]
    assert cluster["common_need"]["need_id"] in plants.needs["VISION"]
    assert cluster["common_need"]["sentences"]
    assert cluster["quality"].keys() == {"silhouette", "cohesion", "stability"}
    assert cluster["suppliers"]
    assert cluster["supplier_count"] == len(cluster["suppliers"])
    best = cluster["suppliers"][0]
    assert (best["eligible_needs"], best["top_needs"]) == (MEMBERS, MEMBERS)
    assert 0 < best["mean_score"] < 1


def test_a_member_sees_itself_and_the_others_only_counted(plants: Plants) -> None:
    owner = sign_in(plants.client, Role.MANUFACTURER, plants.manufacturers["HACCP"][0])
    cluster = plants.cluster(plants.of("HACCP")["id"], owner.headers)
    assert cluster.keys() == PUBLIC | {"others"}
    assert cluster["own_need_ids"] == [plants.needs["HACCP"][0]]
    assert cluster["others"]["manufacturers"] == MEMBERS - 1
    assert cluster["others"]["industries"] == [
        {"industry": "10", "name": "식료품 제조업", "manufacturers": MEMBERS - 1}
    ]
    assert {one["region"]: one["manufacturers"] for one in cluster["others"]["regions"]} == {"26": 2, "41": 1}
    elsewhere = plants.cluster(plants.of("VISION")["id"], owner.headers)
    assert elsewhere.keys() == PUBLIC
    assert elsewhere["own_need_ids"] == []


def test_nothing_that_others_see_tells_who_the_members_are_or_what_they_wrote(plants: Plants) -> None:
    member = sign_in(plants.client, Role.MANUFACTURER, plants.manufacturers["VISION"][0])
    cluster = plants.of("VISION")
    strangers = [
        ANYONE,
        sign_in(plants.client, Role.SUPPLIER).headers,
        sign_in(plants.client, Role.MANUFACTURER).headers,
    ]
    for headers in (*strangers, member.headers):
        seen = json.dumps(
            [plants.clusters(headers), plants.cluster(cluster["id"], headers)], ensure_ascii=False
        )
        own = member.headers is headers
        assert not any(name in seen for name in COMPANIES)
        assert not any(str(one) in seen for one in plants.manufacturers["VISION"][1:])
        assert not any(one in seen for one in plants.needs["VISION"][1:])
        assert (plants.needs["VISION"][0] in seen) is own
        assert not any(text in seen for text in cluster["common_need"]["sentences"])
        assert not {"members", "common_need", "suppliers"} & set(plants.cluster(cluster["id"], headers))
    assert plants.clusters()["outside_need_ids"] is None
    assert plants.clusters(plants.manager)["outside_need_ids"] == []


def test_the_list_comes_in_pages_the_best_supported_first(plants: Plants, run_jobs: Jobs) -> None:
    for number in range(MEMBERS, MEMBERS + 2):
        write_need(plants.client, plants.manager, "APS", number, f"바른조립{number}")
    run_jobs()
    refreshed(plants.client, plants.manager, run_jobs)
    whole = plants.clusters()["items"]
    assert whole[0]["need_count"] == MEMBERS + 2
    first = plants.clusters(limit=3)
    rest = plants.clusters(limit=3, cursor=first["next_cursor"])
    assert [*first["items"], *rest["items"]] == whole
    assert rest["next_cursor"] is None


def test_a_link_to_a_cluster_keeps_working_while_needs_come_and_go(plants: Plants, run_jobs: Jobs) -> None:
    before = {kind: plants.of(kind) for kind in PLANTED}
    write_need(plants.client, plants.manager, "VISION", 5, "사랑도금")
    closed = plants.needs["HACCP"][0]
    patch = {"status": "closed"}
    plants.client.patch(f"/v1/needs/{closed}", json=patch, headers=plants.manager | {"If-Match": "*"})
    run_jobs()
    refreshed(plants.client, plants.manager, run_jobs)
    for kind, old in before.items():
        new = plants.cluster(old["id"], plants.manager)
        assert (new["name"], new["made_at"]) == (old["name"], old["made_at"])
        assert new["refreshed_at"] > old["refreshed_at"]
        assert new["need_count"] == MEMBERS + {"VISION": 1, "HACCP": -1}.get(kind, 0)


def test_a_cluster_whose_needs_are_gone_is_closed_and_its_link_says_so(
    plants: Plants, run_jobs: Jobs, database: Database
) -> None:
    gone = plants.of("SAFETY")["id"]
    for need_id in plants.needs["SAFETY"]:
        headers = plants.manager | {"If-Match": "*"}
        plants.client.patch(f"/v1/needs/{need_id}", json={"status": "closed"}, headers=headers)
    refreshed(plants.client, plants.manager, run_jobs)
    assert gone not in {item["id"] for item in plants.clusters()["items"]}
    problem(plants.client.get(f"/v1/clusters/{gone}"), 410, "cluster_closed")
    with database.transaction() as session:
        assert session.get_one(Cluster, UUID(gone)).content == {}, "nothing of the members is kept"
        assert not session.exec(select(ClusterMember).where(ClusterMember.cluster_id == UUID(gone))).all()


def test_the_version_of_a_cluster_moves_with_every_refresh(plants: Plants, run_jobs: Jobs) -> None:
    path = f"/v1/clusters/{plants.of('APS')['id']}"
    assert plants.client.get(path).headers["ETag"] == '"1"'
    refreshed(plants.client, plants.manager, run_jobs)
    assert plants.client.get(path).headers["ETag"] == '"2"'


def test_one_run_ends_every_refresh_that_was_asked_for(plants: Plants, run_jobs: Jobs) -> None:
    asked = [plants.client.post("/v1/clusters/refresh", headers=plants.manager).json() for _ in range(3)]
    run_jobs()
    ended = [plants.client.get(f"/v1/jobs/{job['id']}", headers=plants.manager).json() for job in asked]
    assert [job["status"] for job in ended] == ["succeeded"] * 3
    assert all("클러스터 4개" in job["detail"] for job in ended)


def test_finding_clusters_encodes_nothing(plants: Plants, run_jobs: Jobs, encoder: CountingEncoder) -> None:
    encoder.encoded.clear()
    refreshed(plants.client, plants.manager, run_jobs)
    assert encoder.encoded == []


def test_a_need_that_is_not_embedded_yet_waits_for_the_next_run(
    plants: Plants, run_jobs: Jobs, database: Database
) -> None:
    with database.transaction() as session:
        need = session.get_one(Need, UUID(plants.needs["APS"][0]))
        need.description = "아직 벡터가 없는 새 글입니다. 일정이 늘 밀립니다."
    refreshed(plants.client, plants.manager, run_jobs)
    assert plants.of("VISION")["need_count"] == MEMBERS
    assert plants.clusters()["note"].startswith("열린 수요 15건에서")


def test_after_the_last_attempt_the_waiting_jobs_say_that_they_failed(
    plants: Plants, database: Database
) -> None:
    asked = plants.client.post("/v1/clusters/refresh", headers=plants.manager).json()
    operations.mark_refreshes_failed(database)
    job = plants.client.get(f"/v1/jobs/{asked['id']}", headers=plants.manager).json()
    assert job["status"] == "failed"
    assert "작업을 끝내지 못했습니다" in job["detail"]
    assert len(plants.clusters()["items"]) == len(PLANTED), "the clusters of before stay"


def test_a_worker_that_stays_finds_them_anew_at_three_at_night_in_korea(database: Database) -> None:
    app = worker.make_worker_app(database.url)
    assert not app.periodic_registry.periodic_tasks, "one that only runs what waits keeps no hours"
    worker._schedule(app)
    scheduled = {task.task.name: task for task in app.periodic_registry.periodic_tasks.values()}
    evening = datetime(2026, 11, 2, 20, tzinfo=clock.KST)
    due = scheduled[NIGHTLY_CLUSTERS].croniter.get_next(ret_type=float, start_time=evening.timestamp())
    assert datetime.fromtimestamp(due, clock.KST) == datetime(2026, 11, 3, 3, tzinfo=clock.KST)


def test_the_nightly_task_does_what_a_refresh_does(
    plants: Plants, run_jobs: Jobs, database: Database
) -> None:
    before = plants.clusters()["refreshed_at"]
    with database.transaction() as session:
        enqueue(session, NIGHTLY_CLUSTERS, once="tonight", timestamp=0)
    run_jobs()
    assert plants.clusters()["refreshed_at"] > before


def test_an_unknown_cluster_is_not_found_and_a_broken_cursor_is_told(client: TestClient) -> None:
    problem(client.get(f"/v1/clusters/{uuid4()}"), 404, "not_found")
    problem(client.get("/v1/clusters", params={"cursor": "x"}), 422, "cursor_invalid")
    problem(
        client.get(
            "/v1/clusters",
            params={"cursor": "WyJvbmUiLCAiMDE5MDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIl0"},
        ),
        422,
        "cursor_invalid",
    )
