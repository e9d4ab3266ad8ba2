"""Contracts for tests: a plain one to vary, and generators of any."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from service.financing.conventions import (
    AccrueTo,
    BusinessDay,
    DayCount,
    FeeTiming,
    Method,
    PrepaymentEffect,
    Residue,
    RoundingMode,
    VatBase,
    VatTiming,
)
from service.financing.errors import TermsError
from service.financing.rows import Schedule
from service.financing.schedule import build_schedule
from service.financing.terms import Fee, Prepayment, RateChange, Rounding, Step, Terms, Vat


def terms(**changed: Any) -> Terms:
    """100,000,000 won over 36 months at 4.5 percent, without dates, unless changed."""
    agreed: dict[str, Any] = {
        "principal_won": 100_000_000,
        "months": 36,
        "annual_rate_percent": Fraction("4.5"),
    }
    return Terms(**(agreed | changed))


def built(agreed: Terms, *refusals: str) -> Schedule | None:
    """The schedule, or None where the engine refuses generated terms for one of the given reasons."""
    try:
        return build_schedule(agreed)
    except TermsError as refusal:
        if refusal.code not in refusals:
            raise
        return None


def any_amount(random: Random, most: int = 10**13) -> int:
    """Amounts of every size, the smallest included."""
    return random.randint(1, min(most, 10 ** random.randint(0, 13)))


def any_rate(random: Random, least: int = 0) -> Fraction:
    """A rate from 0 to 20 percent with up to four decimals, often a round one."""
    if random.random() < 0.5:
        return Fraction(random.randint(least * 2, 40), 2)
    return Fraction(random.randint(least * 10_000, 200_000), 10_000)


def any_terms(random: Random, most_months: int = 60) -> Terms:
    """Terms of every method and convention, without events."""
    months = random.choice([1, 2, 12, 36, random.randint(1, most_months)])
    method = random.choice(list(Method))
    principal = any_amount(random)
    dated = random.random() < 0.6
    start = date(2019, 12, 1) + timedelta(days=random.randint(0, 3000)) if dated else None
    odd_first = start + timedelta(days=random.randint(5, 80)) if start and random.random() < 0.2 else None
    payment_day = random.randint(1, 31) if start and not odd_first and random.random() < 0.2 else None
    vat = Vat(timing=random.choice(list(VatTiming)), base=random.choice(list(VatBase)))
    return Terms(
        principal_won=principal,
        months=months,
        annual_rate_percent=any_rate(random),
        method=method,
        grace_months=random.choice([0, 0, random.randint(0, months)]),
        balloon_won=0 if method is Method.BULLET else random.choice([0, 0, random.randint(0, principal)]),
        step=Step(Fraction(random.randint(0, 3)), random.choice([6, 12]), random.choice([None, 2])),
        start_date=start,
        first_due_date=odd_first,
        payment_day=payment_day,
        rounding=Rounding(random.choice([1, 10]), random.choice(list(RoundingMode))),
        residue=random.choice(list(Residue)),
        day_count=random.choice(list(DayCount)) if dated else DayCount.MONTHLY,
        business_day=random.choice(list(BusinessDay)),
        accrue_to=random.choice(list(AccrueTo)),
        fees=random.choice([(), (Fee("관리 수수료", random.randint(0, 50_000), FeeTiming.EACH_PERIOD),)]),
        vat=random.choice([None, vat]),
    )


def any_life(random: Random, agreed: Terms) -> tuple[tuple[RateChange, ...], tuple[Prepayment, ...]]:
    """Rate changes and part prepayments inside the term of a dated contract."""
    assert agreed.start_date is not None
    days = 30 * agreed.months
    change_days = sorted(random.sample(range(1, days + 1), k=min(random.randint(0, 2), days)))
    prepayment_days = sorted(random.randint(0, days * 9 // 10) for _ in range(random.randint(0, 2)))
    changes = tuple(
        RateChange(agreed.start_date + timedelta(days=day), any_rate(random)) for day in change_days
    )
    start = agreed.start_date
    prepayments = tuple(
        Prepayment(
            start + timedelta(days=day),
            max(agreed.principal_won // 20, 1),
            random.choice(list(PrepaymentEffect)),
        )
        for day in prepayment_days
    )
    return changes, prepayments
