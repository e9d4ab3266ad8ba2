"""Rates in percent a year: decimal strings outside, fractions inside."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from service.financing.errors import TermsError

PATTERN = r"^\d{1,3}(\.\d{1,10})?$"
"""What a rate looks like in a request: "4.5", never a JSON number."""

_SHAPE = re.compile(PATTERN, re.ASCII)
_EXACT = Decimal(10) ** -8


def parse_percent(text: str, pointer: str = "/annual_rate_percent") -> Fraction:
    """The rate that a decimal string names. Raises TermsError `rate_malformed`."""
    if not _SHAPE.fullmatch(text):
        raise TermsError("rate_malformed", pointer)
    return Fraction(text)


def percent_text(rate: Fraction | float) -> str:
    """The rate with two to eight decimals, half-up: Fraction(9, 2) -> "4.50"."""
    if isinstance(rate, Fraction):
        value = Decimal(rate.numerator) / Decimal(rate.denominator)
    else:
        value = Decimal(repr(rate))
    whole, _, decimals = f"{value.quantize(_EXACT, ROUND_HALF_UP):f}".partition(".")
    kept = decimals.rstrip("0").ljust(2, "0")
    return "0.00" if whole == "-0" and not int(kept) else f"{whole}.{kept}"
