"""The page of one challenge for who runs it; several forms stand on it."""

from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse
from sqlmodel import Session

from service.challenges.answers import application_answers, challenge_answers
from service.challenges.departments import propose
from service.challenges.queries import account_managers, get_challenge, reviews_of, standing_applications
from service.challenges.ranking_answers import ranking_answer
from service.kit import clock
from service.recommendations.matching_engine import MatchingEngine
from service.web.forms import Form
from service.web.rendering import page
from service.web.visitor import Visitor


def challenge_page(
    visitor: Visitor,
    session: Session,
    engine: MatchingEngine,
    challenge_id: UUID,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    """The call, its applications or their ranking, what can be done now; `form` is one that was refused."""
    challenge = get_challenge(session, visitor.actor, challenge_id)
    rows = standing_applications(session, challenge_id)
    given = reviews_of(session, [each.id for each in rows])
    values: dict[str, Any] = {
        "challenge": challenge_answers(session, visitor.actor, [challenge])[0],
        "applications": application_answers(session, visitor.actor, [(each, challenge) for each in rows]),
        "ranking": ranking_answer(session, challenge),
        "reviewers": [(str(each.id), each.name) for each in account_managers(session)],
        "panel": {str(each.reviewer_id) for each in given},
        "given": len(given),
        "submitted": sum(each.submitted_at is not None for each in given),
        "proposals": propose(session, engine.space, None, rows) if given else {},
        "today": clock.today(),
    }
    return page(visitor, "admin/challenge.html", status=status, form=form, **values)
