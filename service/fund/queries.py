"""Reading loans: who may see which, with their balances, and the running account of each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, tuple_
from sqlmodel import Session, col, select, true

from service.accounts.actor import Actor, Role
from service.db.rows import one_row
from service.db.tables import (
    FundEntry,
    FundLoan,
    FundPosting,
    FundRepayment,
    FundTerm,
    LoanStatus,
    Supplier,
)
from service.financing.conventions import PrepaymentEffect
from service.fund.ledger import Account, Balances, EntryKind, balances, lock_ledger, of_fund
from service.fund.loan_account import LoanAccount, Payment
from service.fund.terms import contract_of, fund_on, terms_of_fund, terms_of_loan
from service.kit import clock
from service.kit.pages import cut_page, decode_id_cursor, decode_uuid_cursor
from service.kit.problems import Problem

OPEN = (LoanStatus.RESERVED.value, LoanStatus.APPROVED.value)
"""States that hold a reservation."""

DUE = (LoanStatus.DISBURSED.value, LoanStatus.ACCELERATED.value)
"""States in which a bank waits for money."""


@dataclass(frozen=True)
class LoanRecord:
    """A loan with its company's name and the balances of its own entries."""

    loan: FundLoan
    company_name: str
    balances: Balances


@dataclass(frozen=True)
class OverdueLoan:
    """A loan with instalments that were to be paid before a day and were not."""

    record: LoanRecord
    account: LoanAccount


@dataclass(frozen=True)
class FundOverview:
    """A fund on a day: its terms, its balances, how many loans are in which state, what suppliers save."""

    terms: FundTerm
    balances: Balances
    loans: dict[str, int]
    overdue_loans: int
    interest_saved_won: int


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Staff see every loan, a supplier its own."""
    if actor.is_staff:
        return true()
    if actor.role is Role.SUPPLIER and actor.supplier_id is not None:
        return col(FundLoan.supplier_id) == actor.supplier_id
    return false()


def get_loan(session: Session, actor: Actor, loan_id: UUID) -> FundLoan:
    """That loan, if the actor may see it. Raises `Problem` 404."""
    return one_row(session, select(FundLoan).where(FundLoan.id == loan_id, visible_to(actor)))


def lock_loan(session: Session, actor: Actor, loan_id: UUID) -> FundLoan:
    """The same as it is once the fund's row is held, which keeps other writers off. Raises `Problem` 404."""
    loan = get_loan(session, actor, loan_id)
    lock_ledger(session, loan.fund)
    session.refresh(loan)
    return loan


def search_loans(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None = None,
    *,
    status: LoanStatus | None = None,
    supplier_id: UUID | None = None,
    company: str | None = None,
    expires_by: date | None = None,
) -> tuple[list[LoanRecord], str | None]:
    """One page of the loans that the actor may see, the newest first.

    `company` is a part of the supplier's name; `expires_by` asks for applications that expire by that day.
    """
    statement = select(FundLoan).where(visible_to(actor))
    if status is not None:
        statement = statement.where(FundLoan.status == status.value)
    if supplier_id is not None:
        statement = statement.where(FundLoan.supplier_id == supplier_id)
    if company:
        named = select(Supplier.id).where(col(Supplier.company_name).icontains(company, autoescape=True))
        statement = statement.where(col(FundLoan.supplier_id).in_(named))
    if expires_by is not None:
        statement = statement.where(*_expires_by(expires_by))
    if cursor is not None:
        statement = statement.where(col(FundLoan.id) < decode_id_cursor(cursor))
    rows = session.exec(statement.order_by(col(FundLoan.id).desc()).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda loan: (str(loan.id),))
    return with_balances(session, shown), next_cursor


def open_loans(
    session: Session,
    actor: Actor,
    limit: int,
    *,
    status: LoanStatus | None = None,
    expires_by: date | None = None,
) -> tuple[list[LoanRecord], int]:
    """The applications that expire first, and how many there are in all."""
    wanted = [visible_to(actor), col(FundLoan.status).in_(OPEN if status is None else (status.value,))]
    if expires_by is not None:
        wanted += _expires_by(expires_by)
    statement = select(FundLoan).where(*wanted).order_by(col(FundLoan.expires_on), col(FundLoan.id))
    total = session.exec(select(func.count()).select_from(FundLoan).where(*wanted)).one()
    return with_balances(session, session.exec(statement.limit(limit)).all()), total


def _expires_by(day: date) -> list[ColumnElement[bool]]:
    return [col(FundLoan.status).in_(OPEN), col(FundLoan.expires_on) <= day]


def with_balances(
    session: Session, loans: Sequence[FundLoan], *entries: ColumnElement[bool]
) -> list[LoanRecord]:
    """The loans with the balances over those of their entries that fit: two queries however many they are."""
    ids = [loan.id for loan in loans]
    statement = (
        select(FundEntry.loan_id, FundPosting.account, func.sum(col(FundPosting.amount_won)))
        .join(FundPosting, col(FundEntry.number) == col(FundPosting.entry_number))
        .where(col(FundEntry.loan_id).in_(ids), *entries)
        .group_by(col(FundEntry.loan_id), col(FundPosting.account))
    )
    won: dict[UUID | None, dict[Account, int]] = defaultdict(dict)
    for loan_id, account, amount in session.exec(statement):
        won[loan_id][Account(account)] = int(amount)
    companies = select(Supplier.id, Supplier.company_name).where(
        col(Supplier.id).in_({loan.supplier_id for loan in loans})
    )
    names = dict(session.exec(companies).all())
    return [LoanRecord(loan, names[loan.supplier_id], Balances(won[loan.id])) for loan in loans]


def repayments_of(session: Session, loan: FundLoan) -> Sequence[FundRepayment]:
    """Every repayment of a loan, the reversed ones too, in the order in which they were written down."""
    own = select(FundRepayment).where(FundRepayment.loan_id == loan.id)
    return session.exec(own.order_by(col(FundRepayment.number))).all()


def get_repayment(session: Session, loan: FundLoan, repayment_id: UUID) -> FundRepayment:
    """That repayment of that loan. Raises `Problem` 404."""
    found = session.get(FundRepayment, repayment_id)
    if found is None or found.loan_id != loan.id:
        raise Problem(404, "not_found")
    return found


def entries_of(session: Session, loan: FundLoan) -> list[tuple[FundEntry, Balances]]:
    """What the ledger holds about a loan, in its order, each entry with its postings."""
    own = select(FundEntry).where(FundEntry.loan_id == loan.id).order_by(col(FundEntry.number))
    return with_postings(session, session.exec(own).all())


def with_postings(session: Session, entries: Sequence[FundEntry]) -> list[tuple[FundEntry, Balances]]:
    """The entries with what each moved."""
    numbers = [entry.number for entry in entries]
    won: dict[int | None, dict[Account, int]] = defaultdict(dict)
    for posting in session.exec(select(FundPosting).where(col(FundPosting.entry_number).in_(numbers))):
        won[posting.entry_number][Account(posting.account)] = posting.amount_won
    return [(entry, Balances(won[entry.number])) for entry in entries]


def account_of(session: Session, loan: FundLoan) -> LoanAccount:
    """The running account of a disbursed loan."""
    return accounts_of(session, [loan])[0]


def accounts_of(
    session: Session, loans: Sequence[FundLoan], booked_until: date | None = None
) -> list[LoanAccount]:
    """The running accounts of disbursed loans; as the book had them at the end of a day if one is named."""
    made: dict[UUID, list[FundRepayment]] = defaultdict(list)
    statement = select(FundRepayment).where(col(FundRepayment.loan_id).in_([loan.id for loan in loans]))
    if booked_until is None:
        statement = statement.where(col(FundRepayment.reversed_at).is_(None))
    else:
        end = clock.midnight(booked_until + timedelta(days=1))
        not_yet = or_(col(FundRepayment.reversed_at).is_(None), col(FundRepayment.reversed_at) >= end)
        statement = statement.where(col(FundRepayment.recorded_at) < end, not_yet)
    for repayment in session.exec(statement.order_by(col(FundRepayment.number))):
        made[repayment.loan_id].append(repayment)
    called = _called_by(session, loans, booked_until)
    return [
        LoanAccount(
            contract_of(terms_of_loan(session, loan), loan),
            [payment_of(each) for each in made[loan.id]],
            loan.accelerated_on if loan.id in called else None,
        )
        for loan in loans
    ]


def _called_by(session: Session, loans: Sequence[FundLoan], booked_until: date | None) -> set[UUID]:
    """Those loans that were called in, as the book had it at the end of a day if one is named."""
    accelerated = [loan.id for loan in loans if loan.accelerated_on]
    if booked_until is None or not accelerated:
        return set(accelerated)
    entries = select(FundEntry.loan_id).where(
        col(FundEntry.loan_id).in_(accelerated),
        FundEntry.kind == EntryKind.ACCELERATION.value,
        col(FundEntry.booked_on) <= booked_until,
    )
    return {loan_id for loan_id in session.exec(entries) if loan_id}


def payment_of(repayment: FundRepayment) -> Payment:
    """A repayment as the running account takes it."""
    return Payment(
        paid_on=repayment.paid_on,
        overdue_charge_won=repayment.overdue_charge_won,
        interest_won=repayment.interest_won,
        principal_won=repayment.principal_won,
        early_won=repayment.early_won,
        effect=PrepaymentEffect(repayment.effect) if repayment.effect else None,
    )


def overdue_loans(
    session: Session, actor: Actor, day: date, limit: int, cursor: str | None = None
) -> tuple[list[OverdueLoan], str | None]:
    """One page of the loans with an instalment to be paid before that day, the longest overdue first."""
    late = (col(FundLoan.status).in_(DUE), col(FundLoan.next_payment_on) < day)
    statement = select(FundLoan).where(visible_to(actor), *late)
    order = (col(FundLoan.next_payment_on), col(FundLoan.id))
    if cursor is not None:
        since, last_id = decode_uuid_cursor(cursor)
        statement = statement.where(tuple_(*order) > tuple_(_day_in(since), last_id))
    rows = session.exec(statement.order_by(*order).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda loan: (str(loan.next_payment_on), str(loan.id)))
    records = with_balances(session, shown)
    return list(map(OverdueLoan, records, accounts_of(session, shown))), next_cursor


def _day_in(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error


def overview_of(session: Session, code: str | None, day: date) -> FundOverview:
    """The fund that lends on that day, or the named one. Raises `Problem` 404."""
    terms = fund_on(session, day) if code is None else terms_of_fund(session, code, day)
    counted = select(FundLoan.status, func.count()).where(FundLoan.fund == terms.code)
    late = select(func.count()).where(
        FundLoan.fund == terms.code,
        col(FundLoan.status).in_(DUE),
        col(FundLoan.next_payment_on) < day,
    )
    saved = select(func.coalesce(func.sum(col(FundLoan.interest_saved_won)), 0)).where(
        FundLoan.fund == terms.code
    )
    return FundOverview(
        terms=terms,
        balances=balances(session, of_fund(terms.code)),
        loans=dict(session.exec(counted.group_by(col(FundLoan.status))).all()),
        overdue_loans=session.exec(late).one(),
        interest_saved_won=int(session.exec(saved).one() or 0),
    )


def fund_code(session: Session, code: str | None, day: date) -> str:
    """The named fund, or the one that lends on that day. Raises `Problem` 404."""
    return (fund_on(session, day) if code is None else terms_of_fund(session, code, day)).code
