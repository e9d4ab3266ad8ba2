"""What the tax service's register says of a business number, in our words.

The register is asked outside a transaction and may be away: who asks lives with `RegisterUnavailableError`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class BusinessState(StrEnum):
    """Whether a company is in business, as far as the register knows."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    UNREGISTERED = "unregistered"


CODES: dict[str, BusinessState] = {
    "01": BusinessState.ACTIVE,
    "02": BusinessState.SUSPENDED,
    "03": BusinessState.CLOSED,
    "": BusinessState.UNREGISTERED,
}
"""`b_stt_cd` of the published API; an unregistered number has an empty one."""


class RegisterUnavailableError(Exception):
    """The register gave no answer that can be used; `reason` holds neither the key nor a number."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One number's entry, its codes and names as the register gives them."""

    number: str
    status_code: str
    status_name: str
    tax_type: str
    closed_on: date | None

    @property
    def state(self) -> BusinessState:
        """The code in our words; one that is not published yet is unknown."""
        return CODES.get(self.status_code, BusinessState.UNKNOWN)


class BusinessRegister(Protocol):
    """Where business numbers are looked up."""

    @property
    def source(self) -> str:
        """`nts` for the tax service itself, `demo` for the stand-in, `none` where nobody is asked."""

    def look_up(self, numbers: Sequence[str]) -> list[RegisterEntry]:
        """The entries of these ten-digit numbers. Raises `RegisterUnavailableError`."""


class NoRegister:
    """Nobody to ask: every number stays unknown until the settings name a register."""

    source = "none"

    def look_up(self, numbers: Sequence[str]) -> list[RegisterEntry]:
        """No entries."""
        return []
