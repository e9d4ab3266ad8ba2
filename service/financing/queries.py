"""Published terms of funds and grants, read from the database."""

from datetime import date
from fractions import Fraction

from sqlmodel import Session, col, func, or_, select

from service.db.tables import FundTerm, Programme
from service.financing.errors import TermsError
from service.financing.fund_terms import FundConditions
from service.financing.grants import GrantRow
from service.financing.percent import parse_percent


def published_conditions(session: Session, code: str) -> list[FundConditions]:
    """The conditions of one fund in every period, the latest first; none for an unknown fund."""
    rows = session.exec(
        select(FundTerm).where(FundTerm.code == code).order_by(col(FundTerm.valid_from).desc())
    )
    return [conditions_of(row) for row in rows]


def funds_open_on(session: Session, day: date) -> list[FundConditions]:
    """The funds that take loans on a day and say how much they take off the rate, by name."""
    offered = [row for row in funds_on(session, day) if not row.reference_only]
    return [conditions_of(row) for row in offered if row.rate_reduction_percent_max is not None]


def conditions_of(row: FundTerm) -> FundConditions:
    """The conditions that a row of the table states."""
    return FundConditions(
        code=row.code,
        name=row.name,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        ceiling_won=row.ceiling_won,
        company_limit_won=row.per_company_limit_won,
        most_reduction_percent=_rate(row.rate_reduction_percent_max),
        floor_rate_percent=_rate(row.floor_rate_percent),
        most_months=row.max_months,
    )


def funds_on(session: Session, day: date) -> list[FundTerm]:
    """The funds whose published terms are in force on that day, those for reference only last."""
    in_force = select(FundTerm).where(
        col(FundTerm.valid_from) <= day, or_(col(FundTerm.valid_to).is_(None), col(FundTerm.valid_to) >= day)
    )
    return list(session.exec(in_force.order_by(col(FundTerm.reference_only), col(FundTerm.name))))


def programmes_with_grants(session: Session) -> list[Programme]:
    """The programmes whose grants are published as rows of share and cap."""
    stated = func.jsonb_exists(Programme.terms, "grant_rows")
    return list(session.exec(select(Programme).where(stated).order_by(col(Programme.name))))


def grant_rows(session: Session, code: str) -> list[GrantRow]:
    """The dated grant rows of a programme. Raises TermsError `programme_unknown` where there are none."""
    programme = session.get(Programme, code)
    rows = programme.terms.get("grant_rows") if programme else None
    if not rows:
        raise TermsError("programme_unknown", "/programme", programme=code)
    return [GrantRow.of(row) for row in rows]


def _rate(text: str | None) -> Fraction | None:
    return None if text is None else parse_percent(text)
