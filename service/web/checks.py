"""Short answers that a field asks for while somebody types, as plain text."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse

from service.business_status.endpoints import CHECKS, look_up
from service.db.session import Database
from service.kit.business_number import BusinessNumberError, parse_business_number
from service.kit.rate_limits import RateLimits
from service.messages import sentence
from service.suppliers.queries import is_registered

router = APIRouter()


@router.get("/checks/business-number")
def check_business_number(
    request: Request, value: Annotated[str, Query(max_length=40)] = ""
) -> PlainTextResponse:
    """Check digit, whether it is registered as a supplier, and what the tax service says; never whose it is.

    Limited together with the API's check, so that numbers cannot be tried out in bulk.
    """
    limits: RateLimits = request.app.state.rate_limits
    limits.count(CHECKS, "business-number", request.client.host if request.client else "local")
    try:
        number = parse_business_number(value)
    except BusinessNumberError as error:
        return PlainTextResponse(sentence(error.code))
    if _is_taken(request.app.state.database, number):
        return PlainTextResponse(sentence("business_number_taken"))
    found = look_up(request.app.state.register, number)
    told = sentence(f"business_check_{found.status.value}")
    return PlainTextResponse(f"{told} {found.notice}" if found.notice else told)


def _is_taken(database: Database, number: str) -> bool:
    """In a transaction of its own: the tax service may take seconds, and holds no connection meanwhile."""
    with database.transaction() as session:
        return is_registered(session, number)
