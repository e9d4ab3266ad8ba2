"""Which programmes fit a company, and which companies a programme fits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
        """The most that one company gets out of it, where a source states that.

        For a grant by year and level: the largest cap of its last year, a host's part with it.
        """
        stated: int | None = (self.programme.terms.get("amount") or {}).get("per_company_cap_won")
        return stated if stated is not None else _largest_cap(self.programme.terms.get("grant_rows") or ())


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
    """What the rule of a programme says of a company; whether it is open is another matter."""
    return judgement_of(programme)(facts)


def judgement_of(programme: Programme) -> Callable[[Facts], Finding]:
    """The same for many companies: its rule is read once.

    Where nobody has written the conditions as a rule yet, they are for a person to see to.
    """
    rule = programme.terms.get("rule")
    if rule is not None:
        return read_rule(rule).judge
    unread = Finding(Eligibility.UNKNOWN, to_confirm=tuple(programme.terms.get("eligibility") or ()))
    return lambda _: unread


def _largest_cap(rows: Sequence[Mapping[str, Any]]) -> int | None:
    last = max((row["year"] for row in rows), default=None)
    caps = [
        row["government_cap_won"] + (row.get("host_cap_won") or 0)
        for row in rows
        if row["year"] == last and row.get("government_cap_won") is not None
    ]
    return max(caps, default=None)


def _rank(found: ProgrammeFinding) -> tuple[Any, ...]:
    programme, finding, benefit = found.programme, found.finding, found.benefit_won
    order = _ANSWER_ORDER.index(finding.answer)
    return programme.status != OPEN, order, -(benefit or 0), len(finding.to_confirm), programme.code


def _whole_years(since: date | None, today: date) -> int | None:
    if since is None:
        return None
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))
