"""People who sign in, and companies that are already there."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from service.accounts.actor import SYSTEM, Role
from service.accounts.devices import Device
from service.accounts.operations import open_account
from service.accounts.sessions import open_session
from service.accounts.tokens import issue_browser_token, issue_token
from service.db.session import Database
from service.db.tables import SupplierStatus
from service.manufacturers.operations import add_manufacturer
from service.manufacturers.schemas import ManufacturerImportInput
from service.suppliers.operations import add_supplier
from service.suppliers.schemas import SupplierImportInput
from tests.factories import companies

Headers = dict[str, str]
ANYONE: Headers = {}

_sequence = count(1)


@dataclass(frozen=True)
class Person:
    """Someone with an account: their headers, and the company they belong to."""

    headers: Headers
    account_id: UUID
    company_id: UUID | None = None
    cookie: str | None = None
    """What a browser of theirs holds."""


def sign_in(client: TestClient, role: Role, company_id: UUID | None = None) -> Person:
    """An account of that role with a fresh token; one of a company gets a company if none is given."""
    if company_id is None and role is Role.SUPPLIER:
        company_id = stored_supplier(client)
    if company_id is None and role is Role.MANUFACTURER:
        company_id = stored_manufacturer(client)
    with _database(client).transaction() as session:
        account = open_account(
            session,
            email=f"{role.value}{next(_sequence)}@people.example",
            password=companies.PASSWORD,
            name="이사람",
            role=role,
            supplier_id=company_id if role is Role.SUPPLIER else None,
            manufacturer_id=company_id if role is Role.MANUFACTURER else None,
        )
        opened = open_session(session, account, Device("203.0.113.7", "Firefox", "203.0.113.0/24"))
    key = client.app.state.signing_key
    token = issue_token(account.id, opened.id, key, 60)
    cookie = issue_browser_token(account.id, opened.id, opened.expires_at, key)
    return Person({"Authorization": f"Bearer {token}"}, account.id, company_id, cookie)


def staff(client: TestClient) -> Headers:
    """The headers of an account manager."""
    return sign_in(client, Role.ACCOUNT_MANAGER).headers


def admin(client: TestClient) -> Headers:
    """The headers of an administrator."""
    return sign_in(client, Role.ADMIN).headers


def stored_supplier(
    client: TestClient, status: SupplierStatus = SupplierStatus.APPROVED, **changes: Any
) -> UUID:
    """A supplier that is already there, as an import leaves it; its embedding waits as a job."""
    data = SupplierImportInput.model_validate(companies.supplier_profile(**changes))
    with _database(client).transaction() as session:
        return add_supplier(session, SYSTEM, data, status).id


def stored_manufacturer(client: TestClient, **changes: Any) -> UUID:
    """A manufacturer that is already there."""
    data = ManufacturerImportInput.model_validate(companies.manufacturer_profile(**changes))
    with _database(client).transaction() as session:
        return add_manufacturer(session, SYSTEM, data).id


def _database(client: TestClient) -> Database:
    database: Database = client.app.state.database
    return database
