"""Every admissible way to pay, ranked by what it costs in today's money."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from service.deals.funding_stack import GrantOffer, rank_stacks
from service.financing.grants import GrantRow
from service.financing.terms import Grant, Terms

PRICE = 100_000_000


def _offer(
    code: str, share: str = "50", cap: int | None = None, *exclusive: str, level: str = "기초"
) -> GrantOffer:
    row = GrantRow(2026, "정부형", level, Fraction(share), cap, None, None, {})
    return GrantOffer(code, code, row, frozenset(exclusive))


def _installment(granted_won: int) -> Terms:
    grant = Grant("grants", granted_won) if granted_won else None
    return Terms(PRICE - granted_won, 36, Fraction("4.5"), grant=grant)


def _codes(offers: list[GrantOffer], discount: str = "4.5") -> list[tuple[set[str], bool]]:
    stacks = rank_stacks(PRICE, offers, _installment, Fraction(discount))
    return [({each.offer.programme for each in stack.grants}, stack.terms is not None) for stack in stacks]


def test_without_grants_there_are_cash_and_the_installment() -> None:
    assert _codes([], discount="10")[0] == (set(), True)
    assert _codes([], discount="1")[0] == (set(), False)


def test_the_larger_grant_comes_first_and_exclusive_ones_are_never_together() -> None:
    ways = _codes([_offer("SMALL", "30"), _offer("LARGE", "50", None, "SMALL")])
    assert ways[0][0] == {"LARGE"}
    assert {"SMALL", "LARGE"} not in [codes for codes, _ in ways]


def test_exclusion_holds_in_both_directions() -> None:
    ways = _codes([_offer("A", "10", None, "B"), _offer("B", "10"), _offer("C", "10")])
    together = [codes for codes, _ in ways]
    assert {"A", "B"} not in together
    assert {"A", "C"} in together
    assert {"B", "C"} in together


def test_two_rows_of_one_programme_are_alternatives() -> None:
    basic = _offer("GRANT", "50", 20_000_000)
    advanced = _offer("GRANT", "50", 40_000_000, level="고도화")
    stacks = rank_stacks(PRICE, [basic, advanced], _installment, Fraction(5))
    assert all(len(stack.grants) <= 1 for stack in stacks)
    assert stacks[0].grants[0].offer.row.level == "고도화"


def test_grants_that_would_pay_everything_are_no_way_to_pay() -> None:
    ways = _codes([_offer("HALF", "50"), _offer("REST", "50")])
    assert {"HALF", "REST"} not in [codes for codes, _ in ways]


@given(
    st.lists(st.tuples(st.integers(1, 60), st.one_of(st.none(), st.integers(0, PRICE))), max_size=4),
    st.integers(0, 15),
)
def test_what_everyone_pays_adds_up_to_the_price(shares: list[tuple[int, int | None]], discount: int) -> None:
    offers = [_offer(f"P{number}", str(share), cap) for number, (share, cap) in enumerate(shares)]
    stacks = rank_stacks(PRICE, offers, _installment, Fraction(discount))
    values = [stack.place.outlay.present_value_won for stack in stacks]
    assert values == sorted(values)
    for stack in stacks:
        granted = sum(each.amount_won for each in stack.grants)
        own = stack.terms.principal_won if stack.terms else stack.place.outlay.upfront_won
        assert granted + own == PRICE
        assert stack.place.outlay.grant_won == granted
