"""Charts of a schedule as geometry: paths and labels for an SVG that a template draws.

Two panels over the same rows, so that each has a scale of its own: what is paid, stacked from principal
and interest, and what is still owed. Contracts of many rows are shown by years.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from service.financing.answers import RowAnswer
from service.financing.conventions import RowKind

MOST_BARS = 60
LEFT, RIGHT = 92, 552
PAID_TOP, PAID_BOTTOM = 42, 188
OWED_TOP, OWED_BOTTOM = 250, 336
MOST_TICKS = 4


class Bar(NamedTuple):
    """What is paid in one row or year, and what is owed after it."""

    name: int
    principal_won: int
    interest_won: int
    owed_won: int


class Tick(NamedTuple):
    """A label on an axis and where it stands."""

    at: float
    text: str


@dataclass(frozen=True)
class ScheduleChart:
    """Path data and ticks; `by_year` tells that each bar is a year of the contract."""

    by_year: bool
    principal: str
    interest: str
    owed: str
    paid_ticks: Sequence[Tick]
    owed_ticks: Sequence[Tick]
    names: Sequence[Tick]


def schedule_chart(rows: Sequence[RowAnswer], principal_won: int) -> ScheduleChart:
    """The chart of these rows of a contract over `principal_won`."""
    by_year = len(rows) > MOST_BARS
    bars = _by_year(rows) if by_year else [_bar(row.number, [row]) for row in rows]
    most_paid = max(bar.principal_won + bar.interest_won for bar in bars)
    most_owed = max(principal_won, *(bar.owed_won for bar in bars))
    step = (RIGHT - LEFT) / len(bars)
    principal, interest, owed = [], [], [f"M{LEFT} {_y(principal_won, most_owed, OWED_TOP, OWED_BOTTOM)}"]
    for place, bar in enumerate(bars):
        left, width = LEFT + place * step + step * 0.1, step * 0.8
        top = _y(bar.principal_won, most_paid, PAID_TOP, PAID_BOTTOM)
        above = _y(bar.principal_won + bar.interest_won, most_paid, PAID_TOP, PAID_BOTTOM)
        principal.append(_box(left, top, width, PAID_BOTTOM - top))
        interest.append(_box(left, above, width, top - above))
        owed.append(f"L{LEFT + (place + 1) * step:.1f} {_y(bar.owed_won, most_owed, OWED_TOP, OWED_BOTTOM)}")
    return ScheduleChart(
        by_year,
        "".join(principal),
        "".join(interest),
        "".join(owed),
        _ticks(most_paid, PAID_TOP, PAID_BOTTOM),
        _ticks(most_owed, OWED_TOP, OWED_BOTTOM),
        _names(bars, step),
    )


def axis_text(won: int) -> str:
    """A round amount in few letters: 15000000 -> "1,500만", 150000000 -> "1.5억"."""
    for size, name in ((10**12, "조"), (10**8, "억"), (10**4, "만")):
        if won >= size:
            return f"{won / size:,.10g}{name}"
    return f"{won:,}"


def _by_year(rows: Sequence[RowAnswer]) -> list[Bar]:
    years = groupby(rows, key=lambda row: max(row.number - 1, 0) // 12)
    return [_bar(year + 1, list(of_year)) for year, of_year in years]


def _bar(name: int, rows: Sequence[RowAnswer]) -> Bar:
    """A payment below its interest adds to what is owed: nothing of it is principal."""
    paid = sum(row.principal_won + row.interest_won for row in rows)
    principal = max(sum(row.principal_won for row in rows), 0)
    name = -1 if len(rows) == 1 and rows[0].kind is RowKind.PREPAYMENT else name
    return Bar(name, principal, max(paid - principal, 0), rows[-1].closing_balance_won)


def _y(won: int, most: int, top: int, bottom: int) -> float:
    return round(bottom - (bottom - top) * won / max(most, 1), 1)


def _box(left: float, top: float, width: float, height: float) -> str:
    return f"M{left:.1f} {top:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z" if height > 0 else ""


def _ticks(most: int, top: int, bottom: int) -> list[Tick]:
    """Round amounts from nothing up to the largest one."""
    size = 10 ** (len(str(max(most, 1))) - 1)
    steps = (size * part // 10 for part in (1, 2, 5, 10, 20, 50))
    step = max(next(each for each in steps if each and most // each <= MOST_TICKS), 1)
    return [Tick(_y(won, most, top, bottom), axis_text(won)) for won in range(0, most + 1, step)]


def _names(bars: Sequence[Bar], step: float) -> list[Tick]:
    """The first bar, every fifth, tenth… so that at most a dozen stand there; prepayments have no name."""
    every = next(each for each in (1, 5, 10, 20, 50) if len(bars) <= 12 * each)
    return [
        Tick(round(LEFT + (place + 0.5) * step, 1), str(bar.name))
        for place, bar in enumerate(bars)
        if bar.name > 0 and (bar.name % every == 0 or (bar.name == 1 and every > 1))
    ]
