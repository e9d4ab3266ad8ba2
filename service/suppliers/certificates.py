"""Certificates: the papers behind a supplier's certifications, and when they run out.

Matching uses the certifications of the profile and nothing else. The rule that ties the two: a certification
with certificates stands in the profile exactly while one of them is good; one without any stands there as
the company declares it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, any_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from matching.taxonomy import certification_name
from service.accounts.actor import SYSTEM, Actor
from service.accounts.audit import record_event
from service.db.tables import Certificate, NotificationCode, Supplier
from service.kit import clock
from service.kit.problems import Problem, field_problem
from service.notifications.operations import notify
from service.suppliers.schemas import CertificateInput

SOON = timedelta(days=60)
"""So long before the end a supplier is told: audits for a renewal take weeks."""


class CertificateState(StrEnum):
    """Whether a certificate is good. Its last day counts."""

    VALID = "valid"
    SOON = "soon"
    EXPIRED = "expired"


def state_of(certificate: Certificate, today: date) -> CertificateState:
    """The state on that day."""
    if certificate.expires_on < today:
        return CertificateState.EXPIRED
    return CertificateState.SOON if certificate.expires_on <= today + SOON else CertificateState.VALID


def in_force(declared: Sequence[str], certificates: Iterable[Certificate], today: date) -> list[str]:
    """The certifications of a profile by the rule above, the declared ones first."""
    listed = list(certificates)
    good = {one.certification for one in listed if state_of(one, today) is not CertificateState.EXPIRED}
    run_out = {one.certification for one in listed} - good
    kept = [code for code in declared if code not in run_out]
    return kept + sorted(good.difference(kept))


def certificates_of(session: Session, supplier_id: UUID) -> Sequence[Certificate]:
    """All of a supplier's, the one that ends first before the others; who may see them was decided before."""
    own = select(Certificate).where(Certificate.supplier_id == supplier_id)
    return session.exec(own.order_by(col(Certificate.expires_on), col(Certificate.id))).all()


def get_certificate(
    session: Session, supplier_id: UUID, certificate_id: UUID, allowed: ColumnElement[bool]
) -> Certificate:
    """That certificate of that supplier, if the condition lets the actor have it. Raises `Problem` 404."""
    found = session.exec(
        select(Certificate)
        .join(Supplier, col(Supplier.id) == col(Certificate.supplier_id))
        .where(Certificate.id == certificate_id, Supplier.id == supplier_id, allowed)
    ).first()
    if found is None:
        raise Problem(404, "not_found")
    return found


def add_certificate(
    session: Session, actor: Actor, supplier: Supplier, data: CertificateInput
) -> Certificate:
    """Keep a certificate of a locked supplier. Raises `Problem` 409 `certificate_known`."""
    certificate = Certificate(supplier_id=supplier.id, **data.model_dump())
    session.add(certificate)
    try:
        session.flush()
    except IntegrityError as error:
        if "certificate_once" in str(error.orig):
            raise field_problem("/number", "certificate_known", 409) from error
        raise
    record_event(session, actor, "certificate.added", supplier.id, after=_told(certificate))
    follow_certificates(session, supplier)
    return certificate


def remove_certificate(session: Session, actor: Actor, supplier: Supplier, certificate: Certificate) -> None:
    """Drop a certificate of a locked supplier; what only it vouched for leaves the profile too."""
    session.delete(certificate)
    session.flush()
    record_event(session, actor, "certificate.removed", supplier.id, before=_told(certificate))
    declared = [code for code in supplier.certifications if code != certificate.certification]
    _declare(session, supplier, declared)


def follow_certificates(session: Session, supplier: Supplier) -> list[str]:
    """Put the rule into force for a locked supplier; which certifications left its profile."""
    return _declare(session, supplier, supplier.certifications)


def follow_the_calendar(session: Session) -> None:
    """What a new day brings: certificates that end soon are told of once, those that ended take effect."""
    today = clock.today()
    _warn(session, today)
    for supplier_id in _with_certificates_run_out(session, today):
        held = select(Supplier).where(Supplier.id == supplier_id).with_for_update()
        supplier = session.exec(held.execution_options(populate_existing=True)).one()
        dropped = follow_certificates(session, supplier)
        if not dropped:
            continue
        after = {"certifications": supplier.certifications, "dropped": dropped}
        record_event(session, SYSTEM, "supplier.certifications_expired", supplier.id, after=after)
        for code in dropped:
            name = certification_name(code)
            notify(session, NotificationCode.CERTIFICATE_EXPIRED, supplier_id=supplier.id, certification=name)


def _declare(session: Session, supplier: Supplier, declared: Sequence[str]) -> list[str]:
    wanted = in_force(declared, certificates_of(session, supplier.id), clock.today())
    dropped = [code for code in supplier.certifications if code not in wanted]
    if wanted != supplier.certifications:
        supplier.certifications = wanted
        supplier.version += 1
        supplier.updated_at = clock.now()
        session.flush()
    return dropped


def _warn(session: Session, today: date) -> None:
    ending = select(Certificate).where(
        col(Certificate.expires_on).between(today, today + SOON), col(Certificate.warned_at).is_(None)
    )
    for certificate in session.exec(ending.with_for_update(skip_locked=True)).all():
        certificate.warned_at = clock.now()
        day = certificate.expires_on
        notify(
            session,
            NotificationCode.CERTIFICATE_EXPIRES_SOON,
            supplier_id=certificate.supplier_id,
            certification=certification_name(certificate.certification),
            expires_on=f"{day.year}. {day.month}. {day.day}.",
        )


def _with_certificates_run_out(session: Session, today: date) -> Sequence[UUID]:
    """Suppliers whose profile still names a certification of which a certificate has ended, in one order."""
    named = col(Certificate.certification) == any_(col(Supplier.certifications))
    return session.exec(
        select(Supplier.id)
        .join(Certificate, col(Certificate.supplier_id) == col(Supplier.id))
        .where(col(Certificate.expires_on) < today, named)
        .distinct()
        .order_by(col(Supplier.id))
    ).all()


def _told(certificate: Certificate) -> dict[str, str]:
    day = certificate.expires_on
    return {"certification": certificate.certification, "expires_on": day.isoformat()}
