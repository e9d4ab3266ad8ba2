"""The own company of a supplier's page: its row, held to what its people may see."""

from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.tables import Supplier
from service.suppliers.queries import SupplierRecord, editable_by, get_supplier, lock_supplier, with_parts


def own_supplier(session: Session, actor: Actor) -> Supplier:
    """The supplier that the actor belongs to. Only for pages of suppliers."""
    assert actor.supplier_id is not None
    return get_supplier(session, actor.supplier_id, editable_by(actor))


def locked_supplier(session: Session, actor: Actor) -> Supplier:
    """The same, held against other writers."""
    assert actor.supplier_id is not None
    return lock_supplier(session, actor.supplier_id, editable_by(actor))


def own_record(session: Session, supplier: Supplier) -> SupplierRecord:
    """The same with its parts."""
    return with_parts(session, [supplier])[0]


TABS = (
    ("/supplier", "한눈에"),
    ("/supplier/edit", "정보 고치기"),
    ("/supplier/documents", "인증서"),
    ("/supplier/leads", "맞는 수요"),
    ("/supplier/contracts", "할부 계약"),
    ("/supplier/fund-loan", "펀드 대출"),
    ("/supplier/challenges", "챌린지"),
    ("/supplier/history", "이력"),
)
"""The pages of this area."""
