"""The board: where each introduction stands, and moving it on."""

from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from matching import taxonomy
from service.codes.types import RegionCode
from service.db.session import DbSession
from service.db.tables import Verdict
from service.messages.desk import REJECTION_REASONS
from service.recommendations.decisions import move_pair
from service.recommendations.pipeline import (
    STAGES,
    BoardFilter,
    board,
    cards_in,
    decisions_told,
    get_card,
    stage_counts,
)
from service.recommendations.schemas import MoveInput
from service.web.forms import Asked, Form, Posted
from service.web.rendering import go_to, page
from service.web.visitor import StaffVisitor, Visitor

router = APIRouter()

CARDS_AT_FIRST = 12
CARDS_OF_ONE_STAGE = 50
KEPT = ("mine", "region", "days", "stage")
"""What a move comes back to."""


class BoardAsked(BaseModel):
    """What the board can be asked for by its address."""

    model_config = ConfigDict(extra="ignore")

    mine: bool = False
    region: RegionCode | None = None
    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    stage: Verdict | None = None
    card: UUID | None = None
    cursor: str | None = Field(None, max_length=500)


@router.get("/desk/pipeline")
def show_board(visitor: StaffVisitor, session: DbSession, asked: Asked) -> HTMLResponse:
    """Every column with those who have stood there longest; `stage` shows one column whole."""
    return _board_page(visitor, session, asked)


@router.post("/desk/pipeline")
def move(visitor: StaffVisitor, session: DbSession, form: Posted) -> Response:
    """Move a card, unless somebody else moved it meanwhile; then back to the board as it was asked for."""
    with form.trying(session):
        move_pair(session, visitor.actor, form.read(MoveInput))
        return go_to(f"/desk/pipeline?{form.text('back')}".rstrip("?"), done="moved")
    return _board_page(visitor, session, Form(parse_qsl(form.text("back"))), refused=form)


def _board_page(visitor: Visitor, session: Session, form: Form, refused: Form | None = None) -> HTMLResponse:
    asked = BoardAsked()
    with form.trying(session):
        asked = form.read(BoardAsked)
    wanted = BoardFilter(
        account_id=visitor.account_id if asked.mine else None, region=asked.region, days=asked.days
    )
    cards, next_cursor = (
        cards_in(session, asked.stage, wanted, CARDS_OF_ONE_STAGE, asked.cursor)
        if asked.stage
        else ([], None)
    )
    opened = get_card(session, asked.card) if asked.card else None
    return page(
        visitor,
        "desk/pipeline.html",
        status=422 if refused or form.is_refused else 200,
        form=form,
        refused=refused or Form(),
        query={
            name: value for name, value in form.values.items() if name in ("mine", "region", "days", "stage")
        },
        stages=STAGES,
        stage=asked.stage,
        columns=[] if asked.stage else board(session, wanted, CARDS_AT_FIRST),
        cards=cards,
        next_cursor=next_cursor,
        counts=stage_counts(session),
        opened=opened,
        told=decisions_told(session, opened.need_id, opened.supplier_id) if opened else [],
        reasons=list(REJECTION_REASONS.items()),
        regions=[(each.code, each.name) for each in taxonomy.regions()],
    )
