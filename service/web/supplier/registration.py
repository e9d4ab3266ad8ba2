"""Registering a supplier in steps: each saves a draft and moves on; the last one registers and signs in."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from limits import parse
from sqlmodel import Session

from service.accounts.audit import record_event
from service.accounts.devices import device_of
from service.accounts.operations import account_by_email, actor_of
from service.accounts.sessions import open_session
from service.db.session import DbSession
from service.db.tables import RegistrationDraft
from service.kit.business_number import BusinessNumberError, parse_business_number
from service.kit.rate_limits import RateLimits
from service.messages import sentence
from service.messages.consents import CURRENT, TEXTS
from service.privacy.retention import DRAFT_KEPT_FOR
from service.recommendations.endpoints import Engine
from service.recommendations.matching_engine import MatchingEngine
from service.suppliers.drafts import drop_draft, fields_of_draft, find_draft, save_draft
from service.suppliers.operations import register_supplier
from service.suppliers.queries import is_registered
from service.suppliers.schemas import SupplierInput, SupplierProfileInput
from service.web.forms import Form, Pairs, Posted
from service.web.rendering import go_to, page
from service.web.supplier.choices import CHOICES
from service.web.supplier.profile_words import price, profile_rows
from service.web.supplier.reading import reading_of_form
from service.web.supplier.rows import Wish, more_rows, wish_of, without_removed
from service.web.supplier.steps import (
    COMPANY,
    CONTACT,
    EXPERIENCE,
    REVIEW,
    SOLUTIONS,
    STEPS,
    Step,
    neighbour,
    number_of,
    step_of,
)
from service.web.typed_documents import document_of
from service.web.visitor import AnyVisitor, Visitor, remember

router = APIRouter()

COOKIE = "alliance_draft"
NEW_DRAFTS = parse("60/hour")
"""By address: drafts are made without signing in."""


def _draft(request: Request, session: DbSession) -> RegistrationDraft | None:
    try:
        return find_draft(session, UUID(request.cookies.get(COOKIE, "")))
    except ValueError:
        return None


Draft = Annotated[RegistrationDraft | None, Depends(_draft)]


@router.get(COMPANY.path)
def show_company(visitor: AnyVisitor, draft: Draft) -> HTMLResponse:
    """The company itself."""
    return _step_page(visitor, COMPANY, _form_of(draft), resumed=draft is not None)


@router.post(COMPANY.path)
def keep_company(
    request: Request, visitor: AnyVisitor, _form: Posted, draft: Draft, session: DbSession
) -> Response:
    """Save it and move on."""
    return _keep(request, visitor, draft, session, COMPANY)


@router.post("/register/supplier/discarding")
def discard(draft: Draft, session: DbSession) -> Response:
    """Begin anew: on a computer that others use, or for another company."""
    drop_draft(session, draft)
    response = go_to(COMPANY.path, done="removed")
    _take_back(response)
    return response


@router.get(SOLUTIONS.path)
def show_solutions(visitor: AnyVisitor, draft: Draft, engine: Engine, more: int = 0) -> HTMLResponse:
    """What it offers, with how that will be read."""
    return _step_page(visitor, SOLUTIONS, _form_of(draft), engine, more={"solutions": more})


@router.post(SOLUTIONS.path)
def keep_solutions(
    request: Request, visitor: AnyVisitor, _form: Posted, draft: Draft, session: DbSession, engine: Engine
) -> Response:
    """Save them; move on, or show one row more or less."""
    return _keep(request, visitor, draft, session, SOLUTIONS, engine)


@router.get(EXPERIENCE.path)
def show_experience(visitor: AnyVisitor, draft: Draft, more: int = 0) -> HTMLResponse:
    """What it has done, and its marks."""
    return _step_page(visitor, EXPERIENCE, _form_of(draft), more={"references": more})


@router.post(EXPERIENCE.path)
def keep_experience(
    request: Request, visitor: AnyVisitor, _form: Posted, draft: Draft, session: DbSession
) -> Response:
    """Save it; move on, or show one row more or less."""
    return _keep(request, visitor, draft, session, EXPERIENCE)


@router.get(REVIEW.path)
def show_review(visitor: AnyVisitor, draft: Draft, engine: Engine, session: DbSession) -> HTMLResponse:
    """All of it once more, what is still wrong, and what could be added."""
    form = _form_of(draft)
    _find_faults(session, form)
    document = document_of(SupplierProfileInput, form.values)
    return page(
        visitor,
        "supplier/register_review.html",
        **_frame(REVIEW),
        form=form,
        faults=_by_step(form),
        company=profile_rows(document, COMPANY.fields),
        profile=document,
        panel=reading_of_form(engine, form),
        price=price,
    )


@router.post("/register/supplier/reading")
def read_while_typing(visitor: AnyVisitor, form: Posted, draft: Draft, engine: Engine) -> HTMLResponse:
    """The panel for what stands in the form now, beside what other steps kept. Nothing is saved."""
    typed = form.values.multi_items()
    shown = [step for step in (COMPANY, SOLUTIONS, EXPERIENCE) if any(step.owns(name) for name, _ in typed)]
    others = [pair for pair in fields_of_draft(draft) if not any(step.owns(pair[0]) for step in shown)]
    panel = reading_of_form(engine, Form([*others, *typed]))
    return page(visitor, "supplier/reading.html", panel=panel)


@router.get(CONTACT.path)
def show_contact(visitor: AnyVisitor, draft: Draft, session: DbSession) -> HTMLResponse:
    """The people, and what they agree to: typed last, kept only by registering."""
    whole = _form_of(draft)
    _find_faults(session, whole)
    return _contact_page(visitor, Form(), _by_step(whole))


@router.post(CONTACT.path)
def register(
    request: Request, visitor: AnyVisitor, form: Posted, draft: Draft, session: DbSession
) -> Response:
    """Register what the draft and this page hold together, and sign the contact in."""
    whole = Form([*fields_of_draft(draft), *form.values.multi_items()])
    with whole.trying(session):
        data = whole.read(SupplierInput)
        register_supplier(session, visitor.actor, data)
        drop_draft(session, draft)
        response = go_to("/supplier/welcome")
        _take_back(response)
        _sign_in(request, session, response, data.contact.email)
        return response
    faults = _by_step(whole)
    whole.errors = {name: text for name, text in whole.errors.items() if CONTACT.owns(name)}
    return _contact_page(visitor, whole, faults, status=422)


def _keep(
    request: Request,
    visitor: Visitor,
    draft: RegistrationDraft | None,
    session: Session,
    step: Step,
    engine: MatchingEngine | None = None,
) -> Response:
    """Saved even where something is wrong: nobody loses what was typed."""
    pairs: Pairs = request.state.posted
    wish = wish_of(pairs)
    if draft is None:
        limits: RateLimits = request.app.state.rate_limits
        limits.count(NEW_DRAFTS, "draft", request.client.host if request.client else "local")
    typed = Form(without_removed(pairs, wish))
    with typed.trying(session):
        draft = save_draft(session, draft, typed.values.multi_items(), step.owns)
    if draft is None or typed.is_refused:
        return _step_page(visitor, step, typed, engine, 422)
    form = _form_of(draft)
    if wish.verb == "next":
        _find_faults(session, form)
        form.errors = {name: text for name, text in form.errors.items() if step.owns(name)}
    response = _step_page(visitor, step, form, engine, 422) if form.is_refused else _after(step, form, wish)
    _hand_over(request, response, draft)
    return response


def _after(step: Step, form: Form, wish: Wish) -> Response:
    if not wish.stays:
        return go_to(neighbour(step, wish.verb).path)
    if wish.verb == "remove":
        return go_to(f"{step.path}#{wish.group}")
    row = max(form.rows(wish.group), default=-1) + 1
    return go_to(f"{step.path}?more=1#{wish.group}.{row}")


def _hand_over(request: Request, response: Response, draft: RegistrationDraft) -> None:
    response.set_cookie(
        COOKIE,
        str(draft.id),
        max_age=int(DRAFT_KEPT_FOR.total_seconds()),
        path=COMPANY.path,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.behind_tls == "on",
    )


def _take_back(response: Response) -> None:
    response.delete_cookie(COOKIE, path=COMPANY.path, httponly=True, samesite="lax")


def _form_of(draft: RegistrationDraft | None) -> Form:
    return Form(fields_of_draft(draft))


def _find_faults(session: Session, form: Form) -> None:
    """What the schema would refuse of the whole profile, and whether the number is taken."""
    with form.trying(session):
        form.read(SupplierProfileInput)
    try:
        number = parse_business_number(form.text("business_number"))
    except BusinessNumberError:
        return
    if is_registered(session, number):
        form.errors["business_number"] = sentence("business_number_taken")


def _by_step(form: Form) -> list[tuple[Step, list[str]]]:
    """What is wrong with the earlier steps, each sentence once."""
    faults: dict[Step, list[str]] = {}
    for name, text in form.errors.items():
        step = step_of(name)
        if step is not None and step is not CONTACT and text not in faults.setdefault(step, []):
            faults[step].append(text)
    return [(step, faults[step]) for step in STEPS if step in faults]


def _sign_in(request: Request, session: Session, response: Response, email: str) -> None:
    account = account_by_email(session, email)
    assert account is not None
    opened = open_session(session, account, device_of(request))
    record_event(session, actor_of(account), "session.opened", opened.id)
    remember(request, response, account, opened)


def _step_page(
    visitor: Visitor,
    step: Step,
    form: Form,
    engine: MatchingEngine | None = None,
    status: int = 200,
    more: Mapping[str, int] | None = None,
    *,
    resumed: bool = False,
) -> HTMLResponse:
    template = f"supplier/register_{step.path.rpartition('/')[2].replace('supplier', 'company')}.html"
    panel = reading_of_form(engine, form) if engine else None
    extra = dict(more_rows(Wish("next"))) | {name: min(count, 1) for name, count in (more or {}).items()}
    shown = {"form": form, "panel": panel, "more": extra, "resumed": resumed}
    return page(visitor, template, status=status, **_frame(step), **shown, **CHOICES)


def _contact_page(
    visitor: Visitor, form: Form, faults: list[tuple[Step, list[str]]], status: int = 200
) -> HTMLResponse:
    texts = TEXTS[CURRENT]
    template = "supplier/register_contact.html"
    return page(
        visitor, template, status=status, **_frame(CONTACT), form=form, faults=faults, consent_texts=texts
    )


def _frame(step: Step) -> Mapping[str, Any]:
    return {"steps": STEPS, "step": step, "number": number_of(step), "before": neighbour(step, "back")}
