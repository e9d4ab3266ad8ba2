"""A second formulation of a schedule, written from the definitions alone: fractions and recurrences.

It shares no code with the engine. Each method is stated as what the customer agrees to, month by
month, without closed forms, powers of integers or plans.
"""

from collections.abc import Callable
from fractions import Fraction
from math import floor


def truncated(amount: Fraction, unit: int = 1) -> int:
    return floor(amount / unit) * unit


def half_up(amount: Fraction, unit: int = 1) -> int:
    return floor(amount / unit + Fraction(1, 2)) * unit


def annuity(principal: int, balloon: int, monthly: Fraction, months: int) -> Fraction:
    """The payment x for which n times balance -> balance(1 + r) - x arrives at the balloon.

    The balance after n months is a straight line in x, so two probes give its root.
    """

    def left_after(payment: int) -> Fraction:
        balance = Fraction(principal)
        for _ in range(months):
            balance = balance * (1 + monthly) - payment
        return balance

    at_nothing, at_one = left_after(0), left_after(1)
    return (at_nothing - balloon) / (at_nothing - at_one)


def graduated_first(principal: int, monthly: Fraction, months: int, growth: Fraction, every: int) -> Fraction:
    """The first payment x, by the same two probes with payments x g^(years gone)."""

    def left_after(first: int) -> Fraction:
        balance = Fraction(principal)
        for month in range(months):
            balance = balance * (1 + monthly) - first * growth ** (month // every)
        return balance

    at_nothing, at_one = left_after(0), left_after(1)
    return at_nothing / (at_nothing - at_one)


def monthly_rows(
    principal: int,
    percent: Fraction,
    months: int,
    *,
    method: str = "level_payment",
    grace: int = 0,
    balloon: int = 0,
    growth: Fraction = Fraction(1),
    every: int = 12,
    unit: int = 1,
    rounded: Callable[..., int] = truncated,
) -> list[tuple[int, int, int]]:
    """(principal, interest, closing balance) of each month at a twelfth of the annual rate."""
    monthly = percent / 100 / 12
    paying = months - grace
    if method == "graduated" and paying:
        first = graduated_first(principal, monthly, paying, growth, every)
    elif method == "level_payment" and paying:
        first = annuity(principal, balloon, monthly, paying)
    balance = principal
    rows = []
    for number in range(1, months + 1):
        interest = rounded(balance * monthly)
        if number == months:
            repaid = balance
        elif number <= grace or method == "bullet":
            repaid = 0
        elif method == "level_principal":
            repaid = rounded(Fraction(principal - balloon, paying), unit)
        else:
            repaid = rounded(first * growth ** ((number - grace - 1) // every), unit) - interest
        if number < months:
            repaid = min(max(repaid, 0), balance - balloon)
        balance -= repaid
        rows.append((repaid, interest, balance))
    return rows
