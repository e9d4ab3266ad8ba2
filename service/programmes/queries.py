"""Reading support programmes."""

from collections.abc import Sequence
from typing import Literal

from sqlmodel import Session, col, select

from service.db.tables import Programme

Audience = Literal["supplier", "manufacturer"]


def programmes_for(session: Session, audience: Audience) -> Sequence[Programme]:
    """Programmes meant for that side of the alliance, open ones first, then by name."""
    rows = session.exec(select(Programme).order_by(col(Programme.name))).all()
    meant = [row for row in rows if audience in row.terms.get("audience", [])]
    return sorted(meant, key=lambda row: row.status != "open")
