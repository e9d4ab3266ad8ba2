"""Many contracts at once: the level ones in columns, each other by itself, every refusal by its place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.financing.batch import RATE_UNITS, LevelQuotes, level_totals
from service.financing.conventions import BalanceTracking, DayCount, Method, Residue, RoundingMode
from service.financing.disclosure import check_legal_cap
from service.financing.errors import TermsError
from service.financing.rows import Totals
from service.financing.schedule import build_schedule
from service.financing.terms import Terms

MOST_EFFORT = 400_000
_SLOW_ROW = 15
"""Exact fractions and growing payments cost about this many plain rows."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The figures of one contract without its rows."""

    level_payment_won: int | None
    last_payment_won: int
    totals: Totals
    warnings: tuple[str, ...] = ()


def quote_all(contracts: Sequence[Terms]) -> list[Quote | TermsError]:
    """One quote or refusal a contract, in order; every won is the exact engine's.

    Raises TermsError `batch_too_heavy` for more contracts that need the engine than it does in a second
    or two.
    """
    if sum(_effort(terms) for terms in contracts) > MOST_EFFORT:
        raise TermsError("batch_too_heavy", "/items")
    quotes: list[Quote | TermsError | None] = [None] * len(contracts)
    for unit in (1, 10):
        places = [
            place
            for place, terms in enumerate(contracts)
            if terms.rounding.payment_unit_won == unit and _is_plain_level(terms)
        ]
        found = _level_quotes([contracts[place] for place in places], unit)
        for place, quote in zip(places, found, strict=True):
            quotes[place] = quote
    return [quote or _single(terms) for quote, terms in zip(quotes, contracts, strict=True)]


def _effort(terms: Terms) -> int:
    """How long the engine takes, in rows of a plain contract (about three microseconds)."""
    if _is_plain_level(terms):
        return 0
    is_slow = terms.method is Method.GRADUATED or terms.rounding.balance is BalanceTracking.CARRIED
    return terms.months * (_SLOW_ROW if is_slow else 1)


def _is_plain_level(terms: Terms) -> bool:
    """A level contract of whole months at a rate of at most four decimals, with nothing beside it."""
    return (
        terms.method is Method.LEVEL_PAYMENT
        and terms.day_count is DayCount.MONTHLY
        and not (terms.grace_months or terms.balloon_won or terms.fees or terms.vat)
        and not (terms.rate_changes or terms.prepayments or terms.first_due_date or terms.payment_day)
        and terms.residue is Residue.LAST
        and terms.rounding.mode is RoundingMode.DOWN
        and terms.rounding.balance is BalanceTracking.ROUNDED
        and RATE_UNITS % terms.annual_rate_percent.denominator == 0
    )


def _level_quotes(contracts: Sequence[Terms], unit: int) -> list[Quote | TermsError]:
    if not contracts:
        return []
    found = level_totals(
        LevelQuotes(
            principals_won=np.array([terms.principal_won for terms in contracts], dtype=np.int64),
            rates=np.array([_rate_units(terms) for terms in contracts], dtype=np.int64),
            months=np.array([terms.months for terms in contracts], dtype=np.int64),
            payment_unit_won=unit,
        )
    )
    levels, lasts = found.level_payments_won.tolist(), found.last_payments_won.tolist()
    figures = zip(contracts, levels, lasts, found.interest_won.tolist(), strict=True)
    quotes: list[Quote | TermsError] = [
        Quote(level, last, _totals(terms.principal_won, interest)) for terms, level, last, interest in figures
    ]
    for lane in found.irregular:
        quotes[lane] = _single(contracts[lane])
    return quotes


def _rate_units(terms: Terms) -> int:
    rate = terms.annual_rate_percent
    return rate.numerator * (RATE_UNITS // rate.denominator)


def _totals(principal: int, interest: int) -> Totals:
    return Totals(
        principal_won=principal,
        interest_won=interest,
        fee_won=0,
        vat_won=0,
        payment_won=principal + interest,
        upfront_fee_won=0,
        upfront_vat_won=0,
    )


def _single(terms: Terms) -> Quote | TermsError:
    try:
        schedule = build_schedule(terms)
        check_legal_cap(schedule)
    except TermsError as refusal:
        return refusal
    return Quote(
        schedule.level_payment_won, schedule.rows[-1].payment_won, schedule.totals, schedule.warnings
    )
