"""A supplier's certificates over HTTP: for its own people and staff."""

from uuid import UUID

from fastapi import APIRouter, Response

from service.accounts.actor import SignedIn
from service.db.idempotency import IdempotentRoute
from service.db.session import DbSession
from service.db.tables import Certificate
from service.kit import clock
from service.kit.etags import IfMatch, etag, require_match
from service.kit.pages import Page
from service.suppliers.certificates import (
    add_certificate,
    certificates_of,
    get_certificate,
    remove_certificate,
    state_of,
)
from service.suppliers.queries import editable_by, get_supplier, lock_supplier
from service.suppliers.schemas import CertificateAnswer, CertificateInput

router = APIRouter(
    prefix="/suppliers/{supplier_id}/certificates", tags=["공급기업"], route_class=IdempotentRoute
)


@router.get("", summary="공급기업의 인증서")
def list_certificates(supplier_id: UUID, actor: SignedIn, session: DbSession) -> Page[CertificateAnswer]:
    """먼저 끝나는 것부터 봅니다. 그 회사와 담당자만 볼 수 있습니다."""
    supplier = get_supplier(session, supplier_id, editable_by(actor))
    items = [_answer(each) for each in certificates_of(session, supplier.id)]
    return Page(items=items, next_cursor=None)


@router.post("", status_code=201, summary="인증서 등록")
def create_certificate(
    supplier_id: UUID, data: CertificateInput, actor: SignedIn, session: DbSession, response: Response
) -> CertificateAnswer:
    """기간이 남은 인증서의 인증은 프로필에 오르고, 모두 끝나면 그날 밤 프로필과 추천에서 빠집니다."""
    supplier = lock_supplier(session, supplier_id, editable_by(actor))
    certificate = add_certificate(session, actor, supplier, data)
    response.headers["Location"] = f"/v1/suppliers/{supplier.id}/certificates/{certificate.id}"
    response.headers["ETag"] = etag(certificate.version)
    return _answer(certificate)


@router.get("/{certificate_id}", summary="인증서 보기")
def read_certificate(
    supplier_id: UUID, certificate_id: UUID, actor: SignedIn, session: DbSession, response: Response
) -> CertificateAnswer:
    """인증서 하나를 봅니다."""
    certificate = get_certificate(session, supplier_id, certificate_id, editable_by(actor))
    response.headers["ETag"] = etag(certificate.version)
    return _answer(certificate)


@router.delete("/{certificate_id}", status_code=204, summary="인증서 지우기")
def delete_certificate(
    supplier_id: UUID,
    certificate_id: UUID,
    actor: SignedIn,
    session: DbSession,
    if_match: IfMatch = None,
) -> None:
    """같은 인증의 다른 유효한 인증서가 없으면 프로필에서도 빠집니다."""
    supplier = lock_supplier(session, supplier_id, editable_by(actor))
    certificate = get_certificate(session, supplier_id, certificate_id, editable_by(actor))
    require_match(if_match, certificate.version)
    remove_certificate(session, actor, supplier, certificate)


def _answer(certificate: Certificate) -> CertificateAnswer:
    return CertificateAnswer(
        **certificate.model_dump(exclude={"supplier_id", "version", "warned_at", "created_at"}),
        state=state_of(certificate, clock.today()).value,
    )
