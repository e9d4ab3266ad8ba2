"""Whole won: exact rounding of fractions and the two ways Korean readers see an amount."""

from fractions import Fraction

_MYRIADS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))


def round_down(numerator: int | Fraction, denominator: int, unit: int = 1) -> int:
    """Truncate a non-negative fraction of won to `unit` won (원 미만 절사)."""
    return numerator // (denominator * unit) * unit


def round_half_up(numerator: int | Fraction, denominator: int, unit: int = 1) -> int:
    """Round a non-negative fraction of won to the nearest `unit` won, halves upwards."""
    whole = denominator * unit
    return (2 * numerator + whole) // (2 * whole) * unit


def won_text(amount: int) -> str:
    """The amount with thousands separators: 12000000 -> "12,000,000원"."""
    return f"{amount:,}원"


def won_reading(amount: int) -> str:
    """The amount as it is spoken, in myriads: 120000000 -> "1억 2,000만 원"."""
    if amount < 0:
        return f"-{won_reading(-amount)}"
    parts = []
    rest = amount
    for size, name in _MYRIADS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,}{name}")
    if rest or not parts:
        parts.append(f"{rest:,}")
    return f"{' '.join(parts)} 원"
