"""When the service itself fails: never a success for what was not kept, never a trace to the outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from matching.encoder import HashingEncoder
from service.accounts.actor import Role
from service.app import create_app
from service.db.session import Database
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem, row_counts
from tests.factories.people import admin, sign_in, staff

REFUSE_COMMIT = """
CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'secret detail of 한빛'; END $$;
CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT ON audit_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_commit();
"""


@pytest.fixture
def failing_commit(database: Database) -> Iterator[None]:
    """Every statement succeeds; the commit of a change fails."""
    with database.transaction() as session:
        session.execute(text(REFUSE_COMMIT))
    yield
    with database.transaction() as session:
        session.execute(text("DROP TRIGGER refuse_commit ON audit_event; DROP FUNCTION refuse_commit"))


@pytest.mark.usefixtures("failing_commit")
def test_a_commit_that_fails_is_a_500_and_never_a_201(client: TestClient, database: Database) -> None:
    before = row_counts(database)
    for path, body in (
        ("/v1/suppliers", companies.supplier()),
        ("/v1/manufacturers", companies.manufacturer()),
    ):
        answer = client.post(path, json=body)
        problem(answer, 500, "internal_error")
        assert "secret" not in answer.text
        assert "Location" not in answer.headers
    assert row_counts(database) == before


def test_a_commit_that_fails_frees_the_idempotency_key(
    client: TestClient, database: Database, request: pytest.FixtureRequest
) -> None:
    body, headers = companies.supplier(), {"Idempotency-Key": "once"}
    request.getfixturevalue("failing_commit")
    problem(client.post("/v1/suppliers", json=body, headers=headers), 500, "internal_error")
    with database.transaction() as session:
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER refuse_commit"))
    assert client.post("/v1/suppliers", json=body, headers=headers).status_code == 201


def test_an_import_whose_upload_is_not_kept_is_not_accepted(client: TestClient, database: Database) -> None:
    headers = admin(client) | {"Content-Type": "text/csv"}
    csv = "business_number,company_name,industry,region\n"
    with database.transaction() as session:
        session.execute(text("ALTER TABLE import_upload ADD CONSTRAINT nothing CHECK (false) NOT VALID"))
    try:
        answer = client.post("/v1/imports/manufacturers", content=csv, headers=headers)
    finally:
        with database.transaction() as session:
            session.execute(text("ALTER TABLE import_upload DROP CONSTRAINT nothing"))
    problem(answer, 500, "internal_error")
    assert row_counts(database)["job"] == row_counts(database)["procrastinate_jobs"] == 0


@pytest.fixture
def cut_off(settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """A service whose database is away."""
    database = Database(f"postgresql://alliance@/nowhere?host={tmp_path}")
    app: FastAPI = create_app(settings, database, encoder=HashingEncoder(8))
    yield TestClient(app, raise_server_exceptions=False)
    database.close()


@pytest.mark.parametrize("path", ["/v1/suppliers", "/v1/programmes", "/v1/fund-terms"])
def test_without_its_database_the_service_says_so_and_when_to_come_back(
    cut_off: TestClient, path: str
) -> None:
    answer = cut_off.get(path)
    problem(answer, 503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_without_its_database_the_service_is_alive_but_not_ready(cut_off: TestClient) -> None:
    assert cut_off.get("/healthz").json() == {"status": "ok"}
    answer = cut_off.get("/readyz")
    problem(answer, 503, "not_ready")
    assert int(answer.headers["Retry-After"]) > 0


def test_without_its_database_code_lists_still_answer(cut_off: TestClient) -> None:
    assert len(cut_off.get("/v1/codes/regions").json()["items"]) == 17


def test_the_service_survives_connections_that_were_cut(client: TestClient, database: Database) -> None:
    client.get("/v1/suppliers")
    with database.transaction() as session:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        session.execute(text(cut + "AND pid <> pg_backend_pid()"))
    assert client.get("/v1/suppliers").status_code == 200


def test_an_exception_is_a_problem_that_tells_nothing_of_the_inside(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("service.suppliers.endpoints.with_parts", fail)
    answer = client.get("/v1/suppliers")
    problem(answer, 500, "internal_error")
    assert "secret" not in answer.text


def test_recommendations_say_when_to_come_back_while_the_model_loads(client: TestClient) -> None:
    """The application behind `client` never starts its matching."""
    owner = sign_in(client, Role.MANUFACTURER)
    need = client.post(
        f"/v1/manufacturers/{owner.company_id}/needs", json=companies.need(), headers=owner.headers
    ).json()
    supplier = sign_in(client, Role.SUPPLIER)
    asked = [
        client.get(f"/v1/needs/{need['id']}/recommendations", headers=staff(client)),
        client.get(f"/v1/suppliers/{supplier.company_id}/leads", headers=supplier.headers),
        client.post("/v1/recommendations/preview", json=companies.preview()),
    ]
    for answer in asked:
        problem(answer, 503, "not_ready")
        assert int(answer.headers["Retry-After"]) > 0


def test_an_encoder_that_fails_while_loading_leaves_the_rest_of_the_service_working(
    settings: Settings, database: Database
) -> None:
    del settings
    app = create_app(
        Settings(
            data_dir=Path("/nonexistent/alliance"), secret_key="k" * 40, rate_limit="off", log_level="ERROR"
        ),
        database,
        encoder=HashingEncoder(8),
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/v1/suppliers").status_code == 200
        problem(client.get("/readyz"), 503, "not_ready")
