"""The schedule of a contract: every cash event with its interest, principal, fee, tax and balance."""

from datetime import date

from service.financing.amortisation import Plan, make_plan
from service.financing.calendar import BusinessCalendar
from service.financing.charges import prepayment_charge
from service.financing.conventions import Method, PrepaymentEffect, Residue, RowKind
from service.financing.errors import TermsError
from service.financing.level_schedule import level_schedule
from service.financing.periods import Accrual, Period, period_table
from service.financing.residue import first_instalment_share
from service.financing.rounding import Amount, rounder_of
from service.financing.rows import Schedule, ScheduleRow, Totals
from service.financing.tax import row_tax, upfront_vat
from service.financing.terms import Prepayment, Terms
from service.financing.warnings import warnings_of

KOREAN_CALENDAR = BusinessCalendar()


def build_schedule(terms: Terms, calendar: BusinessCalendar = KOREAN_CALENDAR) -> Schedule:
    """The schedule of the contract. Raises TermsError for events that do not fit it."""
    table = period_table(terms, calendar)
    plain = level_schedule(terms, table, calendar.version)
    if plain is not None:
        return plain
    run = _Run(terms, table.periods)
    for period in table.periods:
        if run.settle_prepayments(period) or run.pay(period):
            break
    run.refuse_remaining_prepayments()
    return run.schedule(calendar.version)


class _Run:
    """The balance on its way through the contract."""

    def __init__(self, terms: Terms, periods: tuple[Period, ...]) -> None:
        self._terms = terms
        self._periods = periods
        self._accrual = Accrual(terms)
        self._rounder = rounder_of(terms.rounding)
        self._row_tax = row_tax(terms.vat)
        self._balance: Amount = terms.principal_won
        self._interest: Amount = 0
        self._last = terms.months
        self._rate = self._accrual.rate_at_start
        self._plan = self._plan_from(1)
        self._initial_plan = self._plan
        self._shortened = False
        self._pending = list(terms.prepayments)
        self._since = terms.start_date
        self._rows: list[ScheduleRow] = []
        self._warnings: list[str] = []
        self._fee = terms.period_fees_won

    def _plan_from(self, number: int) -> Plan:
        terms = self._terms
        first = max(number, terms.grace_months + 1)
        plan = make_plan(terms, self._balance, self._rate / 12, first, self._last, keep=self._rounder.keep)
        if terms.residue is Residue.LAST or self._rounder.is_exact or not plan.amounts:
            return plan
        share = first_instalment_share(
            plan, self._balance, terms.balloon_won, self._rate / 12, keep=self._rounder.keep
        )
        return Plan(plan.first, [plan.amounts[0] + share, *plan.amounts[1:]], plan.is_principal)

    def pay(self, period: Period) -> bool:
        """Add the instalment of a period; True when it was the last."""
        self._recast_if_rate_changed(period)
        numerator, denominator = self._accrual.over(period, self._since)
        interest = self._rounder.keep(self._balance * numerator, denominator, 1)
        principal, is_last = self._principal_of(period.number, interest)
        days = None if period.ends is None or self._since is None else (period.ends - self._since).days
        self._add(
            RowKind.INSTALLMENT,
            number=period.number,
            due=period.due_date,
            paid=period.payment_date,
            days=days,
            principal=principal,
            interest=interest,
            fee=self._fee,
        )
        self._since = period.ends
        return is_last

    def _principal_of(self, number: int, interest: Amount) -> tuple[Amount, bool]:
        if number == self._last:
            return self._balance, True
        plan = self._plan
        if number < plan.first:
            return 0, False
        agreed = plan.amount_of(number)
        balloon = self._terms.balloon_won
        due = self._balance if plan.is_principal else self._balance + interest
        if self._shortened and due <= agreed + balloon:
            return self._balance, True
        principal = agreed if plan.is_principal else agreed - interest
        if principal < 0:
            principal = self._shortfall(principal)
        return min(principal, max(self._balance - balloon, 0)), False

    def _shortfall(self, principal: Amount) -> Amount:
        """The principal of a payment below its interest: negative where that is agreed, else none."""
        step = self._terms.step
        if self._terms.method is Method.GRADUATED and step:
            if not step.allow_negative_amortisation:
                raise TermsError("step_never_amortises", "/step")
            self._warn("negative_amortisation")
            return principal
        self._warn("payment_raised_to_interest")
        return 0

    def _recast_if_rate_changed(self, period: Period) -> None:
        if not self._terms.rate_changes:
            return
        rate = self._accrual.rate_before(period.ends)
        if rate == self._rate:
            return
        if self._terms.method is Method.LEVEL_PRINCIPAL:
            self._rate = rate  # equal principals are agreed whatever the rate
            return
        if self._shortened:
            self._last = self._projected_end(period.number)
            self._shortened = False
        self._rate = rate
        self._plan = self._plan_from(period.number)

    def _projected_end(self, number: int) -> int:
        """The last instalment of a shortened contract if its rate stayed as it is."""
        balance, monthly, balloon = self._balance, self._rate / 12, self._terms.balloon_won
        for later in range(number, self._last):
            if later < self._plan.first:
                continue
            agreed = self._plan.amount_of(later)
            interest = self._rounder.keep(balance * monthly.numerator, monthly.denominator, 1)
            due = balance if self._plan.is_principal else balance + interest
            if due <= agreed + balloon:
                return later
            balance -= agreed if self._plan.is_principal else max(agreed - interest, 0)
        return self._last

    def settle_prepayments(self, period: Period) -> bool:
        """Add the prepayments that come before the instalment; True when nothing is left to pay."""
        while self._pending and period.ends is not None and self._pending[0].on < period.ends:
            self._prepay(self._pending.pop(0), period)
            if not self._balance:
                return True
        return False

    def _prepay(self, prepayment: Prepayment, period: Period) -> None:
        index = len(self._terms.prepayments) - len(self._pending) - 1
        if prepayment.amount_won > self._rounder.show(self._balance):
            raise TermsError(
                "prepayment_over_balance",
                f"/prepayments/{index}/amount_won",
                balance=f"{self._rounder.show(self._balance):,}",
            )
        assert self._since is not None
        numerator, denominator = self._accrual.between(period, self._since, prepayment.on)
        interest = self._rounder.keep(self._balance * numerator, denominator, 1)
        closes = prepayment.amount_won == self._rounder.show(self._balance)
        principal = self._balance if closes else prepayment.amount_won
        self._add(
            RowKind.PREPAYMENT,
            number=period.number - 1,
            due=prepayment.on,
            paid=prepayment.on,
            days=(prepayment.on - self._since).days,
            principal=principal,
            interest=interest,
            fee=self._prepayment_fee(prepayment),
        )
        self._since = prepayment.on
        if prepayment.effect is PrepaymentEffect.SHORTEN:
            self._shortened = True
        elif not closes:
            self._plan = self._plan_from(period.number)

    def _prepayment_fee(self, prepayment: Prepayment) -> int:
        """The fee of a prepayment; none on the day of the loan itself, which undoes it."""
        agreed, start = self._terms.prepayment_fee, self._terms.start_date
        maturity = self._periods[-1].due_date
        if agreed is None or start is None or maturity is None or prepayment.on == start:
            return 0
        charge = prepayment_charge(
            prepayment.amount_won,
            agreed.rate_percent,
            start_date=start,
            prepayment_date=min(prepayment.on, maturity),
            maturity_date=maturity,
            max_years=agreed.max_years,
        )
        return charge.fee_won

    def refuse_remaining_prepayments(self) -> None:
        """Raise TermsError when the contract ended before a prepayment's day."""
        if self._pending:
            index = len(self._terms.prepayments) - len(self._pending)
            raise TermsError("prepayment_over_balance", f"/prepayments/{index}/amount_won", balance="0")

    def _add(
        self,
        kind: RowKind,
        *,
        number: int,
        due: date | None,
        paid: date | None,
        days: int | None,
        principal: Amount,
        interest: Amount,
        fee: int,
    ) -> None:
        show = self._rounder.show
        opening = show(self._balance)
        self._balance -= principal
        self._interest += interest
        shown_principal, shown_interest = show(principal), show(interest)
        row = ScheduleRow(
            number=number,
            kind=kind,
            due_date=due,
            payment_date=paid,
            days=days,
            opening_balance_won=opening,
            principal_won=shown_principal,
            interest_won=shown_interest,
            fee_won=fee,
            vat_won=self._row_tax(shown_principal, shown_interest) if self._row_tax else 0,
            payment_won=show(principal + interest) + fee,
            closing_balance_won=show(self._balance),
            tax_invoice_date=due if self._row_tax else None,
        )
        self._rows.append(row)

    def _warn(self, code: str) -> None:
        if code not in self._warnings:
            self._warnings.append(code)

    def schedule(self, calendar_version: str) -> Schedule:
        """The finished schedule."""
        terms = self._terms
        return Schedule(
            terms=terms,
            rows=tuple(self._rows),
            periods=self._periods,
            totals=self._totals(),
            level_payment_won=self._level_payment(),
            calendar_version=calendar_version,
            warnings=(*warnings_of(terms, self._periods), *self._warnings),
        )

    def _totals(self) -> Totals:
        terms = self._terms
        interest = self._rounder.show(self._interest)
        fee = terms.start_fees_won + sum(row.fee_won for row in self._rows)
        tax_at_start = upfront_vat(terms, interest)
        return Totals(
            principal_won=terms.principal_won,
            interest_won=interest,
            fee_won=fee,
            vat_won=tax_at_start + sum(row.vat_won for row in self._rows),
            payment_won=terms.principal_won + interest + fee,
            upfront_fee_won=terms.start_fees_won,
            upfront_vat_won=tax_at_start,
        )

    def _level_payment(self) -> int | None:
        amounts = self._initial_plan.amounts
        if self._terms.method is not Method.LEVEL_PAYMENT or not amounts:
            return None
        return self._rounder.show(amounts[-1])
