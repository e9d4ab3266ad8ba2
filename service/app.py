"""The only wiring place: settings in, a web application out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.telemetry import TelemetryConfig
from fastapi_swagger import patch_fastapi
from sqlalchemy.exc import SQLAlchemyError

import service.accounts.jobs
import service.assignments.jobs
import service.business_status.jobs
import service.challenges.jobs
import service.clusters.jobs
import service.colleagues.jobs
import service.deals.contracts.jobs
import service.fund.jobs
import service.imports.jobs
import service.notifications.jobs
import service.privacy.jobs
import service.ranking.jobs
import service.recommendations.jobs
import service.suppliers.jobs
import service.webhooks.jobs
from matching.encoder import Encoder
from service.accounts import endpoints as accounts
from service.accounts.actor import holder_of
from service.assignments import endpoints as assignments
from service.business_status import endpoints as business_status
from service.business_status.nts import make_register
from service.challenges import endpoints as challenges
from service.challenges import review_endpoints as challenge_reviews
from service.clusters import endpoints as clusters
from service.codes import endpoints as codes
from service.colleagues import endpoints as colleagues
from service.dashboard import endpoints as dashboard
from service.db.migrate import is_current
from service.db.session import Database
from service.deals import endpoints as deals
from service.deals.contracts import endpoints as contracts
from service.financing import endpoints as financing
from service.fund import endpoints as fund
from service.imports import endpoints as imports
from service.job_status import endpoints as job_status
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import keep_working
from service.kit.admission import Admission
from service.kit.cross_origin import ALLOWED_HEADERS, ALLOWED_METHODS, SHOWN_HEADERS, CrossOrigin
from service.kit.drain import Drain
from service.kit.http_frame import HttpFrame, UnexpectedErrors
from service.kit.logging import configure_logging
from service.kit.problem_handlers import install_problem_handlers
from service.kit.problems import Problem
from service.kit.rate_limits import RateLimits
from service.kit.request_limits import MEGABYTE, RequestLimits
from service.kit.routing import Signpost
from service.manufacturers import endpoints as manufacturers
from service.needs import endpoints as needs
from service.notifications import endpoints as notifications
from service.observability import endpoints as observability
from service.observability.readings import Readings
from service.openapi import complete_openapi
from service.privacy import account_endpoints
from service.privacy import endpoints as privacy
from service.programmes import endpoints as programmes
from service.ranking import endpoints as ranking
from service.recommendations import endpoints as recommendations
from service.recommendations.matching_engine import (
    MatchingEngine,
    encoder_name,
    list_policy,
    load_encoder,
)
from service.refusals import REFUSALS
from service.settings import Settings
from service.suppliers import certificate_endpoints as certificates
from service.suppliers import endpoints as suppliers
from service.suppliers import exports
from service.web.kept_pages import KeptPages
from service.web.site import install_website
from service.webhooks import endpoints as webhooks
from service.webhooks.sending import sender_of

FEATURES = (
    suppliers,
    certificates,
    manufacturers,
    business_status,
    needs,
    recommendations,
    deals,
    contracts,
    ranking,
    assignments,
    clusters,
    challenges,
    challenge_reviews,
    dashboard,
    imports,
    job_status,
    programmes,
    codes,
    colleagues,
    accounts,
    account_endpoints,
    privacy,
    notifications,
    webhooks,
    exports,
    financing,
    fund,
)
REGISTERED_JOBS = (
    service.accounts.jobs,
    service.assignments.jobs,
    service.challenges.jobs,
    service.clusters.jobs,
    service.colleagues.jobs,
    service.business_status.jobs,
    service.deals.contracts.jobs,
    service.fund.jobs,
    service.imports.jobs,
    service.privacy.jobs,
    service.ranking.jobs,
    service.recommendations.jobs,
    service.suppliers.jobs,
    service.notifications.jobs,
    service.webhooks.jobs,
)
V1 = "/v1"
UNTRACED = ("/healthz", "/readyz", "/metrics")
TELEMETRY: TelemetryConfig = {
    "metrics": False,  # Prometheus asks for them
    "logs": False,  # they would carry the words of exceptions
    "auto_configure": False,  # service.kit.tracing does it, and keeps what is private out
    "exclude": lambda scope: scope["path"] in UNTRACED,
}
LARGEST_BODY = 1 * MEGABYTE
LARGEST_IMPORT = 64 * MEGABYTE


def create_app(
    settings: Settings, database: Database, *, encoder: Encoder | None = None, with_worker: bool = False
) -> FastAPI:
    """The web application over an existing, migrated database.

    `encoder` replaces the one that the settings name; `with_worker` runs the jobs in this process too.
    """
    configure_logging(settings.log_level)
    name = encoder.name if encoder else encoder_name(settings)
    lazy_encoder = LazyEncoder(lambda: encoder or load_encoder(settings), name)
    engine = MatchingEngine(
        database,
        lazy_encoder,
        settings.intent_dir,
        list_policy(settings),
        settings.index_file,
        settings.index,
        settings.search_database_url,
    )
    register = make_register(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        engine.start()
        services = Services(database, lazy_encoder, register, engine.caught_up, settings)
        async with _working(with_worker, services):
            yield
        engine.stop()

    app = FastAPI(
        title="KT 스마트 팩토리 얼라이언스",
        version="1",
        summary="공급기업과 수요기업을 잇고, 할부와 상생협력펀드 대출을 원 단위로 계산합니다.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        telemetry=TELEMETRY,
    )
    app.state.settings = settings
    app.state.database = database
    app.state.admission = Admission()
    app.state.signing_key = settings.signing_key()
    app.state.holder_of = holder_of
    app.state.rate_limits = RateLimits(on=settings.rate_limit == "on")
    app.state.matching = engine
    app.state.drain = Drain()
    app.state.register = register
    app.state.webhook_sender = sender_of(settings)
    app.state.readings = Readings(settings, database)
    _mount(app)
    _frame(app, settings)
    install_problem_handlers(app, REFUSALS)
    patch_fastapi(app, redirect_from_root_to_docs=False)
    install_website(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@contextlib.asynccontextmanager
async def _working(wanted: bool, services: Services) -> AsyncIterator[None]:
    if not wanted:
        yield
        return
    working = asyncio.create_task(keep_working(services.database.url, services))
    try:
        yield
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


def _frame(app: FastAPI, settings: Settings) -> None:
    """The layers around the application; the one that is added last is the outermost."""
    app.add_middleware(KeptPages, state=lambda: app.state.matching.state_of_suppliers)
    app.add_middleware(RequestLimits, rate_limits=app.state.rate_limits, limit_of=_body_limit)
    app.add_middleware(UnexpectedErrors)
    if settings.cors_origins:
        app.add_middleware(
            CrossOrigin,
            allow_origins=settings.cors_origins,
            allow_methods=ALLOWED_METHODS,
            allow_headers=ALLOWED_HEADERS,
            expose_headers=SHOWN_HEADERS,
        )
    app.add_middleware(HttpFrame, behind_tls=settings.behind_tls == "on", drain=app.state.drain)


def _mount(app: FastAPI) -> None:
    for router in (*(feature.router for feature in FEATURES), accounts.auth_router):
        app.include_router(Signpost(router, V1), prefix=V1)

    @app.get("/healthz", tags=["상태"], summary="살아 있는지")
    def healthz() -> dict[str, str]:
        """프로세스가 살아 있으면 답합니다."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["상태"], summary="일할 수 있는지")
    def readyz() -> dict[str, str]:
        """데이터베이스와 마이그레이션, 색인과 모델이 준비되면 답합니다. 아니면 503입니다.

        끝나는 중인 프로세스도 503입니다. index가 behind이면 색인이 데이터베이스를 따라가지 못하고 있습니다.
        """
        if app.state.drain.begun:
            raise Problem(503, "draining", headers={"Retry-After": "2"})
        if _not_ready(app):
            raise Problem(503, "not_ready", headers={"Retry-After": "2"})
        # No 503 for an index that is behind: every process would be, and all but the ranking is well.
        return {"status": "ready", "index": "behind" if app.state.matching.index_is_behind else "current"}

    app.include_router(observability.router)


def _not_ready(app: FastAPI) -> bool:
    database: Database = app.state.database
    try:
        return not is_current(database.engine) or not app.state.matching.ready
    except SQLAlchemyError:
        return True


def _body_limit(path: str) -> int:
    return LARGEST_IMPORT if path.startswith(("/v1/imports/", "/admin/imports")) else LARGEST_BODY


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        # Made here, as they take a twentieth of a second of every start and only this document names them.
        from service.webhooks import documentation  # noqa: PLC0415

        app.webhooks.include_router(documentation.router)
        schema = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            webhooks=app.webhooks.routes,
        )
        app.openapi_schema = complete_openapi(schema)
    return app.openapi_schema
