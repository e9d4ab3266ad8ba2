"""From stored clusters to what the wire carries, by who is looking."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from matching.taxonomy import category_name, division_of, industry_name, region_name
from service.accounts.actor import Actor
from service.clusters.queries import Member, members_of, others_in
from service.clusters.schemas import (
    ClusterAnswer,
    ClusterCategory,
    ClusterQualityAnswer,
    CommonNeedAnswer,
    IndustryCount,
    MemberAnswer,
    MemberClusterAnswer,
    MemberNeed,
    OtherMembers,
    ProcessCount,
    RegionCount,
    ServingSupplierAnswer,
    StaffClusterAnswer,
)
from service.db.tables import Cluster, Manufacturer, Supplier


def summaries(session: Session, clusters: Sequence[Cluster], actor: Actor) -> list[ClusterAnswer]:
    """What everyone may know of each, with the needs of one's own."""
    members = members_of(session, [cluster.id for cluster in clusters], actor)
    return [_summary(cluster, _own(members.get(cluster.id, []), actor)) for cluster in clusters]


def answer_for(session: Session, cluster: Cluster, actor: Actor) -> ClusterAnswer:
    """One cluster as far as the actor may know it."""
    members = members_of(session, [cluster.id], actor).get(cluster.id, [])
    summary = _summary(cluster, _own(members, actor))
    if actor.is_staff:
        return _whole(session, cluster, summary, members)
    if members and actor.manufacturer_id is not None:
        others = others_in(session, cluster.id, actor.manufacturer_id)
        return MemberClusterAnswer(**summary.model_dump(), others=_counted(others))
    return summary


def _summary(cluster: Cluster, own_need_ids: list[UUID]) -> ClusterAnswer:
    content = cluster.content
    return ClusterAnswer(
        **cluster.model_dump(
            include={"id", "name", "need_count", "manufacturer_count", "made_at", "refreshed_at"}
        ),
        supplier_count=len(content["suppliers"]),
        categories=[
            ClusterCategory(
                category=each["category"],
                name=category_name(each["category"]),
                probability=round(each["probability"], 4),
            )
            for each in content["categories"]
        ],
        industries=[
            IndustryCount(
                industry=each["code"], name=industry_name(each["code"]), manufacturers=each["count"]
            )
            for each in content["industries"]
        ],
        processes=[ProcessCount(process=each["code"], needs=each["count"]) for each in content["processes"]],
        words=content["words"],
        own_need_ids=own_need_ids,
    )


def _own(members: Iterable[Member], actor: Actor) -> list[UUID]:
    own = (member for member in members if member.manufacturer.id == actor.manufacturer_id)
    return [need.id for member in own for need in member.needs]


def _whole(
    session: Session, cluster: Cluster, summary: ClusterAnswer, members: Sequence[Member]
) -> StaffClusterAnswer:
    return StaffClusterAnswer(
        **summary.model_dump(),
        common_need=CommonNeedAnswer(**cluster.content["common_need"]),
        members=[
            MemberAnswer(
                manufacturer_id=member.manufacturer.id,
                company_name=member.manufacturer.company_name,
                industry=member.manufacturer.industry,
                region=member.manufacturer.region,
                needs=[MemberNeed(id=need.id, title=need.title) for need in member.needs],
            )
            for member in members
        ],
        suppliers=_suppliers(session, cluster),
        quality=ClusterQualityAnswer(
            **{name: round(value, 4) for name, value in cluster.quality.items()},
        ),
    )


def _suppliers(session: Session, cluster: Cluster) -> list[ServingSupplierAnswer]:
    """Best first, as they were when the clusters were found."""
    kept = cluster.content["suppliers"]
    ids = [UUID(each["supplier_id"]) for each in kept]
    rows = {row.id: row for row in session.exec(select(Supplier).where(col(Supplier.id).in_(ids)))}
    return [
        ServingSupplierAnswer(
            supplier_id=supplier_id,
            company_name=rows[supplier_id].company_name,
            region=rows[supplier_id].region,
            mean_score=round(each["mean_score"], 4),
            eligible_needs=each["eligible"],
            top_needs=each["in_top"],
        )
        for supplier_id, each in zip(ids, kept, strict=True)
        if supplier_id in rows
    ]


def _counted(others: Sequence[Manufacturer]) -> OtherMembers:
    """Divisions and regions each counted by itself: both together might tell who it is."""
    industries = Counter(division_of(one.industry) for one in others)
    regions = Counter(one.region for one in others)
    return OtherMembers(
        manufacturers=len(others),
        industries=[
            IndustryCount(industry=code, name=industry_name(code), manufacturers=count)
            for code, count in sorted(industries.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        regions=[
            RegionCount(region=code, name=region_name(code), manufacturers=count)
            for code, count in sorted(regions.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
    )
