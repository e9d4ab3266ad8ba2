"""동의 기록: what a contact agreed to, with the version of the text that was shown."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlmodel import Session

from service.db.tables import ConsentRecord

TEXT_VERSION = "2026-11"


class Consent(BaseModel):
    """One answer to one consent question."""

    model_config = ConfigDict(extra="forbid")

    purpose: Literal["registration", "marketing", "third_party"]
    accepted: bool


def _with_registration(consents: list[Consent]) -> list[Consent]:
    if not any(consent.purpose == "registration" and consent.accepted for consent in consents):
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
            text_version=TEXT_VERSION,
        )
        for consent in consents
    )
