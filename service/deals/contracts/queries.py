"""Reading contracts: who may see which, with the names of the two companies, and the account of each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select, true

from service.accounts.actor import Actor
from service.db.rows import one_row
from service.db.tables import (
    Contract,
    ContractPayment,
    ContractState,
    Feedback,
    Manufacturer,
    Need,
    Supplier,
    Verdict,
)
from service.deals.contracts.installment_account import InstallmentAccount, Line, Receipt
from service.financing.calendar import AgreedCalendar, BusinessCalendar
from service.financing.percent import parse_percent
from service.financing.schedule import KOREAN_CALENDAR
from service.financing.schemas import InstallmentInput
from service.kit import clock
from service.kit.pages import cut_page, decode_id_cursor, decode_uuid_cursor
from service.kit.problems import Problem

IN_FORCE = (ContractState.ACCEPTED.value, ContractState.DELIVERED.value)
"""States of a contract that both companies are bound by."""

RECORDED = (Verdict.CONTRACTED.value, Verdict.COMPLETED.value)
"""Where a pair stands whose contract was recorded."""


@dataclass(frozen=True)
class ContractRecord:
    """A contract with the need's title, the companies' names, and the last decision on the pair."""

    contract: Contract
    need_title: str
    supplier_name: str
    manufacturer_name: str
    verdict: str | None

    @property
    def to_record(self) -> bool:
        """Whether an account manager has still to record that the two made a contract."""
        accepted = {ContractState.SETTLED.value, *IN_FORCE}
        return self.contract.state in accepted and self.verdict not in RECORDED


@dataclass(frozen=True)
class LateContract:
    """A contract with lines that should have been paid before a day."""

    record: ContractRecord
    account: InstallmentAccount
    lines: Sequence[Line]


@dataclass(frozen=True)
class StateTotals:
    """The contracts of one state: how many, for how much; what of it is outstanding and what is late."""

    state: ContractState
    count: int
    price_won: int
    outstanding_won: int
    late_count: int
    late_won: int


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Staff see every contract, the two companies their own."""
    if actor.is_staff:
        return true()
    if actor.supplier_id is not None:
        return col(Contract.supplier_id) == actor.supplier_id
    if actor.manufacturer_id is not None:
        return col(Contract.manufacturer_id) == actor.manufacturer_id
    return false()


def get_contract(session: Session, actor: Actor, contract_id: UUID, *, lock: bool = False) -> Contract:
    """That contract, if the actor may see it; with `lock` held against other writers to the commit.

    Raises `Problem` 404.
    """
    return one_row(session, select(Contract).where(Contract.id == contract_id, visible_to(actor)), lock=lock)


def search_contracts(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None = None,
    *,
    state: ContractState | None = None,
    late: bool | None = None,
    company: str | None = None,
) -> tuple[list[ContractRecord], str | None]:
    """One page of the contracts that the actor may see, the newest first.

    `company` is a part of the name of either company.
    """
    statement = select(Contract).where(visible_to(actor))
    if state is not None:
        statement = statement.where(Contract.state == state.value)
    if late is not None:
        is_late = _late_on(clock.today())
        statement = statement.where(is_late if late else ~func.coalesce(is_late, false()))
    if company:
        statement = statement.where(_with_company(company))
    if cursor is not None:
        statement = statement.where(col(Contract.id) < decode_id_cursor(cursor))
    rows = session.exec(statement.order_by(col(Contract.id).desc()).limit(limit + 1)).all()
    shown, next_cursor = cut_page(rows, limit, lambda contract: (str(contract.id),))
    return records_of(session, shown), next_cursor


def late_contracts(
    session: Session, day: date, limit: int, cursor: str | None = None
) -> tuple[list[LateContract], str | None]:
    """One page of the contracts that are late on that day, the one with the oldest instalment first."""
    statement = select(Contract).where(_late_on(day))
    if cursor is not None:
        due, last_id = decode_uuid_cursor(cursor)
        after = tuple_(_day_in(due), last_id)
        statement = statement.where(tuple_(col(Contract.next_due_on), col(Contract.id)) > after)
    statement = statement.order_by(col(Contract.next_due_on), col(Contract.id)).limit(limit + 1)
    rows = session.exec(statement).all()
    shown, next_cursor = cut_page(rows, limit, lambda each: (str(each.next_due_on), str(each.id)))
    accounts = accounts_of(session, shown)
    late = [
        LateContract(record, accounts[record.contract.id], accounts[record.contract.id].late_on(day))
        for record in records_of(session, shown)
    ]
    # A row may still say a day on which banks were closed since: `follow_calendar` mends it in the night.
    return [each for each in late if each.lines], next_cursor


def totals_by_state(session: Session, day: date) -> list[StateTotals]:
    """Count, price, outstanding and late of the contracts in each state."""
    counted = (
        select(Contract.state, func.count(), func.sum(col(Contract.price_won)))
        .select_from(Contract)
        .group_by(col(Contract.state))
    )
    found = {state: (count, int(price)) for state, count, price in session.exec(counted)}
    delivered = session.exec(
        select(Contract).where(Contract.state == ContractState.DELIVERED.value).order_by(col(Contract.id))
    ).all()
    accounts = list(accounts_of(session, delivered).values())
    late = [lines for lines in (account.late_on(day) for account in accounts) if lines]
    totals = []
    for state in ContractState:
        count, price = found.get(state.value, (0, 0))
        runs = state is ContractState.DELIVERED
        totals.append(
            StateTotals(
                state=state,
                count=count,
                price_won=price,
                outstanding_won=sum(account.outstanding_won for account in accounts) if runs else 0,
                late_count=len(late) if runs else 0,
                late_won=sum(line.unpaid.total_won for lines in late for line in lines) if runs else 0,
            )
        )
    return totals


def to_record(session: Session) -> int:
    """How many accepted contracts no account manager has recorded as the pair's decision yet."""
    states = [ContractState.SETTLED.value, *IN_FORCE]
    accepted = session.exec(select(Contract).where(col(Contract.state).in_(states))).all()
    return sum(record.to_record for record in records_of(session, accepted))


def records_of(session: Session, contracts: Sequence[Contract]) -> list[ContractRecord]:
    """The contracts with names and decisions: two queries however many they are."""
    named = (
        select(Contract.id, Need.title, Supplier.company_name, Manufacturer.company_name)
        .join(Need, col(Need.id) == col(Contract.need_id))
        .join(Supplier, col(Supplier.id) == col(Contract.supplier_id))
        .join(Manufacturer, col(Manufacturer.id) == col(Contract.manufacturer_id))
        .where(col(Contract.id).in_([each.id for each in contracts]))
    )
    names = {found[0]: found[1:] for found in session.exec(named)}
    last = (
        select(Feedback.need_id, Feedback.supplier_id, Feedback.verdict)
        .where(
            tuple_(col(Feedback.need_id), col(Feedback.supplier_id)).in_(
                [(each.need_id, each.supplier_id) for each in contracts]
            )
        )
        .ext(distinct_on(col(Feedback.need_id), col(Feedback.supplier_id)))
        .order_by(
            col(Feedback.need_id),
            col(Feedback.supplier_id),
            col(Feedback.created_at).desc(),
            col(Feedback.id).desc(),
        )
    )
    verdicts = {(need, supplier): verdict for need, supplier, verdict in session.exec(last)}
    return [
        ContractRecord(each, *names[each.id], verdicts.get((each.need_id, each.supplier_id)))
        for each in contracts
    ]


def terms_of(contract: Contract) -> InstallmentInput:
    """The terms as the calculator reads them."""
    return InstallmentInput.model_validate(contract.terms)


def payments_of(session: Session, contract: Contract) -> Sequence[ContractPayment]:
    """What was recorded of a contract, reversals too, in that order."""
    own = select(ContractPayment).where(ContractPayment.contract_id == contract.id)
    return session.exec(own.order_by(col(ContractPayment.number))).all()


def standing(payments: Sequence[ContractPayment]) -> list[ContractPayment]:
    """Those payments that were not reversed."""
    reversed_ids = {each.reversal_of for each in payments}
    return [each for each in payments if each.reversal_of is None and each.id not in reversed_ids]


def account_of(session: Session, contract: Contract) -> InstallmentAccount:
    """The running account of a delivered contract."""
    return accounts_of(session, [contract])[contract.id]


def accounts_of(session: Session, contracts: Sequence[Contract]) -> dict[UUID, InstallmentAccount]:
    """The running accounts of delivered contracts: one query however many they are."""
    made: dict[UUID, list[ContractPayment]] = defaultdict(list)
    statement = select(ContractPayment).where(
        col(ContractPayment.contract_id).in_([each.id for each in contracts])
    )
    for payment in session.exec(statement.order_by(col(ContractPayment.number))):
        made[payment.contract_id].append(payment)
    return {each.id: make_account(each, made[each.id]) for each in contracts}


def make_account(contract: Contract, payments: Sequence[ContractPayment]) -> InstallmentAccount:
    """The running account with these payments, the reversed ones left out."""
    receipts = [Receipt(each.received_on, each.amount_won) for each in standing(payments)]
    addon = parse_percent(contract.overdue_addon_percent)
    return InstallmentAccount(terms_of(contract).terms(), addon, receipts, calendar_of(contract))


def calendar_of(contract: Contract) -> BusinessCalendar:
    """The calendar under which it was delivered; the present one before that."""
    if contract.calendar_version is None:
        return KOREAN_CALENDAR
    days = {date.fromisoformat(due): date.fromisoformat(paid) for due, paid in contract.payment_days.items()}
    return AgreedCalendar(
        overrides=KOREAN_CALENDAR.overrides, payment_days=days, agreed_version=contract.calendar_version
    )


def _with_company(name: str) -> ColumnElement[bool]:
    suppliers = select(Supplier.id).where(col(Supplier.company_name).icontains(name, autoescape=True))
    manufacturers = select(Manufacturer.id).where(
        col(Manufacturer.company_name).icontains(name, autoescape=True)
    )
    return or_(col(Contract.supplier_id).in_(suppliers), col(Contract.manufacturer_id).in_(manufacturers))


def _late_on(day: date) -> ColumnElement[bool]:
    return (col(Contract.state) == ContractState.DELIVERED.value) & (col(Contract.next_due_on) < day)


def _day_in(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error
