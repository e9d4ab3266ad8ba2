"""Several ways to pay side by side, cheapest in today's money first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.financing.answers import ComparisonAnswer, OutlayAnswer
from service.financing.endpoints import make_comparison
from service.financing.schemas import ComparisonInput
from service.financing.terms import Terms
from service.kit import clock
from service.messages.web import LABELS
from service.web.calculators.reading import address, computing, opened, whole_address
from service.web.forms import Asked, Form, Pairs
from service.web.rendering import page
from service.web.visitor import AnyVisitor

PATH = "/calculators/comparison"
MOST_COMPARED = 4
DISCOUNT_RATE = {"discount_rate_percent": "5"}
FIELDS = frozenset(
    {
        "kind", "name", "price_won", "principal_won", "down_payment_won", "grant.amount_won", "months",
        "annual_rate_percent", "bank_rate_percent", "rate_reduction_percent", "floor_rate_percent", "method",
        "grace_months", "fees.0.amount_won", "start_date",
    }
)  # fmt: skip
"""The terms that the page asks for; others that an option came with stay as they are."""

_CALCULATORS = {"installment": "/calculators/installment", "fund_loan": "/calculators/fund-loan"}
_OPTION = re.compile(r"options\.(\d+)\.(.+)")

router = APIRouter()


@dataclass(frozen=True)
class Place:
    """A way to pay in its place, with bars as shares of the largest among all, and its own calculator."""

    outlay: OutlayAnswer
    value_share: float
    month_share: float
    link: str


@router.get(PATH)
def show_comparison(request: Request, visitor: AnyVisitor, asked: Asked) -> HTMLResponse:
    """The options in columns, and their ranking."""
    is_new = not any(name.startswith("options.") for name in asked.values)
    form = _with_names(opened(_used(asked), _first_options() | DISCOUNT_RATE if is_new else DISCOUNT_RATE))
    answer = None
    with computing(form):
        answer = make_comparison(form.read(ComparisonInput), request)
    return page(
        visitor,
        "calculators/comparison.html",
        status=200 if answer else 422,
        form=form,
        answer=answer,
        places=_places(answer, form) if answer else [],
        columns=range(MOST_COMPARED),
        kept=_kept(form),
        whole=whole_address(
            request, PATH, [(name, value) for name, value in form.values.multi_items() if value]
        ),
    )


def starting_from(kind: str, terms: Terms, pairs: Pairs) -> str:
    """The comparison of a calculation with the other ways to pay for the same."""
    own = [(name, value) for name, value in pairs if name != "discount_rate_percent"]
    months, rate = (
        str(terms.months),
        dict(pairs).get("bank_rate_percent", dict(pairs).get("annual_rate_percent")),
    )
    start = str(terms.start_date or "")
    price, principal = str(terms.price_won), str(terms.principal_won)
    loan = {"principal_won": principal, "bank_rate_percent": rate, "rate_reduction_percent": "1.5"}
    sale = {"price_won": price, "annual_rate_percent": rate}
    kinds: Mapping[str, Mapping[str, str | None]] = {
        "installment": sale | {"months": months, "start_date": start},
        "fund_loan": loan | {"months": months, "start_date": start},
        "lump_sum": {"price_won": price},
    }
    options: list[tuple[str, Pairs]] = [(kind, own)]
    for other, stated in kinds.items():
        if other != kind:
            options.append((other, [(name, value) for name, value in stated.items() if value]))
    numbered = [
        (f"options.{number}.{name}", value)
        for number, (each, fields) in enumerate(options)
        for name, value in [("kind", each), *fields]
        if value
    ]
    rate_of_company = dict(pairs).get("discount_rate_percent") or DISCOUNT_RATE["discount_rate_percent"]
    return address(PATH, [*numbered, ("discount_rate_percent", rate_of_company)])


def _first_options() -> dict[str, str]:
    """100 million won over three years in the three ways."""
    today = clock.today().isoformat()
    loan = {"bank_rate_percent": "5", "rate_reduction_percent": "1.5", "floor_rate_percent": "1"}
    options = (
        {"kind": "installment", "price_won": "100,000,000", "months": "36", "annual_rate_percent": "4.5"}
        | {"start_date": today},
        {"kind": "fund_loan", "principal_won": "100,000,000", "months": "36", "start_date": today} | loan,
        {"kind": "lump_sum", "price_won": "100,000,000"},
    )
    return {
        f"options.{n}.{name}": value for n, option in enumerate(options) for name, value in option.items()
    }


def _used(asked: Form) -> Form:
    """Without the columns in which no way to pay is chosen, and with no more than there are columns."""
    pairs = asked.values.multi_items()
    chosen = {
        found[1] for name, value in pairs if value and (found := _OPTION.match(name)) and found[2] == "kind"
    }
    kept = sorted(chosen, key=int)[:MOST_COMPARED]
    return Form(
        [(name, value) for name, value in pairs if not (found := _OPTION.match(name)) or found[1] in kept]
    )


def _with_names(form: Form) -> Form:
    """Every option has a name that tells it from the others."""
    pairs = [
        (name, value) for name, value in form.values.multi_items() if value or not name.endswith(".name")
    ]
    named = {name for name, _ in pairs}
    for number in form.rows("options"):
        kind = form.text(f"options.{number}.kind")
        if f"options.{number}.name" not in named and kind in LABELS["way_to_pay"]:
            pairs.append((f"options.{number}.name", f"{number + 1}안 {LABELS['way_to_pay'][kind]}"))
    return Form(pairs)


def _kept(form: Form) -> Mapping[int, Pairs]:
    """By column, the terms that an option came with and the page does not ask for."""
    kept: dict[int, list[tuple[str, str]]] = {number: [] for number in range(MOST_COMPARED)}
    for name, value in form.values.multi_items():
        found = _OPTION.match(name)
        if found and value and found[2] not in FIELDS:
            kept[int(found[1])].append((name, value))
    return kept


def _places(answer: ComparisonAnswer, form: Form) -> Sequence[Place]:
    most_worth = max(each.present_value_won for each in answer.options)
    most_a_month = max(each.monthly_burden_won for each in answer.options)
    links = _links(form)
    return [
        Place(
            each,
            each.present_value_won / max(most_worth, 1),
            each.monthly_burden_won / max(most_a_month, 1),
            links.get(each.name, ""),
        )
        for each in answer.options
    ]


def _links(form: Form) -> Mapping[str, str]:
    """By its name, where the schedule of an option is computed."""
    links = {}
    for number in form.rows("options"):
        before = f"options.{number}."
        path = _CALCULATORS.get(form.text(f"{before}kind"))
        pairs = [
            (name.removeprefix(before), value)
            for name, value in form.values.multi_items()
            if name.startswith(before) and value and name not in (f"{before}kind", f"{before}name")
        ]
        if path:
            links[form.text(f"{before}name")] = address(path, pairs)
    return links
