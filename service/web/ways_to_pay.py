"""How a need can be paid for, on a page: the question as its address asks it, and the ways that answer it.

The manufacturer and the account manager see the same: the ways come from `service.deals`, as in the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi.responses import HTMLResponse
from sqlmodel import Session

from service.db.tables import Need
from service.deals.funding_stack import GrantOffer, Stack
from service.deals.operations import FundingPlan, grants_known, plan_funding
from service.deals.schemas import FundingStackInput
from service.financing.fund_terms import FundConditions
from service.financing.percent import percent_text
from service.financing.queries import funds_open_on
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.kit import clock
from service.messages import sentence
from service.messages.deals import reason_not_combined, way_to_pay
from service.needs.queries import get_need
from service.web.forms import Form
from service.web.rendering import page
from service.web.visitor import Visitor

MONTHS, RATE = "36", "4.5"
"""What stands in the form to begin with: the alliance's longest installment, and a rate to compare by."""

LOAN_MONTHS = "12"
_YEAR = "on:"
"""Before the day of a year whose announcements are taken as if they still held."""


@dataclass(frozen=True)
class ShownWay:
    """One way to pay as the page shows it: its place, its name, and what it is asked for by."""

    stack: Stack
    name: str

    @property
    def rank(self) -> int:
        """Its place, the cheapest first."""
        return self.stack.place.rank

    @property
    def granted_won(self) -> int:
        """What all its grants pay."""
        return sum(each.amount_won for each in self.stack.grants)


@dataclass(frozen=True)
class Ways:
    """The answer: every way, the one that is opened with its schedule, and what is left out."""

    plan: FundingPlan
    all: Sequence[ShownWay]
    opened: ShownWay
    schedule: Schedule | None

    @property
    def own_won(self) -> int:
        """What the company pays of the price itself."""
        return self.plan.price_won - self.opened.granted_won

    @property
    def not_combined(self) -> list[tuple[tuple[str, str], str]]:
        """The programmes that exclude each other, with the reason."""
        return [(each.names, reason_not_combined(each.names, each.basis)) for each in self.plan.not_combined]


def show_ways(
    session: Session, visitor: Visitor, need_id: UUID, asked: Form, template: str, **more: Any
) -> HTMLResponse:
    """The form, and once there is a price the answer below it. Raises `Problem` 404 for a need of others."""
    need = get_need(session, need_id, visitor.actor)
    fund = next(iter(funds_open_on(session, clock.today())), None)
    known = grants_known(session)
    form = _with_beginnings(asked, need)
    ways = None
    if form.text("price_won"):
        with form.trying(session):
            given = _with_loan(form, fund).read(FundingStackInput, **_wanted_grants(form))
            ways = _opened(plan_funding(session, visitor.actor, need.id, given), form.text("rank"))
    return page(
        visitor,
        template,
        status=422 if form.is_refused else 200,
        need=need,
        form=form,
        fund=fund,
        choices=_choices(known),
        ways=ways,
        reason=sentence,
        note=sentence("grant_note"),
        calculator=_calculator(ways) if ways and ways.schedule else "",
        query={name: value for name, value in form.values.items() if value and name != "rank"},
        **more,
    )


def _opened(plan: FundingPlan, rank: str) -> Ways:
    """The way that was asked for, else the cheapest by installment, else the cheapest."""
    ways = [
        ShownWay(
            stack, way_to_pay([each.offer.name for each in stack.grants], by_installment=bool(stack.terms))
        )
        for stack in plan.stacks
    ]
    by_installment = next((each for each in ways if each.stack.terms), ways[0])
    opened = next((each for each in ways if str(each.rank) == rank), by_installment)
    terms = opened.stack.terms
    return Ways(plan, ways, opened, build_schedule(terms) if terms else None)


def _with_beginnings(asked: Form, need: Need) -> Form:
    known = {
        "price_won": str(need.budget_won or ""),
        "months": MONTHS,
        "annual_rate_percent": RATE,
        "fund_loan.months": LOAN_MONTHS,
    }
    missing = [(name, value) for name, value in known.items() if name not in asked.values]
    return Form([*asked.values.multi_items(), *missing])


def _with_loan(form: Form, fund: FundConditions | None) -> Form:
    """The supplier's loan at the fund's largest reduction; without an amount there is no loan."""
    own = [pair for pair in form.values.multi_items() if not pair[0].startswith("fund_loan.")]
    if fund is None or not form.text("fund_loan.principal_won"):
        return Form(own)
    terms = {
        "rate_reduction_percent": percent_text(fund.most_reduction_percent or 0),
        "floor_rate_percent": percent_text(fund.floor_rate_percent or 0),
        "fund": fund.code,
    }
    return Form(
        [*form.values.multi_items(), *((f"fund_loan.{name}", value) for name, value in terms.items())]
    )


def _wanted_grants(form: Form) -> dict[str, Any]:
    """One row by its name, a year's announcements by a day of it, or none chosen: those that hold today."""
    chosen = form.text("grant")
    if chosen.startswith(_YEAR):
        return {"grant": None, "grants_on": chosen.removeprefix(_YEAR)}
    return {"grant": chosen or None}


def _choices(known: Sequence[GrantOffer]) -> list[tuple[str, str]]:
    """Whole years first, then the single rows; what is over says so."""
    years = {each.row.year for each in known if not each.in_force}
    by_year = [
        (f"{_YEAR}{date(year, 12, 31)}", f"{year}년 공고 모두 (끝난 공고, 참고용)")
        for year in sorted(years, reverse=True)
    ]
    return by_year + [(each.key, _row_name(each)) for each in known]


def _row_name(offer: GrantOffer) -> str:
    over = "" if offer.in_force else " (끝난 공고, 참고용)"
    return f"{offer.row.year}년 {offer.row.track} · {offer.row.level}{over}"


def _calculator(ways: Ways) -> str:
    """The calculator that makes the same schedule."""
    given = ways.plan.given
    terms = {
        "price_won": ways.own_won,
        "months": given.months,
        "annual_rate_percent": percent_text(given.annual_rate_percent),
        "down_payment_won": given.down_payment_won or None,
    }
    kept = {name: value for name, value in terms.items() if value is not None}
    return f"/calculators/installment?{urlencode(kept)}"
