"""Writing down needs, changing them, closing and opening them again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from matching import taxonomy
from service.accounts.actor import Actor
from service.db.session import DbSession
from service.db.tables import Need, NeedStatus, Supplier
from service.kit.problems import field_problem
from service.messages.examples import EXAMPLES
from service.needs.operations import change_need, write_down_need
from service.needs.queries import get_need, list_visible
from service.needs.schemas import NeedInput, NeedPatch
from service.recommendations.anonymity import bare_name
from service.suppliers.queries import DirectoryFilter, search_directory, visible_to
from service.web.forms import Form, Posted
from service.web.manufacturer.company import own_company, steps_of
from service.web.rendering import go_to, page
from service.web.stale_forms import VERSION, differences, is_stale, require_present, typed_amount
from service.web.visitor import ManufacturerVisitor, Visitor
from service.web.wording import certification

router = APIRouter()

EXCLUDED = "excluded_suppliers"
"""The field in which suppliers are left out by their names."""

FIELDS = {
    "title": "한 줄 요약",
    "description": "무엇이 힘든지",
    "processes": "공정",
    "budget_won": "예산",
    "start_by": "시작하고 싶은 날",
    "required_certifications": "공급기업에 필요한 인증",
    EXCLUDED: "빼고 싶은 공급기업",
    "needs_on_site_support": "현장 지원",
}
READINGS = {
    "budget_won": typed_amount,
    "required_certifications": certification,
    "needs_on_site_support": lambda _: "필요함",
}
_KEPT_AS_THEY_ARE = ("title", "description", "budget_won", "start_by", "required_certifications")


@router.get("/manufacturer/needs")
def show_needs(
    visitor: ManufacturerVisitor, session: DbSession, status: str = "", cursor: str | None = None
) -> HTMLResponse:
    """All needs, the newest first, each with what can be done next."""
    wanted = NeedStatus(status) if status in set(NeedStatus) else None
    needs, next_cursor = list_visible(session, visitor.actor, wanted, 20, cursor)
    return page(
        visitor,
        "manufacturer/needs.html",
        steps=steps_of(session, needs),
        cursor=next_cursor,
        wanted=wanted,
    )


@router.get("/manufacturer/needs/new")
def show_new_need(visitor: ManufacturerVisitor) -> HTMLResponse:
    """The empty form with examples beside it."""
    return _need_page(visitor, Form())


@router.post("/manufacturer/needs/new")
def write_need(visitor: ManufacturerVisitor, form: Posted, session: DbSession) -> Response:
    """Write it down; or fill in the example that was asked for, or what was tried out before."""
    if form.is_carried:
        return _need_page(visitor, form)
    if form.text("example") in EXAMPLES:
        return _need_page(visitor, _with_example(form), example=form.text("example"))
    with form.trying(session):
        excluded = _excluded_ids(session, visitor.actor, form)
        data = form.read(NeedInput, excluded_supplier_ids=excluded)
        need = write_down_need(session, visitor.actor, own_company(session, visitor), data)
        return go_to(f"/manufacturer/needs/{need.id}", done="need_written")
    return _need_page(visitor, form, status=422)


@router.get("/manufacturer/needs/{need_id}/edit")
def show_edit_need(need_id: UUID, visitor: ManufacturerVisitor, session: DbSession) -> HTMLResponse:
    """The need in a form."""
    need = get_need(session, need_id, visitor.actor)
    return _need_page(visitor, _form_of(session, visitor.actor, need), need=need)


@router.post("/manufacturer/needs/{need_id}/edit")
def edit_need(need_id: UUID, visitor: ManufacturerVisitor, form: Posted, session: DbSession) -> Response:
    """Change it; when somebody was faster, show both."""
    need = get_need(session, need_id, visitor.actor, lock=True)
    saved = _form_of(session, visitor.actor, need)
    if form.text("example") in EXAMPLES:
        opened_with = form.text(VERSION)
        return _need_page(
            visitor, _with_example(form), need=need, example=form.text("example"), version=opened_with
        )
    with form.trying(session):
        require_present(form, need.version)
        excluded = _excluded_ids(session, visitor.actor, form, need)
        change_need(session, visitor.actor, need, form.read(NeedPatch, excluded_supplier_ids=excluded))
        return go_to(f"/manufacturer/needs/{need_id}", done="saved")
    differing = differences(form, saved, FIELDS, READINGS) if is_stale(form, need.version) else []
    return _need_page(visitor, form, need=need, differing=differing, status=422)


@router.post("/manufacturer/needs/{need_id}/closing")
def close_need(need_id: UUID, visitor: ManufacturerVisitor, session: DbSession) -> Response:
    """It is no longer looked for."""
    need = get_need(session, need_id, visitor.actor, lock=True)
    change_need(session, visitor.actor, need, NeedPatch(status="closed"))
    return go_to(f"/manufacturer/needs/{need_id}", done="need_closed")


@router.post("/manufacturer/needs/{need_id}/opening")
def open_need(need_id: UUID, visitor: ManufacturerVisitor, session: DbSession) -> Response:
    """Look for it again."""
    need = get_need(session, need_id, visitor.actor, lock=True)
    change_need(session, visitor.actor, need, NeedPatch(status="open"))
    return go_to(f"/manufacturer/needs/{need_id}", done="need_opened")


def _with_example(form: Form) -> Form:
    """The example in the fields that are empty; what was typed already is not written over."""
    example = EXAMPLES[form.text("example")]
    typed = [
        (name, value) for name, value in form.values.multi_items() if name != "example" and value.strip()
    ]
    told = {"title": example.title, "description": example.description}
    empty = [(name, value) for name, value in told.items() if not form.text(name).strip()]
    return Form(typed + (empty if len(empty) == len(told) else []))


def _excluded_ids(session: Session, actor: Actor, form: Form, need: Need | None = None) -> Sequence[UUID]:
    """The suppliers whose names were typed, and those of before whom the actor may not see.

    Raises `Problem` 422 with the names that sound like one that is not there.
    """
    names = [each.strip() for each in form.text(EXCLUDED).replace("\n", ",").split(",") if each.strip()]
    found = [supplier_id for name in names for supplier_id in _ids_of_name(session, actor, name)]
    shown = {each.id for each in _excluded(session, actor, need)}
    before = [UUID(each) for each in need.excluded_supplier_ids] if need else []
    return list(dict.fromkeys(found + [each for each in before if each not in shown]))


def _ids_of_name(session: Session, actor: Actor, name: str) -> Sequence[UUID]:
    wanted = _comparable(name)
    near, _ = search_directory(session, actor, DirectoryFilter(words=bare_name(name)), 50, None)
    same = [each.id for each in near if _comparable(each.company_name) == wanted]
    if same:
        return same
    if near:
        names = ", ".join(each.company_name for each in near[:3])
        raise field_problem(f"/{EXCLUDED}", "suppliers_near", name=name, near=names)
    raise field_problem(f"/{EXCLUDED}", "supplier_name_unknown", name=name)


def _comparable(name: str) -> str:
    return "".join(bare_name(name).casefold().split())


def _excluded(session: Session, actor: Actor, need: Need | None) -> Sequence[Supplier]:
    ids = [UUID(each) for each in need.excluded_supplier_ids] if need else []
    statement = select(Supplier).where(col(Supplier.id).in_(ids), visible_to(actor))
    return session.exec(statement.order_by(col(Supplier.company_name))).all()


def _form_of(session: Session, actor: Actor, need: Need) -> Form:
    known: dict[str, Any] = need.model_dump(mode="json", include=set(_KEPT_AS_THEY_ARE))
    names = [each.company_name for each in _excluded(session, actor, need)]
    return Form.holding(
        known
        | {"processes": ", ".join(need.processes), EXCLUDED: ", ".join(names)}
        | {"needs_on_site_support": need.needs_on_site_support or None, VERSION: need.version}
    )


def _need_page(
    visitor: Visitor, form: Form, *, need: Need | None = None, status: int = 200, **values: Any
) -> HTMLResponse:
    return page(
        visitor,
        "manufacturer/need_form.html",
        status=status,
        form=form,
        need=need,
        examples=EXAMPLES,
        certifications=[(each.code, each.name) for each in taxonomy.certifications()],
        **{"differing": [], "example": "", "version": need.version if need else None, **values},
    )
