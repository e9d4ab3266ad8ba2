"""The weights that rank: seen, set, learned, put to use and taken back."""

import math
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from matching.evaluation.calibration import calibration
from service.db.session import DbSession
from service.job_status.operations import open_job
from service.jobs.names import TRAIN_RANKER
from service.kit.pages import cut_page, decode_uuid_cursor
from service.ranking.operations import adjust_weights, choose_version, roll_back
from service.ranking.queries import find_version, introduced_scores, ranker_in_use, versions
from service.ranking.schemas import (
    ChoiceInput,
    RollbackInput,
    WeightsAnswer,
    WeightsInput,
    expert_answer,
    version_answer,
    weights_answer,
)
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.searches import cursor_of
from service.web.visitor import AdminVisitor, Visitor

router = APIRouter()

PAGE_LENGTH = 20
WEIGHT = "weights."
"""Before the name of a feature: the field of its weight, as where weights are tried at the desk."""


@router.get("/admin/ranking")
def show_ranking(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The weights in use and every version."""
    return _ranking_page(visitor, asked, session)


@router.get("/admin/ranking/edit")
def show_weights(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The weights in use as fields, or those of the address: what was tried at the desk, to be kept."""
    weights = weights_answer(ranker_in_use(session))
    held = {f"{WEIGHT}{each.name}": f"{each.weight:.3f}" for each in weights.weights}
    held["intercept"] = f"{weights.intercept:.3f}"
    form = Form([(name, asked.text(name, value)) for name, value in held.items()])
    return page(visitor, "admin/weights_form.html", weights=weights, form=form)


@router.post("/admin/ranking/edit")
def set_weights(visitor: AdminVisitor, form: Posted, session: DbSession) -> Response:
    """Put what was changed to use as a new version."""
    present = weights_answer(ranker_in_use(session))
    with form.trying(session):
        data = form.read(WeightsInput, **_changed(form, present))
        adjust_weights(session, visitor.actor, data.checked(), data.intercept, data.note)
        return go_to("/admin/ranking", done="weights_used")
    return page(visitor, "admin/weights_form.html", status=422, weights=present, form=form)


@router.post("/admin/ranking/versions/{version_id}/activation")
def activate(visitor: AdminVisitor, version_id: str, form: Posted, session: DbSession) -> Response:
    """Put a version to use."""
    with form.trying(session):
        data = form.read(ChoiceInput)
        version = find_version(session, version_id)
        choose_version(session, visitor.actor, version, pinned=data.pinned, note=data.note)
        return go_to("/admin/ranking", done="weights_used")
    return _ranking_page(visitor, form, session, status=422)


@router.post("/admin/ranking/rollback")
def go_back(visitor: AdminVisitor, form: Posted, session: DbSession) -> Response:
    """Go back to what was in use before."""
    with form.trying(session):
        roll_back(session, visitor.actor, form.read(RollbackInput).note)
        return go_to("/admin/ranking", done="rolled_back")
    return _ranking_page(visitor, form, session, status=422)


@router.post("/admin/ranking/trainings")
def train(visitor: AdminVisitor, session: DbSession) -> Response:
    """Learn now; the job's page shows what comes of it."""
    job = open_job(
        session,
        visitor.actor,
        "train_ranker",
        TRAIN_RANKER,
        total=1,
        done=0,
        result_url="/v1/ranking/versions",
    )
    return go_to(f"/admin/jobs/{job.id}", done="training")


def _ranking_page(visitor: Visitor, form: Form, session: DbSession, status: int = 200) -> HTMLResponse:
    used = ranker_in_use(session)
    cursor = cursor_of(form)
    before = decode_uuid_cursor(cursor)[1] if cursor else None
    found, next_cursor = cut_page(
        versions(session, PAGE_LENGTH + 1, before), PAGE_LENGTH, key=lambda row: (row.name, str(row.id))
    )
    shown = [version_answer(version, used) for version in found]
    if next_cursor is None:
        shown.append(expert_answer(used))
    values: dict[str, Any] = {
        "weights": weights_answer(used),
        "versions": shown,
        "next_cursor": next_cursor,
        "calibration": calibration("score", *introduced_scores(session)),
    }
    return page(visitor, "admin/ranking.html", status=status, form=form, **values)


def _changed(form: Form, present: WeightsAnswer) -> dict[str, object]:
    """The weights that were typed anew, as numbers where they are some; the schema refuses the others."""
    shown: dict[str, Any] = {each.name: each.weight for each in present.weights}
    typed = {name: _number(form.text(f"{WEIGHT}{name}", f"{weight:.3f}")) for name, weight in shown.items()}
    changed = {name: value for name, value in typed.items() if value != _number(f"{shown[name]:.3f}")}
    intercept = _number(form.text("intercept", f"{present.intercept:.3f}"))
    same = intercept == _number(f"{present.intercept:.3f}")
    return {"weights": changed, "intercept": None if same else intercept, "note": form.text("note")}


def _number(typed: str) -> float | str:
    try:
        value = float(typed.replace(",", ""))
    except ValueError:
        return typed
    return value if math.isfinite(value) else typed
