"""The metrics over HTTP.

With `ALLIANCE_METRICS_TOKEN` only whoever shows it is answered. Without one everybody is, as the contract
says; then the fund's money, which the API shows to staff alone, is told only on a machine that nobody else
reaches.
"""

import secrets

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.kit.problems import Problem
from service.observability.readings import Readings
from service.settings import Settings

router = APIRouter(tags=["상태"])


@router.get("/metrics", summary="측정값 (Prometheus)", response_class=Response)
def metrics(request: Request) -> Response:
    """Prometheus 형식의 측정값. ALLIANCE_METRICS_TOKEN이 있으면 그 값을 Bearer로 보내야 합니다."""
    settings: Settings = request.app.state.settings
    readings: Readings = request.app.state.readings
    _require_token(settings, request.headers.get("authorization", ""))
    money = settings.metrics_token is not None or settings.alone_on_this_machine
    return Response(readings.told(request.app.state.matching, money=money), media_type=CONTENT_TYPE_LATEST)


def _require_token(settings: Settings, shown: str) -> None:
    if settings.metrics_token is None:
        return
    wanted = f"Bearer {settings.metrics_token.get_secret_value()}"
    if not secrets.compare_digest(shown.encode(), wanted.encode()):
        raise Problem(401, "metrics_token_needed", headers={"WWW-Authenticate": "Bearer"})
