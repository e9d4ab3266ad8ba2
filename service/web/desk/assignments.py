"""A matching day: choose needs, have them assigned, look at the plan, take it along or act on it."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from matching import taxonomy
from service.assignments.files import in_form
from service.assignments.operations import request_assignment, shortlist_plan
from service.assignments.queries import KIND, get_plan, list_plans
from service.assignments.schemas import AssignmentInput
from service.db.session import DbSession
from service.db.tables import Job, JobStatus, NeedStatus
from service.desk.needs import NeedFilter, list_needs, open_need_count
from service.job_status.endpoints import job_answer
from service.kit.file_forms import FileForm
from service.kit.problems import Problem
from service.messages import sentence
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

NEEDS_TO_CHOOSE = 100
PLANS_SHOWN = 10
NEEDS_AT_ONCE = 25
SUPPLIERS_SHOWN = 30


@router.get("/desk/assignments")
def show_assignments(visitor: StaffVisitor, session: DbSession, asked: Asked) -> HTMLResponse:
    """The form for a new plan, and the earlier ones."""
    return _assignments_page(visitor, session, Form(), asked)


@router.post("/desk/assignments")
def begin(visitor: StaffVisitor, session: DbSession, form: Posted) -> Response:
    """Have a plan made; its page says how far it is."""
    with form.trying(session):
        chosen = form.many("need_ids")
        if form.text("which") == "chosen" and not chosen:
            form.errors["need_ids"] = sentence("needs_not_chosen")
        elif form.text("which") != "chosen" and chosen:
            form.errors["which"] = sentence("needs_chosen_and_all", count=len(chosen))
        else:
            order = form.read(AssignmentInput, need_ids=chosen if form.text("which") == "chosen" else None)
            job = request_assignment(session, visitor.actor, order)
            return go_to(f"/desk/assignments/{job.id}", done="plan_begun")
    return _assignments_page(visitor, session, form, Form(), status=422)


@router.get("/desk/assignments/{job_id}")
def show_plan(visitor: StaffVisitor, job_id: UUID, session: DbSession, first: int = 0) -> HTMLResponse:
    """How far the plan is, or the plan: what it comes to, its pairs, how full suppliers are, who is left."""
    job = _plan_job(session, job_id)
    plan = get_plan(session, job_id) if job.status == JobStatus.SUCCEEDED.value else None
    return page(
        visitor,
        "desk/plan.html",
        job=job_answer(job),
        plan=plan,
        first=max(first, 0),
        at_once=NEEDS_AT_ONCE,
        suppliers_shown=SUPPLIERS_SHOWN,
    )


@router.get("/desk/assignments/{job_id}/plan.csv")
def take_csv(_visitor: StaffVisitor, job_id: UUID, session: DbSession) -> Response:
    """The plan for a spreadsheet."""
    return in_form(FileForm.CSV, get_plan(session, job_id))


@router.get("/desk/assignments/{job_id}/plan.xlsx")
def take_xlsx(_visitor: StaffVisitor, job_id: UUID, session: DbSession) -> Response:
    """The plan as a workbook to print."""
    return in_form(FileForm.XLSX, get_plan(session, job_id))


@router.post("/desk/assignments/{job_id}/shortlists")
def shortlist(visitor: StaffVisitor, job_id: UUID, session: DbSession) -> Response:
    """Put the pairs of the plan on the board."""
    shortlist_plan(session, visitor.actor, get_plan(session, job_id))
    return go_to(f"/desk/assignments/{job_id}", done="plan_shortlisted")


def _assignments_page(
    visitor: Visitor, session: Session, form: Form, asked: Form, status: int = 200
) -> HTMLResponse:
    wanted = NeedFilter(
        status=NeedStatus.OPEN, region=asked.text("region") or None, words=asked.text("words")[:200]
    )
    needs, more = list_needs(session, wanted, NEEDS_TO_CHOOSE, None)
    plans, _ = list_plans(session, PLANS_SHOWN, None)
    return page(
        visitor,
        "desk/assignments.html",
        status=status,
        form=form,
        asked=asked,
        needs=needs,
        more=more,
        open_needs=open_need_count(session),
        plans=plans,
        regions=[(each.code, each.name) for each in taxonomy.regions()],
    )


def _plan_job(session: Session, job_id: UUID) -> Job:
    job = session.get(Job, job_id)
    if job is None or job.kind != KIND:
        raise Problem(404, "not_found")
    return job
