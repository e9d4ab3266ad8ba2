"""Quoting a contract for an introduced pair, and changing a quote that nobody has accepted yet."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from service.db.session import DbSession
from service.db.tables import Contract, ContractState, Need, Solution, Supplier
from service.deals.contracts.operations import QUOTE_DAYS, change_quote, quote
from service.deals.contracts.queries import get_contract
from service.deals.contracts.schemas import QuoteInput, QuotePatch
from service.deals.contracts.suggestion import fitting_solution, suggested_price
from service.financing.answers import ScheduleAnswer, schedule_answer
from service.financing.errors import TermsError
from service.financing.schedule import build_schedule
from service.financing.schemas import InstallmentInput
from service.kit import clock
from service.needs.queries import get_need
from service.recommendations.introductions import introductions
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

USUAL = (
    ("terms.months", "36"),
    ("terms.annual_rate_percent", "4.5"),
    ("terms.method", "level_payment"),
    ("terms.vat.timing", "per_installment"),
    ("overdue_addon_percent", "3"),
)
"""What a quote begins with besides its price."""

DERIVED = ("terms.principal_won", "terms.start_date")
"""Fields of the kept terms that follow from others."""


@dataclass(frozen=True)
class Pair:
    """The need, its budget, the supplier chosen for it if one was, and those to choose from."""

    need: Need
    supplier: Supplier | None
    solution: Solution | None
    choices: list[tuple[str, str]]


@router.get("/desk/needs/{need_id}/quote")
def show_quote(visitor: StaffVisitor, need_id: UUID, asked: Asked, session: DbSession) -> HTMLResponse:
    """The form for a supplier that was introduced, with the price that suits both sides."""
    pair = _pair(session, visitor, need_id, asked.text("supplier_id"))
    return _quote_page(visitor, pair, _begun(pair, asked))


@router.post("/desk/needs/{need_id}/quote")
def write_quote(visitor: StaffVisitor, need_id: UUID, form: Posted, session: DbSession) -> Response:
    """Quote for that supplier; `only=preview` computes and keeps nothing."""
    pair = _pair(session, visitor, need_id, form.text("supplier_id"))
    preview = None
    with form.trying(session):
        data = form.read(QuoteInput)
        if form.text("only"):
            preview = _computed(data.terms)
        else:
            contract = quote(session, visitor.actor, need_id, data)
            return go_to(f"/desk/contracts/{contract.id}", done="contract_quoted")
    return _quote_page(visitor, pair, form, preview)


@router.get("/desk/contracts/{contract_id}/edit")
def show_change(visitor: StaffVisitor, contract_id: UUID, session: DbSession) -> HTMLResponse:
    """The quote as it stands, to be changed."""
    contract = get_contract(session, visitor.actor, contract_id)
    kept = contract.model_dump(
        mode="json", include={"terms", "valid_until", "overdue_addon_percent", "version"}
    )
    return _change_page(visitor, session, contract, Form.holding(kept))


@router.post("/desk/contracts/{contract_id}/edit")
def change(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """Change it as it was shown; `only=preview` computes and keeps nothing."""
    contract = get_contract(session, visitor.actor, contract_id, lock=True)
    preview = None
    with form.trying(session):
        patch = form.read(QuotePatch)
        if form.text("only") and patch.terms:
            preview = _computed(patch.terms)
        else:
            require_present(form, contract.version)
            change_quote(session, visitor.actor, contract, patch)
            return go_to(f"/desk/contracts/{contract.id}", done="saved")
    return _change_page(visitor, session, contract, form, preview)


def _computed(terms: InstallmentInput) -> ScheduleAnswer:
    """Raises TermsError with the name that the field has in the form."""
    try:
        return schedule_answer(terms, build_schedule(terms.terms()))
    except TermsError as refusal:
        raise refusal.under("/terms") from refusal


def _pair(session: Session, visitor: Visitor, need_id: UUID, supplier: str) -> Pair:
    need = get_need(session, need_id, visitor.actor)
    ids = [each.supplier_id for each in introductions(session, need_id=need.id)]
    known = session.exec(select(Supplier).where(col(Supplier.id).in_(ids)).order_by(col(Supplier.id))).all()
    chosen = next((each for each in known if str(each.id) == supplier), known[0] if len(known) == 1 else None)
    own = select(Solution).where(Solution.supplier_id == (chosen.id if chosen else None))
    solutions = session.exec(own.order_by(col(Solution.position))).all()
    return Pair(
        need=need,
        supplier=chosen,
        solution=fitting_solution(need, solutions),
        choices=[(str(each.id), each.company_name) for each in known],
    )


def _begun(pair: Pair, asked: Form) -> Form:
    """The usual conditions, the price of the pair, and what the address says."""
    last = clock.today() + timedelta(days=QUOTE_DAYS)
    first = dict(USUAL) | {"valid_until": last.isoformat()}
    price = suggested_price(pair.need.budget_won, pair.solution)
    if price is not None:
        first["terms.price_won"] = f"{price:,}"
    if pair.supplier:
        first["supplier_id"] = str(pair.supplier.id)
    return Form(
        [*asked.values.multi_items(), *(each for each in first.items() if each[0] not in asked.values)]
    )


def _quote_page(
    visitor: Visitor, pair: Pair, form: Form, preview: ScheduleAnswer | None = None
) -> HTMLResponse:
    return _form_page(visitor, "contracts/quote.html", form, preview, pair=pair)


def _change_page(
    visitor: Visitor, session: Session, contract: Contract, form: Form, preview: ScheduleAnswer | None = None
) -> HTMLResponse:
    need = session.get_one(Need, contract.need_id)
    supplier = session.get_one(Supplier, contract.supplier_id)
    return _form_page(
        visitor,
        "contracts/change.html",
        form,
        preview,
        contract=contract,
        need=need,
        supplier=supplier,
        open=contract.state == ContractState.QUOTED.value,
    )


def _form_page(
    visitor: Visitor, template: str, form: Form, preview: ScheduleAnswer | None, **more: Any
) -> HTMLResponse:
    status = 422 if form.is_refused else 200
    return page(visitor, template, status=status, form=form, preview=preview, derived=DERIVED, **more)
