"""Suppliers with their contacts as one file, for staff who say why they need it."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import StringConstraints
from sqlmodel import Session, col, select

from service.accounts.actor import Actor, Staff
from service.db.session import DbSession
from service.db.tables import Supplier, SupplierStatus
from service.kit import clock
from service.kit.csv_cells import harmless
from service.kit.texts import Clean, OneLine
from service.messages.privacy import CSV_HEADINGS
from service.privacy.access_log import Address, Purpose, log_reading
from service.suppliers.answers import answers_for
from service.suppliers.endpoints import KIND
from service.suppliers.queries import with_parts
from service.suppliers.schemas import PublicSupplierAnswer, SupplierAnswer

router = APIRouter(prefix="/exports", tags=["내려받기"])

DownloadReason = Annotated[str, StringConstraints(min_length=5, max_length=300), Clean, OneLine]
Reason = Annotated[DownloadReason, Query(description="내려받는 까닭. 접속기록에 남습니다.")]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "CSV (UTF-8)"}
}


@router.get("/suppliers", summary="공급기업 연락처 내려받기", response_class=Response, responses=_CSV)
def export_suppliers(
    actor: Staff,
    address: Address,
    session: DbSession,
    reason: Reason,
    status: Annotated[SupplierStatus, Query(description="등록 상태")] = SupplierStatus.APPROVED,
) -> Response:
    """공급기업과 담당자 연락처를 CSV로 받습니다. 까닭을 적어야 하며, 누가 왜 받았는지 접속기록에 남습니다."""
    return suppliers_file(session, actor, address, reason, status)


def suppliers_file(
    session: Session, actor: Actor, address: str, reason: str, status: SupplierStatus
) -> Response:
    """The suppliers in that state as a file; who took it and why is kept."""
    rows = session.exec(
        select(Supplier).where(Supplier.status == status.value).order_by(col(Supplier.company_name))
    )
    answers = answers_for(session, actor, with_parts(session, rows))
    content = _csv_file(answers)
    log_reading(session, actor, address, KIND, answers, Purpose.DOWNLOAD, reason=reason)
    headers = {"Content-Disposition": f'attachment; filename="suppliers-{clock.today().isoformat()}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _csv_file(answers: Iterable[PublicSupplierAnswer]) -> bytes:
    """UTF-8 with a byte order mark for Excel."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEADINGS.values())
    for answer in answers:
        assert isinstance(answer, SupplierAnswer)
        writer.writerow([harmless(cell) for cell in _cells(answer)])
    return text.getvalue().encode("utf-8-sig")


def _cells(answer: SupplierAnswer) -> list[str | None]:
    contact, status = answer.contact, answer.business_status
    cells = {
        **answer.model_dump(include=CSV_HEADINGS.keys() - {"business_status"}, mode="json"),
        "business_status": status.status if status else None,
        "contact_name": contact.name if contact else None,
        "contact_email": contact.email if contact else None,
        "contact_phone": contact.phone if contact else None,
    }
    return [cells[name] for name in CSV_HEADINGS]
