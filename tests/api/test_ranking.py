"""The weights that rank: seen, set, learned, gone back from; each change kept and named by every run."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from starlette.testclient import TestClient

from matching.features import FEATURE_NAMES
from matching.learning import JudgedNeed
from matching.ranker import Ranker
from service.accounts.actor import SYSTEM, Role
from service.cli.ranking import rollback, train_ranker
from service.db.session import Database
from service.db.tables import DEMO_MODEL, Feedback, RecommendationRun
from service.ranking.operations import adjust_weights, learn
from service.ranking.queries import introduced_scores, judged_needs
from tests.factories import companies
from tests.factories.answers import pointers, problem
from tests.factories.people import Headers, admin, sign_in, staff, stored_supplier

EXPERT = Ranker.expert()
NEED_PATH = "/v1/manufacturers/{}/needs"


def changed(client: TestClient, headers: Headers, **weights: float) -> Any:
    """Weights that an administrator sets."""
    body = {"weights": weights, "note": "가까운 곳을 더 봅니다"}
    answer = client.post("/v1/ranking/weights", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def in_use(client: TestClient, headers: Headers) -> Any:
    return client.get("/v1/ranking/weights", headers=headers).json()


def weight(answer: Any, name: str) -> float:
    (found,) = [each["weight"] for each in answer["weights"] if each["name"] == name]
    return float(found)


def decided(client: TestClient, database: Database, *, held_out: int, learned: int) -> None:
    """Decisions of account managers for whom only the region counts, on lists of four candidates."""
    suppliers = [stored_supplier(client) for _ in range(4)]
    owner = sign_in(client, Role.MANUFACTURER)
    wanted = {True: held_out, False: learned}
    while any(wanted.values()):
        need = client.post(NEED_PATH.format(owner.company_id), json=companies.need(), headers=owner.headers)
        need_id = need.json()["id"]
        kind = JudgedNeed(need_id, ()).is_held_out
        if not wanted[kind]:
            continue
        wanted[kind] -= 1
        near = [place % 2 == 1 for place in range(4)]
        items = [
            {
                "supplier_id": str(supplier),
                "rank": place + 1,
                "features": dict.fromkeys(FEATURE_NAMES, 0.5) | {"region_same": float(near[place])},
            }
            for place, supplier in enumerate(suppliers)
        ]
        with database.transaction() as session:
            run = RecommendationRun(
                need_id=need_id,
                viewer_role="admin",
                model_version="x",
                need_version=1,
                answer={"items": items},
            )
            session.add(run)
            session.flush()
            session.add_all(
                Feedback(
                    run_id=run.id,
                    need_id=run.need_id,
                    supplier_id=supplier,
                    position=place + 1,
                    verdict="introduced" if near[place] else "rejected",
                )
                for place, supplier in enumerate(suppliers)
            )


def test_the_experts_weights_rank_before_anybody_decides(client: TestClient) -> None:
    answer = in_use(client, staff(client))

    assert (answer["id"], answer["origin"], answer["judgements"]) == ("expert", "expert", 0)
    assert [each["name"] for each in answer["weights"]] == list(FEATURE_NAMES)
    assert all(each["meaning"] for each in answer["weights"])
    assert weight(answer, "lexical") == EXPERT.weights["lexical"]


def test_an_administrator_changes_some_weights_and_the_others_stay(client: TestClient) -> None:
    boss = admin(client)

    answer = changed(client, boss, region_same=1.5, load=-0.8)

    assert answer == in_use(client, boss)
    assert (weight(answer, "region_same"), weight(answer, "load")) == (1.5, -0.8)
    assert weight(answer, "lexical") == EXPERT.weights["lexical"]
    assert answer["origin"] == "adjusted"


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ({"beauty": 1.0}, "weight_unknown"),
        ({"lexical": -0.1}, "weight_out_of_bounds"),
        ({"load": 0.1}, "weight_out_of_bounds"),
        ({"lexical": 21}, "weight_out_of_bounds"),
    ],
)
def test_a_weight_that_would_turn_a_feature_round_is_refused(
    client: TestClient, weights: dict[str, float], code: str
) -> None:
    answer = client.post("/v1/ranking/weights", json={"weights": weights, "note": "x"}, headers=admin(client))

    assert pointers(problem(answer, 422, code)) == [f"/weights/{next(iter(weights))}"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_weight_that_is_no_number_is_refused(client: TestClient, number: str) -> None:
    headers = admin(client) | {"Content-Type": "application/json"}
    body = f'{{"weights": {{"lexical": {number}}}, "note": "x"}}'

    assert client.post("/v1/ranking/weights", content=body, headers=headers).status_code in (400, 422)
    assert in_use(client, headers)["id"] == "expert"


def test_setting_the_weights_that_are_in_use_changes_nothing(client: TestClient) -> None:
    body = {"weights": {"lexical": EXPERT.weights["lexical"]}, "note": "x"}

    answer = client.post("/v1/ranking/weights", json=body, headers=admin(client))

    problem(answer, 409, "weights_unchanged")


def test_only_administrators_set_weights(client: TestClient) -> None:
    manager = staff(client)
    for path, body in (
        ("weights", {"weights": {"lexical": 2}, "note": "x"}),
        ("versions/expert/activation", {}),
        ("rollback", {}),
        ("trainings", None),
    ):
        problem(client.post(f"/v1/ranking/{path}", json=body, headers=manager), 403, "forbidden")
    assert in_use(client, manager)["id"] == "expert"


def test_every_version_is_kept_and_any_can_be_used_again(client: TestClient) -> None:
    boss = admin(client)
    first = changed(client, boss, region_same=1.5)
    changed(client, boss, lexical=2.5)

    versions = client.get("/v1/ranking/versions", headers=boss).json()["items"]
    assert [version["in_use"] for version in versions] == [True, False, False]
    assert versions[-1]["id"] == "expert"

    path = f"/v1/ranking/versions/{first['id']}/activation"
    again = client.post(path, json={"pinned": True, "note": "이 판이 낫습니다"}, headers=boss).json()
    assert (again["version"], again["pinned"]) == (first["version"], True)
    assert (
        client.post("/v1/ranking/versions/expert/activation", json={}, headers=boss).json()["id"] == "expert"
    )


@pytest.mark.parametrize("named", ["01900000-0000-7000-8000-000000000000", "none"])
def test_a_version_that_does_not_exist_is_not_found(client: TestClient, named: str) -> None:
    path = f"/v1/ranking/versions/{named}/activation"

    problem(client.post(path, json={}, headers=admin(client)), 404, "not_found")


def test_versions_come_in_pages(client: TestClient) -> None:
    boss = admin(client)
    made = [changed(client, boss, lexical=lexical)["version"] for lexical in (2.1, 2.2, 2.3)]

    first = client.get("/v1/ranking/versions", params={"limit": 2}, headers=boss).json()
    rest = client.get(
        "/v1/ranking/versions", params={"limit": 2, "cursor": first["next_cursor"]}, headers=boss
    ).json()

    assert [version["version"] for version in first["items"] + rest["items"]] == [*made[::-1], EXPERT.version]
    assert rest["next_cursor"] is None


def test_going_back_twice_goes_back_two_versions(client: TestClient) -> None:
    boss = admin(client)
    first = changed(client, boss, lexical=2.1)
    changed(client, boss, lexical=2.2)

    def back() -> Any:
        return client.post("/v1/ranking/rollback", json={"note": "목록이 나빠졌습니다"}, headers=boss)

    assert back().json()["version"] == first["version"]
    assert back().json()["id"] == "expert"
    problem(back(), 409, "nothing_to_roll_back")
    assert in_use(client, boss)["pinned"] is True


def test_a_run_names_the_weights_that_made_it_within_a_poll(
    matching_client: TestClient, catch_up: Callable[[], None]
) -> None:
    boss, owner = admin(matching_client), sign_in(matching_client, Role.MANUFACTURER)
    stored_supplier(matching_client)
    path = NEED_PATH.format(owner.company_id)
    need_id = matching_client.post(path, json=companies.need(), headers=owner.headers).json()["id"]
    catch_up()

    def run() -> Any:
        return matching_client.get(f"/v1/needs/{need_id}/recommendations", headers=boss).json()

    before = run()
    answer = changed(matching_client, boss, region_same=5.0)
    catch_up()
    after = run()

    assert before["model_version"] == EXPERT.version
    assert after["model_version"] == answer["version"]


def test_learned_weights_are_used_when_they_explain_held_out_decisions_better(
    client: TestClient, database: Database, run_jobs: Callable[[], None]
) -> None:
    boss = admin(client)
    decided(client, database, held_out=6, learned=30)

    job = client.post("/v1/ranking/trainings", headers=boss)
    assert job.status_code == 202
    run_jobs()

    ended = client.get(job.headers["Location"], headers=boss).json()
    assert ended["status"] == "succeeded"
    assert ended["outcome"]["outcome"] == "promoted"
    assert ended["outcome"]["challenger"]["log_loss"] < ended["outcome"]["present"]["log_loss"]
    answer = in_use(client, boss)
    assert (answer["origin"], answer["judgements"]) == ("fitted", 120)
    assert weight(answer, "region_same") > EXPERT.weights["region_same"]
    newest = client.get("/v1/ranking/versions", headers=boss).json()["items"][0]
    assert newest["in_use"]
    assert newest["outcome_text"]


def test_learning_twice_from_the_same_decisions_finds_nothing_new(
    client: TestClient, database: Database
) -> None:
    decided(client, database, held_out=6, learned=30)
    outcomes = []
    for _ in range(2):
        with database.transaction() as session:
            outcomes.append(learn(session, SYSTEM).outcome.value)

    assert outcomes == ["promoted", "nothing_new"]


def test_too_few_decisions_change_nothing(client: TestClient, database: Database) -> None:
    decided(client, database, held_out=2, learned=10)
    with database.transaction() as session:
        assert learn(session, SYSTEM).outcome.value == "too_few_held_out"

    assert in_use(client, admin(client))["id"] == "expert"


def test_what_a_person_went_back_from_is_not_learned_into_use_again(
    client: TestClient, database: Database
) -> None:
    boss = admin(client)
    decided(client, database, held_out=6, learned=30)
    with database.transaction() as session:
        learn(session, SYSTEM)
    assert client.post("/v1/ranking/rollback", json={}, headers=boss).json()["id"] == "expert"

    with database.transaction() as session:
        learn(session, SYSTEM)

    assert in_use(client, boss)["id"] == "expert"


def test_learning_starts_from_what_an_administrator_set(client: TestClient, database: Database) -> None:
    decided(client, database, held_out=6, learned=30)
    changed(client, admin(client), certification=3.0)
    with database.transaction() as session:
        learn(session, SYSTEM)

    assert weight(in_use(client, staff(client)), "certification") == pytest.approx(3.0, abs=0.5)


def test_every_change_of_weights_is_in_the_audit_trail(client: TestClient, database: Database) -> None:
    boss = admin(client)
    version = changed(client, boss, lexical=2.1)
    client.post("/v1/ranking/rollback", json={}, headers=boss)

    with database.transaction() as session:
        events = session.execute(
            text("SELECT action, after FROM audit_event WHERE action LIKE 'ranking.%' ORDER BY id")
        ).all()
    assert [event.action for event in events] == ["ranking.adjusted", "ranking.rolled_back"]
    assert events[0].after["version"] == version["version"]
    assert events[1].after == {"version": EXPERT.version, "pinned": True}


def test_weights_of_other_features_give_way_to_the_experts(client: TestClient, database: Database) -> None:
    boss = admin(client)
    version = changed(client, boss, lexical=2.1)
    with database.transaction() as session:
        session.execute(
            text("UPDATE ranker_version SET weights = jsonb_set(weights, '{feature_version}', '1')")
        )

    assert in_use(client, boss)["id"] == "expert"
    path = f"/v1/ranking/versions/{version['id']}/activation"
    problem(client.post(path, json={}, headers=boss), 409, "weights_of_old_features")


def test_two_changes_at_once_both_count(database: Database) -> None:
    """The second waits for the first to commit and starts from what it left."""
    begun = threading.Event()

    def change_the_load() -> float:
        begun.set()
        with database.transaction() as session:
            return adjust_weights(session, SYSTEM, {"load": -1.0}, None, "y").ranker.weights["lexical"]

    with ThreadPoolExecutor(1) as beside:
        with database.transaction() as session:
            adjust_weights(session, SYSTEM, {"lexical": 2.0}, None, "x")
            second = beside.submit(change_the_load)
            assert begun.wait(10)
            assert not second.done()
        assert second.result(timeout=30) == 2.0


def test_who_was_decided_on_in_another_list_was_not_passed_over(
    client: TestClient, database: Database
) -> None:
    """Two lists of one need: the first candidate was introduced from the first, the second from the other."""
    decided(client, database, held_out=0, learned=1)
    with database.transaction() as session:
        run = session.exec(select(RecommendationRun)).one()
        again = RecommendationRun(**run.model_dump(exclude={"id", "generated_at", "listed"}))
        session.add(again)
        session.flush()
        last = session.exec(select(Feedback).order_by(col(Feedback.position).desc())).first()
        assert last is not None
        renewed = Feedback(**last.model_dump(exclude={"id", "run_id", "created_at"}), run_id=again.id)
        session.add(renewed)
        session.flush()

        (need,) = judged_needs(session)

    assert [judgement.weight for judgement in need.judgements] == [1.0] * 4


def test_nothing_is_learned_or_measured_on_a_list_that_no_model_made(
    client: TestClient, database: Database
) -> None:
    """The demo's introductions: decided before anything was ranked, with a score that nobody estimated."""
    decided(client, database, held_out=0, learned=1)
    with database.transaction() as session:
        run = session.exec(select(RecommendationRun)).one()
        run.answer = {"items": [item | {"score": 0.5} for item in run.answer["items"]]}
        session.flush()
        assert len(judged_needs(session)) == 1
        assert [len(part) for part in introduced_scores(session)] == [4, 4]
        run.model_version = DEMO_MODEL
        session.flush()
        assert judged_needs(session) == []
        assert [len(part) for part in introduced_scores(session)] == [0, 0]


def test_one_command_goes_back_and_one_learns(
    client: TestClient,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", database.url)
    changed(client, admin(client), lexical=2.1)

    rollback(note=None)
    train_ranker()

    printed = capsys.readouterr().out
    assert f"되돌렸습니다: {EXPERT.version}" in printed
    assert "새로 배운 것이 없습니다" in printed
