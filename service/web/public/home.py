"""The first page, where to register, and what search engines are told."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, PlainTextResponse

from service.db.session import DbSession
from service.db.tables import NeedStatus
from service.kit import clock
from service.messages.examples import EXAMPLES
from service.needs.queries import count_by_status
from service.programmes.queries import is_open, list_programmes
from service.suppliers.queries import count_approved
from service.web.forms import Form
from service.web.public import choices
from service.web.rendering import page
from service.web.visitor import AnyVisitor

router = APIRouter()

MOST_PROGRAMMES = 4
ROBOTS = "User-agent: *\nDisallow: /v1/\nDisallow: /checks/\nDisallow: /auth/\n"
"""Pages behind the sign-in refuse robots by themselves; mailed links must not be followed."""


@router.get("/")
def show_home(visitor: AnyVisitor, session: DbSession) -> HTMLResponse:
    """What the alliance is, how large it is, and where to begin."""
    needs = count_by_status(session)
    today = clock.today()
    running = [each for each in list_programmes(session, "manufacturer") if is_open(each, today)]
    return page(
        visitor,
        "public/home.html",
        form=Form(),
        industries=choices.industries(),
        regions=choices.regions(),
        examples=EXAMPLES,
        counts=count_approved(session),
        open_needs=needs[NeedStatus.OPEN],
        contracts=needs[NeedStatus.CONTRACTED],
        category_groups=choices.category_groups(),
        programmes=running[:MOST_PROGRAMMES],
        running_programmes=len(running),
    )


@router.get("/register")
def show_register(visitor: AnyVisitor) -> HTMLResponse:
    """Which of the two sides one is on."""
    return page(visitor, "public/register.html")


@router.get("/robots.txt")
def show_robots() -> PlainTextResponse:
    """What search engines leave out."""
    return PlainTextResponse(ROBOTS)
