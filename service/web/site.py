"""Puts the website into the application: its pages, its static files, its own answers to refusals."""

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.accounts.actor import ANONYMOUS
from service.kit.routing import Signpost
from service.web import (
    admin,
    calculators,
    checks,
    contracts,
    dashboard,
    fund,
    manufacturer,
    own_account,
    sign_in,
)
from service.web.desk import approvals, assignments, companies, costs, need, needs, pipeline, reviews, today
from service.web.desk import programmes as desk_programmes
from service.web.own_account import unsubscribing
from service.web.problem_pages import ProblemPages
from service.web.public import challenges, clusters, directory, home, programmes, trial
from service.web.rendering import STATIC
from service.web.same_site import refuse_other_sites
from service.web.supplier import challenges as supplier_challenges
from service.web.supplier import documents as supplier_documents
from service.web.supplier import fund_loan as supplier_fund_loan
from service.web.supplier import home as supplier_home
from service.web.supplier import leads as supplier_leads
from service.web.supplier import loans as supplier_loans
from service.web.supplier import profile as supplier_profile
from service.web.supplier import programmes as supplier_programmes
from service.web.supplier import registration as supplier_registration
from service.web.visitor import SignInNeeded, Visitor

DESK = (today, approvals, companies, needs, need, pipeline, assignments, costs, desk_programmes, reviews)
AREAS = (
    sign_in,
    checks,
    home,
    trial,
    directory,
    programmes,
    challenges,
    clusters,
    *calculators.AREAS,
    supplier_registration,
    supplier_home,
    supplier_profile,
    supplier_documents,
    supplier_leads,
    supplier_fund_loan,
    supplier_loans,
    supplier_programmes,
    supplier_challenges,
    *manufacturer.AREAS,
    *own_account.AREAS,
    *DESK,
    *fund.AREAS,
    *contracts.AREAS,
    dashboard,
    *admin.AREAS,
)
"""Each has a `router` of its own."""

FOR_EVER = "public, max-age=31536000, immutable"


def install_website(app: FastAPI) -> None:
    """Add the pages. Call it last: its layer is the outermost."""
    for area in AREAS:
        refusing = [Depends(refuse_other_sites)]
        app.include_router(Signpost(area.router, include_in_schema=False, dependencies=refusing))
    app.include_router(unsubscribing.from_mail_programs, include_in_schema=False)
    app.mount("/static", _MarkedFiles(directory=STATIC), name="static")
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_middleware(ProblemPages)


class _MarkedFiles(StaticFiles):
    """Static files whose addresses carry a mark of their content may be kept by browsers for ever."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Starlette's answer, with how long it may be kept."""
        response = super().file_response(*args, **kwargs)
        scope: Scope = kwargs["scope"] if "scope" in kwargs else args[2]
        marked = b"v=" in scope["query_string"]
        response.headers["Cache-Control"] = FOR_EVER if marked else "no-cache"
        return response


def _ask_to_sign_in(request: Request, _error: Exception) -> HTMLResponse | RedirectResponse:
    visitor = Visitor(ANONYMOUS, request.url.path, request.url.query)
    if request.method in ("GET", "HEAD"):
        return RedirectResponse(f"/sign-in?next={sign_in.escaped(visitor.address)}", 303)
    return sign_in.ask_again(visitor, request.state.posted)
