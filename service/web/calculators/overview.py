"""Which calculator answers which question."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.web.calculators.small import SMALL
from service.web.rendering import page
from service.web.visitor import AnyVisitor

router = APIRouter()


@router.get("/calculators")
def show_calculators(visitor: AnyVisitor) -> HTMLResponse:
    """The questions, each with its calculator."""
    return page(visitor, "calculators/overview.html", small=SMALL)
