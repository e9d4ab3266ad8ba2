"""Registers of business numbers for tests: away, or with the entries that a test names."""

from collections.abc import Mapping, Sequence

from service.kit.business_number import check_digit, format_business_number
from service.kit.business_register import RegisterEntry, RegisterUnavailableError


class FakeRegister:
    """Says what it was told to, counts what it was asked, and may be away."""

    source = "nts"

    def __init__(self, *, away: bool = False, codes: Mapping[str, str] = {}) -> None:
        self.away = away
        self.codes = dict(codes)
        self.asked: list[str] = []

    def look_up(self, numbers: Sequence[str]) -> list[RegisterEntry]:
        """Active, unless a test said otherwise."""
        if self.away:
            raise RegisterUnavailableError("away")
        self.asked += numbers
        return [
            RegisterEntry(number, self.codes.get(number, "01"), "계속사업자", "일반과세자", None)
            for number in numbers
        ]


def number_with_serial(serial: int) -> str:
    """A valid number whose serial digits are these: the stand-in answers by them."""
    first_nine = f"22081{serial:04d}"
    return format_business_number(f"{first_nine}{check_digit(first_nine)}")
