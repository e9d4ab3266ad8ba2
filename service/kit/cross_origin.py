"""CORS: which websites' scripts may call the API (Fetch standard, 3.2); none unless settings name them."""

import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from service.kit.problems import Problem, problem_response

ALLOWED_METHODS = ("GET", "POST", "PATCH", "DELETE")
ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-API-Key",
    "X-Request-ID",
)
SHOWN_HEADERS = ("ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-ID")


class CrossOrigin(CORSMiddleware):
    """Starlette's CORS with our headers; a refused preflight is a problem document too. No cookies pass."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a preflight request."""
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        refusal = problem_response(Problem(400, "origin_not_allowed"), request_id)
        refusal.headers["Vary"] = "Origin"
        return refusal
