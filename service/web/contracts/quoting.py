"""Quoting a contract for an introduced pair, and changing a quote that nobody has accepted yet.

Suppliers do it for themselves and the desk for them, in the same form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from service.db.session import DbSession
from service.db.tables import Contract, ContractState, Need, Solution, Supplier
from service.deals.contracts.operations import OPEN_TO_CONTRACTS, QUOTE_DAYS, change_quote, quote
from service.deals.contracts.queries import get_contract
from service.deals.contracts.schemas import QuoteInput, QuotePatch
from service.deals.contracts.suggestion import fitting_solution, suggested_price
from service.financing.answers import ScheduleAnswer, schedule_answer
from service.financing.errors import TermsError
from service.financing.schedule import build_schedule
from service.financing.schemas import InstallmentInput
from service.kit import clock
from service.kit.problems import Problem
from service.needs.queries import get_need
from service.recommendations.introductions import introductions
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.supplier.company import own_supplier
from service.web.visitor import StaffVisitor, SupplierVisitor, Visitor

router = APIRouter()

Thing = TypeVar("Thing", Need, Supplier)

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
class Side:
    """Whose form it is: the frame and the first step of its page, the addresses, what is chosen at first."""

    layout: str
    home: tuple[str, str]
    contracts: str
    chosen: tuple[str, str]
    is_desk: bool = False


DESK = Side(
    "desk/page.html", ("/desk", "업무대"), "/desk/contracts", ("supplier_id", "공급기업"), is_desk=True
)
SUPPLIER = Side(
    "contracts/supplier_page.html",
    ("/supplier", "우리 회사"),
    "/supplier/contracts",
    ("need_id", "소개된 수요"),
)


@dataclass(frozen=True)
class Pair:
    """Need and supplier of a quote: the one is known, the other is to be chosen unless there is one alone."""

    need: Need | None
    supplier: Supplier | None
    solution: Solution | None
    choices: list[tuple[str, str]]


@router.get("/desk/needs/{need_id}/quote")
def show_quote(visitor: StaffVisitor, need_id: UUID, asked: Asked, session: DbSession) -> HTMLResponse:
    """The form for a supplier that was introduced, with the price that suits both sides."""
    pair = _pair_of_need(session, visitor, need_id, asked.text("supplier_id"))
    return _quote_page(visitor, DESK, pair, _begun(pair, asked))


@router.post("/desk/needs/{need_id}/quote")
def write_quote(visitor: StaffVisitor, need_id: UUID, form: Posted, session: DbSession) -> Response:
    """Quote for that supplier; `only=preview` computes and keeps nothing."""
    pair = _pair_of_need(session, visitor, need_id, form.text("supplier_id"))
    return _quoted(visitor, session, DESK, pair, form)


@router.get("/supplier/contracts/new")
def show_own_quote(visitor: SupplierVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The same form for the supplier itself, for a need that it was introduced to."""
    pair = _pair_of_supplier(session, visitor, asked.text("need_id"))
    return _quote_page(visitor, SUPPLIER, pair, _begun(pair, asked))


@router.post("/supplier/contracts/new")
def write_own_quote(visitor: SupplierVisitor, form: Posted, session: DbSession) -> Response:
    """Likewise."""
    pair = _pair_of_supplier(session, visitor, form.text("need_id"))
    return _quoted(visitor, session, SUPPLIER, pair, form)


@router.get("/desk/contracts/{contract_id}/edit")
def show_change(visitor: StaffVisitor, contract_id: UUID, session: DbSession) -> HTMLResponse:
    """The quote as it stands, to be changed."""
    return _kept_page(visitor, session, DESK, contract_id)


@router.post("/desk/contracts/{contract_id}/edit")
def change(visitor: StaffVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """Change it as it was shown; `only=preview` computes and keeps nothing."""
    return _changed(visitor, session, DESK, contract_id, form)


@router.get("/supplier/contracts/{contract_id}/edit")
def show_own_change(visitor: SupplierVisitor, contract_id: UUID, session: DbSession) -> HTMLResponse:
    """The same for the supplier itself."""
    return _kept_page(visitor, session, SUPPLIER, contract_id)


@router.post("/supplier/contracts/{contract_id}/edit")
def change_own(visitor: SupplierVisitor, contract_id: UUID, form: Posted, session: DbSession) -> Response:
    """Likewise."""
    return _changed(visitor, session, SUPPLIER, contract_id, form)


def _quoted(visitor: Visitor, session: Session, side: Side, pair: Pair, form: Form) -> Response:
    preview = None
    with form.trying(session):
        if pair.need is None or pair.supplier is None:
            raise Problem(404, "not_found")
        data = form.read(QuoteInput, supplier_id=pair.supplier.id)
        if form.text("only"):
            preview = _computed(data.terms)
        else:
            contract = quote(session, visitor.actor, pair.need.id, data)
            return go_to(f"{side.contracts}/{contract.id}", done="contract_quoted")
    return _quote_page(visitor, side, pair, form, preview)


def _kept_page(visitor: Visitor, session: Session, side: Side, contract_id: UUID) -> HTMLResponse:
    contract = get_contract(session, visitor.actor, contract_id)
    kept = contract.model_dump(
        mode="json", include={"terms", "valid_until", "overdue_addon_percent", "version"}
    )
    return _change_page(visitor, session, side, contract, Form.holding(kept))


def _changed(visitor: Visitor, session: Session, side: Side, contract_id: UUID, form: Form) -> Response:
    contract = get_contract(session, visitor.actor, contract_id, lock=True)
    preview = None
    with form.trying(session):
        patch = form.read(QuotePatch)
        if form.text("only") and patch.terms:
            preview = _computed(patch.terms)
        else:
            require_present(form, contract.version)
            change_quote(session, visitor.actor, contract, patch)
            return go_to(f"{side.contracts}/{contract.id}", done="saved")
    return _change_page(visitor, session, side, contract, form, preview)


def _computed(terms: InstallmentInput) -> ScheduleAnswer:
    """Raises TermsError with the name that the field has in the form."""
    try:
        return schedule_answer(terms, build_schedule(terms.terms()))
    except TermsError as refusal:
        raise refusal.under("/terms") from refusal


def _pair_of_need(session: Session, visitor: Visitor, need_id: UUID, chosen: str) -> Pair:
    need = get_need(session, need_id, visitor.actor)
    ids = [each.supplier_id for each in introductions(session, need_id=need.id)]
    known = session.exec(select(Supplier).where(col(Supplier.id).in_(ids)).order_by(col(Supplier.id))).all()
    choices = [(str(each.id), each.company_name) for each in known]
    return _pair(session, need, _the_one(known, chosen), choices)


def _pair_of_supplier(session: Session, visitor: Visitor, chosen: str) -> Pair:
    supplier = own_supplier(session, visitor.actor)
    ids = [
        each.need_id
        for each in introductions(session, supplier_id=supplier.id)
        if each.verdict in OPEN_TO_CONTRACTS
    ]
    known = session.exec(select(Need).where(col(Need.id).in_(ids)).order_by(col(Need.id).desc())).all()
    choices = [(str(each.id), each.title) for each in known]
    return _pair(session, _the_one(known, chosen), supplier, choices)


def _the_one(known: Sequence[Thing], chosen: str) -> Thing | None:
    """What was chosen of it, or what there is no choice about."""
    alone = known[0] if len(known) == 1 and not chosen else None
    return next((each for each in known if str(each.id) == chosen), alone)


def _pair(
    session: Session, need: Need | None, supplier: Supplier | None, choices: list[tuple[str, str]]
) -> Pair:
    solution = None
    if need and supplier:
        own = select(Solution).where(Solution.supplier_id == supplier.id).order_by(col(Solution.position))
        solution = fitting_solution(need, session.exec(own).all())
    return Pair(need, supplier, solution, choices)


def _begun(pair: Pair, asked: Form) -> Form:
    """The usual conditions, the price of the pair, and what the address says."""
    last = clock.today() + timedelta(days=QUOTE_DAYS)
    first = dict(USUAL) | {"valid_until": last.isoformat()}
    price = suggested_price(pair.need.budget_won, pair.solution) if pair.need else None
    if price is not None:
        first["terms.price_won"] = f"{price:,}"
    return Form(
        [*asked.values.multi_items(), *(each for each in first.items() if each[0] not in asked.values)]
    )


def _quote_page(
    visitor: Visitor, side: Side, pair: Pair, form: Form, preview: ScheduleAnswer | None = None
) -> HTMLResponse:
    return _form_page(visitor, "contracts/quote.html", side, form, preview, pair=pair)


def _change_page(
    visitor: Visitor,
    session: Session,
    side: Side,
    contract: Contract,
    form: Form,
    preview: ScheduleAnswer | None = None,
) -> HTMLResponse:
    return _form_page(
        visitor,
        "contracts/change.html",
        side,
        form,
        preview,
        contract=contract,
        need=session.get_one(Need, contract.need_id),
        supplier=session.get_one(Supplier, contract.supplier_id),
        open=contract.state == ContractState.QUOTED.value,
    )


def _form_page(
    visitor: Visitor, template: str, side: Side, form: Form, preview: ScheduleAnswer | None, **more: Any
) -> HTMLResponse:
    status = 422 if form.is_refused else 200
    shown = {"side": side, "form": form, "preview": preview, "derived": DERIVED}
    return page(visitor, template, status=status, **shown, **more)
