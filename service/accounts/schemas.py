"""Accounts and keys on the wire."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from service.accounts.actor import Role
from service.accounts.scopes import Scope
from service.kit.texts import Clean, Name, clean, not_null

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


TokenText = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


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
    refresh_token: str = Field(description="한 번만 쓸 수 있습니다. 갱신할 때마다 새것을 받습니다.")


class RefreshInput(BaseModel):
    """A refresh token to be traded for a new pair."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: TokenText


class EmailInput(BaseModel):
    """An address to which a link may be mailed."""

    model_config = ConfigDict(extra="forbid")

    email: Email


class LinkInput(BaseModel):
    """The token of a mailed link."""

    model_config = ConfigDict(extra="forbid")

    token: TokenText


class NewPasswordInput(LinkInput):
    """A new password, by the right of a mailed link."""

    password: Password


class MessageAnswer(BaseModel):
    """A sentence, where there is nothing else to tell."""

    message: str


class SessionAnswer(BaseModel):
    """One of one's own sessions. `current`: the one that asks."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    agent: str = Field(description="브라우저나 프로그램의 종류")
    network: str = Field(description="접속한 주소의 앞부분")
    current: bool


class StaffAccountInput(BaseModel):
    """A new account manager or administrator."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: Name
    role: Literal["account_manager", "admin"]
    password: Password


class StaffAccountPatch(BaseModel):
    """What an administrator may change about an account."""

    model_config = ConfigDict(extra="forbid")

    role: Annotated[Literal["account_manager", "admin"] | None, AfterValidator(not_null)] = None
    active: Annotated[bool | None, AfterValidator(not_null)] = None
    stake_supplier_id: UUID | None = Field(None, description="이 사람이 이해관계를 가진 공급기업")


class OwnAccountPatch(BaseModel):
    """What a person may change about the own account; a new password needs the present one."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name | None, AfterValidator(not_null)] = None
    phone: Phone | None = None
    password: Annotated[Password | None, AfterValidator(not_null)] = None
    present_password: SecretStr | None = None


class AccountAnswer(BaseModel):
    """An account, without its password."""

    id: UUID
    email: str
    name: str
    phone: str | None
    role: str
    active: bool
    email_confirmed_at: datetime | None
    supplier_id: UUID | None
    manufacturer_id: UUID | None
    created_at: datetime


class StaffAccountAnswer(AccountAnswer):
    """An account as an administrator sees it."""

    stake_supplier_id: UUID | None


class ApiKeyInput(BaseModel):
    """A new key for another system. A company's contact leaves `role` out."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    role: Role | None = None
    scopes: list[Scope] = Field(default=[Scope.READ, Scope.WRITE], min_length=1, max_length=len(Scope))


class RotationInput(BaseModel):
    """How long the text before stays good."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(24, ge=0, le=168, description="앞선 비밀값도 함께 쓸 수 있는 시간")


class ApiKeyAnswer(BaseModel):
    """A key without its secret part."""

    id: UUID
    name: str
    prefix: str
    role: str
    scopes: list[str]
    supplier_id: UUID | None
    manufacturer_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    last_used_at: datetime | None
    previous_until: datetime | None
    revoked_at: datetime | None


class NewApiKeyAnswer(ApiKeyAnswer):
    """A key at the only moment at which it is shown."""

    key: str | None = Field(description="한 번만 보입니다. Idempotency-Key로 다시 받은 답에는 없습니다.")
