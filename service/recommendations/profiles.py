"""From rows to the profiles that the matching library ranks."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from matching.domain import (
    CapabilityProfile,
    NeedProfile,
    Reference,
    Solution,
    SupplierStatus,
    TrackRecord,
)
from service.db.tables import Manufacturer, Need, Supplier
from service.suppliers.queries import SupplierRecord, with_parts

# The last verdict on each candidate of each need counts; a contracted need occupies its supplier
# until the need is closed.
_TRACK_RECORDS = text("""
    WITH latest AS (
        SELECT DISTINCT ON (need_id, supplier_id) need_id, supplier_id, verdict
        FROM feedback WHERE supplier_id = ANY(:suppliers)
        ORDER BY need_id, supplier_id, created_at DESC, id DESC
    )
    SELECT latest.supplier_id,
           count(*) FILTER (WHERE verdict IN ('introduced', 'proposed', 'contracted', 'completed'))
               AS introduced,
           count(*) FILTER (WHERE verdict IN ('contracted', 'completed')) AS contracted,
           count(*) FILTER (WHERE verdict = 'rejected') AS rejected,
           count(*) AS shown,
           count(*) FILTER (WHERE verdict = 'contracted' AND need.status = 'contracted') AS active
    FROM latest JOIN need ON need.id = latest.need_id
    GROUP BY latest.supplier_id
""")


def capability_profiles(session: Session, suppliers: Iterable[Supplier]) -> list[CapabilityProfile]:
    """The profiles of these suppliers, in their order."""
    records = with_parts(session, suppliers)
    history = _track_records(session, [record.supplier.id for record in records])
    return [
        _capability_profile(record, history.get(record.supplier.id, (TrackRecord(), 0))) for record in records
    ]


def need_profile(need: Need, manufacturer: Manufacturer) -> NeedProfile:
    """The profile of a stored need."""
    return NeedProfile(
        need_id=str(need.id),
        title=need.title,
        description=need.description,
        industry=manufacturer.industry,
        region=manufacturer.region,
        manufacturer_business_number=manufacturer.business_number,
        categories=tuple(need.categories),
        processes=tuple(need.processes),
        budget_won=need.budget_won,
        start_by=need.start_by,
        required_certifications=tuple(need.required_certifications),
        excluded_supplier_ids=tuple(need.excluded_supplier_ids),
        needs_on_site_support=need.needs_on_site_support,
        smart_level=manufacturer.smart_level,
        existing_systems=tuple(manufacturer.existing_systems),
        employee_count=manufacturer.employee_count,
    )


def needs_with_manufacturers(session: Session, needs: Sequence[Need]) -> list[NeedProfile]:
    """The profiles of stored needs, their manufacturers read in one query."""
    ids = {need.manufacturer_id for need in needs}
    found = session.exec(select(Manufacturer).where(col(Manufacturer.id).in_(ids))).all()
    by_id = {manufacturer.id: manufacturer for manufacturer in found}
    return [need_profile(need, by_id[need.manufacturer_id]) for need in needs]


def _track_records(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[TrackRecord, int]]:
    rows = session.execute(_TRACK_RECORDS, {"suppliers": list(ids)}).all() if ids else []
    return {
        row.supplier_id: (TrackRecord(row.introduced, row.contracted, row.rejected, row.shown), row.active)
        for row in rows
    }


def _capability_profile(record: SupplierRecord, history: tuple[TrackRecord, int]) -> CapabilityProfile:
    supplier, (track_record, active) = record.supplier, history
    return CapabilityProfile(
        supplier_id=str(supplier.id),
        business_number=supplier.business_number,
        company_name=supplier.company_name,
        region=supplier.region,
        summary=supplier.summary,
        solutions=tuple(
            Solution(
                id=str(solution.id),
                name=solution.name,
                description=solution.description,
                categories=tuple(solution.categories),
                industries=tuple(solution.industries),
                processes=tuple(solution.processes),
                price_min_won=solution.price_min_won,
                price_max_won=solution.price_max_won,
                smart_levels=tuple(solution.smart_levels),
            )
            for solution in record.solutions
        ),
        references=tuple(
            Reference(
                id=str(reference.id),
                title=reference.title,
                problem=reference.problem,
                outcome=reference.outcome or "",
                industry=reference.industry,
                completed_on=reference.completed_on,
            )
            for reference in record.references
        ),
        service_regions=tuple(supplier.service_regions),
        certifications=tuple(supplier.certifications),
        employee_count=supplier.employee_count,
        founded_on=supplier.founded_on,
        capacity=supplier.concurrent_project_capacity,
        active_projects=active,
        status=SupplierStatus(supplier.status),
        track_record=track_record,
        unattended=record.unattended,
    )
