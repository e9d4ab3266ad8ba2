"""The access log, the audit trail and what else shows that the service was honest, for administrators."""

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import Session

from service.accounts.actor import Actor, Administrator, AdministratorInPerson
from service.accounts.audit import record_event
from service.db.session import DbSession
from service.db.tables import AccessLogEntry
from service.kit import clock
from service.kit.csv_cells import harmless
from service.kit.pages import Cursor, Limit, Page
from service.kit.texts import Clean, OneLine
from service.messages.privacy import ACCESS_LOG_HEADINGS
from service.privacy.access_log import Address, Form, Purpose, log_reading, verify_access_log
from service.privacy.people import PersonPage, search_people
from service.privacy.records import (
    AccessAnswer,
    AccessFilter,
    AuditAnswer,
    AuditFilter,
    ConsentCountAnswer,
    Days,
    DestructionAnswer,
    count_consents,
    exported_access_log,
    list_access_log,
    list_audit_events,
    list_destruction_records,
)

router = APIRouter(tags=["기록"])

PEOPLE = "account"
"""What the access log calls the people of companies."""

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
Reason = Annotated[str, StringConstraints(min_length=5, max_length=300), Clean, OneLine]
Day = Annotated[date, Query(ge=EARLIEST, le=LATEST)]
Words = Annotated[str, StringConstraints(max_length=100), Clean]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Label = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(:[0-9a-f-]{36})?$", max_length=60)]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "CSV (UTF-8)"}
}


class ChainAnswer(BaseModel):
    """What came of reading the whole access log."""

    rows: int = Field(description="이어지는 줄 수")
    head: str = Field(description="마지막 줄의 값. 다른 곳에 적어 두면 뒤를 잘라 낸 것도 알 수 있습니다.")
    broken_at: int | None = Field(description="처음으로 맞지 않는 줄; 모두 맞으면 null")


def _days(since: Day | None = None, until: Day | None = None) -> Days:
    return Days(since, until)


ChosenDays = Annotated[Days, Depends(_days)]


def _access_filter(
    days: ChosenDays,
    actor: Annotated[Label | None, Query(description="누가: account:번호")] = None,
    subject_kind: Annotated[Code | None, Query(description="누구의 자료")] = None,
    purpose: Annotated[Purpose | None, Query(description="무엇을 하려고")] = None,
) -> AccessFilter:
    return AccessFilter(actor, subject_kind, purpose, days)


WantedAccess = Annotated[AccessFilter, Depends(_access_filter)]


@router.get("/access-log", summary="접속기록")
def read_access_log(
    _actor: Administrator, session: DbSession, wanted: WantedAccess, limit: Limit = 20, cursor: Cursor = None
) -> Page[AccessAnswer]:
    """담당자가 누구의 개인정보를 언제 어디서 왜 보았는지 새것부터 봅니다."""
    return list_access_log(session, wanted, limit, cursor)


@router.get("/access-log/check", summary="접속기록이 온전한지")
def check_access_log(_actor: Administrator, session: DbSession) -> ChainAnswer:
    """모든 줄을 처음부터 읽어 바뀌거나 빠진 줄이 없는지 봅니다. 오래 걸릴 수 있습니다."""
    chain = verify_access_log(session)
    return ChainAnswer(rows=chain.rows, head=str(chain.head), broken_at=chain.broken_at)


@router.get("/exports/access-log", summary="접속기록 내려받기", response_class=Response, responses=_CSV)
def export_access_log(
    actor: AdministratorInPerson,
    session: DbSession,
    wanted: WantedAccess,
    reason: Annotated[Reason, Query(description="내려받는 까닭. 변경 기록에 남습니다.")],
) -> Response:
    """접속기록을 CSV로 받습니다. 새것부터 10만 줄까지 담습니다. 누가 왜 받았는지 변경 기록에 남습니다."""
    return access_log_file(session, actor, wanted, reason)


@router.get("/audit-events", summary="변경 기록")
def read_audit_events(
    _actor: Administrator,
    session: DbSession,
    days: ChosenDays,
    noun: Annotated[Code | None, Query(description="무엇에 관한 일인지: supplier, ranking 들")] = None,
    actor: Annotated[Label | None, Query(description="누가: account:번호")] = None,
    subject_id: UUID | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[AuditAnswer]:
    """상태를 바꾼 모든 일을 바꾸기 앞뒤의 값과 함께 새것부터 봅니다."""
    return list_audit_events(session, AuditFilter(noun, actor, subject_id, days), limit, cursor)


@router.get("/destruction-records", summary="파기 기록")
def read_destruction_records(
    _actor: Administrator, session: DbSession, limit: Limit = 20, cursor: Cursor = None
) -> Page[DestructionAnswer]:
    """보유 기간이 지나 지운 개인정보의 건수를 새것부터 봅니다."""
    return list_destruction_records(session, limit, cursor)


@router.get("/consent-counts", summary="동의 현황")
def read_consent_counts(_actor: Administrator, session: DbSession) -> Page[ConsentCountAnswer]:
    """목적마다 몇 사람이 지금 동의하고 있는지 봅니다."""
    return Page[ConsentCountAnswer](items=count_consents(session), next_cursor=None)


@router.get("/people", summary="회사의 담당자 찾기")
def read_people(
    actor: AdministratorInPerson,
    address: Address,
    session: DbSession,
    q: Annotated[Words, Query(description="이름, 전자우편, 회사 이름의 일부")] = "",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> PersonPage:
    """공급기업과 수요기업의 담당자를 찾습니다. 목록에서는 이름과 연락처를 가립니다."""
    page = search_people(session, q, limit, cursor)
    log_reading(session, actor, address, PEOPLE, page.items, Purpose.LIST, form=Form.MASKED)
    return page


def access_log_file(session: Session, actor: Actor, wanted: AccessFilter, reason: str) -> Response:
    """The rows that were asked for as a file; that somebody took it, and why, is in the audit trail."""
    entries = exported_access_log(session, wanted)
    assert actor.account_id is not None
    taken = {"rows": len(entries), "reason": reason}
    record_event(session, actor, "access_log.exported", actor.account_id, after=taken)
    name = f"access-log-{clock.today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_csv_file(entries), media_type="text/csv; charset=utf-8", headers=headers)


def _csv_file(entries: Iterable[AccessLogEntry]) -> bytes:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(ACCESS_LOG_HEADINGS.values())
    for entry in entries:
        writer.writerow([_cell(getattr(entry, name)) for name in ACCESS_LOG_HEADINGS])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    return harmless(" ".join(value) if isinstance(value, list) else value)
