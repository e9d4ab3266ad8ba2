"""Filling an empty database: the demo data, the first administrator, the vectors."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, select

import seed_data
from matching.encoder import Encoder
from service.accounts.actor import SYSTEM, Role
from service.accounts.operations import account_by_email, open_account
from service.challenges.demo import Reviewer, hold_challenges
from service.clusters.operations import have_clusters_refreshed
from service.db.session import Database
from service.db.tables import Account, FundTerm, Manufacturer, Need, Supplier, SupplierStatus
from service.deals.contracts.demo import write_down_contracts
from service.fund.demo import write_down_loans
from service.kit import clock
from service.manufacturers.operations import add_manufacturer
from service.manufacturers.schemas import ManufacturerImportInput
from service.needs.operations import write_down_need
from service.needs.schemas import NeedInput
from service.programmes.operations import write_programmes
from service.recommendations.vectors import embed_needs, embed_suppliers, owners_without_vectors
from service.settings import Settings, kept_secret
from service.suppliers.operations import add_supplier
from service.suppliers.schemas import SupplierImportInput

Report = Callable[[str], None]

DEMO_DOMAIN = "alliance.example"
DEMO_ADMIN = f"admin@{DEMO_DOMAIN}"
DEMO_ACCOUNT_MANAGER = f"manager@{DEMO_DOMAIN}"
DEMO_SUPPLIER = f"supplier@{DEMO_DOMAIN}"
DEMO_MANUFACTURER = f"manufacturer@{DEMO_DOMAIN}"

EMBEDDED_AT_ONCE = 20

REGISTERED = timedelta(days=480)
"""So long ago the demo's companies were registered: before their first loan and contract."""


def is_empty(database: Database) -> bool:
    """True when nobody has used this database yet."""
    with database.transaction() as session:
        return not any(
            session.exec(select(table.id).limit(1)).first() for table in (Supplier, Manufacturer, Account)
        )


def seed_demo(database: Database, settings: Settings) -> None:
    """Load the demo data, all of it or nothing."""
    password = kept_secret(settings.demo_password_file, 9)
    with database.transaction() as session:
        _seed_terms(session)
        suppliers = _seed_suppliers(session)
        needs = _seed_needs(session)
        _seed_accounts(session, password, suppliers, needs)
        write_down_loans(session, seed_data.fund_loans(), suppliers)
        ids = {key: need.id for key, need in needs.items()}
        write_down_contracts(session, seed_data.contracts(), suppliers, ids)
        hold_challenges(session, seed_data.challenges(), suppliers, _seed_reviewers(session, password))
        have_clusters_refreshed(session)  # bulk work: the worker comes to it after the embeddings


def ensure_admin(database: Database, settings: Settings) -> None:
    """Make the first administrator that the settings name, when there is none of that address."""
    if not settings.admin_email or settings.admin_password is None:
        return
    with database.transaction() as session:
        if account_by_email(session, settings.admin_email) is None:
            password = settings.admin_password.get_secret_value()
            open_account(
                session, email=settings.admin_email, password=password, name="관리자", role=Role.ADMIN
            )


def embed_everything(database: Database, encoder: Encoder, report: Report) -> None:
    """Embed the suppliers and needs that have no vectors of this encoder, saying how far it is."""
    suppliers, needs = owners_without_vectors(database, encoder.name)
    total, done = len(suppliers) + len(needs), 0
    for ids, embed in ((suppliers, embed_suppliers), (needs, embed_needs)):
        for start in range(0, len(ids), EMBEDDED_AT_ONCE):
            batch = ids[start : start + EMBEDDED_AT_ONCE]
            embed(database, encoder, batch)
            done += len(batch)
            report(f"프로필을 읽는 중입니다: {done}/{total}")


def _seed_terms(session: Session) -> None:
    write_programmes(session, SYSTEM, seed_data.programmes())
    session.add_all(FundTerm.model_validate(row) for row in seed_data.fund_terms())


def _seed_suppliers(session: Session) -> Mapping[str, UUID]:
    """The suppliers by business number, registered before the first of them borrowed or sold."""
    profiles = {
        row["business_number"]: SupplierImportInput.model_validate(row) for row in seed_data.suppliers()
    }
    with clock.frozen(clock.now() - REGISTERED):
        return {
            number: add_supplier(session, SYSTEM, profile, SupplierStatus.APPROVED).id
            for number, profile in profiles.items()
        }


def _seed_needs(session: Session) -> Mapping[str, Need]:
    """The needs by key; one that somebody sold for was written down a week before the introduction."""
    with clock.frozen(clock.now() - REGISTERED):
        by_number = {
            row["business_number"]: add_manufacturer(
                session, SYSTEM, ManufacturerImportInput.model_validate(row)
            )
            for row in seed_data.manufacturers()
        }
    introduced = {row["need"]: row["introduced_days_ago"] for row in seed_data.contracts()}
    needs = {}
    for row in seed_data.needs():
        manufacturer = by_number[row["manufacturer_business_number"]]
        own = {
            name: value for name, value in row.items() if name not in ("key", "manufacturer_business_number")
        }
        days_ago = introduced[row["key"]] + 7 if row["key"] in introduced else 0
        with clock.frozen(clock.now() - timedelta(days=days_ago)):
            needs[row["key"]] = write_down_need(session, SYSTEM, manufacturer, NeedInput.model_validate(own))
    return needs


def _seed_reviewers(session: Session, password: str) -> list[Reviewer]:
    """Those who review the demo's challenges, the account manager of the demo last."""
    rows = seed_data.challenges()["reviewers"]
    reviewers = [
        (
            open_account(
                session,
                email=f"reviewer{number}@{DEMO_DOMAIN}",
                password=password,
                name=row["name"],
                role=Role.ACCOUNT_MANAGER,
            ).id,
            int(row["leaning"]),
        )
        for number, row in enumerate(rows, start=1)
    ]
    manager = account_by_email(session, DEMO_ACCOUNT_MANAGER)
    assert manager is not None
    return [*reviewers, (manager.id, 0)]


def _seed_accounts(
    session: Session, password: str, suppliers: Mapping[str, UUID], needs: Mapping[str, Need]
) -> None:
    """A person of each role; the companies are the first supplier and the one that wrote the first need."""
    staff = (
        (DEMO_ADMIN, "시연 관리자", Role.ADMIN),
        (DEMO_ACCOUNT_MANAGER, "시연 담당자", Role.ACCOUNT_MANAGER),
    )
    for email, name, role in staff:
        open_account(session, email=email, password=password, name=name, role=role)
    open_account(
        session,
        email=DEMO_SUPPLIER,
        password=password,
        name="시연 공급기업",
        role=Role.SUPPLIER,
        supplier_id=next(iter(suppliers.values())),
    )
    open_account(
        session,
        email=DEMO_MANUFACTURER,
        password=password,
        name="시연 수요기업",
        role=Role.MANUFACTURER,
        manufacturer_id=next(iter(needs.values())).manufacturer_id,
    )
