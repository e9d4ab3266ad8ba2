"""Everything held about an account and its company, for the person it belongs to (PIPA art. 35)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from service.db.tables import (
    Account,
    AccountClosure,
    AccountLink,
    AccountSession,
    ApiKey,
    AuditEvent,
    BusinessStatus,
    Certificate,
    ChallengeApplication,
    ChallengeConflict,
    ChallengeReview,
    ConsentRecord,
    Contract,
    ContractPayment,
    Feedback,
    FundLoan,
    FundRepayment,
    Job,
    MailChoice,
    Manufacturer,
    Need,
    Notification,
    RecommendationRun,
    Reference,
    Solution,
    Supplier,
)
from service.privacy.history import INTERNAL

_SECRETS = {"password_hash", "key_hash", "previous_hash", "search_text", "changed_in"}


def held_about(session: Session, account: Account) -> dict[str, Any]:
    """Every row of ours about that person and that company, as JSON, without what is kept of secrets."""
    company_id = account.supplier_id or account.manufacturer_id
    return {
        "account": _plain(account),
        "sessions": _rows(session, AccountSession, AccountSession.account_id, account.id),
        "mailed_links": _rows(session, AccountLink, AccountLink.account_id, account.id),
        "api_keys": _rows(session, ApiKey, ApiKey.created_by, account.id),
        "notification_mail": _rows(session, MailChoice, MailChoice.account_id, account.id),
        "notifications": _rows(session, Notification, Notification.account_id, account.id),
        "consents": _rows(session, ConsentRecord, ConsentRecord.account_id, account.id),
        "closure": _rows(session, AccountClosure, AccountClosure.account_id, account.id),
        "company": _company(session, company_id) if company_id else None,
        "history": _history(session, [account.id, *([company_id] if company_id else [])]),
        "jobs": _rows(session, Job, Job.requested_by, account.id),
        "recommendation_runs": _rows(session, RecommendationRun, RecommendationRun.requested_by, account.id),
        "feedback": _rows(session, Feedback, Feedback.account_id, account.id),
        "challenge_reviews": _rows(session, ChallengeReview, ChallengeReview.reviewer_id, account.id),
        "challenge_conflicts": [
            conflict | ({"supplier_id": None} if conflict["recognised"] else {})
            for conflict in _rows(session, ChallengeConflict, ChallengeConflict.reviewer_id, account.id)
        ],
    }


def _company(session: Session, company_id: UUID) -> dict[str, Any]:
    company = session.get(Supplier, company_id) or session.get_one(Manufacturer, company_id)
    number = company.business_number
    side = Notification.supplier_id if isinstance(company, Supplier) else Notification.manufacturer_id
    contract_side = Contract.supplier_id if isinstance(company, Supplier) else Contract.manufacturer_id
    return _plain(company) | {
        "solutions": _rows(session, Solution, Solution.supplier_id, company_id),
        "references": _rows(session, Reference, Reference.supplier_id, company_id),
        "certificates": _rows(session, Certificate, Certificate.supplier_id, company_id),
        "notifications": _rows(session, Notification, side, company_id),
        "needs": _rows(session, Need, Need.manufacturer_id, company_id),
        "fund_loans": [
            loan | {"repayments": _rows(session, FundRepayment, FundRepayment.loan_id, UUID(loan["id"]))}
            for loan in _rows(session, FundLoan, FundLoan.supplier_id, company_id)
        ],
        "contracts": [
            contract
            | {"payments": _rows(session, ContractPayment, ContractPayment.contract_id, UUID(contract["id"]))}
            for contract in _rows(session, Contract, contract_side, company_id)
        ],
        "challenge_applications": _rows(
            session, ChallengeApplication, ChallengeApplication.supplier_id, company_id
        ),
        "business_status": _rows(session, BusinessStatus, BusinessStatus.business_number, number),
    }


def _history(session: Session, subject_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    events = session.exec(
        select(AuditEvent)
        .where(col(AuditEvent.subject_id).in_(subject_ids), ~col(AuditEvent.action).startswith(INTERNAL))
        .order_by(col(AuditEvent.occurred_at))
    )
    return [event.model_dump(mode="json", exclude={"actor"}) for event in events]


def _rows(session: Session, table: type[SQLModel], column: Any, value: object) -> list[dict[str, Any]]:
    found: Sequence[SQLModel] = session.exec(select(table).where(column == value)).all()
    return [_plain(row) for row in found]


def _plain(row: SQLModel) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude=_SECRETS)
