"""Mailed links: a forgotten password, a confirmed address; good once, and silent about who exists."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from procrastinate import JobContext
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.jobs import tidy_accounts_task
from service.accounts.links import mail_link
from service.app import create_app
from service.db.session import Database
from service.db.tables import LinkPurpose
from service.jobs.services import Services
from service.kit import clock
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem, row_counts
from tests.factories.encoders import CountingEncoder
from tests.factories.mail import last_token, letters_to

NEW_PASSWORD = "another horse battery"
RunJobs = Callable[[], None]


@pytest.fixture
def email(client: TestClient) -> str:
    """The address of a contact who has just registered."""
    body = companies.manufacturer()
    client.post("/v1/manufacturers", json=body)
    return str(body["contact"]["email"])


def ask(client: TestClient, email: str, what: str = "password-resets") -> Any:
    answer = client.post(f"/v1/auth/{what}", json={"email": email})
    assert answer.status_code == 200, answer.text
    return answer


def complete(client: TestClient, token: str, what: str = "password-resets") -> Any:
    body = {"token": token} | ({"password": NEW_PASSWORD} if what == "password-resets" else {})
    return client.post(f"/v1/auth/{what}/completion", json=body)


def signed_in(client: TestClient, email: str, password: str) -> Any:
    return client.post("/v1/auth/token", data={"username": email, "password": password})


def me(client: TestClient, answer: Any) -> Any:
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    return client.get("/v1/me", headers=headers)


def test_a_forgotten_password_is_set_anew_by_mail(
    client: TestClient, email: str, settings: Settings, run_jobs: RunJobs
) -> None:
    before = signed_in(client, email, companies.PASSWORD)
    ask(client, email)
    run_jobs()
    assert complete(client, last_token(settings, email)).status_code == 204
    assert me(client, before).status_code == 401, "every session has ended"
    problem(signed_in(client, email, companies.PASSWORD), 401, "sign_in_failed")
    after = signed_in(client, email, NEW_PASSWORD)
    assert me(client, after).json()["email_confirmed_at"] is not None, "the mail was read at that address"


def test_the_letter_is_korean_and_leads_to_the_public_address(
    client: TestClient, email: str, settings: Settings, run_jobs: RunJobs
) -> None:
    ask(client, email)
    run_jobs()
    letter = letters_to(settings, email)[-1]
    assert "비밀번호" in letter["Subject"]
    assert letter["From"] == settings.mail_from
    assert f"{settings.public_url}/auth/password-reset?token=" in letter.get_content()


def test_a_link_is_good_once(client: TestClient, email: str, settings: Settings, run_jobs: RunJobs) -> None:
    ask(client, email)
    run_jobs()
    token = last_token(settings, email)
    complete(client, token)
    problem(complete(client, token), 422, "link_invalid")


def test_using_one_link_uses_up_the_others(
    client: TestClient, email: str, settings: Settings, run_jobs: RunJobs
) -> None:
    ask(client, email)
    run_jobs()
    older = last_token(settings, email)
    ask(client, email)
    run_jobs()
    complete(client, last_token(settings, email))
    problem(complete(client, older), 422, "link_invalid")


@pytest.mark.parametrize(
    ("what", "good_for"),
    [("password-resets", timedelta(minutes=30)), ("email-confirmations", timedelta(days=3))],
)
def test_a_link_runs_out(
    client: TestClient,
    email: str,
    settings: Settings,
    run_jobs: RunJobs,
    what: str,
    good_for: timedelta,
) -> None:
    """PyJWT looks at the real clock and the database at ours: both are asked, one after the other."""
    ask(client, email, what)
    run_jobs()
    token = last_token(settings, email)
    with clock.frozen(datetime.now(UTC) + good_for + timedelta(seconds=5)):
        problem(complete(client, token, what), 422, "link_invalid")
    assert complete(client, token, what).status_code == 204


def test_an_address_is_confirmed_by_the_mail_that_registration_sends(
    client: TestClient, email: str, settings: Settings, run_jobs: RunJobs
) -> None:
    session = signed_in(client, email, companies.PASSWORD)
    assert me(client, session).json()["email_confirmed_at"] is None
    run_jobs()
    token = last_token(settings, email)
    assert complete(client, token, "email-confirmations").status_code == 204
    assert me(client, session).json()["email_confirmed_at"] is not None
    problem(complete(client, token, "email-confirmations"), 422, "link_invalid")


def test_a_link_of_one_purpose_serves_no_other(
    client: TestClient, email: str, settings: Settings, run_jobs: RunJobs
) -> None:
    run_jobs()
    problem(complete(client, last_token(settings, email)), 422, "link_invalid")
    assert signed_in(client, email, companies.PASSWORD).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "토큰"])
def test_a_token_that_is_none_is_refused(client: TestClient, token: str) -> None:
    document = problem(complete(client, token), 422, "link_invalid")
    assert document["errors"][0]["pointer"] == "/token"


@pytest.mark.parametrize("what", ["password-resets", "email-confirmations"])
def test_the_answer_and_the_work_do_not_tell_whether_an_address_is_known(
    client: TestClient, database: Database, email: str, what: str
) -> None:
    def written(who: str) -> tuple[Any, dict[str, int]]:
        before = row_counts(database)
        answer = ask(client, who, what)
        return answer.json(), {
            name: number - before[name]
            for name, number in row_counts(database).items()
            if number != before[name]
        }

    assert written(email) == written("nobody@nowhere.example")


def test_nobody_is_written_to_who_is_not_there(
    client: TestClient, settings: Settings, email: str, database: Database, run_jobs: RunJobs
) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE account SET active = false"))
        session.execute(text("TRUNCATE procrastinate_jobs CASCADE"))
    for who in (email, "nobody@nowhere.example"):
        ask(client, who)
    run_jobs()
    assert letters_to(settings, email) == letters_to(settings, "nobody@nowhere.example") == []


def test_a_rollback_takes_the_mail_back(
    client: TestClient, settings: Settings, database: Database, run_jobs: RunJobs
) -> None:
    body = companies.supplier()
    client.post("/v1/suppliers", json=body)
    twice = companies.supplier(business_number=body["business_number"])
    problem(client.post("/v1/suppliers", json=twice), 409, "business_number_taken")
    run_jobs()
    assert len(letters_to(settings, body["contact"]["email"])) == 1
    assert letters_to(settings, twice["contact"]["email"]) == []


def test_no_secret_stands_in_the_queue_or_in_the_table_of_links(
    client: TestClient, email: str, settings: Settings, database: Database, run_jobs: RunJobs
) -> None:
    ask(client, email)
    with database.transaction() as session:
        queued = session.execute(
            text("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'send_link'")
        )
        arguments = [json.loads(row) for row in queued.scalars()]
    assert [one.keys() for one in arguments] == [{"link_id", "origin"}] * 2
    assert [one["origin"].keys() for one in arguments] == [{"request_id"}] * 2
    run_jobs()
    token = last_token(settings, email)
    with database.transaction() as session:
        kept = str(session.execute(text("SELECT * FROM account_link")).all())
    assert token not in kept
    assert token.rpartition(".")[2] not in kept


def test_mails_to_one_address_are_few_and_known_and_unknown_alike(
    settings: Settings, database: Database, encoder: CountingEncoder
) -> None:
    strict = settings.model_copy(update={"rate_limit": "on"})
    client = TestClient(create_app(strict, database, encoder=encoder))
    for _ in range(5):
        ask(client, "nobody@nowhere.example")
    body = {"email": "Nobody@nowhere.example"}
    problem(client.post("/v1/auth/password-resets", json=body), 429, "rate_limited")
    ask(client, "somebody@nowhere.example")


def test_a_reset_of_an_account_that_was_closed_since_is_refused(
    client: TestClient, email: str, settings: Settings, database: Database, run_jobs: RunJobs
) -> None:
    ask(client, email)
    run_jobs()
    with database.transaction() as session:
        session.execute(text("UPDATE account SET active = false"))
    problem(complete(client, last_token(settings, email)), 422, "link_invalid")


def test_asking_again_for_a_confirmed_address_mails_nothing(
    client: TestClient, email: str, settings: Settings, database: Database, run_jobs: RunJobs
) -> None:
    run_jobs()
    complete(client, last_token(settings, email), "email-confirmations")
    ask(client, email, "email-confirmations")
    run_jobs()
    assert len(letters_to(settings, email)) == 1


def test_a_link_for_nobody_mails_nothing(database: Database, settings: Settings, run_jobs: RunJobs) -> None:
    before = list((settings.data_dir / "outbox").glob("*"))
    with database.transaction() as session:
        mail_link(session, LinkPurpose.RESET, None)
    run_jobs()
    assert list((settings.data_dir / "outbox").glob("*")) == before


def test_what_ended_long_ago_is_tidied_away_and_nothing_else(
    client: TestClient, email: str, database: Database, services: Services
) -> None:
    signed_in(client, email, companies.PASSWORD)
    context = cast(JobContext, SimpleNamespace(additional_context={"services": services}))

    def kept(later: timedelta) -> tuple[int, int]:
        with clock.frozen(datetime.now(UTC) + later):
            tidy_accounts_task(context)
        counts = row_counts(database)
        return counts["account_link"], counts["account_session"]

    assert kept(timedelta(days=32)) == (1, 1)
    assert kept(timedelta(days=34)) == (0, 1)
    assert kept(timedelta(days=61)) == (0, 0)
