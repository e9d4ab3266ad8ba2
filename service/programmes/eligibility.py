"""Which programmes fit a company, and which companies a programme fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.db.tables import Manufacturer, Programme
from service.programmes.rules import Eligibility, Facts, Finding, read_rule
from service.suppliers.queries import SupplierRecord

SUPPLIER, MANUFACTURER = "supplier", "manufacturer"
OPEN = "open"
_ANSWER_ORDER = (Eligibility.ELIGIBLE, Eligibility.UNKNOWN, Eligibility.NOT_ELIGIBLE)


@dataclass(frozen=True)
class ProgrammeFinding:
    """A programme and what its rule says of a company."""

    programme: Programme
    finding: Finding

    @property
    def benefit_won(self) -> int | None:
        """The most that one company gets out of it, where a source states that."""
        stated: int | None = (self.programme.terms.get("amount") or {}).get("per_company_cap_won")
        return stated


def facts_of_supplier(record: SupplierRecord, today: date) -> Facts:
    """What rules may ask of a supplier. `years_in_business`: whole years since it was founded."""
    supplier = record.supplier
    return {
        "region": supplier.region,
        "status": supplier.status,
        "employee_count": supplier.employee_count,
        "certifications": supplier.certifications,
        "categories": [code for solution in record.solutions for code in solution.categories],
        "years_in_business": _whole_years(supplier.founded_on, today),
    }


def facts_of_manufacturer(manufacturer: Manufacturer) -> Facts:
    """What rules may ask of a manufacturer."""
    return {
        "region": manufacturer.region,
        "industry": manufacturer.industry,
        "employee_count": manufacturer.employee_count,
        "annual_revenue_won": manufacturer.annual_revenue_won,
        "smart_level": manufacturer.smart_level,
        "existing_systems": manufacturer.existing_systems,
    }


def judge_programmes(programmes: Iterable[Programme], facts: Facts) -> list[ProgrammeFinding]:
    """Every programme with its answer: what can be had first, most first."""
    found = [ProgrammeFinding(programme, judge(programme, facts)) for programme in programmes]
    return sorted(found, key=_rank)


def judge(programme: Programme, facts: Facts) -> Finding:
    """What the rule of a programme says of a company; whether it is open is another matter.

    Where nobody has written the conditions as a rule yet, they are for a person to see to.
    """
    rule = programme.terms.get("rule")
    if rule is None:
        return Finding(Eligibility.UNKNOWN, to_confirm=tuple(programme.terms.get("eligibility") or ()))
    return read_rule(rule).judge(facts)


def _rank(found: ProgrammeFinding) -> tuple[Any, ...]:
    programme, finding, benefit = found.programme, found.finding, found.benefit_won
    order = _ANSWER_ORDER.index(finding.answer)
    return programme.status != OPEN, order, -(benefit or 0), len(finding.to_confirm), programme.code


def _whole_years(since: date | None, today: date) -> int | None:
    if since is None:
        return None
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))
