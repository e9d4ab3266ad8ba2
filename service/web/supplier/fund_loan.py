"""What a fund loan would cost, by the calculator's own calculation, and the own loans from the fund."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from service.db.session import DbSession
from service.financing.answers import FundLoanAnswer, fund_loan_answer
from service.financing.errors import TermsError
from service.financing.fund_loan import build_fund_loan
from service.financing.fund_terms import FundConditions, check_conditions
from service.financing.percent import percent_text
from service.financing.queries import funds_open_on
from service.financing.schemas import FundLoanInput
from service.fund.loan_answers import loan_answer
from service.fund.queries import search_loans
from service.fund.terms import find_fund_on
from service.kit import clock
from service.kit.problems import field_problem
from service.web.forms import Asked, Form
from service.web.rendering import page
from service.web.supplier.company import TABS, own_supplier
from service.web.visitor import SupplierVisitor

router = APIRouter()

CALCULATOR = "/calculators/fund-loan"
APPLICATION = "/supplier/fund-loan/new"
MOST_LOANS = 20


@router.get("/supplier/fund-loan")
def show_fund_loan(visitor: SupplierVisitor, form: Asked, session: DbSession) -> HTMLResponse:
    """The form and, when it was filled in, what comes of it; the address can be kept and sent on."""
    funds = funds_open_on(session, clock.today())
    asked = bool(form.text("principal_won") or form.text("months"))
    answer = _answer(session, form, funds) if asked else None
    loans, older = search_loans(session, visitor.actor, MOST_LOANS, form.text("cursor") or None)
    return page(
        visitor,
        "supplier/fund_loan.html",
        status=422 if form.is_refused else 200,
        tabs=TABS,
        form=form,
        funds=funds,
        answer=answer,
        calculator=_calculator(answer) if answer else CALCULATOR,
        application=_application(answer) if answer else APPLICATION,
        supplier=own_supplier(session, visitor.actor),
        lending=find_fund_on(session, clock.today()),
        loans=[loan_answer(each) for each in loans],
        older=older,
    )


def _answer(session: Session, form: Form, funds: Sequence[FundConditions]) -> FundLoanAnswer | None:
    fund = next((each for each in funds if each.code == form.text("fund")), None)
    if fund is None:
        form.refuse(field_problem("/fund", "choice_needed"))
        return None
    try:
        with form.trying(session):
            return _calculated(form, fund)
    except TermsError as refusal:
        values: dict[str, Any] = dict(refusal.values)
        form.refuse(field_problem(refusal.pointer, refusal.code, **values))
    return None


def _calculated(form: Form, fund: FundConditions) -> FundLoanAnswer:
    """At the fund's largest reduction. Raises TermsError."""
    given = form.read(
        FundLoanInput,
        rate_reduction_percent=percent_text(fund.most_reduction_percent or 0),
        floor_rate_percent=percent_text(fund.floor_rate_percent or 0),
    )
    market, rate = given.market_terms(), given.fund_rate()
    check_conditions(fund, market, rate)
    return fund_loan_answer(given, build_fund_loan(market, rate))


def _application(answer: FundLoanAnswer) -> str:
    """The application with what was calculated filled in."""
    given = answer.terms.model_dump(mode="json", include={"principal_won", "months"})
    return f"{APPLICATION}?{urlencode(given)}"


def _calculator(answer: FundLoanAnswer) -> str:
    """The calculator with the same terms filled in."""
    given = answer.terms.model_dump(
        mode="json",
        include={
            "principal_won", "months", "method", "bank_rate_percent", "rate_reduction_percent",
            "floor_rate_percent", "fund",
        },
    )  # fmt: skip
    return f"{CALCULATOR}?{urlencode({name: value for name, value in given.items() if value is not None})}"
