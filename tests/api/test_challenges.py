"""Challenges: a call, applications, blind reviews without conflicts of interest, and a decision."""

import csv
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import (
    AuditEvent,
    ChallengeApplication,
    ChallengeConflict,
    ChallengeReview,
    SupplierStatus,
)
from service.messages.challenges import ERASED_TITLE
from service.privacy.purge import purge
from service.privacy.retention import erase_accounts
from service.recommendations.anonymity import HIDDEN
from tests.factories import companies
from tests.factories.answers import pointers, problem
from tests.factories.challenges import CRITERIA, application, call, days_later, published, review
from tests.factories.people import Headers, Person, sign_in, stored_supplier
from tests.factories.world import World

NO_OUTBOX = Path("no-outbox")
CLOSED = 11
"""Days from today: the day after the last one on which anybody may apply."""


@dataclass
class Contest:
    """A published call, an administrator, and who takes part as the test asks for them."""

    client: TestClient
    admin: Person
    id: str

    def get(self, path: str, headers: Headers) -> Any:
        return self.client.get(f"/v1{path}", headers=headers)

    def post(self, path: str, headers: Headers, body: Any = None, **more: str) -> Any:
        return self.client.post(f"/v1{path}", json=body, headers=headers | more)

    def patch(self, path: str, headers: Headers, body: Any, version: str = "*") -> Any:
        return self.client.patch(f"/v1{path}", json=body, headers=headers | {"If-Match": version})

    def company(self, **profile: Any) -> Person:
        return sign_in(self.client, Role.SUPPLIER, stored_supplier(self.client, **profile))

    def apply(self, company: Person, **changes: Any) -> Any:
        return self.post(f"/challenges/{self.id}/applications", company.headers, application(**changes))

    def applied(self, company: Person, **changes: Any) -> str:
        answer = self.apply(company, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def reviewers(self, count: int) -> list[Person]:
        return [sign_in(self.client, Role.ACCOUNT_MANAGER) for _ in range(count)]

    def assign(self, *reviewers: Person) -> Any:
        body = {"reviewer_ids": [str(each.account_id) for each in reviewers]} if reviewers else {}
        return self.post(f"/challenges/{self.id}/panel", self.admin.headers, body)

    def given_to(self, reviewer: Person) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/challenge-reviews", reviewer.headers).json()["items"]
        return items

    def score(self, reviewer: Person, title: str, *scores: int) -> None:
        mine = next(each for each in self.given_to(reviewer) if each["application"]["title"] == title)
        answer = self.patch(f"/challenge-reviews/{mine['id']}", reviewer.headers, review(*scores))
        assert answer.status_code == 200, answer.text

    def ranking(self) -> Any:
        return self.get(f"/challenges/{self.id}/ranking", self.admin.headers)

    def decide(self, *chosen: str, reason: str | None = None, **more: str) -> Any:
        call = self.get(f"/challenges/{self.id}", self.admin.headers).json()
        department = call["departments"][0]["id"]
        body = {"chosen": [{"application_id": each, "department_id": department} for each in chosen]}
        body |= {"departure_reason": reason} if reason else {}
        return self.post(f"/challenges/{self.id}/decision", self.admin.headers, body, **more)


@pytest.fixture
def contest(client: TestClient) -> Contest:
    admin = sign_in(client, Role.ADMIN)
    return Contest(client, admin, published(client, admin.headers))


def test_a_draft_is_seen_by_administrators_and_a_published_call_by_everybody(contest: Contest) -> None:
    draft = contest.post("/challenges", contest.admin.headers, call(title="아직 쓰는 중")).json()
    assert (draft["state"], draft["state_text"]) == ("draft", "작성 중")
    assert contest.get(f"/challenges/{draft['id']}", {}).status_code == 404
    assert contest.get(f"/challenges/{draft['id']}", contest.admin.headers).status_code == 200
    (seen,) = contest.get("/challenges", {}).json()["items"]
    assert (seen["state"], seen["application_count"], seen["chosen"]) == ("open", None, None)
    assert contest.get("/challenges?state=reviewing", {}).json()["items"] == []
    with days_later(CLOSED):
        assert [each["id"] for each in contest.get("/challenges?state=reviewing", {}).json()["items"]] == [
            contest.id
        ]


def test_a_draft_is_deleted_and_a_published_call_is_not(contest: Contest) -> None:
    admin = contest.admin.headers | {"If-Match": "*"}
    draft = contest.post("/challenges", contest.admin.headers, call()).json()["id"]
    assert contest.client.delete(f"/v1/challenges/{draft}", headers=admin).status_code == 204
    assert contest.get(f"/challenges/{draft}", contest.admin.headers).status_code == 404
    refused = contest.client.delete(f"/v1/challenges/{contest.id}", headers=admin)
    problem(refused, 409, "challenge_state")


def test_a_call_that_cannot_be_is_refused_with_what_to_mend(contest: Contest) -> None:
    light = [CRITERIA[0], CRITERIA[1] | {"weight_percent": 50}]
    refused = contest.post("/challenges", contest.admin.headers, call(criteria=light))
    problem(refused, 422, "validation_failed")
    assert "지금은 90" in refused.json()["errors"][0]["message"]
    backwards = call(closes_on="2020-01-01")
    problem(contest.post("/challenges", contest.admin.headers, backwards), 422, "validation_failed")
    unknown = contest.post("/challenges", contest.admin.headers, call(programme_code="NOTHING"))
    assert pointers(problem(unknown, 422, "challenge_programme_unknown")) == ["/programme_code"]


def test_what_applicants_relied_on_is_fixed_with_the_first_of_them(contest: Contest) -> None:
    path, admin = f"/challenges/{contest.id}", contest.admin.headers
    assert contest.patch(path, admin, {"criteria": list(reversed(CRITERIA))}).status_code == 200
    contest.applied(contest.company())
    refused = contest.patch(path, admin, {"criteria": CRITERIA, "places": 3})
    assert pointers(problem(refused, 409, "challenge_terms_fixed")) == ["/criteria", "/places"]
    earlier = contest.patch(path, admin, {"closes_on": call()["opens_on"]})
    assert pointers(problem(earlier, 409, "challenge_terms_fixed")) == ["/closes_on"]
    later = call()["closes_on"].replace("20", "21", 1)
    changed = contest.patch(path, admin, {"closes_on": later, "reviewers_per_application": 1})
    assert changed.json()["closes_on"] == later


def test_a_company_applies_once_changes_until_the_last_day_and_may_take_it_back(contest: Contest) -> None:
    company = contest.company()
    made = contest.apply(company)
    path = made.headers["Location"].removeprefix("/v1")
    problem(contest.apply(company), 409, "challenge_applied_already")
    assert pointers(
        problem(contest.apply(contest.company(), field="금융"), 422, "challenge_field_unknown")
    ) == ["/field"]
    changed = contest.patch(path, company.headers, {"title": "고친 제목"}, made.headers["ETag"])
    assert changed.json()["title"] == "고친 제목"
    stale = contest.patch(path, company.headers, {"title": "늦은 제목"}, made.headers["ETag"])
    problem(stale, 412, "stale_version")
    assert contest.post(f"{path}/withdrawal", company.headers).json()["withdrawn_at"]
    problem(
        contest.patch(path, company.headers, {"title": "거둔 뒤"}), 409, "challenge_application_withdrawn"
    )
    again = contest.applied(company)
    with days_later(CLOSED):
        late = contest.patch(f"/challenge-applications/{again}", company.headers, {"title": "늦은 제목"})
        assert "까지 받았습니다" in problem(late, 409, "challenge_closed")["detail"]
        problem(contest.apply(contest.company()), 409, "challenge_closed")
    pending = sign_in(contest.client, Role.SUPPLIER, stored_supplier(contest.client, SupplierStatus.PENDING))
    problem(contest.apply(pending), 409, "challenge_supplier_not_approved")


def test_the_last_day_is_open_to_its_end_in_korea(contest: Contest) -> None:
    with days_later(CLOSED - 1):
        contest.applied(contest.company())


def test_who_reviews_never_learns_who_applied(contest: Contest) -> None:
    company = contest.company(
        company_name="(주)숨길이름안전",
        business_number="120-81-47521",
        representative_name="나대표",
        solutions=[companies.solution(name="GasKeeper 밀폐공간 가스 측정기")],
    )
    told = "숨길이름 안전은 2012년부터 했습니다. 나대표, 120-81-47521, safe@hidden.example, 이사람에게."
    told += " Gas Keeper를 씁니다."
    application_id = contest.applied(company, proposal=told)
    first, second = contest.reviewers(2)
    paths = [f"/challenges/{contest.id}/applications", f"/challenge-applications/{application_id}"]
    with days_later(CLOSED):
        contest.assign(first, second)
        contest.score(second, application()["title"], 5, 5)
        (mine,) = contest.given_to(first)
        shown = [contest.get(path, first.headers) for path in paths]
        shown += [contest.get("/challenge-reviews", first.headers)]
        shown += [contest.get(f"/challenge-reviews/{mine['id']}", first.headers)]
        secrets = [
            "숨길이름",
            "나대표",
            "47521",
            "hidden.example",
            "이사람",
            "Keeper",
            str(company.company_id),
        ]
        assert [word for answer in shown for word in secrets if word in answer.text] == []
        assert all(HIDDEN in answer.text and "2012년부터" in answer.text for answer in shown)
        assert mine["scores"] == []
        theirs = contest.given_to(second)[0]["id"]
        problem(contest.get(f"/challenge-reviews/{theirs}", first.headers), 404, "not_found")
        problem(contest.get(f"/challenge-reviews/{theirs}", contest.admin.headers), 404, "not_found")
        ranking = f"/challenges/{contest.id}/ranking"
        problem(contest.get(ranking, first.headers), 403, "forbidden")
        history = contest.get(f"/suppliers/{company.company_id}/history", first.headers)
        assert contest.id not in history.text
        assert application_id not in history.text
        named = contest.get(paths[1], contest.admin.headers).json()
        assert (named["company_name"], named["proposal"]) == ("(주)숨길이름안전", told)
        contest.score(first, application()["title"], 4, 4)
        assert contest.decide(application_id).status_code == 200
        assert contest.get(paths[1], first.headers).json()["company_name"] == "(주)숨길이름안전"


def test_nobody_reviews_a_company_that_they_have_a_part_in(contest: Contest) -> None:
    company, other = contest.company(), contest.company()
    contest.applied(company, title="이해관계가 있는 것")
    contest.applied(other, title="아무 관계 없는 것")
    owner, friend, third = contest.reviewers(3)
    stake = {"stake_supplier_id": str(company.company_id)}
    answer = contest.patch(f"/accounts/{owner.account_id}", contest.admin.headers, stake)
    assert answer.status_code == 200, answer.text
    body = {"supplier_id": str(company.company_id), "reason": "지난해까지 자문을 맡았습니다"}
    declared = contest.post(f"/challenges/{contest.id}/conflicts", friend.headers, body)
    assert [each["reason"] for each in declared.json()["items"]] == ["지난해까지 자문을 맡았습니다"]
    with days_later(CLOSED):
        told = problem(contest.assign(), 409, "challenge_reviewers_missing")["detail"]
        assert "1명 모자랍니다" in told
        (fourth,) = contest.reviewers(1)
        assert contest.assign().status_code == 200
        of = {who.account_id: contest.given_to(who) for who in (owner, friend, third, fourth)}
        titles = {who: {each["application"]["title"] for each in given} for who, given in of.items()}
        assert titles[owner.account_id] | titles[friend.account_id] == {"아무 관계 없는 것"}
        assert titles[third.account_id] == titles[fourth.account_id] == {"이해관계가 있는 것"}
        # Whoever recognises an applicant hands it over and still does not learn the name.
        fifth, sixth = contest.reviewers(2)
        given = contest.given_to(third)[0]["id"]
        recognised = contest.post(
            f"/challenge-reviews/{given}/conflict", third.headers, {"reason": "함께 일한 회사의 이야기입니다"}
        )
        assert [each["supplier_id"] for each in recognised.json()["items"]] == [None]
        assert contest.given_to(third) == []
        assert contest.assign(fourth, fifth, sixth, third, friend).status_code == 200
        assert "이해관계가 있는 것" not in {each["application"]["title"] for each in contest.given_to(third)}


def test_administrators_run_the_call_and_do_not_score(contest: Contest) -> None:
    contest.applied(contest.company())
    with days_later(CLOSED):
        refused = contest.assign(contest.admin, *contest.reviewers(2))
        assert pointers(problem(refused, 422, "challenge_reviewer_unknown")) == ["/reviewer_ids/0"]
        problem(contest.get("/challenge-reviews", contest.admin.headers), 403, "forbidden")


def test_a_review_scores_every_criterion_and_may_be_changed_until_the_decision(contest: Contest) -> None:
    application_id = contest.applied(contest.company())
    first, second = contest.reviewers(2)
    with days_later(CLOSED):
        contest.assign(first, second)
        path = f"/challenge-reviews/{contest.given_to(first)[0]['id']}"
        half = {"scores": review()["scores"][:1]}
        problem(contest.patch(path, first.headers, half), 422, "challenge_scores_incomplete")
        problem(contest.patch(path, first.headers, review(6, 1)), 422, "validation_failed")
        contest.score(first, application()["title"], 2, 2)
        contest.score(first, application()["title"], 3, 4)
        problem(contest.decide(application_id), 409, "challenge_reviews_missing")
        contest.score(second, application()["title"], 3, 4)
        (row,) = contest.ranking().json()["items"]
        assert (row["raw_mean"], row["review_count"]) == (3.6, 2)
        assert contest.decide(application_id).status_code == 200
        problem(contest.patch(path, first.headers, review()), 409, "challenge_state")


@dataclass
class Judged:
    """Three applications that three reviewers have scored: the last one is strict."""

    contest: Contest
    companies: list[Person]
    ids: list[str]
    reviewers: list[Person]


def test_why_a_reviewer_stood_aside_is_forgotten_with_them(contest: Contest, database: Database) -> None:
    reviewer, company = contest.reviewers(1)[0], contest.company()
    body = {"supplier_id": str(company.company_id), "reason": "가족이 다니는 회사입니다"}
    path = f"/challenges/{contest.id}/conflicts"
    assert contest.post(path, reviewer.headers, body).json()["items"][0]["reason"] == body["reason"]
    with database.transaction() as session:
        erase_accounts(session, [reviewer.account_id])
        (kept,) = session.exec(select(ChallengeConflict)).all()
        assert (kept.supplier_id, kept.reason) == (company.company_id, "")
        told = session.exec(select(AuditEvent).where(AuditEvent.action == "challenge.conflict")).one()
        assert body["reason"] not in str(told.after)


@pytest.fixture
def judged(contest: Contest) -> Judged:
    contest.patch(f"/challenges/{contest.id}", contest.admin.headers, {"reviewers_per_application": 3})
    companies = [contest.company() for _ in range(3)]
    ids = [contest.applied(each, title=f"{number}번 제안") for number, each in enumerate(companies, 1)]
    reviewers = contest.reviewers(3)
    with days_later(CLOSED):
        contest.assign(*reviewers)
        for who, base in zip(reviewers, (3, 3, 1), strict=True):
            for number in (1, 2, 3):
                contest.score(who, f"{number}번 제안", base + 3 - number, base + 3 - number)
    return Judged(contest, companies, ids, reviewers)


def words_of(database: Database, application_id: str) -> tuple[str, str]:
    """Title and proposal of an application."""
    with database.transaction() as session:
        row = session.get_one(ChallengeApplication, UUID(application_id))
        return row.title, row.proposal


def given_to(database: Database, application_id: str) -> list[dict[str, Any]]:
    """The parts of all reviews of an application."""
    with database.transaction() as session:
        own = select(ChallengeReview).where(ChallengeReview.application_id == UUID(application_id))
        return [part for each in session.exec(own.order_by(col(ChallengeReview.id))) for part in each.scores]


def test_the_words_of_a_decided_call_are_erased_in_time_and_its_scores_stay(
    judged: Judged, database: Database
) -> None:
    chosen, second, _ = judged.ids
    with days_later(CLOSED):
        assert judged.contest.decide(chosen, second).status_code == 200
    before = given_to(database, chosen)
    assert all(part["comment"] for part in before)
    for days, kept in ((CLOSED + 3 * 365 - 1, True), (CLOSED + 3 * 365 + 1, False)):
        with days_later(days), database.transaction() as session:
            purge(session, NO_OUTBOX)
        title, proposal = words_of(database, chosen)
        assert (title != ERASED_TITLE, bool(proposal)) == (kept, kept)
        said = [part if kept else part | {"comment": ""} for part in before]
        assert given_to(database, chosen) == said


def test_the_words_of_a_company_that_left_and_of_what_was_withdrawn_are_erased(
    contest: Contest, database: Database
) -> None:
    leaving, staying = contest.company(), contest.company()
    left, withdrawn = contest.applied(leaving), contest.applied(staying)
    path = f"/challenge-applications/{withdrawn}/withdrawal"
    assert contest.post(path, staying.headers).status_code == 200
    assert contest.post("/me/closure", leaving.headers).status_code < 300
    with days_later(CLOSED), database.transaction() as session:
        purge(session, NO_OUTBOX)
        assert session.get_one(ChallengeApplication, UUID(left)).withdrawn_at is not None
    assert words_of(database, left) == (ERASED_TITLE, "")
    assert words_of(database, withdrawn)[1] != ""
    with days_later(91), database.transaction() as session:
        purge(session, NO_OUTBOX)
    assert words_of(database, withdrawn) == (ERASED_TITLE, "")


def test_the_ranking_recommends_and_a_person_answers_for_departing_from_it(judged: Judged) -> None:
    contest, (first, second, third) = judged.contest, judged.ids
    with days_later(CLOSED):
        ranked = contest.ranking()
        rows = ranked.json()["items"]
        assert [(row["rank"], row["application_id"]) for row in rows] == [(1, first), (2, second), (3, third)]
        assert [row["raw_mean"] for row in rows] == [4.33, 3.33, 2.33]
        assert rows[1]["standard_score"] == 50
        assert not any(row["contested"] for row in rows)
        bases = {each["basis"] for each in ranked.json()["reviewers"]}
        assert bases == {"own_scores"}
        problem(contest.decide(first, second, third), 422, "challenge_too_many_chosen")
        refused = contest.decide(first, third)
        assert pointers(problem(refused, 422, "challenge_departure_reason_needed")) == ["/departure_reason"]
        problem(contest.decide(first, **{"If-Match": '"1"'}), 412, "stale_version")
        stake = {"stake_supplier_id": str(judged.companies[2].company_id)}
        contest.patch(f"/accounts/{contest.admin.account_id}", contest.admin.headers, stake)
        problem(contest.decide(first), 409, "own_company")
        contest.patch(
            f"/accounts/{contest.admin.account_id}", contest.admin.headers, {"stake_supplier_id": None}
        )
        done = contest.decide(first, third, reason="2번은 이미 다른 사업에서 돕고 있습니다")
        assert done.json()["departure_reason"]
        assert done.json()["state"] == "decided"
        shown = contest.get(f"/challenges/{contest.id}", {}).json()
        assert {each["title"] for each in shown["chosen"]} == {"1번 제안", "3번 제안"}
        assert shown["departure_reason"] is None


def test_each_reviewer_is_told_what_came_to_them_and_nobody_of_whom(contest: Contest) -> None:
    contest.patch(f"/challenges/{contest.id}", contest.admin.headers, {"reviewers_per_application": 1})
    for _ in range(2):
        contest.applied(contest.company())
    reviewer, idle = contest.reviewers(2)
    with days_later(CLOSED):
        contest.assign(reviewer)
        contest.assign(reviewer)
    (told,) = contest.get("/me/notifications", reviewer.headers).json()["items"]
    assert (told["code"], told["facts"]["count"]) == ("review_assigned", "2")
    assert set(told["facts"]) == {"challenge_title", "count"}
    assert contest.get("/me/notifications", idle.headers).json()["items"] == []


def test_every_applicant_gets_the_result_with_feedback_and_no_names(judged: Judged) -> None:
    contest, winner, other = judged.contest, judged.companies[0], judged.companies[1]
    with days_later(CLOSED):
        contest.decide(judged.ids[0])
        own = contest.get(f"/challenge-applications/{judged.ids[0]}", winner.headers).json()["result"]
        assert (own["chosen"], own["department_name"]) == (True, "안전·환경")
        assert [(each["name"], round(each["mean"], 2)) for each in own["feedback"]] == [
            ("문제의 절실함", 4.33),
            ("실현 가능성", 4.33),
        ]
        assert len(own["feedback"][0]["comments"]) == 3
        assert str(judged.reviewers[0].account_id) not in str(own)
        problem(contest.get(f"/challenge-applications/{judged.ids[0]}", other.headers), 404, "not_found")
        told = [contest.get("/me/notifications", each.headers).json()["items"][0] for each in (winner, other)]
        assert [each["code"] for each in told] == ["challenge_chosen", "challenge_not_chosen"]
        assert "안전·환경" in told[0]["text"]
        late = contest.post(f"/challenge-applications/{judged.ids[1]}/withdrawal", other.headers)
        problem(late, 409, "challenge_state")


def test_a_stake_that_is_known_only_afterwards_takes_the_review_out(judged: Judged) -> None:
    contest = judged.contest
    with days_later(CLOSED):
        stake = {"stake_supplier_id": str(judged.companies[0].company_id)}
        contest.patch(f"/accounts/{judged.reviewers[0].account_id}", contest.admin.headers, stake)
        rows = {row["application_id"]: row for row in contest.ranking().json()["items"]}
        assert rows[judged.ids[0]]["review_count"] == 2
        problem(contest.decide(judged.ids[0]), 409, "challenge_reviews_missing")


def test_the_ranking_comes_as_files_too(judged: Judged) -> None:
    contest = judged.contest
    path = f"/v1/challenges/{contest.id}/ranking"
    with days_later(CLOSED):
        text = contest.client.get(path, headers=contest.admin.headers | {"Accept": "text/csv"})
        rows = list(csv.reader(text.content.decode("utf-8-sig").splitlines()))
        assert [row[:2] for row in rows[1:]] == [["1", "1번 제안"], ["2", "2번 제안"], ["3", "3번 제안"]]
        wanted = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        book = contest.client.get(path, headers=contest.admin.headers | {"Accept": wanted})
        sheet = load_workbook(BytesIO(book.content)).active
        assert sheet is not None
        assert [cell.value for cell in sheet[2]][:2] == [1, "1번 제안"]
        problem(
            contest.client.get(path, headers=contest.admin.headers | {"Accept": "image/png"}),
            406,
            "not_acceptable_challenge_ranking",
        )


def test_the_departments_that_fit_are_proposed_with_sentences_that_agree(world: World) -> None:
    application_id = world.thing("application_id", None)
    path = f"/v1/challenge-applications/{application_id}/departments"
    found = world.client.get(path, headers=world.headers("admin")).json()["items"]
    assert [len(found), found[0]["department"]["name"]] == [3, "안전·환경"]
    written = " ".join(str(text) for text in application().values())
    for each in found:
        for pair in each["evidence"]:
            assert pair["application_text"] in written
            assert pair["department_text"] in each["department"]["mission"]
    assert found[0]["evidence"]
    similarities = [each["similarity"] for each in found]
    assert similarities == sorted(similarities, reverse=True)
