"""The rounding a contract agreed on: what is kept, and what is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from service.financing.conventions import BalanceTracking, RoundingMode
from service.financing.terms import Rounding
from service.kit.won import round_down, round_half_up

Amount = int | Fraction
Keep = Callable[[Amount, int, int], Amount]
"""(numerator, denominator, unit) -> the amount that enters the balance."""

_ROUNDERS = {RoundingMode.DOWN: round_down, RoundingMode.HALF_UP: round_half_up}


_CARRIED_DECIMALS = 10**40
_NEARLY = Fraction(1, 10**30)


@dataclass(frozen=True, slots=True)
class Rounder:
    """`keep` makes the amounts that are carried on, `show` the whole won of a row."""

    keep: Keep
    show: Callable[[Amount], int]
    is_exact: bool


def rounder_of(rounding: Rounding) -> Rounder:
    """Rounded won carried on, or fractions of a won (to 40 decimals) that only the rows round."""
    rounded = _ROUNDERS[rounding.mode]
    if rounding.balance is BalanceTracking.ROUNDED:
        return Rounder(rounded, int, is_exact=False)
    return Rounder(_carried, lambda amount: rounded(amount + _NEARLY, 1), is_exact=True)


def _carried(numerator: Amount, denominator: int, _unit: int) -> Fraction:
    return Fraction(numerator * _CARRIED_DECIMALS // denominator, _CARRIED_DECIMALS)
