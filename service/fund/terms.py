"""Which terms a fund has on a day, how they change, and which fund an application goes to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.db.tables import FundLedger, FundLoan, FundTerm
from service.financing.charges import MOST_OVERDUE_POINTS
from service.financing.conventions import Method
from service.financing.errors import TermsError
from service.financing.fund_loan import FundRate
from service.financing.fund_terms import FundConditions, check_conditions
from service.financing.percent import parse_percent, percent_text
from service.financing.queries import conditions_of
from service.financing.terms import Terms
from service.financing.terms import check_rate as check_percent
from service.fund.contract import Contract, loan_terms
from service.fund.schemas import TermsInput, TermsPatch
from service.kit import clock
from service.kit.problems import Problem, field_problem


def find_fund_on(session: Session, day: date) -> FundTerm | None:
    """The terms of the fund that lends on that day, if any does.

    Of those that are valid, say a ceiling and are not there for reference only, the demo's (there are some
    only where demo data were loaded), then those that began last.
    """
    lends = (
        col(FundTerm.valid_from) <= day,
        or_(col(FundTerm.valid_to).is_(None), col(FundTerm.valid_to) >= day),
        col(FundTerm.ceiling_won).is_not(None),
        ~col(FundTerm.reference_only),
    )
    order = (col(FundTerm.demo).desc(), col(FundTerm.valid_from).desc(), col(FundTerm.code))
    return session.exec(select(FundTerm).where(*lends).order_by(*order)).first()


def fund_on(session: Session, day: date) -> FundTerm:
    """The same. Raises `Problem` 404 `fund_not_open`."""
    found = find_fund_on(session, day)
    if found is None:
        raise Problem(404, "fund_not_open")
    return found


def terms_of_fund(session: Session, code: str, day: date) -> FundTerm:
    """The terms of that fund on that day, or those that it had last. Raises `Problem` 404."""
    of_fund = select(FundTerm).where(FundTerm.code == code, ~col(FundTerm.reference_only))
    begun = of_fund.where(col(FundTerm.valid_from) <= day, col(FundTerm.ceiling_won).is_not(None))
    found = session.exec(begun.order_by(col(FundTerm.valid_from).desc())).first()
    if found is None:
        raise Problem(404, "not_found")
    return found


def all_terms(session: Session) -> Sequence[FundTerm]:
    """The terms of every fund that lends or lent or will, the latest first."""
    own = (col(FundTerm.ceiling_won).is_not(None), ~col(FundTerm.reference_only))
    order = (col(FundTerm.valid_from).desc(), col(FundTerm.code))
    return session.exec(select(FundTerm).where(*own).order_by(*order)).all()


def terms_of_loan(session: Session, loan: FundLoan) -> FundTerm:
    """The terms that were valid when the loan was applied for: they hold for all of its life."""
    return session.get_one(FundTerm, (loan.fund, loan.terms_from))


def set_terms(session: Session, actor: Actor, data: TermsInput) -> FundTerm:
    """Terms of a fund from a day on; those before end on the day before, those after it stay.

    Raises `Problem` 422 for a day that has passed or a least reduction over the most, 409
    `fund_terms_taken` where terms begin on that day already, TermsError for what the law does not allow.
    """
    if data.valid_from < clock.today():
        raise field_problem("/valid_from", "past_date")
    _check_rates(data)
    known = _locked_periods(session, data.code)
    if any(row.valid_from == data.valid_from for row in known):
        raise field_problem("/valid_from", "fund_terms_taken", 409)
    for row in known:
        if row.valid_from < data.valid_from and (row.valid_to is None or row.valid_to >= data.valid_from):
            row.valid_to = data.valid_from - timedelta(days=1)
    later = next((row.valid_from for row in known if row.valid_from > data.valid_from), None)
    terms = FundTerm(**data.model_dump(mode="json") | {"valid_from": data.valid_from})
    terms.valid_to = later - timedelta(days=1) if later else None
    session.add(terms)
    session.flush()
    record_event(session, actor, "fund_terms.set", _subject(data.code), after=data.model_dump(mode="json"))
    return terms


def get_terms(session: Session, code: str, valid_from: date, *, lock: bool = False) -> FundTerm:
    """The terms of that fund from that day on; with `lock` held against others who change the fund's terms.

    Raises `Problem` 404.
    """
    known = _locked_periods(session, code) if lock else all_terms(session)
    for row in known:
        if (row.code, row.valid_from) == (code, valid_from) and _is_lending(row):
            return row
    raise Problem(404, "not_found")


def change_terms(session: Session, actor: Actor, terms: FundTerm, patch: TermsPatch) -> FundTerm:
    """Mend locked terms under which nobody has applied; of others the last day alone, as loans keep the rest.

    Raises `Problem` 409 `fund_terms_used`, what setting terms raises, and 422 for a last day that has passed
    or that other terms of the fund reach.
    """
    code = terms.code
    known = _locked_periods(session, code)
    # Applications hold the fund's row while they are checked: whoever reads these terms now has used them.
    session.exec(select(FundLedger).where(FundLedger.code == code).with_for_update()).first()
    before = terms.model_dump(mode="json")
    asked = before | patch.model_dump(mode="json", exclude_unset=True)
    changes = {name: value for name, value in asked.items() if value != before[name]}
    if changes.keys() - {"valid_to"} and is_used(session, terms):
        raise Problem(409, "fund_terms_used")
    if "valid_to" in changes:
        _check_last_day(patch.valid_to, terms, known)
    told = {name: value for name, value in asked.items() if value is not None}
    _check_rates(TermsInput.model_validate({name: told[name] for name in told if name in _GIVEN}))
    for name, value in changes.items():
        setattr(terms, name, patch.valid_to if name == "valid_to" else value)
    terms.version += 1
    session.flush()
    was = {name: before[name] for name in changes}
    after = {"code": code, "valid_from": terms.valid_from.isoformat()} | changes
    record_event(session, actor, "fund_terms.changed", _subject(code), before=was, after=after)
    return terms


def is_used(session: Session, terms: FundTerm) -> bool:
    """Whether anybody has applied under these terms."""
    loans = select(FundLoan.id).where(FundLoan.fund == terms.code, FundLoan.terms_from == terms.valid_from)
    return session.exec(loans.limit(1)).first() is not None


_GIVEN = frozenset(TermsInput.model_fields)


def _is_lending(terms: FundTerm) -> bool:
    return terms.ceiling_won is not None and not terms.reference_only


def _check_last_day(last: date | None, terms: FundTerm, known: Sequence[FundTerm]) -> None:
    """Not over already, and before the terms that follow."""
    following = next((row.valid_from for row in known if row.valid_from > terms.valid_from), None)
    earliest = max(terms.valid_from, clock.today())
    latest = following - timedelta(days=1) if following else date.max
    if (last or date.max) > latest or (last is not None and last < earliest):
        raise field_problem(
            "/valid_to",
            "fund_terms_last_day" if latest == date.max else "day_out_of_bounds",
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )


def _check_rates(data: TermsInput) -> None:
    """Raises `Problem` 422 for a least reduction over the most, TermsError for what the law forbids."""
    if data.rate_reduction_percent_min > data.rate_reduction_percent_max:
        most = percent_text(data.rate_reduction_percent_max)
        raise field_problem("/rate_reduction_percent_min", "fund_reduction_order", most=most)
    for name in ("rate_reduction_percent_min", "rate_reduction_percent_max", "floor_rate_percent"):
        check_percent(getattr(data, name), f"/{name}")
    if data.overdue_addon_percent > MOST_OVERDUE_POINTS:
        raise TermsError("overdue_addon_over_limit", "/overdue_addon_percent", limit=MOST_OVERDUE_POINTS)


def _locked_periods(session: Session, code: str) -> Sequence[FundTerm]:
    """The periods of a fund in their order, held against others who change them until the commit."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:code))"), {"code": code})
    of_fund = select(FundTerm).where(FundTerm.code == code).order_by(col(FundTerm.valid_from))
    return session.exec(of_fund.execution_options(populate_existing=True)).all()


def _subject(code: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"fund:{code}")


def check_application(terms: FundTerm, principal_won: int, months: int, method: Method, grace_months: int,
                      payment_day: int | None) -> None:  # fmt: skip
    """Raises TermsError for what no loan of this fund can be, whatever rate the bank will ask."""
    reduction, floor = _reduction(terms), _floor(terms)
    asked = loan_terms(
        principal_won,
        months,
        floor,
        method=method,
        grace_months=grace_months,
        payment_day=payment_day,
        start_date=clock.today(),
    )
    check_conditions(_rules_of_one_loan(terms), asked, FundRate(floor, reduction, floor))


def fund_rate(terms: FundTerm, bank_rate: Fraction, reduction: Fraction | None) -> FundRate:
    """The bank's rate with what the fund takes off it: the most of its terms unless the bank agreed on less.

    Raises TermsError, `Problem` 422 for less than the terms promise or where the floor lies over the bank's
    own rate.
    """
    rate = FundRate(bank_rate, _reduction(terms) if reduction is None else reduction, _floor(terms))
    least = terms.rate_reduction_percent_min
    if least is not None and rate.rate_reduction_percent < parse_percent(least):
        raise field_problem(
            "/rate_reduction_percent", "fund_reduction_too_small", least=percent_text(parse_percent(least))
        )
    if rate.customer_rate_percent > bank_rate:
        floor = percent_text(rate.floor_rate_percent)
        raise field_problem("/bank_rate_percent", "bank_rate_under_floor", floor=floor)
    return rate


def check_rate(terms: FundTerm, loan: FundLoan, rate: FundRate) -> None:
    """Raises TermsError for a rate at which this fund does not lend."""
    check_conditions(_rules_of_one_loan(terms), _market(loan, rate, loan.applied_on), rate)


def contract_of(terms: FundTerm, loan: FundLoan) -> Contract:
    """The contract of a loan that was disbursed."""
    assert loan.disbursed_on is not None
    assert loan.bank_rate_percent is not None
    assert loan.rate_reduction_percent is not None
    assert loan.floor_rate_percent is not None
    rate = FundRate(
        parse_percent(loan.bank_rate_percent),
        parse_percent(loan.rate_reduction_percent),
        parse_percent(loan.floor_rate_percent),
    )
    market = _market(loan, rate, loan.disbursed_on)
    return Contract(market, rate, parse_percent(terms.overdue_addon_percent))


def _rules_of_one_loan(terms: FundTerm) -> FundConditions:
    """The conditions without those that all loans share: the ledger counts the limits."""
    return replace(conditions_of(terms), ceiling_won=None, company_limit_won=None)


def _market(loan: FundLoan, rate: FundRate, start_date: date) -> Terms:
    return loan_terms(
        loan.principal_won,
        loan.months,
        rate.bank_rate_percent,
        method=Method(loan.method),
        grace_months=loan.grace_months,
        payment_day=loan.payment_day,
        start_date=start_date,
    )


def _reduction(terms: FundTerm) -> Fraction:
    return parse_percent(terms.rate_reduction_percent_max or "0")


def _floor(terms: FundTerm) -> Fraction:
    return parse_percent(terms.floor_rate_percent or "0")
