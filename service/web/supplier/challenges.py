"""The own part in challenges: applying, changing, taking back, and what came of it."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.challenges.answers import application_answers, challenge_answers
from service.challenges.applications import apply, change_application, find_standing, withdraw
from service.challenges.queries import (
    get_application,
    get_challenge,
    own_applications,
    search_challenges,
)
from service.challenges.schemas import ApplicationInput, ApplicationPatch
from service.challenges.states import ChallengeState, state_of
from service.db.session import DbSession
from service.db.tables import Challenge, ChallengeApplication
from service.kit import clock
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.supplier.company import TABS, own_supplier
from service.web.visitor import SupplierVisitor, Visitor

router = APIRouter()

MOST_CALLS = 20
OWN = "/supplier/challenges/applications"


@router.get("/supplier/challenges")
def show_challenges(visitor: SupplierVisitor, session: DbSession) -> HTMLResponse:
    """Calls that are open, and the own applications."""
    supplier = own_supplier(session, visitor.actor)
    found, _ = search_challenges(session, visitor.actor, MOST_CALLS, None, ChallengeState.OPEN)
    rows = own_applications(session, supplier.id)
    pairs = [(row, session.get_one(Challenge, row.challenge_id)) for row in rows]
    standing = {row.challenge_id: row.id for row in rows if row.withdrawn_at is None}
    return page(
        visitor,
        "challenges/own.html",
        tabs=TABS,
        supplier=supplier,
        calls=challenge_answers(session, visitor.actor, found),
        standing=standing,
        applications=[
            (answer, state_of(call))
            for answer, (_, call) in zip(
                application_answers(session, visitor.actor, pairs), pairs, strict=True
            )
        ],
        today=clock.today(),
    )


@router.get("/supplier/challenges/{challenge_id}/new")
def show_application_form(visitor: SupplierVisitor, challenge_id: UUID, session: DbSession) -> Response:
    """The form; whoever has applied already sees what they sent."""
    challenge = get_challenge(session, visitor.actor, challenge_id)
    there = find_standing(session, challenge, own_supplier(session, visitor.actor))
    if there is not None:
        return go_to(f"{OWN}/{there.id}")
    return _form_page(visitor, session, challenge, Form())


@router.post("/supplier/challenges/{challenge_id}/new")
def send_application(
    visitor: SupplierVisitor, challenge_id: UUID, form: Posted, session: DbSession
) -> Response:
    """Apply."""
    with form.trying(session):
        challenge = get_challenge(session, visitor.actor, challenge_id, lock=True)
        application = apply(session, visitor.actor, challenge, form.read(ApplicationInput))
        return go_to(f"{OWN}/{application.id}", done="challenge_applied")
    challenge = get_challenge(session, visitor.actor, challenge_id)
    return _form_page(visitor, session, challenge, form, status=422)


@router.get("/supplier/challenges/applications/{application_id}")
def show_application(visitor: SupplierVisitor, application_id: UUID, session: DbSession) -> HTMLResponse:
    """What was sent, in fields as long as it may be changed; the result once there is one."""
    application = get_application(session, visitor.actor, application_id)
    held = application.model_dump(include=set(ApplicationInput.model_fields))
    return _application_page(visitor, session, application, Form.holding(held))


@router.post("/supplier/challenges/applications/{application_id}")
def change(visitor: SupplierVisitor, application_id: UUID, form: Posted, session: DbSession) -> Response:
    """Change it, unless a colleague did meanwhile."""
    with form.trying(session):
        application = get_application(session, visitor.actor, application_id, lock=True)
        require_present(form, application.version)
        challenge = session.get_one(Challenge, application.challenge_id)
        change_application(session, visitor.actor, challenge, application, form.read(ApplicationPatch))
        return go_to(f"{OWN}/{application_id}", done="saved")
    application = get_application(session, visitor.actor, application_id)
    return _application_page(visitor, session, application, form, status=422)


@router.post("/supplier/challenges/applications/{application_id}/withdrawal")
def take_back(visitor: SupplierVisitor, application_id: UUID, form: Posted, session: DbSession) -> Response:
    """Take it back."""
    with form.trying(session):
        seen = get_application(session, visitor.actor, application_id)
        challenge = get_challenge(session, visitor.actor, seen.challenge_id, lock=True)
        application = get_application(session, visitor.actor, application_id, lock=True)
        withdraw(session, visitor.actor, challenge, application)
        return go_to("/supplier/challenges", done="challenge_withdrawn")
    application = get_application(session, visitor.actor, application_id)
    return _application_page(visitor, session, application, form, status=422)


def _form_page(
    visitor: Visitor, session: Session, challenge: Challenge, form: Form, status: int = 200
) -> HTMLResponse:
    return page(
        visitor,
        "challenges/application_form.html",
        status=status,
        form=form,
        challenge=challenge_answers(session, visitor.actor, [challenge])[0],
        supplier=own_supplier(session, visitor.actor),
        today=clock.today(),
    )


def _application_page(
    visitor: Visitor, session: Session, application: ChallengeApplication, form: Form, status: int = 200
) -> HTMLResponse:
    challenge = session.get_one(Challenge, application.challenge_id)
    return page(
        visitor,
        "challenges/application.html",
        status=status,
        form=form,
        challenge=challenge_answers(session, visitor.actor, [challenge])[0],
        application=application_answers(session, visitor.actor, [(application, challenge)])[0],
        today=clock.today(),
    )
