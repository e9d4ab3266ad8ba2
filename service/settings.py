"""Settings: environment variables with the prefix ALLIANCE_, read once at start."""

import contextlib
import os
import secrets
import tempfile
from email.headerregistry import Address
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from service.messages.settings import empty_secret, wrong_setting

DEFAULT_SECRETS = {"", "secret", "changeme", "change-me", "password"}
SHORTEST_SECRET = 32
SHORTEST_PASSWORD = 8
SHORTEST_TOKEN = 16


class SettingsError(ValueError):
    """The settings cannot be read or are unsafe; each line of the text says what to change."""


class Seed(StrEnum):
    """What an empty database is filled with."""

    DEMO = "demo"
    NONE = "none"


def _listed(value: object) -> object:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def _split(url: str, *schemes: str) -> SplitResult:
    """The parts of an address of one of these schemes that names a host. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname or parts.port == 0:  # reading the port checks it
        raise ValueError
    return parts


def _web_address(url: str) -> str:
    _split(url, "http", "https")
    return url


def _origin(url: str) -> str:
    """As a browser sends it (RFC 6454, 6.2): with a path or a slash at the end it would never be equal."""
    parts = _split(url, "http", "https")
    if url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ValueError
    return url


def _network(text: str) -> str:
    return str(ip_network(text))


def _mail_server(url: SecretStr) -> SecretStr:
    _split(url.get_secret_value(), "smtp", "smtps")
    return url


def _mail_address(address: str) -> str:
    if not Address(addr_spec=address).domain:
        raise ValueError
    return address


def _postgresql(url: str) -> str:
    try:
        scheme = make_url(url).drivername.partition("+")[0]
    except ArgumentError as error:
        raise ValueError from error
    if scheme not in ("postgresql", "postgres"):
        raise ValueError
    return url


class Settings(BaseSettings):
    """All that can be set from outside. The README lists each one.

    A variable that is set to nothing is not set. Raises `SettingsError`, a line for each wrong one.
    """

    model_config = SettingsConfigDict(
        env_prefix="ALLIANCE_", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="listening address")
    port: int = Field(8000, ge=0, le=65535, description="listening port")
    database_url: Annotated[str, AfterValidator(_postgresql)] | None = Field(
        None, description="PostgreSQL address; none: an embedded one"
    )
    data_dir: Path = Field(
        Path(".alliance"), description="folder of the embedded database, encoder and secrets"
    )
    seed: Seed = Field(Seed.DEMO, description="what an empty database is filled with")
    admin_email: str | None = Field(None, description="first administrator")
    admin_password: Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD)] | None = Field(
        None, description="password of the first administrator"
    )
    secret_key: SecretStr | None = Field(None, description="key that signs tokens; none: generated and kept")
    token_minutes: int = Field(60, ge=1, le=1440, description="how long an access token is valid")
    embedding_model: str | None = Field(
        None, description="model folder or hub id; none: the prepared e5-small"
    )
    index: Literal["memory", "pgvector"] = Field(
        "memory", description="who holds the vectors that are searched: each process, or PostgreSQL"
    )
    search_database_url: Annotated[str, AfterValidator(_postgresql)] | None = Field(
        None, description="where pgvector searches, a replica for instance; none: the database itself"
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
    smtp_url: Annotated[SecretStr, AfterValidator(_mail_server)] | None = Field(
        None, description="mail server; none: files in the data folder"
    )
    mail_from: Annotated[str, AfterValidator(_mail_address)] = Field(
        "no-reply@alliance.example", description="sender of every mail"
    )
    public_url: Annotated[str, AfterValidator(_web_address)] = Field(
        "http://127.0.0.1:8000", description="where mailed links lead"
    )
    nts_api_key: SecretStr | None = Field(
        None, description="key of the tax service's status API; none: a stand-in answers, marked as a demo"
    )
    nts_url: Annotated[str, AfterValidator(_web_address)] = Field(
        "https://api.odcloud.kr/api/nts-businessman/v1", description="where the tax service's API is"
    )
    webhook_loopback: Literal["on", "off"] = Field(
        "off", description="for trials: webhooks may go to this machine, over http too"
    )
    rate_limit: Literal["on", "off"] = Field("on", description="limits on requests per address")
    cors_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)
    ] = Field((), description="websites whose scripts may call the API, separated by commas")
    behind_tls: Literal["on", "off"] = Field(
        "off", description="a TLS proxy stands in front: browsers are told to use nothing else"
    )
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_network)], ...], NoDecode, BeforeValidator(_listed)
    ] = Field((), description="proxies whose X-Forwarded-For is believed, separated by commas")
    drain_seconds: int = Field(
        5, ge=0, le=300, description="how long `serve` still answers after SIGTERM while /readyz refuses"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severe line logged"
    )
    slow_query_ms: int = Field(
        500, ge=1, le=600_000, description="a statement that takes longer is logged, without its values"
    )
    metrics_token: Annotated[SecretStr, Field(min_length=SHORTEST_TOKEN)] | None = Field(
        None, description="who asks for /metrics must show it; none: everybody may, but money is left out"
    )
    worker_metrics_port: int | None = Field(
        None, ge=1, le=65535, description="port at which a worker tells its own metrics; none: nowhere"
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            wrong = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
            raise SettingsError("\n".join(map(wrong_setting, wrong))) from None

    @property
    def encoder_dir(self) -> Path:
        """Where the default encoder is prepared."""
        return self.data_dir / "encoder"

    @property
    def intent_dir(self) -> Path:
        """Where an intent model fitted for another encoder is kept."""
        return self.data_dir / "intent"

    @property
    def index_file(self) -> Path:
        """Where the processes of this machine keep the index that they start from."""
        return self.data_dir / "index"

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

    @property
    def alone_on_this_machine(self) -> bool:
        """True when nothing lets other machines in: neither the listening address nor a proxy in front."""
        proxied = self.behind_tls == "on" or bool(self.trusted_proxies)
        return not self.listens_beyond_loopback and not proxied

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
    """The secret in `path`, made there (readable by the owner only) when it does not exist.

    It gets its name when it is whole: neither a process that starts beside this one nor one after a crash
    or a full disk takes a part of a secret, or nothing, for one. Raises `SettingsError` for an empty file.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.") as making:
            making.write(secrets.token_urlsafe(size))
            making.flush()
            os.fsync(making.fileno())
            with contextlib.suppress(FileExistsError):  # somebody else's came first, and is used
                os.link(making.name, path)
    secret = path.read_text(encoding="utf-8").strip()
    if not secret:
        raise SettingsError(empty_secret(path))
    return secret
