"""A contract from its quote to its delivery, and its other ends: cancelled, lapsed.

Contracts are made of pairs that an account manager introduced. A supplier quotes for itself and a
manufacturer accepts for itself; staff do either for them, and everything else. What a manufacturer accepts
becomes the pair's decision when an account manager records it: companies write no decisions.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.own_company import refuse_own_company
from service.db.tables import Contract, ContractState, Feedback, Need, NotificationCode, Verdict
from service.deals.contracts.queries import IN_FORCE, RECORDED, account_of, make_account, terms_of
from service.deals.contracts.schemas import DeliveryInput, QuoteInput, QuotePatch
from service.deals.operations import LONGEST_INSTALLMENT_MONTHS
from service.financing.charges import overdue_rate
from service.financing.conventions import BalanceTracking
from service.financing.disclosure import check_legal_cap
from service.financing.errors import TermsError
from service.financing.percent import parse_percent, percent_text
from service.financing.schedule import KOREAN_CALENDAR, build_schedule
from service.financing.schemas import InstallmentInput, VatInput
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.messages.contracts import STATES
from service.needs.queries import get_need
from service.notifications.operations import notify, notify_account_managers
from service.recommendations.decisions import move_pair
from service.recommendations.schemas import MoveInput

QUOTE_DAYS = 30
LONGEST_QUOTE_DAYS = 366

MOVES: Mapping[ContractState, tuple[ContractState, ...]] = {
    ContractState.QUOTED: (ContractState.ACCEPTED, ContractState.CANCELLED, ContractState.LAPSED),
    ContractState.ACCEPTED: (ContractState.DELIVERED, ContractState.CANCELLED),
    ContractState.DELIVERED: (ContractState.SETTLED,),
    ContractState.SETTLED: (ContractState.DELIVERED,),  # when the payment that settled it is reversed
    ContractState.CANCELLED: (),
    ContractState.LAPSED: (),
}
"""Every move that there is."""

OPEN_TO_CONTRACTS = (Verdict.INTRODUCED.value, Verdict.PROPOSED.value, Verdict.CONTRACTED.value)
"""Where a pair may stand for which a contract is made."""


def quote(session: Session, actor: Actor, need_id: UUID, data: QuoteInput) -> Contract:
    """A supplier quotes for a need that it was introduced to, or staff for it.

    Raises `Problem` 404 for a need or a pair that the actor may not see, 409 `contract_pair_not_introduced`
    or `own_company`, 422 for a day that is over, TermsError for terms that cannot be agreed.
    """
    need = _need_of(session, actor, need_id, data.supplier_id)
    refuse_deciding_for_oneself(session, actor, data.supplier_id)
    today = clock.today()
    contract = Contract(
        need_id=need.id,
        supplier_id=data.supplier_id,
        manufacturer_id=need.manufacturer_id,
        programme=data.programme,
        quoted_on=today,
        valid_until=_checked_valid_until(data.valid_until or today + timedelta(days=QUOTE_DAYS)),
        overdue_addon_percent="",
        price_won=0,
        grant_won=0,
    )
    _agree_on(contract, data.terms, data.overdue_addon_percent)
    session.add(contract)
    session.flush()
    note(session, actor, contract, "quoted", after=_told(contract))
    tell(session, contract, NotificationCode.CONTRACT_QUOTED, valid_until=contract.valid_until.isoformat())
    return contract


def change_quote(session: Session, actor: Actor, contract: Contract, patch: QuotePatch) -> Contract:
    """Apply a patch to a locked quote. Raises what quoting raises, and `Problem` 409 `status_transition`."""
    refuse_deciding_for_oneself(session, actor, contract.supplier_id)
    require_state(contract, ContractState.QUOTED)
    before, offered = _told(contract), _offered(contract)
    if patch.valid_until is not None:
        contract.valid_until = _checked_valid_until(patch.valid_until)
    addon = patch.overdue_addon_percent
    if patch.terms is not None or addon is not None:
        kept = parse_percent(contract.overdue_addon_percent) if addon is None else addon
        _agree_on(contract, patch.terms or terms_of(contract), kept)
    changed(session, contract)
    note(session, actor, contract, "changed", before=before, after=_told(contract))
    if _offered(contract) != offered:
        valid_until = contract.valid_until.isoformat()
        tell(session, contract, NotificationCode.CONTRACT_QUOTE_CHANGED, valid_until=valid_until)
    return contract


def accept(session: Session, actor: Actor, contract: Contract) -> Contract:
    """The manufacturer accepts a locked quote, or staff for it, which records the pair's contract too.

    Raises `Problem` 409 `status_transition`, `contract_quote_expired`, `contract_pair_not_introduced`,
    `contract_in_force` or `own_company`.
    """
    refuse_deciding_for_oneself(session, actor, contract.supplier_id)
    require_move(contract, ContractState.ACCEPTED)
    if contract.valid_until < clock.today():
        raise Problem(409, "contract_quote_expired", valid_until=contract.valid_until.isoformat())
    # Quotes of one need wait for each other here: one contract of a pair is in force at a time.
    session.get_one(Need, contract.need_id, with_for_update=True, populate_existing=True)
    others = select(Contract.id).where(
        Contract.need_id == contract.need_id,
        Contract.supplier_id == contract.supplier_id,
        col(Contract.state).in_(IN_FORCE),
    )
    if session.exec(others).first() is not None:
        raise Problem(409, "contract_in_force")
    last = _last_decision(session, contract.need_id, contract.supplier_id)
    if last is None or last.verdict not in OPEN_TO_CONTRACTS:
        raise Problem(409, "contract_pair_not_introduced")
    if actor.is_staff and last.verdict not in RECORDED:
        move_pair(session, actor, MoveInput(seen=last.id, verdict=Verdict.CONTRACTED.value))
    contract.state, contract.accepted_on = ContractState.ACCEPTED.value, clock.today()
    changed(session, contract)
    note(session, actor, contract, "accepted", after=_told(contract))
    tell(session, contract, NotificationCode.CONTRACT_ACCEPTED)
    if not actor.is_staff:
        notify_account_managers(session, NotificationCode.CONTRACT_TO_RECORD, **facts_of(session, contract))
    return contract


def deliver(session: Session, actor: Actor, contract: Contract, data: DeliveryInput) -> Contract:
    """Staff record the delivery of a locked contract: its day starts the schedule, its timing the tax.

    Raises `Problem` 409 `status_transition` or `own_company`, 422 for a day before the acceptance or to come.
    """
    refuse_own_company(session, actor, contract.supplier_id)
    require_move(contract, ContractState.DELIVERED)
    assert contract.accepted_on is not None
    day = data.delivered_on or clock.today()
    check_day(day, "/delivered_on", contract.accepted_on, clock.today())
    terms = terms_of(contract)
    vat = terms.vat
    if data.vat_timing is not None:
        vat = (vat or VatInput()).model_copy(update={"timing": data.vat_timing})
    _keep_terms(contract, terms.model_copy(update={"start_date": day, "vat": vat}))
    contract.state, contract.delivered_on = ContractState.DELIVERED.value, day
    _keep_payment_days(contract)
    contract.next_due_on = make_account(contract, []).next_due_on
    changed(session, contract)
    note(session, actor, contract, "delivered", after=_told(contract))
    tell(session, contract, NotificationCode.CONTRACT_DELIVERED, delivered_on=day.isoformat())
    return contract


def cancel(session: Session, actor: Actor, contract: Contract, reason: str) -> Contract:
    """Staff end a locked contract before its delivery.

    Where the pair stands is a decision of its own, which stays as it is. Raises `Problem` 409
    `status_transition` or `own_company`.
    """
    refuse_own_company(session, actor, contract.supplier_id)
    require_move(contract, ContractState.CANCELLED)
    _end(session, contract, ContractState.CANCELLED, reason)
    note(session, actor, contract, "cancelled", after=_told(contract) | {"reason": reason})
    tell(session, contract, NotificationCode.CONTRACT_CANCELLED)
    return contract


def lapse_quotes(session: Session, actor: Actor) -> int:
    """End the quotes that nobody accepted in time; how many there were."""
    over = (
        select(Contract)
        .where(Contract.state == ContractState.QUOTED.value, col(Contract.valid_until) < clock.today())
        .order_by(col(Contract.id))
        .with_for_update(skip_locked=True)
    )
    quotes = session.exec(over).all()
    for contract in quotes:
        _end(session, contract, ContractState.LAPSED, None)
        note(session, actor, contract, "lapsed", after=_told(contract))
        tell(session, contract, NotificationCode.CONTRACT_LAPSED)
    return len(quotes)


def follow_calendar(session: Session) -> int:
    """Let no contract fall due on a day on which banks are closed by now; how many were moved.

    Only the day by which late contracts are found: what is owed and when stays in the account.
    """
    is_running = col(Contract.state) == ContractState.DELIVERED.value
    days = session.exec(select(col(Contract.next_due_on)).where(is_running).distinct()).all()
    closed = [day for day in days if day and not KOREAN_CALENDAR.is_business_day(day)]
    concerned = select(Contract).where(is_running, col(Contract.next_due_on).in_(closed))
    moved = 0
    for contract in session.exec(concerned.order_by(col(Contract.id)).with_for_update(skip_locked=True)):
        due_on = account_of(session, contract).next_due_on
        moved += due_on != contract.next_due_on
        contract.next_due_on = due_on
    session.flush()
    return moved


def refuse_deciding_for_oneself(session: Session, actor: Actor, supplier_id: UUID) -> None:
    """A company acts for itself; staff must have no stake in it. Raises `Problem` 409 `own_company`."""
    if actor.is_staff:
        refuse_own_company(session, actor, supplier_id)


def require_move(contract: Contract, target: ContractState) -> None:
    """Raises `Problem` 409 `status_transition` unless `MOVES` lead there."""
    require_state(contract, *(state for state, targets in MOVES.items() if target in targets))


def require_state(contract: Contract, *allowed: ContractState) -> None:
    """Raises `Problem` 409 `status_transition` for a contract in another state."""
    if ContractState(contract.state) not in allowed:
        named = ", ".join(STATES[state.value] for state in allowed)
        raise Problem(409, "status_transition", current=STATES[contract.state], allowed=named)


def check_day(day: date, pointer: str, earliest: date, latest: date) -> None:
    """Raises `Problem` 422 `day_out_of_bounds`."""
    if not earliest <= day <= latest:
        raise field_problem(
            pointer, "day_out_of_bounds", earliest=earliest.isoformat(), latest=latest.isoformat()
        )


def changed(session: Session, contract: Contract) -> None:
    """The contract is another version now."""
    contract.version += 1
    contract.updated_at = clock.now()
    session.flush()


def _need_of(session: Session, actor: Actor, need_id: UUID, supplier_id: UUID) -> Need:
    """The need for which that supplier may be quoted; to a supplier other needs do not exist."""
    last = _last_decision(session, need_id, supplier_id)
    introduced = last is not None and last.verdict in OPEN_TO_CONTRACTS
    if actor.is_staff:
        need = get_need(session, need_id, actor)
        if not introduced:
            raise field_problem("/supplier_id", "contract_pair_not_introduced", 409)
        return need
    if not introduced or actor.supplier_id != supplier_id:
        raise Problem(404, "not_found")
    return session.get_one(Need, need_id)


def _last_decision(session: Session, need_id: UUID, supplier_id: UUID) -> Feedback | None:
    return session.exec(
        select(Feedback)
        .where(Feedback.need_id == need_id, Feedback.supplier_id == supplier_id)
        .order_by(col(Feedback.created_at).desc(), col(Feedback.id).desc())
    ).first()


def _checked_valid_until(day: date) -> date:
    today = clock.today()
    check_day(day, "/valid_until", today, today + timedelta(days=LONGEST_QUOTE_DAYS))
    return day


def _agree_on(contract: Contract, terms: InstallmentInput, addon: Fraction) -> None:
    """Keep terms that can be computed, that the law and the programme allow, and that a delivery can start.

    Raises TermsError.
    """
    if terms.months > LONGEST_INSTALLMENT_MONTHS:
        raise TermsError("installment_over_months", "/terms/months", most=LONGEST_INSTALLMENT_MONTHS)
    for pointer, given in {
        "/first_due_date": terms.first_due_date,
        "/rate_changes": terms.rate_changes,
        "/prepayments": terms.prepayments,
        "/step/allow_negative_amortisation": terms.step and terms.step.allow_negative_amortisation,
        "/rounding/balance": terms.rounding.balance is BalanceTracking.CARRIED,
    }.items():
        if given:
            raise TermsError("contract_terms_unsupported", f"/terms{pointer}")
    try:
        _keep_terms(contract, terms)
    except TermsError as refusal:
        raise refusal.under("/terms") from refusal
    try:
        overdue_rate(terms.annual_rate_percent, addon)
    except TermsError as refusal:
        raise TermsError(refusal.code, "/overdue_addon_percent", **refusal.values) from refusal
    contract.overdue_addon_percent = percent_text(addon)


def _keep_terms(contract: Contract, given: InstallmentInput) -> None:
    """Raises TermsError for terms that cannot be computed or are over the legal cap."""
    terms = given.terms()
    check_legal_cap(build_schedule(terms))
    contract.terms = given.agreed(terms).model_dump(mode="json", by_alias=True)
    contract.price_won, contract.grant_won = terms.price_won, terms.grant_won


def _keep_payment_days(contract: Contract) -> None:
    """On which days its instalments are paid: the calendar of today, whatever later ones will say."""
    schedule = build_schedule(terms_of(contract).terms())
    contract.payment_days = {str(period.due_date): str(period.payment_date) for period in schedule.periods}
    contract.calendar_version = schedule.calendar_version


def _end(session: Session, contract: Contract, state: ContractState, reason: str | None) -> None:
    contract.state, contract.state_reason, contract.closed_on = state.value, reason, clock.today()
    changed(session, contract)


def _told(contract: Contract) -> dict[str, Any]:
    """What the history of the companies holds of a contract; its terms stand in the contract."""
    return {
        "state": contract.state,
        "price_won": contract.price_won,
        "months": contract.terms["months"],
        "annual_rate_percent": contract.terms["annual_rate_percent"],
        "valid_until": contract.valid_until.isoformat(),
        "delivered_on": contract.delivered_on.isoformat() if contract.delivered_on else None,
    }


def _offered(contract: Contract) -> tuple[Any, ...]:
    """What a manufacturer accepts."""
    return contract.terms, contract.overdue_addon_percent, contract.valid_until


def note(
    session: Session,
    actor: Actor,
    contract: Contract,
    what: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
) -> None:
    """Write it into the history of both companies."""
    whole = {"contract_id": str(contract.id)} | dict(after)
    companies = (contract.supplier_id, contract.manufacturer_id)
    record_event(session, actor, f"contract.{what}", *companies, before=before, after=whole)


def tell(session: Session, contract: Contract, code: NotificationCode, **facts: str) -> None:
    """Tell both companies."""
    told = facts_of(session, contract) | facts
    notify(session, code, supplier_id=contract.supplier_id, manufacturer_id=None, **told)
    notify(session, code, supplier_id=None, manufacturer_id=contract.manufacturer_id, **told)


def facts_of(session: Session, contract: Contract) -> dict[str, str]:
    """What every notification about a contract tells."""
    return {
        "contract_id": str(contract.id),
        "need_title": session.get_one(Need, contract.need_id).title,
    }
