"""The own company: where every need stands, the profile, what was changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from matching import taxonomy
from service.db.session import DbSession
from service.db.tables import Manufacturer, Need
from service.kit.business_number import format_business_number
from service.manufacturers.operations import change_manufacturer
from service.manufacturers.queries import get_manufacturer
from service.manufacturers.schemas import ManufacturerPatch
from service.needs.queries import list_visible
from service.privacy.history import history_of
from service.programmes.queries import list_programmes
from service.recommendations.introductions import introduced_counts
from service.web.forms import Form, Posted
from service.web.industry_choice import industry_code, show_near_industries, shown, suggestions
from service.web.manufacturer.next_steps import NextStep, next_step
from service.web.rendering import go_to, page
from service.web.stale_forms import VERSION, differences, is_stale, require_present, typed_amount
from service.web.visitor import ManufacturerVisitor, Visitor
from service.web.wording import region

router = APIRouter()

SHOWN_NEEDS = 5
FIELDS = {
    "company_name": "회사 이름",
    "industry": "업종",
    "region": "시도",
    "employee_count": "직원 수",
    "annual_revenue_won": "연 매출",
    "smart_level": "스마트공장 수준",
    "existing_systems": "쓰고 있는 시스템",
}

READINGS = {"region": region, "annual_revenue_won": typed_amount}


def own_company(session: Session, visitor: Visitor, *, lock: bool = False) -> Manufacturer:
    """The visitor's company."""
    assert visitor.actor.manufacturer_id is not None
    return get_manufacturer(session, visitor.actor.manufacturer_id, visitor.actor, lock=lock)


@router.get("/manufacturer")
def show_company(visitor: ManufacturerVisitor, session: DbSession) -> HTMLResponse:
    """What there is to do now."""
    company = own_company(session, visitor)
    needs, more = list_visible(session, visitor.actor, None, SHOWN_NEEDS, None)
    return page(
        visitor,
        "manufacturer/company.html",
        company=company,
        business_number=format_business_number(company.business_number),
        steps=steps_of(session, needs),
        more_needs=more is not None,
        missing=[label for name, label in FIELDS.items() if not getattr(company, name)],
        programmes=[each for each in list_programmes(session, "manufacturer") if each.status == "open"],
    )


def steps_of(session: Session, needs: Sequence[Need]) -> Sequence[tuple[Need, NextStep]]:
    """Each need with what the manufacturer can do next about it."""
    counts = introduced_counts(session, [need.id for need in needs])
    return [
        (
            need,
            next_step(
                need.status,
                confirmed=need.categories_confirmed_at is not None,
                introduced=counts[need.id],
            ),
        )
        for need in needs
    ]


@router.get("/manufacturer/edit")
def show_edit(visitor: ManufacturerVisitor, session: DbSession) -> HTMLResponse:
    """The profile in a form."""
    company = own_company(session, visitor)
    return _edit_page(visitor, company, _form_of(company))


@router.post("/manufacturer/edit")
def edit(visitor: ManufacturerVisitor, form: Posted, session: DbSession) -> Response:
    """Change the profile; when somebody was faster, show both."""
    company = own_company(session, visitor, lock=True)
    with form.trying(session):
        require_present(form, company.version)
        patch = form.read(ManufacturerPatch, industry=industry_code(form.text("industry").strip()) or None)
        change_manufacturer(session, visitor.actor, company, patch)
        return go_to("/manufacturer", done="saved")
    show_near_industries(form)
    return _edit_page(visitor, company, form, status=422)


@router.get("/manufacturer/history")
def show_history(visitor: ManufacturerVisitor, session: DbSession, cursor: str | None = None) -> HTMLResponse:
    """What was changed and when."""
    company = own_company(session, visitor)
    found = history_of(session, visitor.actor, company.id, 20, cursor)
    return page(
        visitor,
        "manufacturer/history.html",
        items=[(item, changed_fields(item.before, item.after)) for item in found.items],
        cursor=found.next_cursor,
    )


def changed_fields(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> Sequence[str]:
    """The names that the changed fields have on a page."""
    changed: dict[str, bool] = defaultdict(bool)
    for name in {**(before or {}), **(after or {})}:
        changed[name] = (before or {}).get(name) != (after or {}).get(name)
    return [label for name, label in FIELDS.items() if changed[name]]


def _form_of(company: Manufacturer) -> Form:
    known = company.model_dump(mode="json", include=set(FIELDS)) | {"industry": shown(company.industry)}
    listed = {"existing_systems": ", ".join(company.existing_systems), VERSION: company.version}
    return Form.holding(known | listed)


def _edit_page(visitor: Visitor, company: Manufacturer, form: Form, status: int = 200) -> HTMLResponse:
    saved = _form_of(company)
    return page(
        visitor,
        "manufacturer/edit.html",
        status=status,
        form=form,
        version=company.version,
        differing=differences(form, saved, FIELDS, READINGS) if is_stale(form, company.version) else [],
        business_number=format_business_number(company.business_number),
        industries=suggestions(),
        regions=[(each.code, each.name) for each in taxonomy.regions()],
        smart_levels=taxonomy.smart_levels(),
    )
