"""What to look at before a supplier is approved: each check says what was found, not what to decide."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlmodel import Session

from matching import taxonomy
from service.accounts.actor import Actor
from service.accounts.own_company import own_companies
from service.business_status.queries import BusinessStatusAnswer, statuses_of
from service.db.tables import Supplier
from service.kit.business_number import BusinessNumberError, parse_business_number
from service.kit.business_register import BusinessState
from service.messages import sentence
from service.messages.desk import PARTS
from service.recommendations.matching_engine import MatchingEngine
from service.recommendations.vectors import stored_vectors
from service.suppliers.queries import SupplierRecord

State = Literal["good", "doubtful", "bad", "unknown"]

LIKELY_CATEGORIES = 4
"""Declared kinds that are not among so many most probable ones of the text are worth a look."""

_CORPORATE_FORMS = r"주식회사|유한회사|농업회사법인|\(주\)|\(유\)|㈜|[[:space:][:punct:]]"
_ALIKE = text("""
    WITH keyed AS (
        SELECT id, company_name, status,
               regexp_replace(lower(company_name), :forms, '', 'g') AS name,
               regexp_replace(lower(homepage), '^https?://(www[.])?|/+$', '', 'g') AS homepage
        FROM supplier
    )
    SELECT asked.id, other.company_name, other.name = asked.name AS same_name
    FROM keyed AS asked
    JOIN keyed AS other ON other.id <> asked.id
         AND (other.name = asked.name OR other.homepage = asked.homepage)
    WHERE asked.id = ANY(:ids) AND other.status <> 'rejected'
    ORDER BY asked.id, other.company_name
""")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    code: str
    state: State
    text: str


def checks_of(
    session: Session, actor: Actor, engine: MatchingEngine, records: Sequence[SupplierRecord]
) -> dict[UUID, list[Check]]:
    """The checks of each supplier: the same few queries however many they are."""
    suppliers = [record.supplier for record in records]
    statuses = statuses_of(session, [each.business_number for each in suppliers])
    own = own_companies(session, actor, [each.id for each in suppliers])
    alike = _alike(session, [each.id for each in suppliers])
    likely = _likely_categories(session, engine, records)
    return {
        each.supplier.id: [
            _business_status(statuses[each.supplier.business_number]),
            _number(each.supplier),
            _duplicates(alike.get(each.supplier.id, [])),
            _completeness(each),
            _categories(each, likely.get(each.supplier.id)),
            _own(each.supplier.id in own),
        ]
        for each in records
    }


def missing_parts(record: SupplierRecord) -> list[str]:
    """What a profile leaves out of what recommendations and introductions use, in words."""
    supplier, solutions = record.supplier, record.solutions
    present = {
        "references": record.references,
        "prices": all(each.price_min_won or each.price_max_won for each in solutions),
        "processes": any(each.processes for each in solutions),
        "industries": any(each.industries for each in solutions),
        "employee_count": supplier.employee_count is not None,
        "founded_on": supplier.founded_on,
        "homepage": supplier.homepage,
        "concurrent_project_capacity": supplier.concurrent_project_capacity is not None,
        "contact": record.contact,
    }
    return [PARTS[name] for name, there in present.items() if not there]


def _business_status(found: BusinessStatusAnswer) -> Check:
    state: State = "doubtful"
    if found.status is BusinessState.ACTIVE:
        state = "good"
    elif found.status is BusinessState.UNKNOWN:
        state = "unknown"
    elif found.status in (BusinessState.CLOSED, BusinessState.UNREGISTERED):
        state = "bad"
    name = found.status_name or sentence("check_status_unknown")
    return Check("business_status", state, f"{name} {found.notice or ''}".strip())


def _number(supplier: Supplier) -> Check:
    try:
        parse_business_number(supplier.business_number)
    except BusinessNumberError as error:
        return Check("number", "bad", sentence(error.code))
    return Check("number", "good", sentence("check_number_good"))


def _duplicates(alike: Sequence[tuple[str, bool]]) -> Check:
    if not alike:
        return Check("duplicates", "good", sentence("check_duplicates_none"))
    names = ", ".join(name for name, _ in alike[:3])
    what = "check_duplicates_name" if any(same for _, same in alike) else "check_duplicates_homepage"
    return Check("duplicates", "doubtful", sentence(what, names=names, count=len(alike)))


def _completeness(record: SupplierRecord) -> Check:
    missing = missing_parts(record)
    if not missing:
        return Check("completeness", "good", sentence("check_complete"))
    state: State = "doubtful" if len(missing) > len(PARTS) // 2 else "good"
    return Check("completeness", state, sentence("check_incomplete", parts=", ".join(missing)))


def _categories(record: SupplierRecord, likely: Sequence[str] | None) -> Check:
    if not likely:
        return Check("categories", "unknown", sentence("check_categories_unknown"))
    declared = {code for solution in record.solutions for code in solution.categories}
    names = ", ".join(taxonomy.category_name(code) for code in likely[:2])
    if declared & set(likely):
        return Check("categories", "good", sentence("check_categories_agree", names=names))
    return Check("categories", "doubtful", sentence("check_categories_differ", names=names))


def _own(is_own: bool) -> Check:
    if is_own:
        return Check("own_company", "bad", sentence("check_own_company"))
    return Check("own_company", "good", sentence("check_not_own_company"))


def _alike(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[tuple[str, bool]]]:
    found: dict[UUID, list[tuple[str, bool]]] = defaultdict(list)
    for row in session.execute(_ALIKE, {"ids": list(ids), "forms": _CORPORATE_FORMS}):
        found[row.id].append((row.company_name, row.same_name))
    return found


def _likely_categories(
    session: Session, engine: MatchingEngine, records: Sequence[SupplierRecord]
) -> dict[UUID, list[str]]:
    """What the texts of the solutions speak of, the most probable kinds first; of the embedded ones only."""
    if not engine.ready or not records:
        return {}
    vectors = stored_vectors(session, engine.space.name, [each.supplier.id for each in records])
    rows = [
        (record.supplier.id, f"{solution.name}\n{solution.description}", kept[1])
        for record in records
        for solution in record.solutions
        if (kept := vectors.get(record.supplier.id, {}).get(f"solution/{solution.id}"))
    ]
    if not rows:
        return {}
    intent = engine.recommender().intent
    found = intent.probabilities([row[1] for row in rows], np.stack([row[2] for row in rows]))
    best: dict[UUID, NDArray[np.floating]] = {}
    for (owner, _, _), probabilities in zip(rows, found, strict=True):
        best[owner] = np.maximum(best.get(owner, probabilities), probabilities)
    return {
        owner: [intent.categories[place] for place in np.argsort(-row, kind="stable")[:LIKELY_CATEGORIES]]
        for owner, row in best.items()
    }
