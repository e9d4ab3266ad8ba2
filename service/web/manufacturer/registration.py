"""Registering a manufacturer: one page, with the first need if there is one already."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from matching import taxonomy
from service.db.session import DbSession
from service.db.tables import Manufacturer
from service.manufacturers.operations import register_manufacturer
from service.manufacturers.schemas import ManufacturerInput
from service.messages.consents import CURRENT, TEXTS
from service.needs.operations import write_down_need
from service.needs.schemas import NeedInput
from service.web.forms import Form, Posted
from service.web.industry_choice import industry_code, show_near_industries, shown, suggestions
from service.web.rendering import go_to, page
from service.web.visitor import AnyVisitor, Visitor, admit

router = APIRouter()

_HANDED_OVER = {
    "title": "need.title",
    "description": "need.description",
    "industry": "industry",
    "region": "region",
    "budget_won": "need.budget_won",
}
"""What the page that tries out a problem hands over, and the fields it goes into here."""


class FirstNeed(BaseModel):
    """The part of the page that may stay empty."""

    need: NeedInput | None = None


@router.get("/register/manufacturer")
def show_registration(visitor: AnyVisitor) -> HTMLResponse:
    """The empty form."""
    return _registration_page(visitor, Form())


@router.post("/register/manufacturer")
def register(request: Request, visitor: AnyVisitor, form: Posted, session: DbSession) -> Response:
    """Register, write down the first need, sign in at once; or show the form with what was tried out."""
    if form.is_carried:
        return _registration_page(visitor, _handed_over(form))
    with form.trying(session):
        form.read(FirstNeed)
    with form.trying(session):
        company = form.read(ManufacturerInput, **_industry(form))
        if not form.is_refused:
            _register(session, visitor, company, form.read(FirstNeed))
            response = go_to("/manufacturer", done="registered")
            admit(request, session, response, company.contact.email)
            return response
    show_near_industries(form)
    return _registration_page(visitor, form, status=422)


def _register(session: Session, visitor: Visitor, data: ManufacturerInput, first: FirstNeed) -> Manufacturer:
    manufacturer = register_manufacturer(session, visitor.actor, data)
    if first.need is not None:
        write_down_need(session, visitor.actor, manufacturer, first.need)
    return manufacturer


def _handed_over(tried: Form) -> Form:
    handed = [(field, tried.text(name)) for name, field in _HANDED_OVER.items() if tried.text(name)]
    return Form([(field, shown(value) if field == "industry" else value) for field, value in handed])


def _industry(form: Form) -> dict[str, str]:
    typed = form.text("industry").strip()
    return {"industry": industry_code(typed)} if typed else {}


def _registration_page(visitor: Visitor, form: Form, status: int = 200) -> HTMLResponse:
    return page(
        visitor,
        "manufacturer/registration.html",
        status=status,
        form=form,
        industries=suggestions(),
        regions=[(each.code, each.name) for each in taxonomy.regions()],
        smart_levels=taxonomy.smart_levels(),
        consent_texts=TEXTS[CURRENT],
    )
