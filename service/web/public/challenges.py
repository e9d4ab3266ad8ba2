"""Challenges as everyone sees them: the call, and once it is decided those chosen."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from service.challenges.answers import challenge_answers
from service.challenges.queries import get_challenge, search_challenges
from service.challenges.states import ChallengeState
from service.db.session import DbSession
from service.db.tables import Programme
from service.kit import clock
from service.web.forms import Asked
from service.web.rendering import page
from service.web.searches import cursor_of, query_of, wanted_of
from service.web.visitor import AnyVisitor

router = APIRouter()

PAGE_LENGTH = 20


class ChallengeQuery(BaseModel):
    """What the list is asked for."""

    state: Literal["announced", "open", "reviewing", "decided"] | None = None


@router.get("/challenges")
def show_challenges(visitor: AnyVisitor, asked: Asked, session: DbSession) -> HTMLResponse:
    """The newest first."""
    wanted = wanted_of(asked, session, ChallengeQuery)
    state = ChallengeState(wanted.state) if wanted.state else None
    found, next_cursor = search_challenges(session, visitor.actor, PAGE_LENGTH, cursor_of(asked), state)
    return page(
        visitor,
        "challenges/list.html",
        status=422 if asked.is_refused else 200,
        form=asked,
        query=query_of(asked),
        challenges=challenge_answers(session, visitor.actor, found),
        next_cursor=next_cursor,
        today=clock.today(),
    )


@router.get("/challenges/{challenge_id}")
def show_challenge(challenge_id: UUID, visitor: AnyVisitor, session: DbSession) -> HTMLResponse:
    """All of it that is public."""
    challenge = get_challenge(session, visitor.actor, challenge_id)
    code = challenge.programme_code
    return page(
        visitor,
        "challenges/call.html",
        challenge=challenge_answers(session, visitor.actor, [challenge])[0],
        programme=session.get(Programme, code) if code else None,
        today=clock.today(),
    )
