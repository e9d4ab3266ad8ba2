"""Plans for a matching day over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response

from service.accounts.actor import Staff
from service.assignments.files import accepted_form, in_form
from service.assignments.operations import request_assignment
from service.assignments.queries import get_plan, list_plans
from service.assignments.schemas import AssignmentInput, PlanAnswer, PlanOutline
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.job_status.endpoints import JobAnswer, accepted
from service.kit.file_forms import FileForm
from service.kit.pages import Cursor, Limit, Page

router = APIRouter(prefix="/assignments", tags=["배정"], route_class=IdempotentRoute)

PlanPage = Page[PlanOutline]

_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "배정 계획. Accept 헤더로 CSV와 XLSX도 받을 수 있습니다.",
        "content": {
            FileForm.CSV.value: {"schema": {"type": "string"}},
            FileForm.XLSX.value: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("", status_code=202, summary="여러 수요에 공급기업 한꺼번에 배정하기")
def plan_assignment(
    asked: AssignmentInput, actor: Staff, session: DbSession, response: Response
) -> JobAnswer:
    """공급기업의 여력 안에서 기대 소개 건수가 가장 많은 배정을 계산합니다.

    어느 수요도 둘째 공급기업을 받기 전에, 받을 수 있는 모든 수요가 첫째를 받습니다. 계획은 제안이며
    아무것도 예약하지 않습니다. 다 되면 작업의 result_url에서 읽습니다.
    """
    return accepted(request_assignment(session, actor, asked), response)


@router.get("", summary="배정 계획 목록")
def list_assignments(_actor: Staff, session: DbSession, limit: Limit = 20, cursor: Cursor = None) -> PlanPage:
    """담당자들이 만든 계획을 새것부터 봅니다. 계산 중인 것과 하지 못한 것도 나옵니다."""
    items, next_cursor = list_plans(session, limit, cursor)
    return PlanPage(items=items, next_cursor=next_cursor)


@router.get("/{job_id}", summary="배정 계획 보기", response_model=PlanAnswer, responses=_FORMS)
def read_assignment(
    job_id: UUID,
    _actor: Staff,
    session: DbSession,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> PlanAnswer | Response:
    """수요마다 배정한 공급기업과 사유, 공급기업마다 부하, 배정하지 못한 수요와 까닭을 봅니다."""
    form = accepted_form(accept)
    plan = get_plan(session, job_id)
    return plan if form is FileForm.JSON else in_form(form, plan)
