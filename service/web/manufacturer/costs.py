"""What a need would cost by month: the grant, the own share, its installments."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import Need, Programme
from service.financing.grants import GrantRow
from service.financing.own_share import Purchase, plan_purchase
from service.financing.percent import percent_text
from service.financing.wire import Count, Rate, Won
from service.messages import sentence
from service.needs.queries import get_need
from service.programmes.queries import list_programmes
from service.web.forms import Asked, Form
from service.web.rendering import page
from service.web.visitor import ManufacturerVisitor, Visitor

router = APIRouter()

NO_GRANT = ""
MONTHS, RATE = "36", "4.5"
"""What stands in the form to begin with: the alliance's longest installment, and a rate to compare by."""


class CostInput(BaseModel):
    """What the page asks."""

    price_won: Won
    grant: str = NO_GRANT
    months: Count
    annual_rate_percent: Rate


@dataclass(frozen=True)
class GrantChoice:
    """One row of a programme that can be chosen."""

    key: str
    programme: Programme
    row: GrantRow

    @property
    def name(self) -> str:
        """How it stands in the list."""
        over = "" if self.programme.status == "open" else " (끝난 공고, 참고용)"
        return f"{self.row.year}년 {self.row.track} · {self.row.level}{over}"


@router.get("/manufacturer/needs/{need_id}/costs")
def show_costs(need_id: UUID, visitor: ManufacturerVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The form, and once there is a price the answer below it."""
    need = get_need(session, need_id, visitor.actor)
    choices = grant_choices(session)
    form = _with_beginnings(asked, need)
    plan = None
    if form.text("price_won"):
        plan = _plan(form, session, choices)
    return _cost_page(visitor, need, form, choices, plan)


def grant_choices(session: Session) -> Sequence[GrantChoice]:
    """Every row of every grant for manufacturers, the newest first."""
    found = [
        GrantChoice(f"{programme.code}/{number}", programme, GrantRow.of(row))
        for programme in list_programmes(session, "manufacturer")
        for number, row in enumerate(programme.terms.get("grant_rows", []))
    ]
    return sorted(found, key=lambda choice: -choice.row.year)


def _with_beginnings(asked: Form, need: Need) -> Form:
    known = {"price_won": str(need.budget_won or ""), "months": MONTHS, "annual_rate_percent": RATE}
    missing = [(name, value) for name, value in known.items() if name not in asked.values]
    return Form([*asked.values.multi_items(), *missing])


def _plan(form: Form, session: Session, choices: Sequence[GrantChoice]) -> Purchase | None:
    with form.trying(session):
        wanted = form.read(CostInput)
        row = _chosen(form, choices)
        grant = row.row if row else None
        return plan_purchase(wanted.price_won, grant, wanted.months, wanted.annual_rate_percent)
    return None


def _chosen(form: Form, choices: Sequence[GrantChoice]) -> GrantChoice | None:
    return next((each for each in choices if each.key == form.text("grant")), None)


def _cost_page(
    visitor: Visitor, need: Need, form: Form, choices: Sequence[GrantChoice], plan: Purchase | None
) -> HTMLResponse:
    return page(
        visitor,
        "manufacturer/costs.html",
        status=422 if form.is_refused else 200,
        need=need,
        form=form,
        choices=[(each.key, each.name) for each in choices],
        chosen=_chosen(form, choices),
        plan=plan,
        note=sentence("grant_note"),
        percent=_percent,
        calculator=f"/calculators/installment?{urlencode(_same_terms(form, plan))}" if plan else "",
    )


def _percent(rate: Fraction) -> str:
    """50%, 12.5%."""
    return f"{percent_text(rate).rstrip('0').rstrip('.')}%"


def _same_terms(form: Form, plan: Purchase) -> dict[str, Any]:
    """The terms under which the calculator makes the same schedule."""
    return {
        "price_won": plan.shares.own_won,
        "months": form.text("months"),
        "annual_rate_percent": form.text("annual_rate_percent"),
    }
