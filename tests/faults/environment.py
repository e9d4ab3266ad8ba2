"""What a database that a fault may break holds, and the proof that it is whole."""

from typing import Any

from sqlmodel import select

from service.accounts.actor import Role
from service.accounts.devices import Device
from service.accounts.operations import open_account
from service.accounts.sessions import open_session
from service.accounts.tokens import issue_token
from service.db.session import Database
from service.db.tables import Account
from service.fund.verification import FundCheck, verify_fund
from tests.factories import companies, funds
from tests.faults.server import KEY


def open_fund(url: str, **changes: Any) -> None:
    """The demo fund, changed in what a fault names."""
    database = Database(url, pool_size=1)
    try:
        funds.open_fund(database, **changes)
    finally:
        database.close()


def prove_fund(url: str) -> FundCheck:
    """What `alliance verify fund` finds."""
    database = Database(url, pool_size=1)
    try:
        with database.transaction() as session:
            return verify_fund(session)
    finally:
        database.close()


def staff_token(url: str) -> dict[str, str]:
    """The headers of an account manager, made at the first call."""
    database = Database(url, pool_size=1)
    try:
        with database.transaction() as session:
            account = session.exec(select(Account).where(Account.role == Role.ACCOUNT_MANAGER.value)).first()
            account = account or open_account(
                session,
                email="staff@people.example",
                password=companies.PASSWORD,
                name="담당자",
                role=Role.ACCOUNT_MANAGER,
            )
            opened = open_session(session, account, Device("127.0.0.1", "tests", "127.0.0.0/24"))
            return {"Authorization": f"Bearer {issue_token(account.id, opened.id, KEY, 60)}"}
    finally:
        database.close()
