"""The pages of the fund, as tabs."""

from service.accounts.actor import Role
from service.kit import clock
from service.web.navigation import Places
from service.web.visitor import Visitor


def tabs(visitor: Visitor, month: str | None = None) -> Places:
    """Paths and names, the statement of the month shown or of this one; terms are set by administrators."""
    places = (
        ("/fund", "한눈에"),
        ("/fund/loans", "대출"),
        ("/fund/overdue", "연체"),
        (f"/fund/statements/{month or f'{clock.today():%Y-%m}'}", "월말 명세"),
    )
    return (*places, ("/fund/terms", "조건")) if visitor.actor.role is Role.ADMIN else places
