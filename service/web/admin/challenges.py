"""Challenges as administrators run them: writing a call, publishing it, giving its applications out."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.challenges.answers import challenge_answers
from service.challenges.calls import change_challenge, create_challenge, delete_draft, publish
from service.challenges.queries import application_counts, departments_of, get_challenge, search_challenges
from service.challenges.reviewing import assign_reviewers
from service.challenges.schemas import ChallengeInput, ChallengePatch, PanelInput
from service.db.session import DbSession
from service.db.tables import Challenge
from service.programmes.queries import list_programmes
from service.recommendations.endpoints import Engine
from service.recommendations.matching_engine import MatchingEngine
from service.web.admin.challenge_page import challenge_page
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.searches import cursor_of
from service.web.stale_forms import require_present
from service.web.visitor import AdminVisitor, Visitor

router = APIRouter()

PAGE_LENGTH = 20
CRITERIA_SHOWN, DEPARTMENTS_SHOWN = 5, 8
"""Rows of an empty form; more come with what is filled in."""

MOST_CRITERIA, MOST_DEPARTMENTS = 8, 30


@router.get("/admin/challenges")
def show_challenges(visitor: AdminVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The newest first, drafts too."""
    found, next_cursor = search_challenges(session, visitor.actor, PAGE_LENGTH, cursor_of(asked))
    calls = challenge_answers(session, visitor.actor, found)
    return page(visitor, "admin/challenges.html", challenges=calls, next_cursor=next_cursor)


@router.get("/admin/challenges/new")
def show_new(visitor: AdminVisitor, session: DbSession) -> HTMLResponse:
    """The form for a draft."""
    return _form_page(visitor, session, Form([("reviewers_per_application", "3")]), None)


@router.post("/admin/challenges/new")
def make(visitor: AdminVisitor, form: Posted, session: DbSession) -> Response:
    """Keep the draft."""
    with form.trying(session):
        challenge = create_challenge(session, visitor.actor, form.read(ChallengeInput))
        return go_to(f"/admin/challenges/{challenge.id}", done="challenge_made")
    return _form_page(visitor, session, form, None, status=422)


@router.get("/admin/challenges/{challenge_id}")
def show_challenge(
    visitor: AdminVisitor, challenge_id: UUID, session: DbSession, engine: Engine
) -> HTMLResponse:
    """Where it stands and what is to do next."""
    return challenge_page(visitor, session, engine, challenge_id, Form())


@router.get("/admin/challenges/{challenge_id}/edit")
def show_edit(visitor: AdminVisitor, challenge_id: UUID, session: DbSession) -> HTMLResponse:
    """The call in fields."""
    challenge = get_challenge(session, visitor.actor, challenge_id)
    return _form_page(visitor, session, Form.holding(_held(session, challenge)), challenge)


@router.post("/admin/challenges/{challenge_id}/edit")
def change(visitor: AdminVisitor, challenge_id: UUID, form: Posted, session: DbSession) -> Response:
    """Change it, unless somebody else did meanwhile."""
    with form.trying(session):
        challenge = get_challenge(session, visitor.actor, challenge_id, lock=True)
        require_present(form, challenge.version)
        change_challenge(session, visitor.actor, challenge, form.read(ChallengePatch))
        return go_to(f"/admin/challenges/{challenge_id}", done="saved")
    challenge = get_challenge(session, visitor.actor, challenge_id)
    return _form_page(visitor, session, form, challenge, status=422)


@router.post("/admin/challenges/{challenge_id}/publication")
def make_public(
    visitor: AdminVisitor, challenge_id: UUID, form: Posted, session: DbSession, engine: Engine
) -> Response:
    """Show the draft to everybody."""
    with form.trying(session):
        publish(session, visitor.actor, get_challenge(session, visitor.actor, challenge_id, lock=True))
        return go_to(f"/admin/challenges/{challenge_id}", done="challenge_published")
    return _refused(visitor, session, engine, challenge_id, form)


@router.post("/admin/challenges/{challenge_id}/deletion")
def remove_draft(
    visitor: AdminVisitor, challenge_id: UUID, form: Posted, session: DbSession, engine: Engine
) -> Response:
    """A draft that comes to nothing."""
    with form.trying(session):
        delete_draft(session, visitor.actor, get_challenge(session, visitor.actor, challenge_id, lock=True))
        return go_to("/admin/challenges", done="challenge_deleted")
    return _refused(visitor, session, engine, challenge_id, form)


@router.post("/admin/challenges/{challenge_id}/panel")
def assign(
    visitor: AdminVisitor, challenge_id: UUID, form: Posted, session: DbSession, engine: Engine
) -> Response:
    """Give the applications to those who were ticked."""
    with form.trying(session):
        data = PanelInput.model_validate({"reviewer_ids": form.many("reviewer_ids")})
        challenge = get_challenge(session, visitor.actor, challenge_id, lock=True)
        assign_reviewers(session, visitor.actor, challenge, data.reviewer_ids)
        return go_to(f"/admin/challenges/{challenge_id}", done="challenge_assigned")
    return _refused(visitor, session, engine, challenge_id, form)


def _refused(
    visitor: Visitor, session: Session, engine: MatchingEngine, challenge_id: UUID, form: Form
) -> HTMLResponse:
    return challenge_page(visitor, session, engine, challenge_id, form, status=422)


def _held(session: Session, challenge: Challenge) -> dict[str, object]:
    """The fields of the form; the names of the call's fields are typed with commas."""
    departments = departments_of(session, [challenge.id]).get(challenge.id, ())
    held = challenge.model_dump(mode="json", include=set(ChallengeInput.model_fields))
    return held | {
        "fields": ", ".join(challenge.fields),
        "departments": [{"name": each.name, "mission": each.mission} for each in departments],
    }


def _form_page(
    visitor: Visitor, session: Session, form: Form, challenge: Challenge | None, status: int = 200
) -> HTMLResponse:
    criteria, departments = len(form.rows("criteria")), len(form.rows("departments"))
    return page(
        visitor,
        "admin/challenge_form.html",
        status=status,
        form=form,
        challenge=challenge,
        fixed=challenge is not None and challenge.id in application_counts(session, [challenge.id]),
        criteria=form.rows("criteria", min(max(CRITERIA_SHOWN, criteria + 1), MOST_CRITERIA)),
        departments=form.rows("departments", min(max(DEPARTMENTS_SHOWN, departments + 2), MOST_DEPARTMENTS)),
        programmes=[(each.code, each.name) for each in list_programmes(session)],
    )
