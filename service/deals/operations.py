"""Finding the ways to pay for a need: what the programmes' rules, periods and data allow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.tables import Manufacturer, Need, Programme
from service.deals.funding_stack import (
    GrantOffer,
    Stack,
    exclusions,
    never_together,
    rank_stacks,
    row_key,
)
from service.deals.schemas import FundingStackInput
from service.financing.errors import TermsError
from service.financing.fund_loan import FundLoan, build_fund_loan
from service.financing.fund_terms import check_conditions, conditions_on
from service.financing.grants import GrantRow
from service.financing.queries import published_conditions
from service.financing.schemas import FundLoanInput, GrantInput, InstallmentInput
from service.financing.terms import Terms, check_won
from service.kit import clock
from service.needs.queries import get_need
from service.programmes.eligibility import MANUFACTURER, facts_of_manufacturer, judge
from service.programmes.queries import list_programmes
from service.programmes.rules import MET, Eligibility, Facts, Finding

INSTALLMENT = "INSTALLMENT_36"
LONGEST_INSTALLMENT_MONTHS = 36


@dataclass(frozen=True)
class LeftOut:
    """A programme that is in no way to pay, and why: `reason` is the code of a sentence."""

    programme: Programme
    finding: Finding
    reason: str


@dataclass(frozen=True)
class NotCombined:
    """Two programmes of which only one can be had, or one of whose rows only one can be, and why."""

    names: tuple[str, str]
    basis: str | None


@dataclass(frozen=True)
class FundingPlan:
    """The ways to pay, cheapest first, and what could not be used.

    `installment_finding` is what the rule of the long installment says of the company; None where nobody
    offers one. `supplier_loan` is the supplier's own affair: it pays none of the price.
    """

    given: FundingStackInput
    price_won: int
    start: date
    stacks: list[Stack]
    left_out: list[LeftOut]
    not_combined: list[NotCombined]
    installment_finding: Finding | None
    supplier_loan: FundLoan | None

    def installment(self, stack: Stack) -> InstallmentInput | None:
        """The installment of a way to pay, None for one that pays at once."""
        if stack.terms is None:
            return None
        return _installment(self.given, self.price_won, self.start, stack.terms.grant_won)


def plan_funding(session: Session, actor: Actor, need_id: UUID, given: FundingStackInput) -> FundingPlan:
    """Every admissible way to pay for that need.

    Raises `Problem` 404 for a need of others, TermsError for terms that cannot be computed and
    `price_or_budget_required` where neither a price nor a budget is known.
    """
    need = get_need(session, need_id, actor)
    price = _price(given, need)
    start = given.start_date or clock.today()
    facts = facts_of_manufacturer(session.get_one(Manufacturer, need.manufacturer_id))
    programmes = list_programmes(session, MANUFACTURER)
    offers, left_out = _offers(programmes, facts, start, given)
    if given.months > LONGEST_INSTALLMENT_MONTHS:
        raise TermsError("installment_over_months", "/months", most=LONGEST_INSTALLMENT_MONTHS)
    offered = next((judge(each, facts) for each in programmes if each.code == INSTALLMENT), None)
    refused = any(each.programme.code == INSTALLMENT for each in left_out)

    def terms(granted_won: int) -> Terms:
        return _installment(given, price, start, granted_won).terms()

    stacks = rank_stacks(price, offers, None if refused else terms, discount_rate_of(given))
    pairs = never_together(offers)
    return FundingPlan(
        given=given,
        price_won=price,
        start=start,
        stacks=stacks,
        left_out=left_out,
        not_combined=[NotCombined((one.name, other.name), _basis(one, other)) for one, other in pairs],
        installment_finding=offered,
        supplier_loan=_supplier_loan(session, given.fund_loan, start) if given.fund_loan else None,
    )


def grants_known(session: Session) -> list[GrantOffer]:
    """Every row of every grant for manufacturers, the newest first: what can be taken as if it held."""
    today = clock.today()
    found = [
        _offer(programme, row, MET, today)
        for programme in list_programmes(session, MANUFACTURER)
        for row in _rows_of(programme)
    ]
    return sorted(found, key=lambda offer: -offer.row.year)


def discount_rate_of(given: FundingStackInput) -> Fraction:
    """The company's own rate, or the installment's where it named none."""
    named = given.discount_rate_percent
    return given.annual_rate_percent if named is None else named


def _installment(given: FundingStackInput, price_won: int, start: date, granted_won: int) -> InstallmentInput:
    """The installment for what the grants leave of the price."""
    return InstallmentInput(
        price_won=price_won,
        annual_rate_percent=given.annual_rate_percent,
        months=given.months,
        down_payment_won=given.down_payment_won,
        method=given.method,
        grace_months=given.grace_months,
        start_date=start,
        payment_day=given.payment_day,
        vat=given.vat,
        grant=GrantInput(programme="grants", amount_won=granted_won) if granted_won else None,
    )


def _price(given: FundingStackInput, need: Need) -> int:
    price = given.price_won if given.price_won is not None else need.budget_won
    if price is None:
        raise TermsError("price_or_budget_required", "/price_won")
    check_won(price, "/price_won", least=1)
    return price


def _offers(
    programmes: Sequence[Programme], facts: Facts, start: date, given: FundingStackInput
) -> tuple[list[GrantOffer], list[LeftOut]]:
    offers: list[GrantOffer] = []
    left_out: list[LeftOut] = []
    for programme in programmes:
        pays = _pays_for_equipment(programme)
        if not pays and programme.code != INSTALLMENT:
            continue
        finding = judge(programme, facts)
        found = [row for row in _rows_of(programme) if _is_wanted(programme, row, start, given)]
        named = given.grant is not None and bool(found)
        if finding.answer is Eligibility.NOT_ELIGIBLE or (
            finding.answer is Eligibility.UNKNOWN and not named
        ):
            left_out.append(LeftOut(programme, finding, f"funding_{finding.answer.value}"))
        elif pays:
            if not found:
                reason = "funding_no_row" if given.grant is None else "funding_not_chosen"
                left_out.append(LeftOut(programme, finding, reason))
            offers += [_offer(programme, row, finding, start) for row in found]
    if given.grant is not None and not any(_names(each, given.grant) for each in programmes):
        raise TermsError("funding_grant_unknown", "/grant", grant=given.grant)
    return offers, left_out


def _pays_for_equipment(programme: Programme) -> bool:
    """Whether it is a grant towards the equipment; how much it pays may not be known."""
    amount = programme.terms.get("amount") or {}
    return bool(programme.terms.get("grant_rows") or amount.get("government_share_percent_max"))


def _rows_of(programme: Programme) -> Iterator[Mapping[str, Any]]:
    yield from programme.terms.get("grant_rows") or ()


def _names(programme: Programme, key: str) -> bool:
    return any(row_key(programme.code, GrantRow.of(row)) == key for row in _rows_of(programme))


def _is_wanted(programme: Programme, row: Mapping[str, Any], start: date, given: FundingStackInput) -> bool:
    """The row that was named, whenever it held; else those in force on the day that was asked for."""
    if given.grant is not None:
        return row_key(programme.code, GrantRow.of(row)) == given.grant
    return _is_in_force(row, given.grants_on or start) and given.level in (None, row["level"])


def _is_in_force(row: Mapping[str, Any], day: date) -> bool:
    return date.fromisoformat(row["valid_from"]) <= day <= date.fromisoformat(row["valid_to"])


def _offer(programme: Programme, row: Mapping[str, Any], finding: Finding, day: date) -> GrantOffer:
    return GrantOffer(
        programme=programme.code,
        name=programme.name,
        row=GrantRow.of(row),
        exclusive_with=exclusions(programme.terms),
        finding=finding,
        in_force=_is_in_force(row, day),
        exclusive_basis=programme.terms.get("exclusive_basis"),
    )


def _basis(one: GrantOffer, other: GrantOffer) -> str | None:
    """Why the two exclude each other, from the programme that says so."""
    if one.programme == other.programme:
        return None
    by_first = other.programme in one.exclusive_with
    return (one.exclusive_basis if by_first else None) or other.exclusive_basis


def _supplier_loan(session: Session, given: FundLoanInput, start: date) -> FundLoan:
    """The loan, under the conditions of its fund where it names one. Refusals point into `/fund_loan`."""
    try:
        market, rate = given.market_terms(), given.fund_rate()
        if given.fund is not None:
            published = published_conditions(session, given.fund)
            check_conditions(conditions_on(published, given.fund, given.start_date or start), market, rate)
        return build_fund_loan(market, rate)
    except TermsError as refusal:
        raise refusal.under("/fund_loan") from refusal
