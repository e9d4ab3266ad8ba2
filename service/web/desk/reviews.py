"""The reviews that an account manager was given: read without names, scored by criterion."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.accounts.actor import Role
from service.challenges.answers import challenge_answers, review_answers
from service.challenges.queries import (
    company_names,
    conflicts_of,
    get_challenge,
    get_review,
    search_challenges,
    search_reviews,
)
from service.challenges.reviewing import declare_conflict, submit_review
from service.challenges.schemas import Reason, RecognitionInput, ReviewInput
from service.challenges.states import ChallengeState
from service.db.session import DbSession
from service.kit.problems import field_problem
from service.messages.challenges import SCALE
from service.suppliers.queries import find_by_business_number
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.searches import cursor_of
from service.web.stale_forms import require_present
from service.web.visitor import Visitor, only

router = APIRouter()

PAGE_LENGTH = 50
MOST_CALLS = 10

ReviewerVisitor = Annotated[Visitor, Depends(only(Role.ACCOUNT_MANAGER))]


class Declaration(BaseModel):
    """A supplier by the number that stands in the directory, so that the form tells nothing of applicants."""

    challenge_id: UUID
    reason: Reason


@router.get("/desk/reviews")
def show_reviews(visitor: ReviewerVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """What is to be reviewed, and which companies the reviewer keeps away from."""
    return _list_page(visitor, session, Form(), cursor_of(asked))


@router.post("/desk/reviews/conflicts")
def declare(visitor: ReviewerVisitor, form: Posted, session: DbSession) -> Response:
    """Keep away from a company, whether it applies or not."""
    with form.trying(session):
        data = form.read(Declaration)
        supplier = find_by_business_number(session, form.text("business_number"))
        if supplier is None:
            raise field_problem("/business_number", "supplier_unknown")
        challenge = get_challenge(session, visitor.actor, data.challenge_id, lock=True)
        declare_conflict(session, visitor.actor, challenge, supplier.id, data.reason)
        return go_to("/desk/reviews", done="conflict_declared")
    return _list_page(visitor, session, form, None, status=422)


@router.get("/desk/reviews/{review_id}")
def show_review(visitor: ReviewerVisitor, review_id: UUID, session: DbSession) -> HTMLResponse:
    """The application beside the form, with what was submitted before."""
    review, _, _ = get_review(session, visitor.actor, review_id)
    return _review_page(visitor, session, review_id, Form.holding({"scores": review.scores}))


@router.post("/desk/reviews/{review_id}")
def submit(visitor: ReviewerVisitor, review_id: UUID, form: Posted, session: DbSession) -> Response:
    """Submit the scores, or change them."""
    with form.trying(session):
        review, _, challenge = get_review(session, visitor.actor, review_id, lock=True)
        require_present(form, review.version)
        submit_review(session, visitor.actor, challenge, review, form.read(ReviewInput))
        return go_to("/desk/reviews", done="review_submitted")
    return _review_page(visitor, session, review_id, form, status=422)


@router.post("/desk/reviews/{review_id}/conflict")
def recognise(visitor: ReviewerVisitor, review_id: UUID, form: Posted, session: DbSession) -> Response:
    """The reviewer knows who wrote this: somebody else reads it."""
    with form.trying(session):
        _, application, challenge = get_review(session, visitor.actor, review_id, lock=True)
        data = form.read(RecognitionInput)
        declare_conflict(
            session, visitor.actor, challenge, application.supplier_id, data.reason, recognised=True
        )
        return go_to("/desk/reviews", done="conflict_declared")
    return _review_page(visitor, session, review_id, form, status=422)


def _list_page(
    visitor: Visitor, session: Session, form: Form, cursor: str | None, status: int = 200
) -> HTMLResponse:
    rows, next_cursor = search_reviews(session, visitor.actor, PAGE_LENGTH, cursor)
    running = [
        each
        for state in (ChallengeState.OPEN, ChallengeState.REVIEWING)
        for each in search_challenges(session, visitor.actor, MOST_CALLS, None, state)[0]
    ]
    declared = [
        (call, conflict)
        for call in running
        for conflict in conflicts_of(session, call.id, visitor.account_id)
    ]
    told = [conflict.supplier_id for _, conflict in declared if not conflict.recognised]
    return page(
        visitor,
        "desk/reviews.html",
        status=status,
        form=form,
        reviews=review_answers(session, rows),
        next_cursor=next_cursor,
        calls=[(str(each.id), each.title) for each in challenge_answers(session, visitor.actor, running)],
        declared=declared,
        names=company_names(session, told),
    )


def _review_page(
    visitor: Visitor, session: Session, review_id: UUID, form: Form, status: int = 200
) -> HTMLResponse:
    found = get_review(session, visitor.actor, review_id)
    return page(
        visitor,
        "desk/review.html",
        status=status,
        form=form,
        review=review_answers(session, [found])[0],
        scale=list(SCALE.items()),
    )
