"""Support programmes: what each gives, for whom, until when, and who says so."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from service.db.session import DbSession
from service.db.tables import Programme
from service.kit import clock
from service.messages.amounts import won_reading
from service.messages.programmes import AMOUNTS
from service.programmes.queries import get_programme, is_open, list_programmes
from service.web.forms import Asked
from service.web.rendering import page
from service.web.visitor import AnyVisitor

router = APIRouter()

CALCULATORS: Mapping[str, tuple[str, str]] = {
    "INSTALLMENT_36": ("/calculators/installment", "매달 낼 돈 계산하기"),
    "WIN_WIN_FUND": ("/calculators/fund-loan", "대출 상환표 계산하기"),
}
"""Where the terms of a programme can be tried, by its code."""


class ProgrammeQuery(BaseModel):
    """What the list is asked for."""

    audience: Literal["supplier", "manufacturer"] | None = None
    state: Literal["open", "closed"] | None = None


@router.get("/programmes")
def show_programmes(visitor: AnyVisitor, form: Asked, session: DbSession) -> HTMLResponse:
    """The open ones first."""
    today, found, status = clock.today(), [], 422
    with form.trying(session):
        asked = form.read(ProgrammeQuery)
        states = [asked.state == "open"] if asked.state else [True, False]
        listed = list_programmes(session, asked.audience)
        found = [
            (each, state, amounts(each.terms.get("amount") or {})[:2])
            for state in states
            for each in listed
            if is_open(each, today) is state
        ]
        status = 200
    return page(visitor, "public/programmes.html", status=status, form=form, programmes=found)


@router.get("/programmes/{code}")
def show_programme(code: str, visitor: AnyVisitor, session: DbSession) -> HTMLResponse:
    """All that is known of one."""
    programme = get_programme(session, code)
    return page(
        visitor,
        "public/programme.html",
        programme=programme,
        is_open=is_open(programme, clock.today()),
        amounts=amounts(programme.terms.get("amount") or {}),
        calculator=CALCULATORS.get(code),
        exclusive=_exclusive(programme, list_programmes(session)),
    )


def amounts(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of the money and the numbers of a programme, each with its name and unit."""
    return [
        (name, won_reading(kept[code]) if unit == "won" else f"{_figure(kept[code])}{unit}")
        for code, (name, unit) in AMOUNTS.items()
        if kept.get(code) is not None
    ]


def _figure(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _exclusive(programme: Programme, listed: Sequence[Programme]) -> list[Programme]:
    """Those that cannot be had beside this one."""
    codes = programme.terms.get("exclusive_with") or []
    return [each for each in listed if each.code in codes]
