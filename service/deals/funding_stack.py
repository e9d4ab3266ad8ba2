"""How a project can be paid for: grants that may be combined, an installment, the company's own share.

Every admissible combination is tried, which are few, and all are ranked by what they cost the company in
today's money. Which grants exclude each other is data of the programmes, taken in both directions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from service.financing.comparison import LumpSum, Option, RankedOutlay, compare
from service.financing.grants import GrantRow, GrantShares, share_cost
from service.financing.terms import Terms
from service.programmes.rules import MET, Finding

MOST_GRANTS = 3
"""Grants in one combination."""


@dataclass(frozen=True, slots=True)
class GrantOffer:
    """One row of a grant programme that the company could have.

    `finding` is what the programme's rule says of the company; `in_force` is False for a row of another time,
    taken as if it still held; `exclusive_basis` says why the programme is not combined with others.
    """

    programme: str
    name: str
    row: GrantRow
    exclusive_with: frozenset[str] = frozenset()
    finding: Finding = MET
    in_force: bool = True
    exclusive_basis: str | None = None

    @property
    def key(self) -> str:
        """What tells this row from every other."""
        return row_key(self.programme, self.row)

    def excludes(self, other: "GrantOffer") -> bool:
        """Whether the two may not be combined; two rows of one programme never are."""
        return (
            self.programme == other.programme
            or other.programme in self.exclusive_with
            or self.programme in other.exclusive_with
        )


@dataclass(frozen=True, slots=True)
class Granted:
    """What one grant pays of the project."""

    offer: GrantOffer
    shares: GrantShares

    @property
    def amount_won(self) -> int:
        """The state's part and a host company's."""
        return self.shares.government_won + self.shares.host_won


@dataclass(frozen=True, slots=True)
class Stack:
    """One way to pay: its grants, and the rest by installment (`terms`) or at once."""

    grants: tuple[Granted, ...]
    terms: Terms | None
    place: RankedOutlay


def rank_stacks(
    price_won: int,
    offers: Sequence[GrantOffer],
    installment: Callable[[int], Terms] | None,
    discount_rate_percent: Fraction,
) -> list[Stack]:
    """Every admissible way to pay that price, cheapest in today's money first.

    `installment(granted_won)` makes the terms for what a combination leaves; None where there is none to be
    had. Raises TermsError for terms that cannot be computed.
    """
    ways: dict[str, tuple[tuple[Granted, ...], Terms | None]] = {}
    options = []
    for grants in _granted(price_won, offers):
        granted = sum(each.amount_won for each in grants)
        key = "+".join(each.offer.key for each in grants)
        for terms in (None, installment(granted) if installment else None):
            name = f"{key}|{'installment' if terms else 'lump_sum'}"
            if name not in ways:
                ways[name] = (grants, terms)
                options.append(Option(name, terms or LumpSum(price_won, granted)))
    return [Stack(*ways[place.outlay.name], place) for place in compare(options, discount_rate_percent)]


def _granted(price_won: int, offers: Sequence[GrantOffer]) -> Iterator[tuple[Granted, ...]]:
    """Each admissible set of grants, the empty one first; one that leaves nothing to pay is none."""
    for size in range(MOST_GRANTS + 1):
        for chosen in combinations(offers, size):
            if any(one.excludes(other) for one, other in combinations(chosen, 2)):
                continue
            grants = tuple(Granted(offer, share_cost(offer.row, price_won)) for offer in chosen)
            if sum(each.amount_won for each in grants) < price_won:
                yield grants


def never_together(offers: Sequence[GrantOffer]) -> list[tuple[GrantOffer, GrantOffer]]:
    """Which programmes among the offers exclude each other, one pair of offers for each two programmes.

    The two of a pair are of one programme where it offers several rows: only one of them can be had.
    """
    found = {
        frozenset((one.programme, other.programme)): (one, other)
        for one, other in combinations(offers, 2)
        if one.excludes(other)
    }
    return list(found.values())


def row_key(programme: str, row: GrantRow) -> str:
    """The name of one row of a programme: `SMART_FACTORY_GRANT/2023/정부형/고도화`."""
    return f"{programme}/{row.year}/{row.track}/{row.level}"


def exclusions(terms: Mapping[str, object]) -> frozenset[str]:
    """The programmes with which one may not be combined, as its data state."""
    stated = terms.get("exclusive_with")
    return frozenset(stated) if isinstance(stated, list) else frozenset()
