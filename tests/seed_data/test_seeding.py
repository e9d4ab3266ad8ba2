"""Filling an empty database with the demo data."""

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

import seed_data
from matching.encoder_folder import ENCODER_NAME
from matching.stored_vectors import StoredVectors
from seed_data import VECTORS
from service.accounts.actor import SYSTEM
from service.db.session import Database
from service.db.tables import ContractState, FundLoan, LoanStatus, Supplier
from service.deals.contracts.queries import totals_by_state
from service.fund.loan_answers import late_lines
from service.fund.queries import overdue_loans, overview_of
from service.fund.verification import verify_fund
from service.kit import clock
from service.recommendations.vectors import vectors_of_profiles
from service.seeding import (
    DEMO_ACCOUNT_MANAGER,
    DEMO_ADMIN,
    DEMO_MANUFACTURER,
    DEMO_SUPPLIER,
    embed_everything,
    ensure_admin,
    is_empty,
    seed_demo,
)
from service.settings import Settings
from tests.factories.answers import row_counts
from tests.factories.encoders import CountingEncoder

REMAKE = (
    "make them again: alliance seed --write-vectors seed_data/vectors.npz (in an empty ALLIANCE_DATA_DIR)"
)


def test_the_demo_data_fill_an_empty_database_and_all_four_roles_can_sign_in(
    client: TestClient, database: Database, settings: Settings
) -> None:
    assert is_empty(database)
    seed_demo(database, settings)
    assert not is_empty(database)
    counts = row_counts(database)
    assert counts["supplier"] == len(seed_data.suppliers())
    assert counts["manufacturer"] == len(seed_data.manufacturers())
    assert counts["need"] == len(seed_data.needs())
    assert counts["programme"] == len(seed_data.programmes())
    assert counts["fund_term"] == len(seed_data.fund_terms())
    assert counts["contract"] == len(seed_data.contracts())
    assert counts["fund_loan"] == len(seed_data.fund_loans())
    states = {each["state"]: each for each in client.get("/v1/challenges").json()["items"]}
    assert states.keys() == {"open", "reviewing", "decided"}
    assert len(states["decided"]["chosen"]) == states["decided"]["places"]
    password = settings.demo_password_file.read_text().strip()
    assert settings.demo_password_file.stat().st_mode & 0o777 == 0o600
    for email in (DEMO_ADMIN, DEMO_ACCOUNT_MANAGER, DEMO_SUPPLIER, DEMO_MANUFACTURER):
        answer = client.post("/v1/auth/token", data={"username": email, "password": password})
        assert answer.status_code == 200, email


def test_the_demo_has_loans_and_contracts_in_every_state_and_a_book_that_is_whole(
    database: Database, settings: Settings
) -> None:
    seed_demo(database, settings)
    with database.transaction() as session:
        assert verify_fund(session).faults == ()
        overview = overview_of(session, None, clock.today())
        assert overview.loans.keys() == {status.value for status in LoanStatus}
        assert overview.overdue_loans == 3
        late, _ = overdue_loans(session, SYSTEM, clock.today(), limit=20)
        assert late[0].record.loan.status == LoanStatus.ACCELERATED.value
        assert [len(late_lines(each.account, clock.today())) for each in late[1:]] == [2, 1]
        states = {each.state: each for each in totals_by_state(session, clock.today())}
        assert all(each.count for each in states.values()), "a contract in every state"
        assert (states[ContractState.DELIVERED].count, states[ContractState.DELIVERED].late_count) == (4, 1)
        oldest = min(session.exec(select(FundLoan.applied_on)).all())
        registered = max(each.created_at for each in session.exec(select(Supplier)).all())
        assert registered.date() < oldest


def test_demo_data_that_fail_half_way_leave_the_database_empty(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_data, "needs", lambda: [{"manufacturer_business_number": "?"}])
    with pytest.raises(KeyError):
        seed_demo(database, settings)
    assert set(row_counts(database).values()) == {0}


def test_everything_is_embedded_once(
    database: Database, settings: Settings, encoder: CountingEncoder
) -> None:
    seed_demo(database, settings)
    said: list[str] = []
    embed_everything(database, encoder, said.append)
    total = len(seed_data.suppliers()) + len(seed_data.needs())
    assert said[-1].endswith(f"{total}/{total}")
    encoder.encoded.clear()
    embed_everything(database, encoder, said.append)
    assert encoder.encoded == []
    with database.transaction() as session:
        embedded = vectors_of_profiles(session, encoder.name)
    kept = StoredVectors.load(VECTORS)
    assert kept.name == ENCODER_NAME, REMAKE
    assert kept.rows.keys() == embedded.rows.keys(), REMAKE


def test_the_first_administrator_is_made_once(
    client: TestClient, database: Database, settings: Settings
) -> None:
    named = Settings.model_validate(
        settings.model_dump() | {"admin_email": "boss@alliance.example", "admin_password": "a long password"}
    )
    for _ in range(2):
        ensure_admin(database, named)
    assert row_counts(database)["account"] == 1
    credentials = {"username": "Boss@alliance.example", "password": "a long password"}
    assert client.post("/v1/auth/token", data=credentials).status_code == 200
