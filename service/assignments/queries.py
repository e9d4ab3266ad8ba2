"""Reading what a plan is made of, and plans."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from service.assignments.schemas import MOST_NEEDS, PlanAnswer, PlanOutline
from service.db.tables import Job, JobStatus, Manufacturer, Need, NeedStatus
from service.kit.pages import cut_page, decode_uuid_cursor
from service.kit.problems import FieldError, Problem
from service.messages import sentence

KIND = "assignment"

_OUTLINES = text("""
    SELECT id, status, created_at, finished_at, result -> 'order' ->> 'day' AS day,
           jsonb_array_length(result -> 'order' -> 'need_ids') AS needs,
           (result -> 'order' ->> 'suppliers_per_need')::int AS suppliers_per_need,
           result -> 'outcome' -> 'plan' AS totals
    FROM job WHERE kind = :kind AND (CAST(:before AS uuid) IS NULL OR id < :before)
    ORDER BY id DESC LIMIT :most
""")


def open_need_ids(session: Session) -> list[UUID]:
    """Every open need, the oldest first. Raises `Problem` 409 for none, 422 for more than one plan takes."""
    statement = select(Need.id).where(Need.status == NeedStatus.OPEN.value).order_by(col(Need.id))
    ids = list(session.exec(statement))
    if not ids:
        raise Problem(409, "no_open_need")
    if len(ids) > MOST_NEEDS:
        raise Problem(422, "too_many_needs", count=f"{len(ids):,}", most=f"{MOST_NEEDS:,}")
    return ids


def assignable(session: Session, ids: Sequence[UUID]) -> list[UUID]:
    """These needs, each once. Raises `Problem` 422 for unknown ones, 409 for closed ones, naming each."""
    statement = select(Need.id, Need.status).where(col(Need.id).in_(ids))
    status_of = dict(session.exec(statement).all())
    _refuse(422, "need_unknown", [place for place, one in enumerate(ids) if one not in status_of])
    closed = [place for place, one in enumerate(ids) if status_of[one] == NeedStatus.CLOSED.value]
    _refuse(409, "need_not_assignable", closed)
    return list(dict.fromkeys(ids))


def needs_of(session: Session, ids: Sequence[UUID]) -> list[tuple[Need, Manufacturer]]:
    """These needs with their manufacturers, in their order."""
    statement = select(Need, Manufacturer).join(
        Manufacturer, col(Manufacturer.id) == col(Need.manufacturer_id)
    )
    found = {need.id: (need, owner) for need, owner in session.exec(statement.where(col(Need.id).in_(ids)))}
    return [found[one] for one in ids if one in found]


def get_plan(session: Session, job_id: UUID) -> PlanAnswer:
    """The plan of a job. Raises `Problem` 404 when there is no such job, 409 while it has none or failed."""
    job = session.get(Job, job_id)
    if job is None or job.kind != KIND:
        raise Problem(404, "not_found")
    if job.status == JobStatus.FAILED.value:
        raise Problem(409, "job_failed")
    if job.status != JobStatus.SUCCEEDED.value:
        raise Problem(409, "assignment_running", headers={"Retry-After": "2"}, job_id=job_id)
    return PlanAnswer.model_validate(job.result["plan"])


def list_plans(session: Session, limit: int, cursor: str | None) -> tuple[list[PlanOutline], str | None]:
    """One page of plans without their pairs, the newest first: an id is time-ordered (UUIDv7)."""
    before = decode_uuid_cursor(cursor)[1] if cursor else None
    rows = session.execute(_OUTLINES, {"kind": KIND, "before": before, "most": limit + 1})
    plans = [PlanOutline.model_validate(dict(row)) for row in rows.mappings()]
    return cut_page(plans, limit, lambda plan: ("", str(plan.id)))


def _refuse(status: int, code: str, places: Sequence[int]) -> None:
    if places:
        errors = [FieldError(f"/need_ids/{place}", sentence(code)) for place in places]
        raise Problem(status, code, errors=errors)
