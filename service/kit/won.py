"""Whole won: exact rounding of fractions."""

from fractions import Fraction


def round_down(numerator: int | Fraction, denominator: int, unit: int = 1) -> int:
    """Truncate a non-negative fraction of won to `unit` won (원 미만 절사)."""
    return numerator // (denominator * unit) * unit


def round_half_up(numerator: int | Fraction, denominator: int, unit: int = 1) -> int:
    """Round a non-negative fraction of won to the nearest `unit` won, halves upwards."""
    whole = denominator * unit
    return (2 * numerator + whole) // (2 * whole) * unit
