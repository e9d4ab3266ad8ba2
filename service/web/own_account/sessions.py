"""Where one is signed in, and ending it."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from service.accounts.audit import record_event
from service.accounts.sessions import end_sessions, get_own_session, list_own_sessions, revoke_session
from service.db.session import DbSession
from service.web.rendering import go_to, page
from service.web.visitor import SignedInVisitor, forget

router = APIRouter()


@router.get("/me/sessions")
def show_sessions(visitor: SignedInVisitor, session: DbSession, cursor: str | None = None) -> HTMLResponse:
    """The live sessions, the latest first."""
    rows, next_cursor = list_own_sessions(session, visitor.account_id, 20, cursor)
    return page(visitor, "me/sessions.html", sessions=rows, cursor=next_cursor)


@router.post("/me/sessions/others/end")
def end_others(visitor: SignedInVisitor, session: DbSession) -> Response:
    """End every session but this one."""
    end_sessions(session, visitor.account_id, but=visitor.actor.session_id)
    record_event(session, visitor.actor, "session.others_revoked", visitor.account_id)
    return go_to("/me/sessions", done="sessions_ended")


@router.post("/me/sessions/all/end")
def end_all(visitor: SignedInVisitor, session: DbSession) -> Response:
    """End every session, this one too."""
    end_sessions(session, visitor.account_id)
    record_event(session, visitor.actor, "session.all_revoked", visitor.account_id)
    response = go_to("/sign-in", done="signed_out")
    forget(response)
    return response


@router.post("/me/sessions/{session_id}/end")
def end_one(session_id: UUID, visitor: SignedInVisitor, session: DbSession) -> Response:
    """End one of one's own sessions."""
    revoke_session(session, get_own_session(session, visitor.account_id, session_id))
    record_event(session, visitor.actor, "session.revoked", session_id)
    if session_id == visitor.actor.session_id:
        response = go_to("/", done="signed_out")
        forget(response)
        return response
    return go_to("/me/sessions", done="session_ended")
