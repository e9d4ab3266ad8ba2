"""What the tax service says of a company: seen by account managers, in nobody's way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.app import create_app
from service.business_status import operations
from service.business_status.endpoints import CHECKS
from service.business_status.operations import check_numbers, have_numbers_checked
from service.db.session import Database
from service.jobs.services import Services
from service.jobs.worker import make_worker_app, run_worker
from service.kit import clock
from service.kit.business_number import parse_business_number
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem, row_counts
from tests.factories.aside import run_aside
from tests.factories.encoders import CountingEncoder
from tests.factories.numbers import business_number, wrong_check_digit
from tests.factories.people import sign_in, staff, stored_manufacturer, stored_supplier
from tests.factories.registers import FakeRegister, number_with_serial

CLOSED, SUSPENDED, UNREGISTERED, ACTIVE = 50, 51, 52, 57
NUMBERS = {
    "active": number_with_serial(ACTIVE),
    "closed": number_with_serial(CLOSED),
    "suspended": number_with_serial(SUSPENDED),
    "unregistered": number_with_serial(UNREGISTERED),
}


def seen_by_staff(client: TestClient, path: str) -> Any:
    return client.get(path, headers=staff(client)).json()["business_status"]


def test_soon_after_a_registration_account_managers_see_the_status(
    client: TestClient, run_jobs: Callable[[], None]
) -> None:
    paths = {}
    for kind, body in (("suppliers", companies.supplier), ("manufacturers", companies.manufacturer)):
        number = number_with_serial(CLOSED + (kind == "suppliers") * 50)
        made = client.post(f"/v1/{kind}", json=body(business_number=number)).json()
        assert made["business_status"] is None, "the company itself is not shown it"
        paths[kind] = f"/v1/{kind}/{made['id']}"
        assert seen_by_staff(client, paths[kind])["status"] == "unknown"
    run_jobs()
    for path in paths.values():
        status = seen_by_staff(client, path)
        assert (status["status"], status["closed_on"], status["source"]) == ("closed", "2024-06-30", "demo")
        assert "시연" in status["notice"]
        assert "폐업" in status["warning"]
        assert status["checked_at"] is not None


@pytest.mark.parametrize(
    ("state", "warned"), [("active", False), ("suspended", True), ("unregistered", True)]
)
def test_only_what_matters_before_an_introduction_is_a_warning(
    client: TestClient, run_jobs: Callable[[], None], state: str, warned: bool
) -> None:
    supplier_id = stored_supplier(client, business_number=NUMBERS[state])
    run_jobs()
    status = seen_by_staff(client, f"/v1/suppliers/{supplier_id}")
    assert (status["status"], status["warning"] is not None) == (state, warned)


def test_nobody_but_staff_sees_the_status_or_filters_by_it(
    client: TestClient, run_jobs: Callable[[], None]
) -> None:
    supplier_id = stored_supplier(client, business_number=NUMBERS["closed"])
    owner = sign_in(client, Role.SUPPLIER, supplier_id)
    run_jobs()
    own = client.get(f"/v1/suppliers/{supplier_id}", headers=owner.headers).json()
    public = client.get(f"/v1/suppliers/{supplier_id}").json()
    assert own["business_status"] is None
    assert "business_status" not in public
    for headers in ({}, owner.headers):
        listed = client.get("/v1/suppliers?business_status=active", headers=headers).json()
        assert [item["id"] for item in listed["items"]] == [str(supplier_id)], "the filter is for staff only"


@pytest.mark.parametrize("kind", ["suppliers", "manufacturers"])
def test_account_managers_list_companies_by_status(
    client: TestClient, run_jobs: Callable[[], None], kind: str
) -> None:
    store = stored_supplier if kind == "suppliers" else stored_manufacturer
    for state, number in NUMBERS.items():
        store(client, company_name=state, business_number=number)
    run_jobs()
    store(client, company_name="unknown")
    manager = staff(client)
    for state in (*NUMBERS, "unknown"):
        listed = client.get(f"/v1/{kind}?business_status={state}", headers=manager).json()["items"]
        assert [item["company_name"] for item in listed] == [state]
        assert [item["business_status"]["status"] for item in listed] == [state]


def test_a_register_that_is_away_holds_nothing_up_and_is_asked_again(
    client: TestClient, database: Database, services: Services
) -> None:
    register = FakeRegister(away=True)
    made = client.post("/v1/suppliers", json=companies.supplier())
    assert made.status_code == 201
    work(database, replace(services, register=register))
    assert seen_by_staff(client, f"/v1/suppliers/{made.json()['id']}")["status"] == "unknown"
    with database.transaction() as session:
        waiting = session.execute(
            text("SELECT task_name, attempts FROM procrastinate_jobs WHERE status = 'todo'")
        ).all()
        assert [tuple(row) for row in waiting] == [("check_business_numbers", 1)]
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
    register.away = False
    work(database, replace(services, register=register))
    assert seen_by_staff(client, f"/v1/suppliers/{made.json()['id']}")["status"] == "active"


def work(database: Database, services: Services) -> None:
    run_aside(run_worker(make_worker_app(database.url), services, wait=False))


def test_many_registrations_wait_as_one_check(client: TestClient, database: Database) -> None:
    for _ in range(5):
        stored_supplier(client)
    with database.transaction() as session:
        waiting = session.execute(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'check_business_numbers'")
        ).scalar_one()
    assert waiting == 1


def test_a_refresh_asks_for_what_is_due_the_longest_unchecked_first(
    client: TestClient, database: Database
) -> None:
    register, day = FakeRegister(), datetime(2026, 11, 27, tzinfo=UTC)
    numbers = [parse_business_number(business_number()) for _ in range(3)]
    for age, number in enumerate(numbers):
        stored_supplier(client, business_number=number)
        with clock.frozen(day - timedelta(days=age)):
            check_numbers(database, register, None)
    never = parse_business_number(business_number())
    stored_manufacturer(client, business_number=never)
    register.asked.clear()
    with clock.frozen(day):
        assert check_numbers(database, register, day - timedelta(hours=12)) == 3
    assert register.asked == [never, numbers[2], numbers[1]]


def test_a_full_load_leaves_the_rest_to_another_job(
    client: TestClient, database: Database, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "NUMBERS_A_JOB", 2)
    for _ in range(5):
        stored_supplier(client)
    register = FakeRegister()
    work(database, replace(services, register=register))
    assert len(register.asked) == len(set(register.asked)) == 5


def test_a_changed_status_replaces_the_former_one(client: TestClient, database: Database) -> None:
    number = parse_business_number(business_number())
    supplier_id = stored_supplier(client, business_number=number)
    check_numbers(database, FakeRegister(), None)
    later = datetime.now(UTC) + timedelta(days=1)
    with clock.frozen(later):
        check_numbers(database, FakeRegister(codes={number: "03"}), later)
    assert seen_by_staff(client, f"/v1/suppliers/{supplier_id}")["status"] == "closed"
    assert row_counts(database)["business_status"] == 1


def test_the_refresh_of_the_night_waits_beside_the_check_of_new_ones(database: Database) -> None:
    with database.transaction() as session:
        have_numbers_checked(session)
        have_numbers_checked(session, clock.now())
        have_numbers_checked(session, clock.now())
    with database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() == 2


@pytest.mark.parametrize("state", NUMBERS)
def test_anyone_may_check_a_number(client: TestClient, state: str) -> None:
    answer = client.post("/v1/business-numbers/check", json={"business_number": NUMBERS[state]}).json()
    assert (answer["valid_checksum"], answer["status"], answer["source"]) == (True, state, "demo")
    assert "시연" in answer["notice"]


def test_a_wrong_check_digit_is_told_and_nothing_is_asked(client: TestClient) -> None:
    body = {"business_number": wrong_check_digit()}
    answer = client.post("/v1/business-numbers/check", json=body).json()
    assert answer == {
        "valid_checksum": False, "status": "unknown", "checked_at": None, "source": None, "notice": None,
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["", "123-45-6789", "000-00-00000", "사업자번호"])
def test_what_is_no_number_at_all_is_refused(client: TestClient, typed: str) -> None:
    refused = client.post("/v1/business-numbers/check", json={"business_number": typed})
    problem(refused, 422, "business_number_shape")


def test_a_check_does_not_tell_who_is_registered_with_us(
    client: TestClient, database: Database, settings: Settings, encoder: CountingEncoder
) -> None:
    known = parse_business_number(business_number())
    stored_supplier(client, business_number=known)
    register = FakeRegister(codes={known: "03"})
    with clock.frozen(datetime.now(UTC) - timedelta(days=3)):
        check_numbers(database, FakeRegister(), None)
    app = create_app(settings, database, encoder=encoder)
    app.state.register = register
    asking, before = TestClient(app), row_counts(database)
    with clock.frozen(datetime.now(UTC)):
        answers = [
            asking.post("/v1/business-numbers/check", json={"business_number": number}).json()
            for number in (known, business_number())
        ]
    assert answers[0] == answers[1] | {"status": "closed"}, "the register is asked for both, now"
    assert row_counts(database) == before


def test_a_check_answers_unknown_while_the_register_is_away(
    database: Database, settings: Settings, encoder: CountingEncoder
) -> None:
    app = create_app(settings, database, encoder=encoder)
    app.state.register = FakeRegister(away=True)
    answer = TestClient(app).post("/v1/business-numbers/check", json={"business_number": business_number()})
    assert (answer.status_code, answer.json()["status"]) == (200, "unknown")


def test_checks_are_limited_for_each_address(
    database: Database, settings: Settings, encoder: CountingEncoder
) -> None:
    limited = TestClient(
        create_app(settings.model_copy(update={"rate_limit": "on"}), database, encoder=encoder)
    )
    body = {"business_number": wrong_check_digit()}
    for _ in range(CHECKS.amount):
        assert limited.post("/v1/business-numbers/check", json=body).status_code == 200
    problem(limited.post("/v1/business-numbers/check", json=body), 429, "rate_limited")
