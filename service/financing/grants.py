"""Government grants for a smart factory: dated rows of share and cap, applied to a project's cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from service.financing.errors import TermsError
from service.financing.terms import check_won
from service.kit.won import round_down


@dataclass(frozen=True, slots=True)
class GrantRow:
    """Who pays which part of a project in one year, track and level; what no source states is None."""

    year: int
    track: str
    level: str
    government_share_percent: Fraction
    government_cap_won: int | None
    host_share_percent: Fraction | None
    host_cap_won: int | None
    source: Mapping[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "GrantRow":
        """A row as programmes keep it: shares as decimal strings."""
        host = row.get("host_share_percent")
        return cls(
            year=row["year"],
            track=row["track"],
            level=row["level"],
            government_share_percent=Fraction(row["government_share_percent"]),
            government_cap_won=row.get("government_cap_won"),
            host_share_percent=None if host is None else Fraction(host),
            host_cap_won=row.get("host_cap_won"),
            source=row["source"],
        )


@dataclass(frozen=True, slots=True)
class GrantShares:
    """A project's cost divided: what the state, a host company and the company itself pay."""

    government_won: int
    host_won: int
    own_won: int


def find_grant_row(
    rows: Sequence[GrantRow], programme: str, year: int, level: str, track: str | None
) -> GrantRow:
    """The one row for a year, a level and, where there are several, a track. Raises TermsError."""
    of_level = [row for row in rows if row.year == year and row.level == level]
    found = [row for row in of_level if track in (None, row.track)]
    if not found:
        raise TermsError("grant_unknown", "/level", programme=programme, year=year, level=level)
    if len(found) > 1:
        raise TermsError("grant_track_required", "/track", tracks=", ".join(row.track for row in found))
    return found[0]


def share_cost(row: GrantRow, cost_won: int) -> GrantShares:
    """min(cap, share of the cost), in whole won, for the state and a host; the company pays the rest."""
    check_won(cost_won, "/cost_won", least=1)
    government = _part(cost_won, row.government_share_percent, row.government_cap_won)
    host = _part(cost_won, row.host_share_percent or Fraction(0), row.host_cap_won)
    host = min(host, cost_won - government)
    return GrantShares(government, host, cost_won - government - host)


def _part(cost_won: int, share_percent: Fraction, cap_won: int | None) -> int:
    share = share_percent / 100
    part = round_down(cost_won * share.numerator, share.denominator)
    return part if cap_won is None else min(part, cap_won)
