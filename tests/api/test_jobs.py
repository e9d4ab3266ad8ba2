"""Background work: enqueued with its cause, never in vain, never lost."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import SYSTEM, Role
from service.db.session import Database
from service.db.tables import SupplierStatus
from service.jobs.services import Services
from service.jobs.worker import make_worker_app, run_worker
from service.suppliers.operations import add_supplier
from service.suppliers.schemas import SupplierImportInput
from tests.factories import companies
from tests.factories.aside import run_aside
from tests.factories.encoders import CountingEncoder
from tests.factories.numbers import business_number
from tests.factories.people import sign_in, staff, stored_supplier


class ChangedMindError(Exception):
    """Raised to roll a transaction back."""


def waiting_jobs(database: Database) -> list[str]:
    with database.transaction() as session:
        found = session.execute(
            text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY task_name")
        )
        return list(found.scalars())


def patched(client: TestClient, path: str, headers: dict[str, str], **changes: Any) -> None:
    answer = client.patch(path, json=changes, headers=headers | {"If-Match": "*"})
    assert answer.status_code == 200, answer.text


REGISTRATION_JOBS = ["check_business_numbers", "embed_supplier", "send_link"]


def test_a_registration_enqueues_an_embedding_a_check_and_a_mail(
    client: TestClient, database: Database
) -> None:
    client.post("/v1/suppliers", json=companies.supplier())
    assert sorted(waiting_jobs(database)) == REGISTRATION_JOBS


def test_a_refused_registration_enqueues_nothing(client: TestClient, database: Database) -> None:
    number = business_number()
    client.post("/v1/suppliers", json=companies.supplier(business_number=number))
    client.post("/v1/suppliers", json=companies.supplier(business_number=number))
    assert sorted(waiting_jobs(database)) == REGISTRATION_JOBS, "those of the one that was taken"


def test_a_rollback_takes_the_job_back(database: Database) -> None:
    data = SupplierImportInput.model_validate(companies.supplier_profile())

    def register_and_change_ones_mind() -> None:
        with database.transaction() as session:
            add_supplier(session, SYSTEM, data, SupplierStatus.APPROVED)
            raise ChangedMindError

    with pytest.raises(ChangedMindError):
        register_and_change_ones_mind()
    assert waiting_jobs(database) == []


def test_changes_before_the_worker_comes_need_one_embedding(client: TestClient, database: Database) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    for summary in ("처음 고친 소개입니다.", "다시 고친 소개입니다."):
        patched(client, f"/v1/suppliers/{owner.company_id}", owner.headers, summary=summary)
    assert waiting_jobs(database).count("embed_supplier") == 1


def test_unchanged_text_is_not_embedded_again(
    client: TestClient, run_jobs: Callable[[], None], encoder: CountingEncoder
) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    path = f"/v1/suppliers/{owner.company_id}"
    run_jobs()
    encoder.encoded.clear()
    patched(client, path, owner.headers, employee_count=12)
    run_jobs()
    assert encoder.encoded == []
    patched(client, path, owner.headers, summary="도금 두께를 재는 계측기를 만듭니다.")
    run_jobs()
    assert set(encoder.encoded) == {"도금 두께를 재는 계측기를 만듭니다."}


def test_a_need_is_embedded_once_and_again_when_its_text_changes(
    client: TestClient, run_jobs: Callable[[], None], encoder: CountingEncoder
) -> None:
    owner = sign_in(client, Role.MANUFACTURER)
    written = client.post(
        f"/v1/manufacturers/{owner.company_id}/needs", json=companies.need(), headers=owner.headers
    )
    path = f"/v1/needs/{written.json()['id']}"
    run_jobs()
    encoder.encoded.clear()
    patched(client, path, owner.headers, budget_won=50_000_000)
    run_jobs()
    assert encoder.encoded == []
    patched(client, path, owner.headers, title="창고 재고가 장부와 다릅니다")
    run_jobs()
    assert any("창고 재고" in one for one in encoder.encoded)


def previewed(client: TestClient) -> list[str]:
    answer = client.post("/v1/recommendations/preview", json=companies.preview(), headers=staff(client))
    assert answer.status_code == 200, answer.text
    return [item["supplier"]["company_name"] for item in answer.json()["items"]]


def test_approval_change_and_suspension_reach_the_index(
    matching_client: TestClient, catch_up: Callable[[], None]
) -> None:
    client, manager = matching_client, staff(matching_client)
    supplier_id = stored_supplier(client, SupplierStatus.PENDING, company_name="예전이름")
    catch_up()
    assert previewed(client) == []
    client.post(f"/v1/suppliers/{supplier_id}/approval", headers=manager)
    catch_up()
    assert previewed(client) == ["예전이름"]
    patched(client, f"/v1/suppliers/{supplier_id}", manager, company_name="새이름")
    catch_up()
    assert previewed(client) == ["새이름"]
    client.post(f"/v1/suppliers/{supplier_id}/suspension", json={"reason": "연락 두절"}, headers=manager)
    catch_up()
    assert previewed(client) == []


def test_a_refresh_reads_only_what_changed(matching_client: TestClient, run_jobs: Callable[[], None]) -> None:
    for _ in range(5):
        stored_supplier(matching_client)
    run_jobs()
    engine = matching_client.app.state.matching
    assert engine.refresh() == 5
    deadline = time.monotonic() + 30
    while engine.refresh():  # a transaction of another test's database still holds the horizon back
        assert time.monotonic() < deadline
    stored_supplier(matching_client)
    run_jobs()
    assert 1 <= engine.refresh() < 5


def test_a_change_of_a_long_transaction_is_not_missed(
    matching_client: TestClient, database: Database, run_jobs: Callable[[], None]
) -> None:
    """A poll between the write and the commit of one transaction sees the later ones, and then that one."""
    client, engine = matching_client, matching_client.app.state.matching
    slow_id = stored_supplier(client, company_name="늦은이름")
    run_jobs()
    engine.refresh()
    with database.transaction() as slow:
        slow.execute(text("UPDATE supplier SET company_name = '바뀐이름' WHERE id = :id"), {"id": slow_id})
        stored_supplier(client, company_name="빠른이름")
        engine.refresh()
    run_jobs()
    engine.refresh()
    assert sorted(previewed(client)) == ["바뀐이름", "빠른이름"]


def test_the_job_of_a_killed_worker_is_taken_again(
    client: TestClient, database: Database, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    supplier_id = stored_supplier(client)
    _leave_to_a_dead_worker(database)
    monkeypatch.setattr("service.jobs.worker.POLL_SECONDS", 0.05)
    run_aside(asyncio.wait_for(_work_until_embedded(database, services, supplier_id), timeout=20))


def _leave_to_a_dead_worker(database: Database) -> None:
    """As a killed worker leaves it: the job is marked as being done, the heartbeat is old."""
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    with database.transaction() as session:
        worker = session.execute(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:at) RETURNING id"),
            {"at": long_ago},
        ).scalar_one()
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"), {"worker": worker}
        )


async def _work_until_embedded(database: Database, services: Services, supplier_id: UUID) -> None:
    working = asyncio.create_task(run_worker(make_worker_app(database.url), services))
    while not await asyncio.to_thread(_is_embedded, database, supplier_id):
        await asyncio.sleep(0.05)
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


def _is_embedded(database: Database, supplier_id: UUID) -> bool:
    with database.transaction() as session:
        found = session.execute(text("SELECT 1 FROM embedding WHERE owner_id = :id"), {"id": supplier_id})
        return found.first() is not None


def test_a_person_who_registers_does_not_wait_behind_an_import(
    client: TestClient, database: Database
) -> None:
    stored_supplier(client)
    client.post("/v1/suppliers", json=companies.supplier())
    with database.transaction() as session:
        priorities = session.execute(
            text("SELECT priority FROM procrastinate_jobs WHERE task_name = 'embed_supplier' ORDER BY id")
        ).scalars()
        imported, registered = priorities
    assert registered > imported
