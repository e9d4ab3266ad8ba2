"""동의 기록: what a contact agreed to, with the version of the text that was shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.db.tables import Account, ConsentRecord
from service.kit.problems import field_problem
from service.messages.consents import CURRENT, TEXTS

REGISTRATION = "registration"
THIRD_PARTY = "third_party"


class Consent(BaseModel):
    """One answer to one consent question."""

    model_config = ConfigDict(extra="forbid")

    purpose: Literal["registration", "marketing", "third_party"]
    accepted: bool


def _with_registration(consents: list[Consent]) -> list[Consent]:
    if not any(consent.purpose == REGISTRATION and consent.accepted for consent in consents):
        raise PydanticCustomError("registration_consent_required", "registration consent required")
    return consents


Consents = Annotated[list[Consent], Field(max_length=10), AfterValidator(_with_registration)]


def record_consents(session: Session, account_id: UUID, consents: Sequence[Consent]) -> None:
    """Keep every answer, refusals too."""
    session.add_all(
        ConsentRecord(
            account_id=account_id,
            purpose=consent.purpose,
            accepted=consent.accepted,
            text_version=CURRENT,
        )
        for consent in consents
    )


class ConsentAnswer(BaseModel):
    """One answer to a consent question, as it was given; the last one of a purpose holds."""

    model_config = ConfigDict(from_attributes=True)

    purpose: str
    accepted: bool
    text_version: str
    recorded_at: datetime


class ConsentText(BaseModel):
    """What was shown to whoever answered."""

    version: str
    purpose: str
    text: str
    current: bool = Field(description="지금 묻는 글인지")


def consents_of(session: Session, account_id: UUID) -> Sequence[ConsentRecord]:
    """Every answer of that person, the latest first."""
    own = select(ConsentRecord).where(ConsentRecord.account_id == account_id)
    return session.exec(
        own.order_by(col(ConsentRecord.recorded_at).desc(), col(ConsentRecord.id).desc())
    ).all()


def who_agreed(session: Session, account_ids: Sequence[UUID], purpose: str) -> set[UUID]:
    """Those of these people whose last answer to that question was yes: one query."""
    answers = select(ConsentRecord).where(
        col(ConsentRecord.account_id).in_(account_ids), ConsentRecord.purpose == purpose
    )
    oldest_first = answers.order_by(col(ConsentRecord.recorded_at), col(ConsentRecord.id))
    last = {record.account_id: record.accepted for record in session.exec(oldest_first)}
    return {account_id for account_id, accepted in last.items() if accepted}


def change_consent(session: Session, actor: Actor, account: Account, consent: Consent) -> ConsentRecord:
    """Give or withdraw a consent: a further record, the former ones stay as proof.

    Raises `Problem` 409 when the registration consent is withdrawn: that is done by closing the account.
    """
    if consent.purpose == REGISTRATION and not consent.accepted:
        raise field_problem("/purpose", "registration_consent_kept", 409)
    record_consents(session, account.id, [consent])
    session.flush()
    company_id = account.supplier_id or account.manufacturer_id
    record_event(
        session,
        actor,
        "consent.given" if consent.accepted else "consent.withdrawn",
        company_id or account.id,
        after={"purpose": consent.purpose},
    )
    return consents_of(session, account.id)[0]


def consent_texts() -> list[ConsentText]:
    """Every version of every text, the present one first."""
    return [
        ConsentText(version=version, purpose=purpose, text=text, current=version == CURRENT)
        for version, texts in sorted(TEXTS.items(), reverse=True)
        for purpose, text in texts.items()
    ]
