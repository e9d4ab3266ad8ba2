"""Finding the ways to pay for a need: what the programmes' rules, periods and data allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.db.tables import Manufacturer, Need, Programme
from service.deals.funding_stack import GrantOffer, Stack, exclusions, rank_stacks
from service.deals.schemas import FundingStackInput
from service.financing.errors import TermsError
from service.financing.grants import GrantRow
from service.financing.schemas import GrantInput, InstallmentInput
from service.financing.terms import Terms, check_won
from service.kit import clock
from service.needs.queries import get_need
from service.programmes.eligibility import MANUFACTURER, facts_of_manufacturer, judge
from service.programmes.queries import list_programmes
from service.programmes.rules import Eligibility, Facts, Finding

INSTALLMENT = "INSTALLMENT_36"
LONGEST_INSTALLMENT_MONTHS = 36


@dataclass(frozen=True)
class LeftOut:
    """A programme that is in no way to pay, and why: `reason` is the code of a sentence."""

    programme: Programme
    finding: Finding
    reason: str


@dataclass(frozen=True)
class FundingPlan:
    """The ways to pay, cheapest first, and what could not be used."""

    given: FundingStackInput
    price_won: int
    start: date
    stacks: list[Stack]
    left_out: list[LeftOut]

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
    offers, left_out = _offers(list_programmes(session, MANUFACTURER), facts, start, given.level)
    if given.months > LONGEST_INSTALLMENT_MONTHS:
        raise TermsError("installment_over_months", "/months", most=LONGEST_INSTALLMENT_MONTHS)
    refused = any(each.programme.code == INSTALLMENT for each in left_out)

    def terms(granted_won: int) -> Terms:
        return _installment(given, price, start, granted_won).terms()

    stacks = rank_stacks(price, offers, None if refused else terms, discount_rate_of(given))
    return FundingPlan(given, price, start, stacks, left_out)


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
    programmes: Sequence[Programme], facts: Facts, start: date, level: str | None
) -> tuple[list[GrantOffer], list[LeftOut]]:
    offers: list[GrantOffer] = []
    left_out: list[LeftOut] = []
    for programme in programmes:
        rows = programme.terms.get("grant_rows")
        if not rows and programme.code != INSTALLMENT:
            continue  # it pays for something else than the equipment
        finding = judge(programme, facts)
        if finding.answer is not Eligibility.ELIGIBLE:
            left_out.append(LeftOut(programme, finding, f"funding_{finding.answer.value}"))
        elif rows:
            found = [
                GrantRow.of(row) for row in rows if _is_valid(row, start) and level in (None, row["level"])
            ]
            if not found:
                left_out.append(LeftOut(programme, finding, "funding_no_row"))
            offers += [_offer(programme, row, finding) for row in found]
    return offers, left_out


def _is_valid(row: dict[str, str], day: date) -> bool:
    return date.fromisoformat(row["valid_from"]) <= day <= date.fromisoformat(row["valid_to"])


def _offer(programme: Programme, row: GrantRow, finding: Finding) -> GrantOffer:
    return GrantOffer(programme.code, programme.name, row, exclusions(programme.terms), finding.to_confirm)
