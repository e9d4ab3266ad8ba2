"""Accounts and keys on the wire."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from service.kit.texts import Clean, Name, clean

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("email_invalid", "invalid e-mail address") from error


def _phone(text: str) -> str:
    if not re.fullmatch(r"\+?[0-9][0-9 \-()]{5,18}[0-9]", text):
        raise PydanticCustomError("phone_invalid", "invalid phone number")
    return text


def _password(secret: SecretStr) -> SecretStr:
    typed = secret.get_secret_value()
    clean(typed)  # half a character cannot be hashed; the password stays as typed
    if len(typed) < SHORTEST_PASSWORD:
        raise PydanticCustomError("string_too_short", "too short", {"min_length": SHORTEST_PASSWORD})
    if len(typed) > LONGEST_PASSWORD:
        raise PydanticCustomError("string_too_long", "too long", {"max_length": LONGEST_PASSWORD})
    return secret


Email = Annotated[str, StringConstraints(max_length=254), Clean, AfterValidator(_email)]
Phone = Annotated[str, Clean, AfterValidator(_phone)]


# Pydantic counts a secret as a list and would speak of "8개".
Password = Annotated[
    SecretStr,
    Field(json_schema_extra={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD}),
    AfterValidator(_password),
]


class Contact(BaseModel):
    """The person who registers a company and signs in for it."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Email
    phone: Phone | None = None
    password: Password


class ContactAnswer(BaseModel):
    """The contact as its own company and account managers see it."""

    name: str
    email: str
    phone: str | None


class Token(BaseModel):
    """An OAuth 2.0 access token answer (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int


class StaffAccountInput(BaseModel):
    """A new account manager or administrator."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: Name
    role: Literal["account_manager", "admin"]
    password: Password


class AccountAnswer(BaseModel):
    """An account, without its password."""

    id: UUID
    email: str
    name: str
    role: str
    supplier_id: UUID | None
    manufacturer_id: UUID | None
    created_at: datetime


class ApiKeyInput(BaseModel):
    """A new key for another system."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    role: Literal["account_manager", "admin"]


class ApiKeyAnswer(BaseModel):
    """A key without its secret part."""

    id: UUID
    name: str
    prefix: str
    role: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewApiKeyAnswer(ApiKeyAnswer):
    """A key at the only moment at which it is shown."""

    key: str
