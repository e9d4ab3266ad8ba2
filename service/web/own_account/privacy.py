"""One's own personal data: consents, a copy to take along, closing the account."""

import json
from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.accounts.actor import Role
from service.db.session import DbSession
from service.db.tables import Account, ConsentRecord
from service.messages import sentence
from service.messages.consents import CURRENT, TEXTS
from service.privacy.closing import close_account
from service.privacy.consents import Consent, change_consent, consents_of
from service.privacy.own_data import held_about
from service.privacy.retention import CLOSED_ACCOUNT_KEPT_FOR
from service.web.forms import Form, Posted
from service.web.rendering import HEADERS, go_to, page
from service.web.visitor import CompanyVisitor, SignedInVisitor, Visitor, forget

router = APIRouter()

CLOSING_WORD = "계정 닫기"
"""What has to be typed before an account is closed."""


@router.get("/me/privacy")
def show_privacy(visitor: SignedInVisitor, session: DbSession) -> HTMLResponse:
    """What was agreed to, and what one can do about it."""
    return _privacy_page(visitor, session, Form())


@router.post("/me/privacy/consents")
def change(visitor: SignedInVisitor, form: Posted, session: DbSession) -> Response:
    """Give or withdraw one consent."""
    with form.trying(session):
        account = session.get_one(Account, visitor.account_id)
        change_consent(session, visitor.actor, account, form.read(Consent))
        return go_to("/me/privacy", done="consent_changed")
    return _privacy_page(visitor, session, form, status=422)


@router.get("/me/privacy/my-data.json")
def export(visitor: SignedInVisitor, session: DbSession) -> Response:
    """All that is held about the person and the company, to be saved."""
    held = held_about(session, session.get_one(Account, visitor.account_id))
    return Response(
        json.dumps(held, ensure_ascii=False, indent=1),
        media_type="application/json",
        headers={**HEADERS, "Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@router.post("/me/privacy/closure")
def close(visitor: CompanyVisitor, form: Posted, session: DbSession) -> Response:
    """Close the account once the word was typed."""
    if form.text("closing_word").split() == CLOSING_WORD.split():
        close_account(session, visitor.actor, session.get_one(Account, visitor.account_id))
        response = go_to("/", done="closed")
        forget(response)
        return response
    form.errors["closing_word"] = sentence("close_word_wrong", word=CLOSING_WORD)
    return _privacy_page(visitor, session, form, status=422)


def _privacy_page(visitor: Visitor, session: Session, form: Form, status: int = 200) -> HTMLResponse:
    records = consents_of(session, visitor.account_id)
    return page(
        visitor,
        "me/privacy.html",
        status=status,
        form=form,
        records=[(record, _text_of(record)) for record in records],
        present=_present(records),
        texts=TEXTS[CURRENT],
        closing_word=CLOSING_WORD,
        kept_days=CLOSED_ACCOUNT_KEPT_FOR.days,
        may_close=visitor.actor.role in (Role.SUPPLIER, Role.MANUFACTURER),
    )


def _present(records: Sequence[ConsentRecord]) -> dict[str, ConsentRecord]:
    """The last answer by purpose: the records come newest first."""
    return {record.purpose: record for record in reversed(records)}


def _text_of(record: ConsentRecord) -> str:
    return TEXTS.get(record.text_version, {}).get(record.purpose, "")
