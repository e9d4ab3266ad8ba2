"""Colleagues on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from service.accounts.schemas import Email, LinkInput, Password
from service.kit.texts import Name
from service.privacy.consents import Consents


class ColleagueInput(BaseModel):
    """Someone to be invited."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Email


class InvitationInput(LinkInput):
    """What the invited person adds: a password, and what they agree to."""

    password: Password
    consents: Consents


class ColleagueAnswer(BaseModel):
    """A person of one's own company; not active while the invitation waits and after leaving."""

    id: UUID
    name: str
    email: str
    active: bool
    email_confirmed_at: datetime | None
    created_at: datetime
