"""The won that equal parts leave over, moved into the first instalment on request."""

from fractions import Fraction

from service.financing.amortisation import Plan
from service.financing.rounding import Amount, Keep

_MOST_LOOKS = 30
_NEAR = 2
"""Rounded interest makes the last payment miss a straight line by a few won: look again, then around."""


def first_instalment_share(
    plan: Plan, balance: Amount, balloon: int, monthly_rate: Fraction, *, keep: Keep
) -> Amount:
    """What to add to the first amount of the plan so that the last one equals the others.

    Equal principals leave their exact remainder. Equal payments are shifted by the whole won that
    brings the last payment nearest to the agreed one; at long terms a won at the start weighs more
    than one at the end, so a few won can remain there.
    """
    if plan.is_principal:
        remainder = balance - balloon - sum(plan.amounts)
        return max(remainder, -plan.amounts[0])
    if len(plan.amounts) < 2:
        return 0

    def excess(share: int) -> Amount:
        first_interest = keep(balance * monthly_rate.numerator, monthly_rate.denominator, 1)
        after_first = balance + first_interest - plan.amounts[0] - share
        return _last_excess(plan.amounts[1:], after_first, balloon, monthly_rate, keep=keep)

    weight = (1 + monthly_rate) ** (len(plan.amounts) - 1)
    guess = 0
    for _ in range(_MOST_LOOKS):
        missing = round(excess(guess) / weight)
        if not missing:
            break
        guess += missing
    least = balance * monthly_rate - plan.amounts[0]
    near: list[int] = [0, *range(guess - _NEAR, guess + _NEAR + 1)]
    shares = [share for share in near if share >= least] or [0]
    return min(shares, key=lambda share: (abs(excess(share)), abs(share)))


def _last_excess(
    amounts: list[Amount], balance: Amount, balloon: int, monthly_rate: Fraction, *, keep: Keep
) -> Amount:
    """How far the payment that clears the balance and leaves no balloon exceeds the last agreed one."""
    numerator, denominator = monthly_rate.numerator, monthly_rate.denominator
    for agreed in amounts[:-1]:
        balance += keep(balance * numerator, denominator, 1) - agreed
    return balance + keep(balance * numerator, denominator, 1) - amounts[-1] - balloon
