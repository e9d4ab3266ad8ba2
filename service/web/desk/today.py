"""Today's work, and taking contacts along as a file."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict

from service.db.session import DbSession
from service.db.tables import SupplierStatus
from service.desk.today import ANSWER_DUE, latest_happenings, waiting_now
from service.privacy.access_log import Address
from service.recommendations.pipeline import stage_counts
from service.suppliers.exports import DownloadReason, suppliers_file
from service.web.forms import Form, Posted
from service.web.rendering import page
from service.web.visitor import StaffVisitor

router = APIRouter()


class DownloadInput(BaseModel):
    """Which suppliers, and why they are needed."""

    model_config = ConfigDict(extra="forbid")

    status: SupplierStatus = SupplierStatus.APPROVED
    reason: DownloadReason


@router.get("/desk")
def show_today(visitor: StaffVisitor, session: DbSession) -> HTMLResponse:
    """What waits and for how long; each number leads to its list."""
    return page(
        visitor,
        "desk/today.html",
        waiting=waiting_now(session),
        due_days=ANSWER_DUE.days,
        stages=stage_counts(session),
        happenings=latest_happenings(session),
    )


@router.get("/desk/exports")
def show_exports(visitor: StaffVisitor) -> HTMLResponse:
    """Where the reason is asked for."""
    return page(visitor, "desk/exports.html", form=Form())


@router.post("/desk/exports")
def take_suppliers(visitor: StaffVisitor, address: Address, form: Posted, session: DbSession) -> Response:
    """The file; who took it and why is in the access log."""
    with form.trying(session):
        asked = form.read(DownloadInput)
        return suppliers_file(session, visitor.actor, address, asked.reason, asked.status)
    return page(visitor, "desk/exports.html", status=422, form=form)
