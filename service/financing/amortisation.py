"""The instalments that pay a balance off at one rate: closed forms in exact integers."""

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from service.financing.conventions import Method
from service.financing.rounding import Amount, Keep
from service.financing.terms import Step, Terms


class Plan(NamedTuple):
    """What each instalment from number `first` on pays: its whole payment, or its principal."""

    first: int
    amounts: list[Amount]
    is_principal: bool

    def amount_of(self, number: int) -> Amount:
        """The agreed amount of an instalment at or after `first`."""
        return self.amounts[number - self.first]


@lru_cache(maxsize=4096)
def _growth(monthly_numerator: int, monthly_denominator: int, months: int) -> tuple[int, int]:
    """(1 + r)^months as numerator and denominator."""
    return (monthly_numerator + monthly_denominator) ** months, monthly_denominator**months


@lru_cache(maxsize=4096)
def level_share(monthly_numerator: int, monthly_denominator: int, months: int) -> tuple[int, int]:
    """The level payment of one won, r / (1 - v^n), as numerator and denominator; 1/n at 0 percent."""
    if not monthly_numerator:
        return 1, months
    grown, unit_power = _growth(monthly_numerator, monthly_denominator, months)
    return grown * monthly_numerator, monthly_denominator * (grown - unit_power)


def level_payment(
    balance: Amount, balloon: int, monthly_rate: Fraction, months: int, *, keep: Keep, unit: int
) -> Amount:
    """(P - B v^n) r / (1 - v^n), the payment that leaves the balloon B after n months; P/n at 0 percent."""
    if not monthly_rate:
        return keep(balance - balloon, months, unit)
    r, d = monthly_rate.numerator, monthly_rate.denominator
    grown, unit_power = _growth(r, d, months)
    return keep((balance * grown - balloon * unit_power) * r, d * (grown - unit_power), unit)


def graduated_payments(
    balance: Amount,
    balloon: int,
    monthly_rate: Fraction,
    months: int,
    step: Step,
    *,
    done: int,
    keep: Keep,
    unit: int,
) -> list[Amount]:
    """A1 g^k for each month, A1 = (P - B v^n) / sum of g^k v^t kept exact; k counts the steps taken.

    `done` tells how many instalments were paid before these: steps fall by the contract's own months.
    """
    r, d = monthly_rate.numerator, monthly_rate.denominator
    grown, unit_power = _growth(r, d, months)
    growth = 1 + step.percent / 100
    counts = [(done + index) // step.every_months for index in range(months)]
    if step.times is not None:
        counts = [min(count, step.times) for count in counts]
    most = counts[-1]
    scaled = [growth.numerator**count * growth.denominator ** (most - count) for count in range(most + 1)]
    discounted, power = 0, 1
    for count in reversed(counts):
        discounted = (scaled[count] * power + discounted) * d
        power *= r + d
    paid_off = balance * grown - balloon * unit_power
    by_step = [keep(paid_off * factor, discounted, unit) for factor in scaled]
    return [by_step[count] for count in counts]


def make_plan(
    terms: Terms, balance: Amount, monthly_rate: Fraction, first: int, last: int, *, keep: Keep
) -> Plan:
    """The plan for instalments `first` to `last`.

    Those before `first`, and all of a bullet but the last, bear interest only.
    """
    months = last - first + 1
    if months < 1 or terms.method is Method.BULLET:
        return Plan(last + 1, [], is_principal=False)
    unit = terms.rounding.payment_unit_won
    if terms.method is Method.LEVEL_PRINCIPAL:
        part = keep(balance - terms.balloon_won, months, unit)
        return Plan(first, [part] * months, is_principal=True)
    if terms.method is Method.GRADUATED and terms.step:
        done = first - 1 - terms.grace_months
        payments = graduated_payments(
            balance, terms.balloon_won, monthly_rate, months, terms.step, done=done, keep=keep, unit=unit
        )
        return Plan(first, payments, is_principal=False)
    payment = level_payment(balance, terms.balloon_won, monthly_rate, months, keep=keep, unit=unit)
    return Plan(first, [payment] * months, is_principal=False)
