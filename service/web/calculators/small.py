"""The smaller calculators, all made the same way: a few fields, one answer, its parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlmodel import Session

from service.db.session import DbSession
from service.financing import endpoints as api
from service.financing.percent import percent_text
from service.financing.planning import (
    AffordablePriceInput,
    GrantQuery,
    GrantSharesAnswer,
    ImpliedRateInput,
    ShortestTermInput,
    SolvedAnswer,
)
from service.financing.queries import programmes_with_grants
from service.financing.schemas import OverdueChargeQuery, PrepaymentFeeQuery, PresentValueQuery
from service.financing.summary import figure_text
from service.kit import clock
from service.messages.amounts import won_text
from service.messages.calculators import ANSWERS, FIELDS, TITLES
from service.web.calculators.reading import address, computing, opened, whole_address
from service.web.forms import Asked, Form
from service.web.rendering import page
from service.web.visitor import AnyVisitor
from service.web.wording import NOTHING

Kind = Literal["money", "rate", "months", "days", "day", "lines", "choice"]
Values = Mapping[str, str]
Choices = Sequence[tuple[str, str]]
SEPARATOR = "|"
"""Between the parts of a published grant row in an address."""


@dataclass(frozen=True)
class SmallCalculator:
    """`first` are fields and what they open with; `shown` parts of the answer, the chief one first."""

    name: str
    model: type[BaseModel]
    compute: Callable[[Any, Session], BaseModel]
    first: Callable[[], Values]
    shown: Sequence[str]

    @property
    def path(self) -> str:
        """Its address."""
        return f"/calculators/{self.name}"

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.name][0]

    @property
    def question(self) -> str:
        """What it answers."""
        return TITLES[self.name][1]

    @property
    def lead(self) -> str:
        """What it does."""
        return TITLES[self.name][2]

    @property
    def fields(self) -> list[tuple[str, str, str, Kind]]:
        """Name, label, help and kind of every field."""
        return [(name, *FIELDS[name], _kind(name)) for name in self.first()]

    def read(self, form: Form) -> BaseModel:
        """What was asked. A published grant is one choice on the page and four fields of the question."""
        if "row" not in self.first():
            return form.read(self.model)
        programme, year, level, track = (form.text("row").split(SEPARATOR) + [""] * 4)[:4]
        asked = {"programme": programme, "level": level, "track": track}
        return form.read(self.model, year=int(year) if year.isdecimal() else 0, **asked)

    def answer(self, form: Form, session: Session) -> BaseModel | None:
        """What comes of the form; None where it is refused."""
        with computing(form):
            return self.compute(self.read(form), session)
        return None


def parts(calculator: SmallCalculator, answer: BaseModel) -> list[tuple[str, str]]:
    """The parts of an answer in words, the chief one first."""
    return [
        (ANSWERS[name], _text(name, reduce(getattr, name.split("."), answer))) for name in calculator.shown
    ]


def going_on(answer: BaseModel | None) -> str:
    """The installment calculation of what was solved, or of the part that a grant leaves."""
    path = "/calculators/installment"
    if isinstance(answer, SolvedAnswer):
        rate = percent_text(answer.annual_rate_percent)
        sale = {"price_won": answer.price_won, "months": answer.months, "annual_rate_percent": rate}
        return address(path, [*((name, str(value)) for name, value in sale.items()), ("start_date", "")])
    if isinstance(answer, GrantSharesAnswer):
        granted = str(answer.government_won + answer.host_won)
        return address(path, [("price_won", str(answer.cost_won)), ("grant.amount_won", granted)])
    return ""


def _kind(name: str) -> Kind:
    endings: Mapping[str, Kind] = {
        "cashflows_won": "lines",
        "_won": "money",
        "_percent": "rate",
        "months": "months",
        "days": "days",
        "_date": "day",
    }
    return next((kind for ending, kind in endings.items() if name.endswith(ending)), "choice")


def _text(name: str, value: Any) -> str:
    if value is None:
        return NOTHING
    if name.endswith("_won"):
        return won_text(value)
    if name.endswith("_percent"):
        return f"{figure_text(float(value))}%"
    return f"{value:,}{'개월' if name == 'months' else '일'}"


def _today(later_days: int = 0) -> str:
    return (clock.today() + timedelta(days=later_days)).isoformat()


_SALE = {"price_won": "100,000,000", "annual_rate_percent": "4.5"}
_SOLVED = ("level_payment_won", "last_payment_won", "totals.interest_won", "totals.payment_won")

SMALL = (
    SmallCalculator(
        "affordable-price",
        AffordablePriceInput,
        lambda given, _: api.solve_affordable_price(given),
        lambda: {"monthly_budget_won": "300만", "months": "36", "annual_rate_percent": "4.5"},
        ("price_won", *_SOLVED),
    ),
    SmallCalculator(
        "shortest-term",
        ShortestTermInput,
        lambda given, _: api.solve_shortest_term(given),
        lambda: _SALE | {"monthly_budget_won": "300만"},
        ("months", *_SOLVED),
    ),
    SmallCalculator(
        "implied-rate",
        ImpliedRateInput,
        lambda given, _: api.solve_implied_rate(given),
        lambda: {"price_won": "100,000,000", "months": "36", "total_payment_won": "108,000,000"},
        ("annual_rate_percent", "effective_rate_percent", *_SOLVED),
    ),
    SmallCalculator(
        "prepayment-fee",
        PrepaymentFeeQuery,
        lambda given, _: api.compute_prepayment_fee(given),
        lambda: {
            "amount_won": "10,000,000",
            "fee_rate_percent": "1.2",
            "start_date": _today(-365),
            "prepayment_date": _today(),
            "maturity_date": _today(730),
        },
        ("fee_won", "remaining_days", "total_days"),
    ),
    SmallCalculator(
        "overdue-charge",
        OverdueChargeQuery,
        lambda given, _: api.compute_overdue_charge(given),
        lambda: {
            "base_won": "3,000,000",
            "days": "30",
            "contract_rate_percent": "4.5",
            "addon_percent": "3",
            "cap_percent": "20",
        },
        ("charge_won", "applied_rate_percent"),
    ),
    SmallCalculator(
        "present-value",
        PresentValueQuery,
        lambda given, _: api.compute_present_value(given),
        lambda: {"annual_rate_percent": "5", "cashflows_won": "0\n3,000만\n3,000만\n3,000만"},
        ("present_value_won", "discount_won"),
    ),
    SmallCalculator(
        "grant",
        GrantQuery,
        api.compute_grant,
        lambda: {"row": "", "cost_won": "100,000,000"},
        ("own_won", "government_won", "host_won", "cost_won"),
    ),
)

router = APIRouter()


def _add_page(calculator: SmallCalculator) -> None:
    @router.get(calculator.path)
    def show(request: Request, visitor: AnyVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
        choices = _grant_rows(session) if "row" in calculator.first() else []
        first = {**calculator.first(), **({"row": choices[0][0]} if choices else {})}
        form = opened(asked, first)
        is_possible = bool(choices) or "row" not in first
        answer = calculator.answer(form, session) if is_possible else None
        return page(
            visitor,
            "calculators/small.html",
            status=422 if form.is_refused else 200,
            calculator=calculator,
            is_possible=is_possible,
            form=form,
            choices=choices,
            answer=answer,
            parts=parts(calculator, answer) if answer else [],
            go_on=going_on(answer),
            whole=whole_address(request, calculator.path, form.values.multi_items()),
            others=[each for each in SMALL if each is not calculator],
        )


def _grant_rows(session: Session) -> Choices:
    """Every published row as a choice, the latest year first."""
    rows = [
        (row["year"], programme.name, row["level"], row["track"], programme.code)
        for programme in programmes_with_grants(session)
        for row in programme.terms["grant_rows"]
    ]
    return [
        (SEPARATOR.join((code, str(year), level, track)), f"{name} · {level} · {year}년 {track}")
        for year, name, level, track, code in sorted(rows, key=lambda row: (-row[0], *row[1:]))
    ]


for _each in SMALL:
    _add_page(_each)
