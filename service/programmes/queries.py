"""Reading support programmes: facts with a period, so that whether one is open depends on the day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from service.db.tables import Programme
from service.kit.problems import Problem


def list_programmes(session: Session, audience: str | None = None) -> Sequence[Programme]:
    """By code; only those for suppliers or for manufacturers when `audience` names them."""
    statement = select(Programme).order_by(col(Programme.code))
    if audience is not None:
        terms: Any = col(Programme.terms)
        statement = statement.where(terms.contains({"audience": [audience]}))
    return session.exec(statement).all()


def get_programme(session: Session, code: str) -> Programme:
    """That programme. Raises `Problem` 404."""
    programme = session.get(Programme, code)
    if programme is None:
        raise Problem(404, "not_found")
    return programme


def is_open(programme: Programme, day: date) -> bool:
    """Whether it is open as far as is known, and its period has not ended by that day."""
    return programme.status == "open" and (programme.valid_to is None or programme.valid_to >= day)
