"""The list of needs that account managers work through."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from matching import taxonomy
from service.codes.types import CategoryCode, RegionCode
from service.db.session import DbSession
from service.db.tables import NeedStatus
from service.desk.needs import NeedFilter, NeedRow, Progress, list_needs
from service.messages.desk import PROGRESS
from service.web.forms import Asked
from service.web.rendering import page
from service.web.visitor import StaffVisitor

router = APIRouter()

AT_ONCE = 50


class NeedsAsked(BaseModel):
    """What the list can be asked for by its address."""

    model_config = ConfigDict(extra="ignore")

    status: NeedStatus | Literal["any"] = NeedStatus.OPEN
    region: RegionCode | None = None
    category: CategoryCode | None = None
    progress: Progress | None = None
    words: str = Field("", max_length=200)
    order: str = ""
    cursor: str | None = Field(None, max_length=500)


@router.get("/desk/needs")
def show_needs(visitor: StaffVisitor, session: DbSession, asked: Asked) -> HTMLResponse:
    """Open needs, those that wait longest first, unless asked otherwise."""
    rows: list[NeedRow] = []
    next_cursor = None
    with asked.trying(session):
        wanted = asked.read(NeedsAsked)
        sought = NeedFilter(
            status=None if wanted.status == "any" else wanted.status,
            region=wanted.region,
            category=wanted.category,
            progress=wanted.progress,
            words=wanted.words,
            newest_first=wanted.order == "newest",
        )
        rows, next_cursor = list_needs(session, sought, AT_ONCE, wanted.cursor)
    return page(
        visitor,
        "desk/needs.html",
        status=422 if asked.is_refused else 200,
        form=asked,
        rows=rows,
        query=dict(asked.values),
        next_cursor=next_cursor,
        regions=[(each.code, each.name) for each in taxonomy.regions()],
        categories=[(code, taxonomy.category_name(code)) for code in taxonomy.category_codes()],
        progress=list(PROGRESS.items()),
    )
