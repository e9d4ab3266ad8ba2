"""The rate that makes payments worth what was received, solved so that it always converges.

With g the logarithm of growth a period, f(g) = sum c e^(-g t) - received is convex and falling
for payments c >= 0, so Newton's tangent from the left never passes the root and one step from the
right lands on the left: it converges from any start. Floats live only here; no amount of a
schedule is made from them.
"""

import math
from collections.abc import Sequence
from datetime import date

from service.financing.errors import TermsError

_STEPS = 200
_PRECISION = 1e-14
_LARGEST_STEP = 50.0

Flow = tuple[float, int]
"""(time in periods after the money was received, won paid back)."""


def growth_rate(received: float, flows: Sequence[Flow], guess: float = 0.0) -> float:
    """The growth a period, as a logarithm, that payments bear over what was received.

    Raises TermsError `rate_not_solvable` without a positive amount received and a later payment.
    """
    flows = [(time, paid) for time, paid in flows if paid]
    if (
        received <= 0
        or not flows
        or min(paid for _, paid in flows) < 0
        or max(time for time, _ in flows) <= 0
    ):
        raise TermsError("rate_not_solvable", "")
    growth, exp = guess, math.exp
    for _ in range(_STEPS):
        value, slope = -received, 0.0
        for time, paid in flows:
            worth = paid * exp(-growth * time)
            value += worth
            slope -= time * worth
        step = -value / slope
        growth += max(min(step, _LARGEST_STEP), -_LARGEST_STEP)
        if abs(step) <= _PRECISION * (1 + abs(growth)):
            break
    return growth


def periodic_rate(received: float, payments: Sequence[int], guess: float = 0.0) -> float:
    """The internal rate a period of payments one period apart, the first after one period.

    The same method in v = 1/(1 + i), by Horner's rule: the value of payments is convex and rising
    in v, so tangents from the right never pass the root.
    """
    if received <= 0 or not any(payments) or min(payments) < 0:
        raise TermsError("rate_not_solvable", "")
    backwards = payments[::-1]
    v = 1 / (1 + guess)
    for _ in range(_STEPS):
        value = slope = 0.0
        for paid in backwards:
            slope = slope * v + value
            value = value * v + paid
        slope = slope * v + value
        step = (received - value * v) / slope
        v = max(v + step, v / 2)
        if abs(step) <= _PRECISION * v:
            break
    return 1 / v - 1


def dated_rate(
    received: float, start: date, payments: Sequence[tuple[date, int]], guess: float = 0.0
) -> float:
    """XIRR: the effective annual rate of dated payments, days over 365."""
    first = start.toordinal()
    flows = [((day.toordinal() - first) / 365, paid) for day, paid in payments]
    return math.expm1(growth_rate(received, flows, math.log1p(guess)))


def united_states_apr(
    amount: float, payments: Sequence[tuple[float, int, float]], unit_periods_per_year: int
) -> float:
    """The actuarial APR in percent of Regulation Z, appendix J.

    `payments` are (amount, whole unit periods, fraction of a unit period); the fraction bears simple
    interest: amount / ((1 + f i) (1 + i)^t). Bisected, since the fraction breaks convexity.
    """

    def excess(rate: float) -> float:
        worth = sum(
            paid / ((1 + fraction * rate) * (1 + rate) ** whole) for paid, whole, fraction in payments
        )
        return worth - amount

    low, high = 0.0, 1.0
    while excess(high) > 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return 100 * unit_periods_per_year * low
