"""The win-win fund over HTTP: what it has left, who is late, what a month came to."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from service.accounts.actor import Administrator, Staff
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import FundTerm
from service.financing.wire import Day
from service.fund import loan_endpoints
from service.fund.answers import FundAnswer, TermsAnswer, fund_answer
from service.fund.files import accepted_form, in_form
from service.fund.loan_answers import OverdueAnswer, overdue_answer
from service.fund.queries import overdue_loans, overview_of
from service.fund.schemas import TermsInput, TermsPatch
from service.fund.statements import StatementAnswer, statement_of
from service.fund.terms import change_terms, get_terms, set_terms
from service.kit import clock
from service.kit.etags import IfMatch, etag, require_match
from service.kit.file_forms import FileForm
from service.kit.pages import Cursor, Limit, Page
from service.kit.problems import field_problem

router = APIRouter(prefix="/fund", tags=["상생협력펀드"], route_class=IdempotentRoute)

FundCode = Annotated[
    str | None, Query(max_length=50, description="펀드 코드(/v1/fund-terms). 없으면 지금 대출하는 펀드")
]
NamedFund = Annotated[str, Path(max_length=50, description="펀드 코드")]
Begins = Annotated[Day, Path(description="조건이 시작한 날")]
_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "월말 명세. Accept 헤더로 CSV(전표)와 XLSX(계정, 대출, 전표)도 받을 수 있습니다.",
        "content": {
            FileForm.CSV.value: {"schema": {"type": "string"}},
            FileForm.XLSX.value: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get("", summary="펀드의 한도와 쓰임")
def read_fund(_actor: Staff, session: DbSession, fund: FundCode = None) -> FundAnswer:
    """총한도, 대출 잔액, 예약, 남은 한도와 오늘 유효한 조건을 봅니다. 잔액은 모두 전표의 합입니다."""
    return fund_answer(overview_of(session, fund, clock.today()))


@router.post("/terms", status_code=201, summary="펀드 조건 정하기")
def create_terms(
    data: TermsInput, actor: Administrator, session: DbSession, response: Response
) -> TermsAnswer:
    """어느 날부터의 조건을 더합니다. 앞의 조건은 그 전날 끝나고, 이미 신청한 대출은 그대로입니다."""
    terms = set_terms(session, actor, data)
    response.headers["Location"] = f"/v1/fund?fund={terms.code}"
    return TermsAnswer.model_validate(terms)


@router.get("/terms/{fund_code}/{valid_from}", summary="한 기간의 펀드 조건")
def read_terms(
    fund_code: NamedFund, valid_from: Begins, _actor: Administrator, session: DbSession, response: Response
) -> TermsAnswer:
    """어느 날부터의 조건을 봅니다. ETag를 고칠 때 If-Match로 보냅니다."""
    return _terms(get_terms(session, fund_code, valid_from), response)


@router.patch("/terms/{fund_code}/{valid_from}", summary="펀드 조건 고치기")
def update_terms(
    fund_code: NamedFund,
    valid_from: Begins,
    patch: TermsPatch,
    actor: Administrator,
    session: DbSession,
    response: Response,
    if_match: IfMatch = None,
) -> TermsAnswer:
    """신청이 없는 조건을 고칩니다. 신청이 있는 조건은 끝나는 날(valid_to)만 바꿀 수 있습니다."""
    terms = get_terms(session, fund_code, valid_from, lock=True)
    require_match(if_match, terms.version)
    return _terms(change_terms(session, actor, terms, patch), response)


def _terms(terms: FundTerm, response: Response) -> TermsAnswer:
    response.headers["ETag"] = etag(terms.version)
    return TermsAnswer.model_validate(terms)


@router.get("/overdue", summary="연체한 대출")
def list_overdue(
    actor: Staff,
    session: DbSession,
    day: Annotated[Day | None, Query(description="이날 기준. 없으면 오늘")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[OverdueAnswer]:
    """낼 날이 지난 회차가 있는 대출을 오래 밀린 것부터 봅니다. 지금까지 기록한 상환으로 답합니다."""
    as_of = day or clock.today()
    late, next_cursor = overdue_loans(session, actor, as_of, limit, cursor)
    items = [overdue_answer(each, as_of) for each in late]
    return Page[OverdueAnswer](items=items, next_cursor=next_cursor)


@router.get("/statements/{month}", summary="월말 명세", response_model=StatementAnswer, responses=_FORMS)
def read_statement(
    month: Annotated[str, Path(description="2026-01 모양의 달")],
    _actor: Staff,
    session: DbSession,
    fund: FundCode = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> StatementAnswer | Response:
    """계정별 잔액, 대출별 내용, 전표를 봅니다. 기록한 날로 나누므로 끝난 달의 명세는 바뀌지 않습니다."""
    form = accepted_form(accept)
    statement = statement_of(session, fund, first_day_of(month))
    return statement if form is FileForm.JSON else in_form(form, statement)


def first_day_of(month: str) -> date:
    """The day on which that month begins. Raises `Problem` 422 `month_malformed`."""
    try:
        if len(month) != len("2026-01"):
            raise ValueError(month)
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise field_problem("/path/month", "month_malformed") from error


router.include_router(loan_endpoints.router)
