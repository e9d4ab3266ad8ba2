"""The journal of a fund: every won that is promised, lent, paid back or earned moves from account to account.

Whatever the ceiling allows stands on `available`. An application moves it to `reserved`, the disbursement to
`outstanding`, a repayment of principal back to `available`; interest and overdue charges come from `payers`.
When a bank calls a loan in, what is outstanding moves to `called`; when it writes the loan off, to
`written_off`: that room is lost until somebody pays after all. `ceiling` and `payers` are where it comes
from, so their balances are negative and all balances sum to zero.

One row is enough to hold the ceiling: every posting of a fund is made by a transaction that holds the fund's
row of `fund_ledger` from before it counts until it commits. What it counts is therefore everything that
others have promised, and nobody promises the same room. The limit of a company and the state of a loan are
counted under the same row, which is also the only one that writers wait for: they cannot block each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from service.accounts.actor import SYSTEM, Actor
from service.db.tables import FundEntry, FundLedger, FundLoan, FundPosting, FundRepayment
from service.fund.terms import terms_of_fund
from service.kit import clock


class Account(StrEnum):
    """Where won stand."""

    CEILING = "ceiling"
    AVAILABLE = "available"
    RESERVED = "reserved"
    OUTSTANDING = "outstanding"
    CALLED = "called"
    WRITTEN_OFF = "written_off"
    PAYERS = "payers"
    INTEREST_RECEIVED = "interest_received"
    OVERDUE_CHARGES_RECEIVED = "overdue_charges_received"


class EntryKind(StrEnum):
    """What an entry tells of."""

    CEILING = "ceiling"
    RESERVATION = "reservation"
    CHANGE = "change"
    DISBURSEMENT = "disbursement"
    RELEASE = "release"
    REPAYMENT = "repayment"
    REVERSAL = "reversal"
    ACCELERATION = "acceleration"
    WRITE_OFF = "write_off"


@dataclass(frozen=True)
class Balances:
    """The sums of the postings to each account."""

    won: Mapping[Account, int]

    def __getitem__(self, account: Account) -> int:
        return self.won.get(account, 0)

    @property
    def promised_won(self) -> int:
        """What counts against a ceiling: reserved, lent, and lent and lost."""
        return self[Account.RESERVED] + self.lent_won + self[Account.WRITTEN_OFF]

    @property
    def lent_won(self) -> int:
        """The principal that is to come back, called in or not."""
        return self[Account.OUTSTANDING] + self[Account.CALLED]

    @property
    def unpaid_won(self) -> int:
        """The principal that was not paid back, wherever it stands."""
        return self.lent_won + self[Account.WRITTEN_OFF]


def balances(session: Session, *entries: ColumnElement[bool]) -> Balances:
    """The balances over the entries that fit."""
    statement = (
        select(FundPosting.account, func.sum(col(FundPosting.amount_won)))
        .join(FundEntry, col(FundEntry.number) == col(FundPosting.entry_number))
        .where(*entries)
        .group_by(col(FundPosting.account))
    )
    return Balances({Account(account): int(won) for account, won in session.exec(statement)})


def of_fund(code: str) -> ColumnElement[bool]:
    """The entries of that fund."""
    return col(FundEntry.fund) == code


def of_company(code: str, supplier_id: object) -> ColumnElement[bool]:
    """The entries of a company's loans from that fund."""
    loans = select(FundLoan.id).where(FundLoan.fund == code, FundLoan.supplier_id == supplier_id)
    return col(FundEntry.loan_id).in_(loans)


def lock_ledger(session: Session, code: str) -> Balances:
    """Hold the fund's row until the commit; its balances, the ceiling being that of today's terms.

    The first use opens the book.
    """
    statement = select(FundLedger).where(FundLedger.code == code).with_for_update()
    if session.exec(statement).first() is None:
        opened: Any = insert(FundLedger).values(code=code, opened_at=clock.now())
        session.execute(opened.on_conflict_do_nothing())
        session.exec(statement).one()
    found = balances(session, of_fund(code))
    ceiling = terms_of_fund(session, code, clock.today()).ceiling_won or 0
    change = ceiling + found[Account.CEILING]
    if not change:
        return found
    post(session, SYSTEM, code, EntryKind.CEILING, movement(change, Account.CEILING, Account.AVAILABLE))
    return balances(session, of_fund(code))


def post(
    session: Session,
    actor: Actor,
    fund: str,
    kind: EntryKind,
    amounts: Mapping[Account, int],
    *,
    loan: FundLoan | None = None,
    repayment: FundRepayment | None = None,
    occurred_on: date | None = None,
) -> FundEntry:
    """Enter these amounts, which sum to zero; the caller holds the fund's row."""
    entry = FundEntry(
        fund=fund,
        kind=kind.value,
        loan_id=loan.id if loan else None,
        repayment_id=repayment.id if repayment else None,
        occurred_on=occurred_on or clock.today(),
        booked_on=clock.today(),
        actor=actor.label,
    )
    session.add(entry)
    session.flush()
    assert entry.number is not None
    session.add_all(
        FundPosting(entry_number=entry.number, account=account.value, amount_won=won)
        for account, won in amounts.items()
        if won
    )
    session.flush()
    return entry


def movement(won: int, source: Account, target: Account) -> dict[Account, int]:
    """The postings of so much from one account to another."""
    return {source: -won, target: won}


def principal_account(loan: FundLoan) -> Account:
    """Where the unpaid principal of a loan stands that was paid out."""
    if loan.written_off_on:
        return Account.WRITTEN_OFF
    return Account.CALLED if loan.accelerated_on else Account.OUTSTANDING


def repaid(loan: FundLoan, repayment: FundRepayment) -> dict[Account, int]:
    """The postings of a repayment."""
    received = repayment.interest_won + repayment.overdue_charge_won
    return {
        principal_account(loan): -repayment.principal_won,
        Account.AVAILABLE: repayment.principal_won,
        Account.PAYERS: -received,
        Account.INTEREST_RECEIVED: repayment.interest_won,
        Account.OVERDUE_CHARGES_RECEIVED: repayment.overdue_charge_won,
    }
