"""One need: its ranked list, why each is in it, what else could be, and the decision."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.db.tables import Manufacturer, Need
from service.kit.problems import Problem
from service.messages.desk import REJECTION_REASONS
from service.messages.ranking import FEATURES
from service.needs.queries import get_need
from service.ranking.schemas import bounds_of
from service.recommendations.decisions import record_feedback
from service.recommendations.endpoints import Engine
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.operations import recommend_as_if, recommend_for_need
from service.recommendations.pipeline import decisions_told
from service.recommendations.runs import (
    get_run_of_need,
    run_for_today,
    runs_of_need,
    suppliers_changed_since,
)
from service.recommendations.schemas import FeedbackInput
from service.web.desk.shown_list import WEIGHT, Shown, asked_weights, compared, moved, reason_rows, shown_list
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

PLACES = 20
"""The list is made this long."""
AT_ONCE = 10
"""So many candidates are shown on one page."""


@router.get("/desk/needs/{need_id}")
def show_need(
    visitor: StaffVisitor, need_id: UUID, session: DbSession, engine: Engine, asked: Asked
) -> HTMLResponse:
    """The list of today. It is made once: opening the page again shows the same one."""
    need = get_need(session, need_id, visitor.actor)
    run = run_for_today(session, engine, visitor.actor, need, PLACES)
    shown = shown_list(session, run) if run else None
    return _need_page(visitor, session, engine, need, shown, asked)


@router.post("/desk/needs/{need_id}/recommendations")
def recommend_again(visitor: StaffVisitor, need_id: UUID, session: DbSession, engine: Engine) -> Response:
    """Make a new list, with the suppliers as they are now."""
    need = get_need(session, need_id, visitor.actor)
    recommend_for_need(session, engine, visitor.actor, need, PLACES, anew=True)
    return go_to(f"/desk/needs/{need_id}", done="recommended")


@router.post("/desk/needs/{need_id}/runs/{run_id}/decisions")
def decide(
    visitor: StaffVisitor, need_id: UUID, run_id: UUID, session: DbSession, engine: Engine, form: Posted
) -> Response:
    """Put a candidate on the short list, introduce it or leave it out."""
    need = get_need(session, need_id, visitor.actor)
    run = get_run_of_need(session, need, run_id)
    with form.trying(session):
        record_feedback(session, visitor.actor, run_id, form.read(FeedbackInput))
        return go_to(f"/desk/needs/{need_id}", done="decided")
    return _need_page(visitor, session, engine, need, shown_list(session, run), form, status=422)


@router.get("/desk/needs/{need_id}/runs/{run_id}")
def show_run(visitor: StaffVisitor, need_id: UUID, run_id: UUID, session: DbSession) -> HTMLResponse:
    """A list as it was shown then."""
    need = get_need(session, need_id, visitor.actor)
    shown = shown_list(session, get_run_of_need(session, need, run_id))
    return page(visitor, "desk/run.html", need=need, owner=_owner(session, need), shown=shown)


@router.get("/desk/needs/{need_id}/runs/{run_id}/introduction")
def show_introduction(
    visitor: StaffVisitor, need_id: UUID, run_id: UUID, session: DbSession, supplier: str = ""
) -> HTMLResponse:
    """One page to print that defends the choice; of the first candidate unless another is named."""
    need = get_need(session, need_id, visitor.actor)
    shown = shown_list(session, get_run_of_need(session, need, run_id))
    chosen = shown.candidate(supplier) if supplier else next(iter(shown.answer.items), None)
    if chosen is None:
        raise Problem(404, "not_found")
    return page(
        visitor, "desk/introduction.html", need=need, owner=_owner(session, need), shown=shown, chosen=chosen
    )


def _need_page(
    visitor: Visitor,
    session: Session,
    engine: MatchingEngine,
    need: Need,
    shown: Shown | None,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    values: dict[str, Any] = {"columns": [], "rows": [], "first": _first(form), "at_once": AT_ONCE}
    if shown is not None:
        values |= _as_if(session, engine, need, shown, form)
        try:
            values["columns"] = compared(session, shown, form)
        except Problem as problem:
            form.refuse(problem)
        values["rows"] = reason_rows(values["columns"])
        values["changed"] = suppliers_changed_since(session, shown.run.generated_at)
    return page(
        visitor,
        "desk/need.html",
        status=422 if form.is_refused else status,
        need=need,
        owner=_owner(session, need),
        shown=shown,
        form=form,
        runs=runs_of_need(session, need.id),
        decisions=decisions_told(session, need.id),
        reasons=list(REJECTION_REASONS.items()),
        **values,
    )


def _as_if(
    session: Session, engine: MatchingEngine, need: Need, shown: Shown, form: Form
) -> Mapping[str, Any]:
    """The weights to try, and the list that those changed would make."""
    present = engine.recommender().ranker
    changed = asked_weights(form, present)
    fields = [
        {
            "name": WEIGHT + name,
            "meaning": FEATURES[name],
            "present": f"{weight:.3f}",
            "bounds": bounds_of(name),
            "changed": name in changed,
        }
        for name, weight in present.weights.items()
    ]
    trying = bool(changed) and not form.errors
    return {
        "weights": fields,
        "changed_weights": {WEIGHT + name: value for name, value in changed.items()},
        "moved": moved(engine, shown, recommend_as_if(session, engine, need, changed, PLACES))
        if trying
        else [],
    }


def _first(form: Form) -> int:
    """The rank from which on candidates are shown."""
    return AT_ONCE + 1 if form.text("first") == str(AT_ONCE + 1) else 1


def _owner(session: Session, need: Need) -> Manufacturer:
    return session.get_one(Manufacturer, need.manufacturer_id)
