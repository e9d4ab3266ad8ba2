"""The fund at a glance: how much of its ceiling is in use, its terms, and what is to do."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.session import DbSession
from service.db.tables import LoanStatus
from service.fund.answers import fund_answer
from service.fund.endpoints import FundCode
from service.fund.loan_answers import overdue_answer
from service.fund.queries import LoanRecord, open_loans, overdue_loans, overview_of
from service.fund.terms import find_fund_on
from service.kit import clock
from service.web.fund.tabs import tabs
from service.web.rendering import page
from service.web.visitor import StaffVisitor

router = APIRouter()

SHOWN = 5
SOON = timedelta(days=14)
"""An application that expires within it is to be looked at now."""


@dataclass(frozen=True)
class Task:
    """Applications that wait for somebody: the first that expire, how many in all, and where they all are."""

    name: str
    nothing: str
    records: list[LoanRecord]
    total: int
    address: str


@router.get("/fund")
def show_fund(visitor: StaffVisitor, session: DbSession, fund: FundCode = None) -> HTMLResponse:
    """The fund that lends today unless another is asked for; what is to do concerns the loans of all."""
    today = clock.today()
    lending = find_fund_on(session, today)
    code = fund or (lending.code if lending else None)
    late, more = overdue_loans(session, visitor.actor, today, SHOWN)
    return page(
        visitor,
        "fund/overview.html",
        tabs=tabs(visitor),
        fund=fund_answer(overview_of(session, code, today)) if code else None,
        tasks=_tasks(session, visitor.actor),
        overdue=[overdue_answer(each, today) for each in late],
        more_overdue=more is not None,
        today=today,
    )


def _tasks(session: Session, actor: Actor) -> list[Task]:
    waiting, waiting_total = open_loans(session, actor, SHOWN, status=LoanStatus.RESERVED)
    approved, approved_total = open_loans(session, actor, SHOWN, status=LoanStatus.APPROVED)
    soon, soon_total = open_loans(session, actor, SHOWN, expires_by=clock.today() + SOON)
    return [
        Task(
            "은행의 결정을 기다리는 신청",
            "결정을 기다리는 신청이 없습니다.",
            waiting,
            waiting_total,
            "/fund/loans?status=reserved",
        ),
        Task(
            "승인되고 실행하지 않은 대출",
            "승인되고 실행하지 않은 대출이 없습니다.",
            approved,
            approved_total,
            "/fund/loans?status=approved",
        ),
        Task(
            f"{SOON.days}일 안에 기한이 끝나는 신청",
            "곧 기한이 끝나는 신청이 없습니다.",
            soon,
            soon_total,
            "/fund/loans?expiring=true",
        ),
    ]
