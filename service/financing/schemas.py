"""What the calculators take. Bounds and the law are checked by the engine, shapes here."""

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from service.financing.charges import MOST_OVERDUE_POINTS
from service.financing.comparison import FundOption, LumpSum, Option
from service.financing.conventions import (
    AccrueTo,
    BalanceTracking,
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
from service.financing.fund_loan import FundRate
from service.financing.terms import (
    LEGAL_CAP_PERCENT,
    Fee,
    Grant,
    Prepayment,
    PrepaymentFee,
    RateChange,
    Rounding,
    Step,
    Terms,
    Vat,
    check_won,
    financed_principal,
)
from service.financing.wire import Count, Day, Rate, Won
from service.kit.texts import Name

MOST_EVENTS = 480
MOST_FEES = 20
MOST_OPTIONS = 20


class Input(BaseModel):
    """A part of a request; names that we do not know are refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class StepInput(Input):
    """체증식: 납입금이 얼마나 자주, 몇 퍼센트 오르는지."""

    percent: Rate
    every_months: Count = 12
    times: Count | None = None
    allow_negative_amortisation: Annotated[bool, Field(strict=True)] = False

    def step(self) -> Step:
        """The agreed growth of payments."""
        return Step(self.percent, self.every_months, self.times, self.allow_negative_amortisation)


class RoundingInput(Input):
    """납입금 단위와 원 미만을 다루는 법."""

    payment_unit_won: Count = 1
    mode: RoundingMode = RoundingMode.DOWN
    balance: BalanceTracking = BalanceTracking.ROUNDED

    def rounding(self) -> Rounding:
        """The agreed rounding."""
        return Rounding(self.payment_unit_won, self.mode, self.balance)


class VatInput(Input):
    """부가가치세: 회차마다 또는 인도할 때."""

    rate_percent: Rate = Fraction(10)
    timing: VatTiming = VatTiming.PER_INSTALLMENT
    base: VatBase = VatBase.PRINCIPAL_AND_INTEREST


class FeeInput(Input):
    """수수료: 시작할 때 또는 회차마다."""

    name: Name
    amount_won: Won
    when: FeeTiming = FeeTiming.START


class GrantInput(Input):
    """정부지원금."""

    programme: Name
    amount_won: Won


class RateChangeInput(Input):
    """어느 날부터의 새 이율."""

    effective_from: Day = Field(alias="from")
    annual_rate_percent: Rate


class PrepaymentInput(Input):
    """중도상환."""

    date: Day
    amount_won: Won
    effect: PrepaymentEffect = PrepaymentEffect.SHORTEN


class PrepaymentFeeInput(Input):
    """중도상환수수료."""

    rate_percent: Rate
    max_years: Count = 3


class ContractInput(Input):
    """What an installment and a fund loan have in common."""

    months: Count = Field(description="1~480")
    down_payment_won: Won = 0
    method: Method = Method.LEVEL_PAYMENT
    grace_months: Count = 0
    balloon_won: Won = 0
    step: StepInput | None = None
    start_date: Day | None = None
    first_due_date: Day | None = None
    payment_day: Count | None = None
    rounding: RoundingInput = RoundingInput()
    residue: Residue = Residue.LAST
    day_count: DayCount = DayCount.MONTHLY
    business_day: BusinessDay = BusinessDay.FOLLOWING
    accrue_to: AccrueTo = AccrueTo.DUE_DATE
    vat: VatInput | None = None
    fees: Annotated[list[FeeInput], Field(max_length=MOST_FEES)] = []
    grant: GrantInput | None = None
    rate_changes: Annotated[list[RateChangeInput], Field(max_length=MOST_EVENTS)] = []
    prepayments: Annotated[list[PrepaymentInput], Field(max_length=MOST_EVENTS)] = []
    prepayment_fee: PrepaymentFeeInput | None = None
    discount_rate_percent: Rate | None = Field(
        None, description="넣으면 납입금의 현재가치를 함께 계산합니다."
    )

    def terms_at(self, principal_won: int, rate: Rate, day_count: DayCount) -> Terms:
        """The terms of that principal at that rate. Raises TermsError."""
        fee, grant, vat = self.prepayment_fee, self.grant, self.vat
        return Terms(
            principal_won=principal_won,
            months=self.months,
            annual_rate_percent=rate,
            method=self.method,
            grace_months=self.grace_months,
            balloon_won=self.balloon_won,
            step=self.step.step() if self.step else None,
            start_date=self.start_date,
            first_due_date=self.first_due_date,
            payment_day=self.payment_day,
            rounding=self.rounding.rounding(),
            residue=self.residue,
            day_count=day_count,
            business_day=self.business_day,
            accrue_to=self.accrue_to,
            down_payment_won=self.down_payment_won,
            grant=Grant(grant.programme, grant.amount_won) if grant else None,
            vat=Vat(vat.rate_percent, vat.timing, vat.base) if vat else None,
            fees=tuple(Fee(fee.name, fee.amount_won, fee.when) for fee in self.fees),
            rate_changes=tuple(
                RateChange(change.effective_from, change.annual_rate_percent) for change in self.rate_changes
            ),
            prepayments=tuple(
                Prepayment(prepaid.date, prepaid.amount_won, prepaid.effect) for prepaid in self.prepayments
            ),
            prepayment_fee=PrepaymentFee(fee.rate_percent, fee.max_years) if fee else None,
        )

    @property
    def granted_won(self) -> int:
        """What a support programme pays."""
        return self.grant.amount_won if self.grant else 0


class SaleInput(ContractInput):
    """What is bought, without a rate."""

    price_won: Won | None = Field(None, description="공급가액. 원금은 여기서 선납금과 지원금을 뺀 금액")
    principal_won: Won | None = None

    def financed(self) -> int:
        """The principal, given or left of the price. Raises TermsError."""
        if self.price_won is None:
            if self.principal_won is None:
                raise TermsError("price_or_principal_required", "/price_won")
            return self.principal_won
        if self.price_won > 0:
            check_won(self.price_won, "/price_won", least=1)
        check_won(self.down_payment_won, "/down_payment_won")
        check_won(self.granted_won, "/grant/amount_won")
        financed = financed_principal(self.price_won, self.down_payment_won, self.granted_won)
        if self.principal_won not in (None, financed):
            raise TermsError("principal_mismatch", "/principal_won", expected=f"{financed:,}")
        return financed


class InstallmentInput(SaleInput):
    """할부 조건. price_won이나 principal_won, months, annual_rate_percent만 꼭 필요합니다."""

    annual_rate_percent: Rate

    def terms(self) -> Terms:
        """The agreed terms. Raises TermsError."""
        return self.terms_at(self.financed(), self.annual_rate_percent, self.day_count)

    def agreed(self, terms: Terms) -> Self:
        """The request with everything that was left open filled in."""
        return self.model_copy(update={"price_won": terms.price_won, "principal_won": terms.principal_won})


class FundLoanInput(ContractInput):
    """상생협력펀드 대출 조건. 시작일이 없으면 날수를 세지 않고 달로 계산합니다."""

    principal_won: Won
    bank_rate_percent: Rate
    rate_reduction_percent: Rate
    floor_rate_percent: Rate = Fraction(0)
    day_count: DayCount = DayCount.ACTUAL_ACTUAL
    fund: Annotated[str, Field(max_length=50)] | None = Field(
        None, description="펀드 코드(/v1/fund-terms). 넣으면 시작일에 유효한 조건인지 확인합니다."
    )

    def market_terms(self) -> Terms:
        """The terms at the bank's own rate. Raises TermsError."""
        undated = self.start_date is None and "day_count" not in self.model_fields_set
        day_count = DayCount.MONTHLY if undated else self.day_count
        try:
            return self.terms_at(self.principal_won, self.bank_rate_percent, day_count)
        except TermsError as refusal:
            if refusal.pointer == "/annual_rate_percent":
                raise TermsError(refusal.code, "/bank_rate_percent", **refusal.values) from refusal
            raise

    def agreed(self, market: Terms) -> Self:
        """The request with everything that was left open filled in."""
        return self.model_copy(update={"day_count": market.day_count})

    def fund_rate(self) -> FundRate:
        """The bank's rate and what the fund takes off it. Raises TermsError."""
        return FundRate(self.bank_rate_percent, self.rate_reduction_percent, self.floor_rate_percent)


class LumpSumInput(Input):
    """일시불."""

    price_won: Won
    grant: GrantInput | None = None


class InstallmentOptionInput(InstallmentInput):
    """할부로 사는 방법."""

    name: Name
    kind: Literal["installment"]

    def option(self) -> Option:
        """This way to pay. Raises TermsError."""
        return Option(self.name, self.terms())


class FundLoanOptionInput(FundLoanInput):
    """상생협력펀드 대출로 사는 방법."""

    name: Name
    kind: Literal["fund_loan"]

    def option(self) -> Option:
        """This way to pay. Raises TermsError."""
        return Option(self.name, FundOption(self.market_terms(), self.fund_rate()))


class LumpSumOptionInput(LumpSumInput):
    """지금 한 번에 사는 방법."""

    name: Name
    kind: Literal["lump_sum"]

    def option(self) -> Option:
        """This way to pay. Raises TermsError."""
        check_won(self.price_won, "/price_won", least=1)
        granted = self.grant.amount_won if self.grant else 0
        check_won(granted, "/grant/amount_won")
        return Option(self.name, LumpSum(self.price_won, granted))


class ComparisonInput(Input):
    """견줄 방법들과 회사의 할인율."""

    options: Annotated[
        list[
            Annotated[
                InstallmentOptionInput | FundLoanOptionInput | LumpSumOptionInput, Field(discriminator="kind")
            ]
        ],
        Field(min_length=1, max_length=MOST_OPTIONS),
    ]
    discount_rate_percent: Rate

    def named_options(self) -> list[Option]:
        """The ways to pay. Raises TermsError that points into `/options`."""
        options = []
        for index, given in enumerate(self.options):
            try:
                options.append(given.option())
            except TermsError as refusal:
                raise refusal.under(f"/options/{index}") from refusal
        return options


class PrepaymentFeeQuery(Input):
    """중도상환수수료를 물을 때 넣는 것."""

    amount_won: Won
    fee_rate_percent: Rate
    start_date: Day
    prepayment_date: Day
    maturity_date: Day
    max_years: Count = 3


class OverdueChargeQuery(Input):
    """지연배상금을 물을 때 넣는 것."""

    base_won: Won
    contract_rate_percent: Rate
    addon_percent: Rate = MOST_OVERDUE_POINTS
    cap_percent: Rate = LEGAL_CAP_PERCENT
    days: Count


class PresentValueQuery(Input):
    """해마다 한 번인 현금흐름. 첫 금액은 지금(0년) 것입니다."""

    annual_rate_percent: Rate
    cashflows_won: Annotated[list[Won], Field(min_length=1, max_length=480)]
