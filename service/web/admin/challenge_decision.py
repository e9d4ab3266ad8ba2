"""Deciding a challenge: each application with its reviews and fitting departments, and the choice."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from service.challenges.answers import application_answers, challenge_answers
from service.challenges.deciding import decide
from service.challenges.departments import propose
from service.challenges.files import in_form
from service.challenges.queries import get_application, get_challenge, reviews_of
from service.challenges.ranking_answers import ProposalAnswer, proposal_list, ranking_answer
from service.challenges.reviewing import reviewers_by_name
from service.challenges.schemas import DecisionInput
from service.db.session import DbSession
from service.db.tables import Challenge, ChallengeApplication
from service.kit.file_forms import FileForm
from service.kit.problems import Problem
from service.messages import sentence
from service.recommendations.endpoints import Engine
from service.web.admin.challenge_page import challenge_page
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.visitor import AdminVisitor

router = APIRouter()

DEPARTMENT = "department."
"""Before the id of an application: the field of the department that it is given."""


@router.post("/admin/challenges/{challenge_id}/decision")
def make_known(
    visitor: AdminVisitor, challenge_id: UUID, form: Posted, session: DbSession, engine: Engine
) -> Response:
    """Choose, assign departments, publish; on the ranking that the page showed."""
    with form.trying(session):
        chosen = _chosen(form)
        if not form.is_refused:
            challenge = get_challenge(session, visitor.actor, challenge_id, lock=True)
            require_present(form, challenge.version)
            decide(session, visitor.actor, challenge, form.read(DecisionInput, chosen=chosen))
            return go_to(f"/admin/challenges/{challenge_id}", done="challenge_decided")
    return challenge_page(visitor, session, engine, challenge_id, form, status=422)


@router.get("/admin/challenges/{challenge_id}/ranking.csv")
def take_csv(visitor: AdminVisitor, challenge_id: UUID, session: DbSession) -> Response:
    """The ranking for a spreadsheet."""
    challenge = get_challenge(session, visitor.actor, challenge_id)
    return in_form(FileForm.CSV, ranking_answer(session, challenge).items)


@router.get("/admin/challenges/{challenge_id}/ranking.xlsx")
def take_xlsx(visitor: AdminVisitor, challenge_id: UUID, session: DbSession) -> Response:
    """The ranking as a workbook to print."""
    challenge = get_challenge(session, visitor.actor, challenge_id)
    return in_form(FileForm.XLSX, ranking_answer(session, challenge).items)


@router.get("/admin/challenges/applications/{application_id}")
def show_application(
    visitor: AdminVisitor, application_id: UUID, session: DbSession, engine: Engine
) -> HTMLResponse:
    """What was applied with, what reviewers think, which departments fit."""
    application = get_application(session, visitor.actor, application_id)
    challenge = session.get_one(Challenge, application.challenge_id)
    reviews = reviews_of(session, [application.id])
    return page(
        visitor,
        "admin/challenge_application.html",
        challenge=challenge_answers(session, visitor.actor, [challenge])[0],
        application=application_answers(session, visitor.actor, [(application, challenge)])[0],
        reviews=reviews,
        names=reviewers_by_name(session, [each.reviewer_id for each in reviews]),
        proposals=[] if challenge.decided_at else _proposals(session, engine, application),
    )


def _chosen(form: Form) -> list[dict[str, str]]:
    chosen = [
        {"application_id": each, "department_id": form.text(DEPARTMENT + each)} for each in form.many("pick")
    ]
    for each in chosen:
        if not each["department_id"]:
            form.errors[DEPARTMENT + each["application_id"]] = sentence("challenge_department_needed")
    return chosen


def _proposals(session: DbSession, engine: Engine, application: ChallengeApplication) -> list[ProposalAnswer]:
    """None while the model loads or is slow: the page is of use without."""
    try:
        found = propose(session, engine.space, engine.encode, [application])
    except Problem as problem:
        if problem.status != 503:
            raise
        return []
    return proposal_list(found[application.id]).items
