"""Proving a fund's book: what the journal says, added up anew, against loans and repayments."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select

from service.db.tables import FundEntry, FundLedger, FundLoan, LoanStatus
from service.financing.conventions import PrepaymentEffect
from service.fund.ledger import Account, balances, of_company, principal_account
from service.fund.loan_account import LoanAccount
from service.fund.queries import OPEN, LoanRecord, payment_of, repayments_of, with_balances
from service.fund.repayments import LENT
from service.fund.terms import contract_of, terms_of_loan
from service.messages import sentence
from service.messages.fund import ACCOUNTS

LOANS_AT_ONCE = 500

_UNBALANCED = text("""
    SELECT number, coalesce(sum(amount_won), 0) FROM fund_entry
    LEFT JOIN fund_posting ON entry_number = number
    GROUP BY number HAVING coalesce(sum(amount_won), 1) <> 0 ORDER BY number""")

# The ceiling may be lowered below what was promised before; whatever promises more must find room.
_OVERDRAWN = text("""
    SELECT number, available FROM (
        SELECT number, kind, amount_won, sum(amount_won) OVER (PARTITION BY fund ORDER BY number) AS available
        FROM fund_entry JOIN fund_posting ON entry_number = number AND account = 'available'
    ) AS running
    WHERE kind <> 'ceiling' AND amount_won < 0 AND available < 0 ORDER BY number""")


@dataclass(frozen=True)
class FundCheck:
    """How much was read, and a sentence for everything that does not fit."""

    entries: int
    loans: int
    faults: tuple[str, ...]


def verify_fund(session: Session) -> FundCheck:
    """Read the whole book of every fund, holding off those who write into it."""
    session.exec(select(FundLedger).order_by(col(FundLedger.code)).with_for_update()).all()
    faults = [*entries_that_do_not_balance(session), *_companies_over_their_limit(session)]
    loans = 0
    for records in _records(session):
        loans += len(records)
        for record in records:
            faults += _differences(session, record)
    entries = session.execute(text("SELECT count(*) FROM fund_entry")).scalar_one()
    return FundCheck(entries, loans, tuple(faults))


def entries_that_do_not_balance(session: Session) -> Iterator[str]:
    """A sentence for each entry that does not sum to zero or promises what was not there."""
    for number, won in session.execute(_UNBALANCED):
        yield sentence("fund_entry_unbalanced", entry=number, won=f"{won:,}")
    for number, won in session.execute(_OVERDRAWN):
        yield sentence("fund_overdrawn", entry=number, won=f"{won:,}")


def _companies_over_their_limit(session: Session) -> Iterator[str]:
    """By the most that the terms of any of its present loans allow."""
    held = (*OPEN, *(status.value for status in LENT))
    loans = session.exec(select(FundLoan).where(col(FundLoan.status).in_(held))).all()
    limits: dict[tuple[str, object], list[int | None]] = {}
    for loan in loans:
        limit = terms_of_loan(session, loan).per_company_limit_won
        limits.setdefault((loan.fund, loan.supplier_id), []).append(limit)
    for (fund, supplier_id), known in limits.items():
        most = None if None in known else max(limit for limit in known if limit is not None)
        promised = balances(session, of_company(fund, supplier_id)).promised_won
        if most is not None and promised > most:
            yield sentence(
                "fund_company_over_limit", supplier=supplier_id, won=f"{promised:,}", limit=f"{most:,}"
            )


def _records(session: Session) -> Iterator[list[LoanRecord]]:
    ids = session.exec(select(FundLoan.id).order_by(col(FundLoan.id))).all()
    for start in range(0, len(ids), LOANS_AT_ONCE):
        batch = select(FundLoan).where(col(FundLoan.id).in_(ids[start : start + LOANS_AT_ONCE]))
        yield with_balances(session, session.exec(batch).all(), col(FundEntry.loan_id).is_not(None))


def _differences(session: Session, record: LoanRecord) -> Iterator[str]:
    """The balances of a loan's entries against its row and repayments; each repayment divided once more."""
    loan = record.loan
    kept = [each for each in repayments_of(session, loan) if each.reversed_at is None]
    lent = loan.principal_won if loan.disbursed_on else 0
    recorded = {
        Account.RESERVED: loan.principal_won if loan.status in OPEN else 0,
        **dict.fromkeys((Account.OUTSTANDING, Account.CALLED, Account.WRITTEN_OFF), 0),
        principal_account(loan): lent - sum(each.principal_won for each in kept),
        Account.INTEREST_RECEIVED: sum(each.interest_won for each in kept),
        Account.OVERDUE_CHARGES_RECEIVED: sum(each.overdue_charge_won for each in kept),
    }
    if loan.status == LoanStatus.REPAID.value:
        recorded[principal_account(loan)] = 0
    for account, won in recorded.items():
        booked = record.balances[account]
        if booked != won:
            yield sentence(
                "fund_loan_differs",
                loan=loan.id,
                account=ACCOUNTS[account],
                booked=f"{booked:,}",
                recorded=f"{won:,}",
            )
    if not kept:
        return
    running = LoanAccount(contract_of(terms_of_loan(session, loan), loan))
    for repayment in kept:
        payment = payment_of(repayment)
        called_on = None if running.accelerated_on else loan.accelerated_on
        if called_on and payment.paid_on >= called_on:
            running.accelerate(called_on)
        effect = PrepaymentEffect(repayment.effect) if repayment.effect else None
        if running.divide(repayment.paid_on, repayment.amount_won, effect) != payment:
            yield sentence("fund_repayment_differs", loan=loan.id, number=repayment.number)
        running.take(payment)
