"""Settings: environment variables with the prefix ALLIANCE_, read once at start."""

import os
import secrets
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEFAULT_SECRETS = {"", "secret", "changeme", "change-me", "password"}
SHORTEST_SECRET = 32


class SettingsError(ValueError):
    """The settings contradict each other or are unsafe; the text says what to change."""


class Seed(StrEnum):
    """What an empty database is filled with."""

    DEMO = "demo"
    NONE = "none"


def _listed(value: object) -> object:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


class Settings(BaseSettings):
    """All that can be set from outside. The README lists each one."""

    model_config = SettingsConfigDict(env_prefix="ALLIANCE_", extra="ignore", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="listening address")
    port: int = Field(8000, ge=0, le=65535, description="listening port")
    database_url: str | None = Field(None, description="PostgreSQL address; none: an embedded one")
    data_dir: Path = Field(
        Path(".alliance"), description="folder of the embedded database, encoder and secrets"
    )
    seed: Seed = Field(Seed.DEMO, description="what an empty database is filled with")
    admin_email: str | None = Field(None, description="first administrator")
    admin_password: SecretStr | None = Field(None, description="password of the first administrator")
    secret_key: SecretStr | None = Field(None, description="key that signs tokens; none: generated and kept")
    token_minutes: int = Field(60, ge=1, le=1440, description="how long an access token is valid")
    embedding_model: str | None = Field(
        None, description="model folder or hub id; none: the prepared e5-small"
    )
    cover_kinds: Literal["on", "off"] = Field(
        "on", description="when it is uncertain what a need calls for, show each probable kind"
    )
    exposure_bound: Annotated[float, Field(ge=1, allow_inf_nan=False)] | Literal["off"] = Field(
        3, description="multiple of the fair share of recent lists beyond which a supplier yields its place"
    )
    newcomer_places: int = Field(
        1, ge=0, le=3, description="places of a list of ten for suppliers seldom shown lately"
    )
    smtp_url: SecretStr | None = Field(None, description="mail server; none: files in the data folder")
    mail_from: str = Field("no-reply@alliance.example", description="sender of every mail")
    public_url: str = Field("http://127.0.0.1:8000", description="where mailed links lead")
    nts_api_key: SecretStr | None = Field(
        None, description="key of the tax service's status API; none: a stand-in answers, marked as a demo"
    )
    nts_url: str = Field(
        "https://api.odcloud.kr/api/nts-businessman/v1", description="where the tax service's API is"
    )
    rate_limit: Literal["on", "off"] = Field("on", description="limits on requests per address")
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="websites whose scripts may call the API, separated by commas"
    )
    behind_tls: Literal["on", "off"] = Field(
        "off", description="a TLS proxy stands in front: browsers are told to use nothing else"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severe line logged"
    )

    @field_validator("smtp_url")
    @classmethod
    def _known_scheme(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and urlsplit(url.get_secret_value()).scheme not in ("smtp", "smtps"):
            raise ValueError("ALLIANCE_SMTP_URL은 smtp:// 나 smtps:// 로 시작해야 합니다.")
        return url

    @property
    def encoder_dir(self) -> Path:
        """Where the default encoder is prepared."""
        return self.data_dir / "encoder"

    @property
    def intent_dir(self) -> Path:
        """Where an intent model fitted for another encoder is kept."""
        return self.data_dir / "intent"

    @property
    def demo_password_file(self) -> Path:
        """Where the generated password of the demo accounts is kept."""
        return self.data_dir / "demo-password"

    @property
    def listens_beyond_loopback(self) -> bool:
        """True when other machines can reach the listening address."""
        if self.host == "localhost":
            return False
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return True

    def signing_key(self) -> str:
        """The key that signs tokens: the set one, or one generated once and kept in the data folder.

        Raises `SettingsError` when the service would listen beyond loopback with a key that is
        generated, well known or shorter than 32 characters.
        """
        given = self.secret_key.get_secret_value() if self.secret_key else ""
        weak = given.lower() in DEFAULT_SECRETS or len(given) < SHORTEST_SECRET
        if self.listens_beyond_loopback and weak:
            raise SettingsError(
                f"{self.host}은(는) 다른 컴퓨터에서도 접속할 수 있는 주소입니다. ALLIANCE_SECRET_KEY를 "
                f"{SHORTEST_SECRET}자 이상의 임의 문자로 정해 주세요 (예: openssl rand -hex 32)."
            )
        return given or kept_secret(self.data_dir / "secret-key")


def kept_secret(path: Path, size: int = 32) -> str:
    """The secret in `path`, made there (readable by the owner only) when it does not exist."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(size))
    return path.read_text(encoding="utf-8").strip()
