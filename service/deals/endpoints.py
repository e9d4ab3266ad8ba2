"""Ways to pay for a need, over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from service.accounts.actor import SignedIn
from service.db.session import DbSession
from service.deals.funding_stack import Granted, Stack
from service.deals.operations import FundingPlan, LeftOut, discount_rate_of, plan_funding
from service.deals.schemas import (
    FundingOptionAnswer,
    FundingStackAnswer,
    FundingStackInput,
    GrantedAnswer,
    LeftOutProgrammeAnswer,
    NotCombinedAnswer,
)
from service.financing.answers import (
    FundLoanAnswer,
    OutlayAnswer,
    comparison_answer,
    fund_loan_answer,
    schedule_answer,
)
from service.financing.schedule import build_schedule
from service.messages import sentence
from service.messages.deals import reason_not_combined, way_to_pay
from service.programmes.rules import Finding
from service.programmes.schemas import eligibility_parts

router = APIRouter(tags=["할부와 대출"])


@router.post("/needs/{need_id}/funding-stacks", summary="지원금과 할부를 묶은 지불 방법")
def list_funding_stacks(
    need_id: UUID, given: FundingStackInput, actor: SignedIn, session: DbSession
) -> FundingStackAnswer:
    """받을 수 있는 지원금과 할부, 자부담의 모든 조합을 현재가치로 견줍니다."""
    plan = plan_funding(session, actor, need_id, given)
    discount = discount_rate_of(given)
    outlays = comparison_answer(discount, [stack.place for stack in plan.stacks]).options
    return FundingStackAnswer(
        price_won=plan.price_won,
        discount_rate_percent=discount,
        options=[_option(plan, *each) for each in zip(plan.stacks, outlays, strict=True)],
        left_out=[_left_out(each) for each in plan.left_out],
        not_combined=[
            NotCombinedAnswer(names=each.names, reason=reason_not_combined(each.names, each.basis))
            for each in plan.not_combined
        ],
        supplier_fund_loan=_fund_loan(plan),
    )


def _option(plan: FundingPlan, stack: Stack, outlay: OutlayAnswer) -> FundingOptionAnswer:
    installment = plan.installment(stack)
    names = [each.offer.name for each in stack.grants]
    return FundingOptionAnswer(
        **outlay.model_dump(exclude={"name", "nominal_apr_percent", "effective_rate_percent"}),
        name=way_to_pay(names, by_installment=installment is not None),
        nominal_apr_percent=outlay.nominal_apr_percent,
        effective_rate_percent=outlay.effective_rate_percent,
        grants=[_granted(each) for each in stack.grants],
        own_won=plan.price_won - sum(each.amount_won for each in stack.grants),
        schedule=installment and schedule_answer(installment, build_schedule(installment.terms())),
    )


def _granted(granted: Granted) -> GrantedAnswer:
    offer = granted.offer
    return GrantedAnswer(
        programme=offer.programme,
        name=offer.name,
        year=offer.row.year,
        track=offer.row.track,
        level=offer.row.level,
        government_won=granted.shares.government_won,
        host_won=granted.shares.host_won,
        in_force=offer.in_force,
        **_asked(offer.finding),
        source=dict(offer.row.source),
    )


def _left_out(each: LeftOut) -> LeftOutProgrammeAnswer:
    return LeftOutProgrammeAnswer(
        **eligibility_parts(each.finding),
        programme=each.programme.code,
        name=each.programme.name,
        reason=sentence(each.reason),
    )


def _asked(finding: Finding) -> dict[str, Any]:
    """What is still to be filled in or confirmed."""
    parts = eligibility_parts(finding)
    return {name: parts[name] for name in ("missing", "to_confirm")}


def _fund_loan(plan: FundingPlan) -> FundLoanAnswer | None:
    given, loan = plan.given.fund_loan, plan.supplier_loan
    return fund_loan_answer(given, loan) if given and loan else None
