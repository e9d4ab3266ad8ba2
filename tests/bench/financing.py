"""How fast schedules, batches and rates are, beside what others do: python -m tests.bench.financing

Everything runs in this process on one thread. The measured functions take turns, round by round, and
the best round of each counts, so that a busy machine slows all of them alike.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from time import perf_counter
from typing import Any

import mortgagemath
import numpy as np

from service.financing.batch import RATE_UNITS, LevelQuotes, level_totals
from service.financing.rates import dated_rate
from service.financing.schedule import build_schedule
from service.financing.terms import Terms

MONTHS = 36
QUOTES = 10_000
ROUNDS = 15

CONTRACTS = [(20_000_000 + 7_654_321 * each, 250 + 15 * each, date(2026, 1, 5 + each)) for each in range(20)]
"""(principal, hundredths of a percent, start): a month's quotes, as they come in."""


def best_of_turns(functions: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """The shortest time of each function in seconds."""
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            started = perf_counter()
            function()
            best[name] = min(best[name], perf_counter() - started)
    return best


def one_by_one(function: Callable[[Any], object], values: Sequence[object]) -> None:
    """Each value by itself, its result let go before the next: as a request does it."""
    for value in values:
        function(value)


def decimal_rows(principal: Decimal, percent: Decimal, months: int) -> list[tuple[int, Decimal, ...]]:
    """The loop that anyone would write with decimals: level payment, whole won, truncated."""
    monthly = percent / 1200
    won = Decimal(1)
    payment = (principal * monthly / (1 - (1 + monthly) ** -months)).quantize(won, ROUND_DOWN)
    rows = []
    balance = principal
    for number in range(1, months + 1):
        interest = (balance * monthly).quantize(won, ROUND_DOWN)
        repaid = balance if number == months else payment - interest
        balance -= repaid
        rows.append((number, repaid, interest, repaid + interest, balance))
    return rows


def plain_newton(received: float, start: date, payments: Sequence[tuple[date, int]]) -> float:
    """The textbook XIRR in plain Python, from the usual guess of a tenth."""
    rate = 0.1
    times = [((day - start).days / 365, paid) for day, paid in payments]
    for _ in range(100):
        value = sum(paid / (1 + rate) ** time for time, paid in times) - received
        slope = sum(-time * paid / (1 + rate) ** (time + 1) for time, paid in times)
        step = value / slope
        rate -= step
        if abs(step) < 1e-12:
            break
    return rate


def measure_schedules() -> None:
    """One contract at a time."""
    ours = [
        Terms(
            principal_won=principal, months=MONTHS, annual_rate_percent=Fraction(rate, 100), start_date=start
        )
        for principal, rate, start in CONTRACTS
    ]
    truncated = mortgagemath.PaymentRounding.ROUND_DOWN
    theirs = [
        mortgagemath.LoanParams(
            Decimal(principal),
            Decimal(rate) / 100,
            MONTHS,
            payment_rounding=truncated,
            interest_rounding=truncated,
            currency_unit=Decimal(1),
            start_date=start,
        )
        for principal, rate, start in CONTRACTS
    ]
    decimals = [(Decimal(principal), Decimal(rate) / 100) for principal, rate, _ in CONTRACTS]
    for mine, other in zip(ours, theirs, strict=True):
        paid = [int(row.payment) for row in mortgagemath.amortization_schedule(other)[1:]]
        assert [row.payment_won for row in build_schedule(mine).rows] == paid, "the two must agree to the won"
    best = best_of_turns(
        {
            "mortgagemath": lambda: one_by_one(mortgagemath.amortization_schedule, theirs),
            "Decimal 반복문": lambda: one_by_one(lambda loan: decimal_rows(*loan, MONTHS), decimals),
            "날짜 있는 상환표": lambda: one_by_one(build_schedule, ours),
        },
        rounds=100,
    )
    report(f"상환표 한 건 ({MONTHS}회)", best, len(CONTRACTS), "mortgagemath")


def measure_batch() -> None:
    """Ten thousand at once."""
    random = np.random.default_rng(1)
    principals = random.integers(10**6, 10**9, QUOTES)
    rates = random.integers(10, 200, QUOTES) * (RATE_UNITS // 10)
    same = LevelQuotes(principals, rates, np.full(QUOTES, MONTHS))
    mixed = LevelQuotes(principals, rates, random.choice([12, 24, 36, 48, 60], QUOTES))
    sample = slice(0, 200)
    loans = [
        (Decimal(int(principal)), Decimal(int(rate)) / RATE_UNITS)
        for principal, rate in zip(principals[sample], rates[sample], strict=True)
    ]
    totals = level_totals(same)
    for lane, (principal, _percent) in enumerate(loans):
        exact = Terms(
            principal_won=int(principal),
            months=MONTHS,
            annual_rate_percent=Fraction(int(rates[lane]), RATE_UNITS),
        )
        assert build_schedule(exact).totals.interest_won == totals.interest_won[lane], "a batch must be exact"
    best = best_of_turns(
        {
            "Decimal 반복문": lambda: [decimal_rows(*loan, MONTHS) for loan in loans],
            "한꺼번에, 모두 36회": lambda: level_totals(same),
            "한꺼번에, 12~60회": lambda: level_totals(mixed),
        },
        rounds=40,
    )
    best["Decimal 반복문"] *= QUOTES / len(loans)
    report(f"{QUOTES:,}건의 합계", best, 1, "Decimal 반복문")


def measure_rates() -> None:
    """The effective rate of one dated schedule."""
    start = date(2026, 1, 26)
    rows = build_schedule(
        Terms(
            principal_won=100_000_000,
            months=MONTHS,
            annual_rate_percent=Fraction("4.5"),
            start_date=start,
        )
    ).rows
    payments = [(row.payment_date, row.payment_won) for row in rows if row.payment_date]
    received = 99_000_000
    assert abs(plain_newton(received, start, payments) - dated_rate(received, start, payments)) < 1e-10
    best = best_of_turns(
        {
            "순수 파이썬 뉴턴법": lambda: [plain_newton(received, start, payments) for _ in range(50)],
            "실효 이율": lambda: [dated_rate(received, start, payments) for _ in range(50)],
            "실효 이율, 약정 이율에서 시작": lambda: [
                dated_rate(received, start, payments, guess=0.045) for _ in range(50)
            ],
        }
    )
    report("이율 풀이", best, 50, "순수 파이썬 뉴턴법")


def report(title: str, best: dict[str, float], count: int, baseline: str) -> None:
    """One line a function: microseconds each, and how many times the baseline's speed."""
    lines = [f"{title}: 마이크로초, {baseline} 대비 배"]
    for name, seconds in best.items():
        lines.append(f"  {1e6 * seconds / count:12,.1f}  {best[baseline] / seconds:8.1f}  {name}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    measure_schedules()
    measure_batch()
    measure_rates()
