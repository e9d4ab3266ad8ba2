"""Certificates: the papers behind the certifications, and when they run out."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.kit import clock
from service.suppliers.certificates import (
    add_certificate,
    certificates_of,
    get_certificate,
    remove_certificate,
    state_of,
)
from service.suppliers.queries import editable_by
from service.suppliers.schemas import CertificateInput
from service.web.forms import Form, Posted
from service.web.rendering import go_to, page
from service.web.supplier.choices import CERTIFICATIONS
from service.web.supplier.company import TABS, locked_supplier, own_supplier
from service.web.visitor import SupplierVisitor

router = APIRouter()


@router.get("/supplier/documents")
def show_documents(visitor: SupplierVisitor, session: DbSession) -> HTMLResponse:
    """All certificates, the one that ends first before the others."""
    return _documents(visitor, session, Form())


@router.post("/supplier/documents")
def add_document(visitor: SupplierVisitor, form: Posted, session: DbSession) -> Response:
    """Keep one more."""
    with form.trying(session):
        supplier = locked_supplier(session, visitor.actor)
        add_certificate(session, visitor.actor, supplier, form.read(CertificateInput))
        return go_to("/supplier/documents", done="saved")
    return _documents(visitor, session, form, status=422)


@router.post("/supplier/documents/{certificate_id}/removal")
def remove_document(certificate_id: UUID, visitor: SupplierVisitor, session: DbSession) -> Response:
    """Drop one."""
    supplier = locked_supplier(session, visitor.actor)
    certificate = get_certificate(session, supplier.id, certificate_id, editable_by(visitor.actor))
    remove_certificate(session, visitor.actor, supplier, certificate)
    return go_to("/supplier/documents", done="removed")


def _documents(visitor: SupplierVisitor, session: Session, form: Form, status: int = 200) -> HTMLResponse:
    supplier, today = own_supplier(session, visitor.actor), clock.today()
    kept = certificates_of(session, supplier.id)
    papers = [(each, state_of(each, today).value, (each.expires_on - today).days) for each in kept]
    without_paper = [
        code for code in supplier.certifications if code not in {each.certification for each in kept}
    ]
    return page(
        visitor,
        "supplier/documents.html",
        status=status,
        tabs=TABS,
        form=form,
        papers=papers,
        without_paper=without_paper,
        certifications=CERTIFICATIONS,
    )
